"""history_vs_bare and history_100k_vs_10: reading one's points, however many there are."""

from __future__ import annotations

import statistics
import uuid
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle
from typing import Any

from flask import Flask

from bench import load, points_community, ratios
from bench.load import request_bytes
from bench.points_community import PointsCommunity
from bench.ratios import CLIENTS, ROUNDS, SECONDS, Compared
from bench.servers import Ports
from kernel import clock, unit_of_work
from kernel.access import Actor, Grant, Place
from kernel.database import db, table_of
from kernel.ids import new_id
from points import facts
from points.models import Entry
from tests.support.postgresql import PostgresServer

READERS = 64
FEW, MANY = 10, 100_000
#: The holder's one entry, so many times more; ids run upwards behind it.
ENTRIES = """
INSERT INTO entry ({columns})
SELECT {values} FROM entry e, generate_series(1, {count}) n WHERE e.account_id = '{account}'
"""


def results(app: Flask, ports: Ports, server: PostgresServer) -> dict[str, dict[str, Any]]:
    """The keys of a member's reading calls."""
    now = clock.now()
    place = points_community.found(now, code="readers", members=READERS + 2)
    for member_id in place.members:
        _record(app, place, member_id)
    for account in place.accounts[:READERS]:
        _more_entries(server, account, 30)
    tokens = [points_community.bind(place, each, now) for each in place.members]
    everybody = tokens[:READERS]
    compared = Compared(
        name="history_vs_bare",
        goal=">= 0.60",
        floor=lambda: _requests(everybody, f"/points?month={place.month}", "/history"),
        product=lambda: _requests(everybody, *_paths(place)),
    )
    few, many = READERS, READERS + 1
    _more_entries(server, place.accounts[few], FEW - 1)
    _more_entries(server, place.accounts[many], MANY - 1)
    return {
        compared.name: ratios.measured(compared, ports, server),
        "history_100k_vs_10": _depth(place, ports, server, few=tokens[few], many=tokens[many]),
    }


def _paths(place: PointsCommunity) -> tuple[str, str]:
    at = f"/api/v1/communities/{place.code}/me"
    return f"{at}/points?month={place.month}", f"{at}/history"


def _requests(tokens: list[str], *paths: str) -> Iterator[bytes]:
    for token in cycle(tokens):
        for path in paths:
            yield request_bytes("GET", path, headers={"Authorization": f"Bearer {token}"})


def _depth(
    place: PointsCommunity, ports: Ports, server: PostgresServer, *, few: str, many: str
) -> dict[str, Any]:
    """Time of the history page at MANY entries / at FEW, by turns."""
    server.execute("VACUUM ANALYZE", database="bench")
    _, path = _paths(place)
    runs = []
    for number in range(ROUNDS):
        seconds = []
        for token in (few, many):
            seen = load.run(
                ports.product, _requests([token], path), clients=CLIENTS, seconds=SECONDS / 2
            )
            if seen.wrong:
                raise RuntimeError(f"{seen.wrong} of {seen.requests} failed")
            seconds.append(1 / seen.rate)
        runs.append(round(seconds[1] / seconds[0], 3))
        print(f"history_100k_vs_10 round {number + 1}: {runs[-1]}")
    return {"value": statistics.median(runs), "goal": "<= 1.2", "runs": runs}


def _record(app: Flask, place: PointsCommunity, member_id: uuid.UUID) -> None:
    at = Place(community_id=place.community_id)
    roles = app.extensions["linli"].roles
    actor = Actor(
        account_id=new_id(), grants=(Grant(role="grid_worker", place=at),), table=roles, members={}
    )
    now = clock.now()
    unit_of_work.run(
        facts.record,
        actor=actor, now=now, community_id=place.community_id, member_id=member_id,
        item_code=points_community.ITEM, occurred_on=clock.business_date(now),
        quantity=Decimal(1),
    )  # fmt: skip


def _more_entries(server: PostgresServer, account: uuid.UUID, count: int) -> None:
    """Entries beside the one there is, on the same line."""
    db.session.remove()
    names = [column.name for column in table_of(Entry).columns]
    new = f"(left('{new_id()}', 23) || '-' || lpad(to_hex(n), 12, '0'))::uuid"
    values = [new if name == "id" else f"e.{name}" for name in names]
    statement = ENTRIES.format(
        columns=", ".join(names), values=", ".join(values), count=count, account=account
    )
    server.execute(statement, database="bench")
