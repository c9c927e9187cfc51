"""As a month begins, what nobody put right is charged again: once, in pages, on its own sheet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import Forbidden
from points import history, ledger_check, month_begun
from points.models import EntryCause
from tests.integration.points.every_construct import (
    approve,
    full_world,
    put,
    put_right,
    seen,
    strike,
)
from tests.integration.points.world import World
from tests.support.backend import Backend

D = Decimal
DECEMBER = "2026-12"
FIRST = dt.datetime(2026, 12, 1, 1, 0, tzinfo=dt.UTC)
OCTOBER = dt.date(2026, 10, 5)


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(full_world)


def begin(world: World, *, now: dt.datetime = FIRST, **values: Any) -> month_begun.Begun:
    given = {"actor": world.admin, "month": DECEMBER, **values}
    return month_begun.begin_month(community_id=world.community_id, now=now, **given)


def slices(world: World, fact: Any) -> list[tuple[int, str, Decimal]]:
    return [(line.slice, line.month, line.posted) for line in seen(world, fact).lines]


def test_a_slice_more_on_the_months_own_sheet_and_only_once(world: World) -> None:
    member_id = world.member()
    litter = approve(world, put(world, member_id, "LITTER", occurred_on=OCTOBER))
    world.open_month(DECEMBER)
    assert begin(world) == month_begun.Begun(evaluated=1, next=None)
    expected = [(0, "2026-10", D(-3)), (1, "2026-11", D(-3)), (2, DECEMBER, D(-3))]
    assert slices(world, litter) == expected
    begin(world)
    assert slices(world, litter) == expected
    newest, *_ = history.history(
        actor=world.admin, community_id=world.community_id, member_id=member_id
    )
    assert (newest.slice, newest.cause) == (2, EntryCause.MONTH_BEGUN)
    assert newest.occurred_on == dt.date(2026, 12, 1)


def test_it_runs_in_pages(world: World) -> None:
    for name in ("张三", "李四", "王五"):
        approve(world, put(world, world.member(name=name), "LITTER", occurred_on=OCTOBER))
    put(world, world.member(name="赵六"), "GOOD")
    world.open_month(DECEMBER)
    assert month_begun.expected(community_id=world.community_id, month=DECEMBER) == 3
    first = begin(world, limit=2)
    assert first.evaluated == 2
    assert begin(world, limit=2, after=first.next) == month_begun.Begun(evaluated=1, next=None)


def test_what_was_put_right_or_struck_or_awaits_approval_is_left_alone(world: World) -> None:
    day = dt.date(2026, 11, 10)
    right, struck, waiting = (
        put(world, world.member(name=name), "LITTER", occurred_on=day) for name in "甲乙丙"
    )
    put_right(world, approve(world, right))
    strike(world, approve(world, struck))
    world.open_month(DECEMBER)
    assert begin(world).evaluated == 0
    assert [len(seen(world, each).lines) for each in (right, struck, waiting)] == [1, 1, 1]


def test_nothing_happens_before_its_first_day_or_before_it_is_open(world: World) -> None:
    litter = approve(world, put(world, world.member(), "LITTER", occurred_on=OCTOBER))
    assert begin(world).evaluated == 0
    world.open_month(DECEMBER)
    assert begin(world, now=FIRST - dt.timedelta(days=1)).evaluated == 0
    assert len(slices(world, litter)) == 2


def test_an_act_within_the_month_unfolds_it_as_well(world: World) -> None:
    member_id = world.member()
    litter = approve(world, put(world, member_id, "LITTER", occurred_on=OCTOBER))
    # Nobody opened December: November's acts go on as before.
    put(world, member_id, "VETO", now=FIRST)
    assert len(slices(world, litter)) == 2
    world.open_month(DECEMBER)
    put(world, member_id, "WARNED", now=FIRST)
    assert len(slices(world, litter)) == 3
    assert ledger_check.check(world.community_id, today=FIRST.date()) == []


def test_only_who_opens_months_begins_one(world: World) -> None:
    with pytest.raises(Forbidden):
        begin(world, actor=world.panelist)
