"""A veto that bars redemption stands on the account while it does, and is checked with the rest."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from kernel.database import db
from points import bars, ledger_check
from points.models import PointsAccount
from tests.integration.points.every_construct import account, adds_up, put, put_right, strike
from tests.integration.points.world import MONTH, TODAY, World, empty_world
from tests.support.backend import Backend

BOOK = "test-book"
FOREVER = dt.date.max


def _deduction(code: str, **veto: Any) -> dict[str, Any]:
    return {
        "code": code, "kind": "deduction", "name": f"项目{code}", "subject": "environment",
        "award": {"type": "fixed", "points": 1}, "veto": {"bonuses": "kept", **veto},
    }  # fmt: skip


_ITEMS: list[dict[str, Any]] = [
    _deduction("OPEN", until="corrected", effects=["bar_redemption"]),
    _deduction("TWO-YEARS", until="end_of_next_year", effects=["bar_redemption", "bar_honors"]),
    _deduction("HONORS", until="corrected", effects=["bar_honors"]),
]


def with_failings() -> World:
    made = empty_world()
    made.adopt(items=_ITEMS)
    for month in ("2026-10", MONTH):
        made.open_month(month)
    return made


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(with_failings)


def barred_before(world: World, member_id: uuid.UUID) -> dt.date | None:
    row = account(world, member_id, book=BOOK)
    db.session.refresh(row)
    return row.barred_before


def is_barred(world: World, member_id: uuid.UUID, on: dt.date) -> bool:
    return bars.on_account(account(world, member_id, book=BOOK), on)


def test_until_it_is_corrected(world: World) -> None:
    member_id = world.member()
    failing = put(world, member_id, "OPEN", occurred_on=TODAY - dt.timedelta(days=5))
    assert barred_before(world, member_id) == FOREVER
    assert is_barred(world, member_id, TODAY)
    put_right(world, failing)
    assert barred_before(world, member_id) == TODAY
    assert not is_barred(world, member_id, TODAY)
    assert adds_up(world)


def test_until_the_end_of_the_next_year(world: World) -> None:
    member_id = world.member()
    put(world, member_id, "TWO-YEARS")
    assert barred_before(world, member_id) == dt.date(2028, 1, 1)
    assert is_barred(world, member_id, dt.date(2027, 12, 31))
    assert not is_barred(world, member_id, dt.date(2028, 1, 1))
    assert adds_up(world)


def test_the_longest_of_several_counts_and_goes_with_its_strike(world: World) -> None:
    member_id = world.member()
    put(world, member_id, "TWO-YEARS")
    longest = put(world, member_id, "OPEN")
    assert barred_before(world, member_id) == FOREVER
    strike(world, longest)
    assert barred_before(world, member_id) == dt.date(2028, 1, 1)
    assert adds_up(world)


def test_another_effect_bars_nothing(world: World) -> None:
    member_id = world.member()
    put(world, member_id, "HONORS")
    assert barred_before(world, member_id) is None
    assert not is_barred(world, member_id, TODAY)


def test_the_check_names_a_difference(world: World) -> None:
    member_id = world.member()
    put(world, member_id, "OPEN")
    own = account(world, member_id, book=BOOK)
    db.session.execute(
        sa.update(PointsAccount)
        .where(PointsAccount.community_id == world.community_id, PointsAccount.id == own.id)
        .values(barred_before=None)
    )
    found = ledger_check.check(world.community_id, today=TODAY)
    assert [(each.what, each.row_id, each.stored, each.found) for each in found] == [
        ("barred_before", own.id, "-", "9999-12-31")
    ]
