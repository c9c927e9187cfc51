"""The keys of a redemption: against floor, pgbench and itself; its slowest, its statements."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
from flask import Flask

from bench import load, pgbench, prepare, ratios
from bench.prepare import SHOPS, Community
from bench.ratios import ROUNDS, SECONDS, Compared
from bench.servers import Ports
from kernel import clock
from kernel.database import db
from tests.support.backend import counted_statements
from tests.support.postgresql import PostgresServer

#: More than either side can redeem in one round.
PREPARED_PER_ROUND = 12_000
PATH = "/api/v1/counter/redeem"


def results(app: Flask, ports: Ports, server: PostgresServer) -> dict[str, dict[str, Any]]:
    """The keys of a redemption."""
    community = prepare.found(clock.now())

    def requests(path: str) -> Iterator[bytes]:
        return prepare.redeem_requests(community, PREPARED_PER_ROUND, clock.now(), path=path)

    compared = Compared(
        name="redeem_vs_floor",
        goal=">= 0.60",
        floor=lambda: requests("/redeem"),
        product=lambda: requests(PATH),
    )
    against_floor = ratios.measured(compared, ports, server)
    peak = statistics.median(run["product_per_s"] for run in against_floor["runs"])
    found = {
        compared.name: against_floor,
        "redeem_vs_pgbench": _against_pgbench(community, ports, server),
        "redeem_hot_vs_spread": _hot(community, ports, server),
        "redeem_p99_ms": _slowest(community, ports, server, rate=peak / 2),
        "redeem_statements": _statements(app, community),
    }
    _check_totals(server)
    return found


def _requests(community: Community, count: int, *, among: int = SHOPS) -> Iterator[bytes]:
    """Requests that redeem ``count`` codes at ``among`` shops."""
    return prepare.redeem_requests(
        community, count, clock.now(), path=PATH, shops=community.shops[:among]
    )


def _against_pgbench(community: Community, ports: Ports, server: PostgresServer) -> dict[str, Any]:
    """The floor's statements by pgbench, on the same server, clients and codes of their own."""
    runs = []
    for number in range(ROUNDS):
        driven = pgbench.rate(community, server, clock.now(), number=number)
        seen = ratios.side(ports.product, lambda: _requests(community, PREPARED_PER_ROUND), server)
        runs.append(
            {
                "pgbench_per_s": round(driven), "product_per_s": round(seen.rate),
                "ratio": round(seen.rate / driven, 3),
            }
        )  # fmt: skip
        print(f"redeem_vs_pgbench round {number + 1}: {runs[-1]}")
    return ratios.median_of(">= 0.18", runs, "ratio")


def _hot(community: Community, ports: Ports, server: PostgresServer) -> dict[str, Any]:
    """All eight clients at one counter, and each at its own."""
    runs = []
    for number in range(ROUNDS):
        spread, hot = (
            ratios.side(
                ports.product,
                partial(_requests, community, PREPARED_PER_ROUND, among=among),
                server,
            )
            for among in (SHOPS, 1)
        )
        runs.append(
            {
                "spread_per_s": round(spread.rate), "hot_per_s": round(hot.rate),
                "ratio": round(hot.rate / spread.rate, 3),
            }
        )  # fmt: skip
        print(f"redeem_hot_vs_spread round {number + 1}: {runs[-1]}")
    return ratios.median_of(">= 0.90", runs, "ratio")


def _slowest(
    community: Community, ports: Ports, server: PostgresServer, *, rate: float
) -> dict[str, Any]:
    """Requests come when they come, half as many as the peak; waiting counts."""
    runs = []
    for number in range(ROUNDS):
        seen = ratios.side(
            ports.product,
            lambda: _requests(community, int(2 * rate * SECONDS)),
            server,
            run=partial(load.run_open, rate=rate, seed=number),
        )
        runs.append(
            {
                "per_s": round(rate), "p50_ms": round(seen.percentile(0.5), 1),
                "p99_ms": round(seen.percentile(0.99), 1),
            }
        )  # fmt: skip
        print(f"redeem_p99_ms round {number + 1}: {runs[-1]}")
    return ratios.median_of("<= 25", runs, "p99_ms")


def _check_totals(server: PostgresServer) -> None:
    """Fast and wrong is not fast: what was redeemed is what was transferred."""
    with psycopg.connect(f"host={server.folder} dbname=bench user=postgres") as connection:
        redeemed, moved = connection.execute(
            "SELECT (SELECT sum(points) FROM redemption WHERE state = 'redeemed'),"
            " (SELECT sum(points) FROM transfer WHERE kind = 'redemption')"
        ).fetchone() or (None, None)
    if redeemed != moved:
        raise RuntimeError(f"redeemed {redeemed}, transferred {moved}")


def _statements(app: Flask, community: Community) -> dict[str, Any]:
    requests = list(prepare.redeem_requests(community, 3, clock.now(), path=PATH))
    db.session.remove()
    runs = []
    client = app.test_client()
    for request in requests:
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        with counted_statements(db.engine) as seen:
            answer = client.post(PATH, data=body, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(answer.get_data(as_text=True))
        runs.append(len(seen))
    return {"value": max(runs), "goal": "<= 10", "runs": runs}
