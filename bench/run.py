"""``make bench``: ratios, both sides measured interleaved in one run on one PostgreSQL.

Absolute numbers move with the machine, so only ratios have goals. Each round runs the floor and
then the product for the same time with the same client; the value is the median of the rounds.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from bench import load, prepare
from kernel import clock
from kernel.database import db
from kernel.settings import Environment, Settings
from tests.support.backend import counted_statements
from tests.support.live import free_port
from tests.support.postgresql import APP, OWNER, PostgresServer

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "latest.json"
ROUNDS, SECONDS, CLIENTS = 3, 6.0, 8
#: More than either side can redeem in one round.
PREPARED_PER_ROUND = 12_000
KEY = "bench-key-bench-key-bench-key-bench"


def main() -> None:
    """Measure, print and write bench/results/latest.json."""
    with PostgresServer(settings=("shared_buffers=512MB", "max_wal_size=2GB")) as server:
        server.create_roles()
        server.create_database("bench")
        app = _app(server)
        with app.app_context():
            community = prepare.found(clock.now())
            results = {
                "redeem_vs_floor": _redeem_vs_floor(app, server, community),
                "redeem_statements": _redeem_statements(app, community),
            }
    report = {
        "machine": _machine(),
        "measured_on": clock.business_date(clock.now()).isoformat(),
        **results,
    }
    RESULTS.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    for key, result in results.items():
        print(f"{key}: {result['value']} (goal {result['goal']})")


def _app(server: PostgresServer) -> Flask:
    settings = Settings(
        environment=Environment.TEST,
        database_url=server.url("bench", APP),
        migration_database_url=server.url("bench", OWNER),
        secret_key=KEY,
        code_key=KEY,
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
    return app


def _redeem_vs_floor(
    app: Flask, server: PostgresServer, community: prepare.Community
) -> dict[str, Any]:
    settings: Settings = app.config["LINLI"]
    runs = []
    with (
        _gunicorn("bench.floor:app", settings, server) as floor,
        _gunicorn("app:create_app()", settings, server) as product,
    ):
        for number in range(ROUNDS):
            sides = {}
            for name, port, path in (
                ("floor", floor, "/redeem"),
                ("product", product, "/api/v1/counter/redeem"),
            ):
                requests = prepare.redeem_requests(
                    community, PREPARED_PER_ROUND, clock.now(), path=path
                )
                db.session.remove()
                # What autovacuum does in a database that is not filled in one go.
                server.execute("VACUUM ANALYZE", database="bench")
                server.execute("CHECKPOINT")
                measured = load.run(port, requests, clients=CLIENTS, seconds=SECONDS)
                if measured.wrong:
                    raise RuntimeError(f"{name}: {measured.wrong} of {measured.requests} failed")
                sides[name] = measured
            runs.append(
                {
                    "floor_per_s": round(sides["floor"].rate),
                    "product_per_s": round(sides["product"].rate),
                    "product_p99_ms": round(sides["product"].percentile(0.99), 1),
                    "ratio": round(sides["product"].rate / sides["floor"].rate, 3),
                }
            )
            print(f"redeem round {number + 1}: {runs[-1]}")
    _check_totals(server)
    value = statistics.median(run["ratio"] for run in runs)
    return {"value": value, "goal": ">= 0.60", "runs": runs}


def _check_totals(server: PostgresServer) -> None:
    """Fast and wrong is not fast: what was redeemed is what was transferred."""
    with psycopg.connect(f"host={server.folder} dbname=bench user=postgres") as connection:
        redeemed, moved = connection.execute(
            "SELECT (SELECT sum(points) FROM redemption WHERE state = 'redeemed'),"
            " (SELECT sum(points) FROM transfer)"
        ).fetchone() or (None, None)
    if redeemed != moved:
        raise RuntimeError(f"redeemed {redeemed}, transferred {moved}")


def _redeem_statements(app: Flask, community: prepare.Community) -> dict[str, Any]:
    requests = list(
        prepare.redeem_requests(community, 3, clock.now(), path="/api/v1/counter/redeem")
    )
    db.session.remove()
    runs = []
    client = app.test_client()
    for request in requests:
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        with counted_statements(db.engine) as seen:
            answer = client.post("/api/v1/counter/redeem", data=body, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(answer.get_data(as_text=True))
        runs.append(len(seen))
    return {"value": max(runs), "goal": "<= 10", "runs": runs}


@contextmanager
def _gunicorn(target: str, settings: Settings, server: PostgresServer) -> Iterator[int]:
    port = free_port()
    environment = {
        **os.environ,
        "LINLI_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url,
        "LINLI_SECRET_KEY": KEY,
        "LINLI_CODE_KEY": KEY,
        "FLOOR_DSN": f"host={server.folder} dbname=bench user={APP}",
    }
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--config", "bench/gunicorn_sync.py",
            "--bind", f"127.0.0.1:{port}", target,
        ],
        cwd=ROOT, env=environment, start_new_session=True,
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


def _machine() -> dict[str, Any]:
    return {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "clients": CLIENTS,
        "workers": "4 sync",
    }


if __name__ == "__main__":
    main()
