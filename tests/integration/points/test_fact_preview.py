"""What recording would do is told before it is done, exactly, and without writing anything."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from points import errors, facts
from points.facts import Asked, NamedPerson, Preview, Subject
from tests.integration.points.every_construct import (
    BEFORE,
    adds_up,
    fixed,
    full_world,
    posted,
    put,
    seen,
    strike,
)
from tests.integration.points.world import MONTH, NOW, TODAY, World, empty_world
from tests.support.backend import Backend

D = Decimal
EARLY = dt.date(2026, 11, 2)
SPACED: list[dict[str, Any]] = [
    {"code": "APART", "kind": "bonus", "name": "值守", "subject": "environment", **fixed(1),
     "limits": [{"min_days_between": 7}]},
    {"code": "FULL", "kind": "bonus", "name": "大扫除", "subject": "environment", **fixed(2)},
]  # fmt: skip


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(full_world)


def ask(world: World, item: str, member_id: Any = None, **values: Any) -> Preview:
    subject = values.pop("subject", None) or Subject(member_id=member_id)
    given: dict[str, Any] = {"occurred_on": TODAY, **values}
    asked = Asked(community_id=world.community_id, subject=subject, item_code=item, **given)
    return facts.preview(actor=world.recorder, now=NOW, asked=asked)


def codes(found: Preview) -> list[str]:
    return [each.code for each in found.warnings]


def test_it_tells_what_then_happens(world: World) -> None:
    member_id = world.member()
    late = [put(world, member_id, "CAPPED") for _ in range(2)]
    told = ask(world, "CAPPED", member_id, occurred_on=EARLY)
    assert [(line.points, line.reason) for line in told.lines] == [(D(2), None)]
    assert [(each.fact_id, each.before, each.after) for each in told.moved] == [
        (late[0].id, D(2), D(1)),
        (late[1].id, D(1), D(0)),
    ]
    assert (told.total_change, codes(told)) == (D(0), ["moves_other_lines"])
    assert posted(world, *late) == [D(2), D(1)]
    early = put(world, member_id, "CAPPED", occurred_on=EARLY)
    assert posted(world, early, *late) == [D(2), D(1), D(0)]


def test_a_bonus_that_lowers_the_total_is_told(session: Any) -> None:
    """A deed on the 28th that the full month no longer pays moves the day that counts after it."""
    spaced = empty_world()
    limit = {"code": "both", "items": ["APART", "FULL"], "max_points": 2, "per": "month"}
    spaced.adopt(items=SPACED, limits=[limit])
    for month in (BEFORE, MONTH):
        spaced.open_month(month)
    member_id = spaced.member()
    put(spaced, member_id, "FULL", occurred_on=dt.date(2026, 10, 5))
    later = [put(spaced, member_id, "APART", occurred_on=EARLY + dt.timedelta(days=n))
             for n in (0, 7)]  # fmt: skip
    assert posted(spaced, *later) == [D(1), D(1)]
    told = ask(spaced, "APART", member_id, occurred_on=dt.date(2026, 10, 28))
    assert [(line.points, line.reason) for line in told.lines] == [(D(0), "over_limit")]
    assert told.total_change == D(-1)
    assert codes(told) == ["worth_nothing", "moves_other_lines", "lowers_total"]
    answer = put(spaced, member_id, "APART", occurred_on=dt.date(2026, 10, 28))
    assert answer.total_change == D(-1)
    assert posted(spaced, *later) == [D(0), D(1)]
    assert adds_up(spaced)


def test_what_it_adds_is_told_beside_deeds_on_record(world: World) -> None:
    member_id = world.member()
    first = put(world, member_id, "BIG")
    put(world, member_id, "GOOD", deed=first.id, occurred_on=EARLY)
    other = put(world, member_id, "GOOD", occurred_on=EARLY)
    # The deed of the larger is named by a second one, of which only the highest counts.
    told = ask(world, "BIG", member_id, deed=other.id, occurred_on=EARLY)
    assert (told.lines[0].points, told.total_change) == (D(5), D(3))
    spaced = put(world, member_id, "APART")
    put(world, member_id, "APART", occurred_on=dt.date(2026, 11, 10))
    told = ask(world, "APART", member_id, occurred_on=dt.date(2026, 11, 16))
    assert seen(world, spaced).lines[0].posted == D(1)
    assert told.total_change == D(0)


def test_what_is_like_it_is_shown(world: World) -> None:
    one = world.member(household_id=world.household_id)
    other = world.member(name="李四", household_id=world.household_id)
    fact = put(world, one, "GOOD")
    put(world, one, "BIG")
    put(world, one, "GOOD", occurred_on=EARLY)
    told = ask(world, "GOOD", other)
    assert [(each.fact_id, each.member_name) for each in told.duplicates] == [(fact.id, "张三")]
    assert codes(told) == ["possible_duplicate"]


def test_what_awaits_approval_is_judged_as_if_all_had_agreed(world: World) -> None:
    told = ask(world, "LITTER", world.member(), occurred_on=dt.date(2026, 10, 5))
    assert (told.approvals_needed, told.month) == (1, "2026-10")
    assert [(line.slice, line.points) for line in told.lines] == [(0, D(-3)), (1, D(-3))]
    assert (told.total_change, codes(told)) == (D(-6), [])


def test_what_is_worth_nothing_says_why(world: World) -> None:
    told = ask(world, "WARNED", world.member())
    assert [(line.points, line.reason) for line in told.lines] == [(D(0), "warning_only")]
    assert codes(told) == ["worth_nothing"]


def test_it_names_every_account_that_would_receive_it(world: World) -> None:
    actor, kin = world.member(), world.member(name="李四")
    named = [NamedPerson(member_id=kin, relation="spouse")]
    told = ask(world, "FOR-KIN", actor, named=named)
    assert [(line.holder_kind, line.holder_id) for line in told.lines] == [("member", kin)]


def test_the_door_refuses_as_it_would(world: World) -> None:
    with pytest.raises(errors.OccurredInFuture):
        ask(world, "GOOD", world.member(), occurred_on=dt.date(2026, 11, 22))
    with pytest.raises(errors.RulebookAmbiguous):
        ask(world, "BOTH", world.member(household_id=world.household_id))


def test_a_duplicate_is_refused_beforehand(world: World) -> None:
    member_id = world.member()
    fact = put(world, member_id, "GOOD")
    with pytest.raises(errors.DuplicateFact):
        ask(world, "GOOD", member_id, deed=fact.id)
    with pytest.raises(errors.DuplicateFact):
        put(world, member_id, "GOOD", deed=fact.id)
    # What was struck stays on record, and keeps its deed.
    strike(world, fact)
    with pytest.raises(errors.DuplicateFact):
        ask(world, "GOOD", member_id, deed=fact.id)
    assert ask(world, "GOOD", world.member(name="李四"), deed=fact.id).total_change == D(2)


def test_it_writes_nothing(world: World, count_statements: Any) -> None:
    member_id = world.member()
    with count_statements() as few:
        ask(world, "SHARED", member_id)
    for _ in range(4):
        put(world, member_id, "SHARED")
    with count_statements() as many:
        ask(world, "SHARED", member_id)
    assert {statement.split()[0] for statement in many} == {"SELECT"}
    assert len(many) <= len(few) + 1
