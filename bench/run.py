"""``make bench``: ratios, both sides measured interleaved in one run on one PostgreSQL.

Absolute numbers move with the machine, so only ratios have goals. Each round runs the floor and
then the product for the same time with the same client; the value is the median of the rounds.
``python -m bench.run redeem history`` measures some families only and keeps the other keys.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from bench import granting, issuing, reading, recording, redeeming, servers
from bench.ratios import CLIENTS
from bench.servers import Ports
from kernel import clock
from kernel.settings import Environment, Settings
from tests.support.postgresql import APP, OWNER, PostgresServer

RESULTS = Path(__file__).resolve().parent / "results" / "latest.json"
KEY = "bench-key-bench-key-bench-key-bench"
Results = Mapping[str, dict[str, Any]]
FAMILIES: dict[str, Callable[[Flask, Ports, PostgresServer], Results]] = {
    "redeem": redeeming.results,
    "issue": issuing.results,
    "history": reading.results,
    "record": recording.results,
    "grant": granting.results,
}


def main(chosen: list[str]) -> None:
    """Measure the chosen families (all without any), print and write latest.json."""
    unknown = set(chosen) - set(FAMILIES)
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(FAMILIES)}")
    results: dict[str, dict[str, Any]] = {}
    with PostgresServer(settings=("shared_buffers=512MB", "max_wal_size=2GB")) as server:
        server.create_roles()
        server.create_database("bench")
        app = _app(server)
        with app.app_context(), servers.both(app.config["LINLI"], server) as ports:
            for name in chosen or FAMILIES:
                results |= FAMILIES[name](app, ports, server)
    kept = json.loads(RESULTS.read_text()) if chosen and RESULTS.exists() else {}
    report = {
        **kept,
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


def _machine() -> dict[str, Any]:
    return {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "clients": CLIENTS,
        "workers": "4 sync",
    }


if __name__ == "__main__":
    main(sys.argv[1:])
