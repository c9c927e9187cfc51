"""The two sides of a ratio: the floor and the product, each on its own gunicorn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import load
from kernel.settings import Settings
from tests.support.live import free_port
from tests.support.postgresql import APP, PostgresServer

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Ports:
    """Where floor and product answer."""

    floor: int
    product: int


@contextmanager
def both(settings: Settings, server: PostgresServer) -> Iterator[Ports]:
    """Floor and product, started and stopped together."""
    with (
        _gunicorn("bench.floors:app", settings, server) as floor,
        _gunicorn("app:create_app()", settings, server) as product,
    ):
        yield Ports(floor, product)


def environment(settings: Settings, server: PostgresServer) -> dict[str, str]:
    """What a process of its own needs to work on the benchmark's database."""
    return {
        **os.environ,
        "LINLI_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url,
        "LINLI_SECRET_KEY": settings.secret_key,
        "LINLI_CODE_KEY": settings.code_key,
        "FLOOR_DSN": f"host={server.folder} dbname=bench user={APP}",
    }


@contextmanager
def _gunicorn(target: str, settings: Settings, server: PostgresServer) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--config", "bench/gunicorn_sync.py",
            "--bind", f"127.0.0.1:{port}", target,
        ],
        cwd=ROOT, env=environment(settings, server), start_new_session=True,
    )  # fmt: skip
    try:
        _wait(port, process)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("gunicorn ended at once")
        try:
            load.send(port, load.request_bytes("GET", "/nothing"))
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn does not answer")
