"""Eight recorders meet at one monthly cap: the cap holds exactly; without its guard it does not."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask

from kernel import unit_of_work
from kernel.database import db
from points import accounts, ledger_check, limits
from tests.integration.points.world import World

RECORDERS = 8
CAP = Decimal(5)


def record_at_once(app: Flask, world: World, member_id: uuid.UUID) -> Decimal:
    """Every recorder records the capped item; returns the balance afterwards."""
    db.session.commit()

    def record(_: int) -> None:
        with app.app_context():
            unit_of_work.run(lambda: world.record(member_id, "CAP"))

    with ThreadPoolExecutor(RECORDERS) as pool:
        list(pool.map(record, range(RECORDERS)))
    db.session.rollback()
    return accounts.for_member(world.community_id, member_id).balance


def test_the_cap_holds_exactly(app: Flask, world: World) -> None:
    member_id = world.member()
    assert record_at_once(app, world, member_id) == CAP
    assert ledger_check.check(world.community_id) == []


def test_without_the_condition_the_cap_is_overrun(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "claim", lambda *_: True)
    member_id = world.member()
    assert record_at_once(app, world, member_id) > CAP
    assert "limit_usage" in {each.what for each in ledger_check.check(world.community_id)}
