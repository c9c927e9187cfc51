"""record_vs_floor: recording a fact that is worth points at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from flask import Flask

from bench import points_community, ratios
from bench.load import request_bytes
from bench.points_community import ITEM, PointsCommunity
from bench.ratios import Compared
from bench.servers import Ports
from kernel import clock
from kernel.ids import new_id
from tests.support.postgresql import PostgresServer

MEMBERS = 3_000


def results(app: Flask, ports: Ports, server: PostgresServer) -> dict[str, dict[str, Any]]:
    """The key of recording; limits, audit, entry, transfer and monthly score included."""
    place = points_community.found(clock.now(), code="recorders", members=MEMBERS)
    compared = Compared(
        name="record_vs_floor",
        goal=">= 0.50",
        floor=lambda: _requests(place, f"/record/{place.code}"),
        product=lambda: _requests(place, f"/api/v1/communities/{place.code}/facts"),
        expected=b" 201 ",
    )
    return {compared.name: ratios.measured(compared, ports, server)}


def _requests(place: PointsCommunity, path: str) -> Iterator[bytes]:
    today = clock.business_date(clock.now()).isoformat()
    for member_id in cycle(place.members):
        body = {"member_id": str(member_id), "item_code": ITEM, "occurred_on": today}
        yield request_bytes(
            "POST", path, body=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {place.recorder_token}",
                "Idempotency-Key": str(new_id()),
            },
        )  # fmt: skip
