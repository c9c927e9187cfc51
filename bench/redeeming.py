"""redeem_vs_floor and redeem_statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from flask import Flask

from bench import prepare, ratios
from bench.ratios import Compared
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
    found = {compared.name: ratios.measured(compared, ports, server)}
    _check_totals(server)
    return found | {"redeem_statements": _statements(app, community)}


def _check_totals(server: PostgresServer) -> None:
    """Fast and wrong is not fast: what was redeemed is what was transferred."""
    with psycopg.connect(f"host={server.folder} dbname=bench user=postgres") as connection:
        redeemed, moved = connection.execute(
            "SELECT (SELECT sum(points) FROM redemption WHERE state = 'redeemed'),"
            " (SELECT sum(points) FROM transfer WHERE kind = 'redemption')"
        ).fetchone() or (None, None)
    if redeemed != moved:
        raise RuntimeError(f"redeemed {redeemed}, transferred {moved}")


def _statements(app: Flask, community: prepare.Community) -> dict[str, Any]:
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
