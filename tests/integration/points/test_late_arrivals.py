"""What is posted when something arrives late: each row of the table in rulebook-format.md 5."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel.database import db
from points import corrections, history, scores
from points.models import Authority, MonthState
from tests.integration.points.every_construct import (
    BEFORE,
    adds_up,
    approve,
    full_world,
    posted,
    put,
    put_right,
    seal,
    seen,
    strike,
    tell,
)
from tests.integration.points.world import MONTH, NOW, World
from tests.support.backend import Backend

D = Decimal
OCTOBER = dt.date(2026, 10, 5)
EARLY = dt.date(2026, 11, 2)


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(full_world)


def score(world: World, month: str) -> Decimal:
    rows = db.session.execute(scores.month_scores(world.community_id, month))
    return sum((row.score for row in rows), D(0))


def test_an_earlier_fact_displaces_a_line_and_both_are_one_row(world: World) -> None:
    member_id = world.member()
    late = [put(world, member_id, "CAPPED") for _ in range(2)]
    early = put(world, member_id, "CAPPED", occurred_on=EARLY)
    assert posted(world, early, *late) == [D(2), D(1), D(0)]
    newest, *_ = history.history(
        actor=world.admin, community_id=world.community_id, member_id=member_id
    )
    assert (newest.fact_id, newest.points, newest.net) == (early.id, D(2), D(0))
    assert newest.mark is history.Mark.REARRANGED
    assert [(each.line_id, each.points) for each in newest.rearranged] == [
        (late[0].lines[0].id, D(-1)),
        (late[1].lines[0].id, D(-1)),
    ]
    assert [each.line_reason for each in newest.rearranged] == ["partly_over_limit", "over_limit"]
    assert adds_up(world)


def test_of_a_household_another_members_line_is_displaced(world: World) -> None:
    one = world.member(household_id=world.household_id)
    other = world.member(name="李四", household_id=world.household_id)
    late = [put(world, one, "SHARED") for _ in range(3)]
    assert posted(world, *late) == [D(2), D(2), D(1)]
    early = put(world, other, "SHARED", occurred_on=EARLY)
    assert posted(world, early, *late) == [D(2), D(2), D(1), D(0)]
    found = history.history(actor=world.admin, community_id=world.community_id, member_id=one)
    # The other member's act is one row here, too, although no entry of it is his own.
    assert (found[0].points, found[0].net, found[0].mark) == (D(-1), D(-2), "rearranged")
    assert adds_up(world)


def test_hours_that_move_a_milestone(world: World) -> None:
    member_id = world.member()
    first = put(world, member_id, "HOURS", quantity=D(8), occurred_on=dt.date(2026, 11, 10))
    second = put(world, member_id, "HOURS", quantity=D(8), occurred_on=dt.date(2026, 11, 12))
    assert posted(world, first, second) == [D(0), D(2)]
    early = put(world, member_id, "HOURS", quantity=D(4), occurred_on=EARLY)
    # 4, then 12 crosses ten, then 20 crosses twenty.
    assert posted(world, early, first, second) == [D(0), D(2), D(3)]
    assert adds_up(world)


def test_a_higher_item_for_the_same_deed(world: World) -> None:
    member_id = world.member()
    good = put(world, member_id, "GOOD")
    big = put(world, member_id, "BIG", deed=good.id)
    assert posted(world, good, big) == [D(0), D(5)]
    assert seen(world, good).lines[0].reason == "superseded"
    assert big.deed_id == good.id
    strike(world, big)
    assert posted(world, good, big) == [D(2), D(0)]
    assert adds_up(world)


def test_a_strike_in_a_full_cell_fills_up_what_was_cut_oldest_first(world: World) -> None:
    member_id = world.member()
    days = [EARLY, dt.date(2026, 11, 3), dt.date(2026, 11, 4)]
    first, second, third = [put(world, member_id, "CAPPED", occurred_on=day) for day in days]
    assert posted(world, first, second, third) == [D(2), D(1), D(0)]
    strike(world, first)
    assert posted(world, first, second, third) == [D(0), D(2), D(1)]
    assert adds_up(world)


def test_a_struck_warning_gives_back_the_charge_that_relied_on_it(world: World) -> None:
    member_id = world.member()
    warning = put(world, member_id, "WARNED", occurred_on=EARLY)
    tell(world, warning, told_on=dt.date(2026, 11, 3))
    charge = put(world, member_id, "WARNED")
    assert posted(world, warning, charge) == [D(0), D(-4)]
    strike(world, warning)
    assert posted(world, warning, charge) == [D(0), D(0)]
    assert seen(world, charge).lines[0].reason == "warning_only"
    assert adds_up(world)


def test_a_warning_the_member_was_not_told_of_sharpens_nothing(world: World) -> None:
    member_id = world.member()
    warning = put(world, member_id, "WARNED", occurred_on=EARLY)
    charge = put(world, member_id, "WARNED")
    assert posted(world, warning, charge) == [D(0), D(0)]
    # Told on the day of the second: too late to have warned of it.
    tell(world, warning)
    assert posted(world, charge) == [D(0)]
    assert adds_up(world)


def test_a_corrected_veto_posts_the_held_bonuses_and_is_repaired(world: World) -> None:
    member_id = world.member()
    veto = put(world, member_id, "VETO", occurred_on=dt.date(2026, 10, 20))
    held = put(world, member_id, "GOOD", occurred_on=dt.date(2026, 10, 25))
    before = put(world, member_id, "GOOD", occurred_on=OCTOBER)
    assert posted(world, veto, held, before) == [D(-10), D(0), D(2)]
    assert seen(world, held).lines[0].reason == "suspended"
    seal(world, BEFORE)
    sealed = score(world, BEFORE)
    put_right(world, veto, promised=True)
    assert posted(world, veto, held, before) == [D(-4), D(2), D(2)]
    assert (score(world, BEFORE), score(world, MONTH)) == (sealed, D(8))
    rows = history.history(actor=world.admin, community_id=world.community_id, member_id=member_id)
    assert {(row.points, row.belongs_month, row.month) for row in rows[:1]} == {
        (D(6), BEFORE, MONTH)
    }
    assert [(each.points, each.belongs_month) for each in rows[0].rearranged] == [(D(2), BEFORE)]
    assert adds_up(world)


def test_without_the_promise_a_veto_is_corrected_and_not_repaired(world: World) -> None:
    member_id = world.member()
    veto = put(world, member_id, "VETO", occurred_on=EARLY)
    held = put(world, member_id, "GOOD")
    put_right(world, veto, promised=False)
    assert posted(world, veto, held) == [D(-10), D(2)]
    assert adds_up(world)


def test_what_goes_on_is_taken_back_from_the_day_it_was_put_right(world: World) -> None:
    member_id = world.member()
    litter = approve(world, put(world, member_id, "LITTER", occurred_on=OCTOBER))
    assert [(line.slice, line.month, line.posted) for line in litter.lines] == [
        (0, BEFORE, D(-3)),
        (1, MONTH, D(-3)),
    ]
    seal(world, BEFORE, to=MonthState.FROZEN)
    done = put_right(world, litter, corrected_on=dt.date(2026, 10, 30))
    assert [(line.slice, line.month, line.posted) for line in done.lines] == [
        (0, BEFORE, D(-3)),
        (1, MONTH, D(0)),
    ]
    assert done.lines[1].reason == "corrected"
    assert done.corrected_on == dt.date(2026, 10, 30)
    assert adds_up(world)


def test_a_strike_takes_every_slice_back_and_a_sealed_sheet_stands_still(world: World) -> None:
    member_id = world.member()
    litter = approve(world, put(world, member_id, "LITTER", occurred_on=OCTOBER))
    seal(world, BEFORE)
    sealed = score(world, BEFORE)
    corrections.strike(
        actor=world.other_panelist, now=NOW, community_id=world.community_id,
        line_id=litter.lines[1].id, cause=Authority.OBJECTION, reason="异议成立",
    )  # fmt: skip
    assert [line.posted for line in seen(world, litter).lines] == [D(0), D(0)]
    assert (score(world, BEFORE), score(world, MONTH)) == (sealed, D(3))
    assert adds_up(world)
