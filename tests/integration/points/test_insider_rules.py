"""Recorder, checker and beneficiary: nobody for oneself or one's household, in any act on a fact;
how far back; one deed, one award.

Claims, activities, batches and reversals have the same rules in tests of their own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from community.models import Membership
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import LinliError
from kernel.ids import new_id
from points import errors, facts, months
from points.facts import FactView
from points.models import Fact, MonthState
from tests.integration.points.every_construct import another_household, fixed
from tests.integration.points.world import NOW, TODAY, World, empty_world
from tests.support.backend import Backend

D = Decimal
_PANEL = {"recording": {"approval": {"by": "panelist", "count": 1}}}
_ITEMS: list[dict[str, Any]] = [
    {"code": "PLAIN", "kind": "bonus", **fixed(2)},
    {"code": "BIG", "kind": "bonus", **fixed(5)},
    {"code": "ASKED", "kind": "bonus", "award": {"type": "range", "min": 1, "max": 9}, **_PANEL},
    {"code": "LITTER", "kind": "deduction", **fixed(3), "recurs": "month", **_PANEL},
    {"code": "SOON", "kind": "bonus", **fixed(1), "recording": {"deadline_days": 3}},
]


def insiders() -> World:
    made = empty_world("insiders")
    made.adopt(
        items=[
            {"name": f"项目{each['code']}", "subject": "environment", **each} for each in _ITEMS
        ],
        conflicts=[
            {"code": "one-deed", "items": ["PLAIN", "BIG"], "same": "deed", "keep": "highest"}
        ],
    )
    for month in ("2026-10", "2026-11"):
        made.open_month(month)
    return made


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(insiders)


Act = Callable[[World, Actor, uuid.UUID], FactView]


def _on(world: World, fact: FactView, actor: Actor) -> dict[str, Any]:
    return {
        "actor": actor, "now": NOW, "community_id": world.community_id, "fact_id": fact.id,
        "version": fact.version,
    }  # fmt: skip


def record(world: World, actor: Actor, member_id: uuid.UUID) -> FactView:
    return world.record(member_id, "PLAIN", actor=actor)


def approve(world: World, actor: Actor, member_id: uuid.UUID) -> FactView:
    return facts.approve(**_on(world, world.record(member_id, "ASKED"), actor))


def decide(world: World, actor: Actor, member_id: uuid.UUID) -> FactView:
    return facts.decide(**_on(world, world.record(member_id, "ASKED"), actor), points=D(7))


def amend(world: World, actor: Actor, member_id: uuid.UUID) -> FactView:
    fact = facts.decide(
        **_on(world, world.record(member_id, "ASKED"), world.other_panelist), points=D(7)
    )
    return facts.amend(**_on(world, fact, actor), decided=D(8), reason="记错了")


def strike(world: World, actor: Actor, member_id: uuid.UUID) -> FactView:
    return facts.strike(**_on(world, world.record(member_id, "PLAIN"), actor), reason="没有发生")


def tell(world: World, actor: Actor, member_id: uuid.UUID) -> FactView:
    return facts.told(**_on(world, world.record(member_id, "LITTER"), actor), told_on=TODAY)


def put_right(world: World, actor: Actor, member_id: uuid.UUID) -> FactView:
    fact = world.record(member_id, "LITTER")
    return facts.corrected(**_on(world, fact, actor), corrected_on=TODAY)


#: act → the role it is done in
ACTS: dict[Act, str] = {
    record: "grid_worker",
    approve: "panelist",
    decide: "panelist",
    amend: "panelist",
    strike: "panelist",
    tell: "grid_worker",
    put_right: "panelist",
}
_every_act = pytest.mark.parametrize("act", ACTS, ids=[act.__name__ for act in ACTS])


class TestNobodyForThemselvesOrTheirHousehold:
    @_every_act
    def test_not_for_oneself(self, world: World, act: Act) -> None:
        own = world.member(household_id=world.household_id)
        with pytest.raises(errors.OwnHousehold):
            act(world, world.bound_actor(ACTS[act], own), own)

    @_every_act
    def test_not_for_the_own_household(self, world: World, act: Act) -> None:
        own = world.member(household_id=world.household_id)
        relative = world.member(name="李四", household_id=world.household_id)
        with pytest.raises(errors.OwnHousehold):
            act(world, world.bound_actor(ACTS[act], own), relative)

    @_every_act
    def test_not_for_a_household_moved_into_since(self, world: World, act: Act) -> None:
        own = world.member(household_id=another_household(world))
        actor = world.bound_actor(ACTS[act], own)
        neighbor = world.member(name="李四", household_id=world.household_id)
        _move(world, own)
        with pytest.raises(errors.OwnHousehold):
            act(world, actor, neighbor)

    @_every_act
    def test_for_a_neighbor(self, world: World, act: Act) -> None:
        own = world.member(household_id=another_household(world))
        neighbor = world.member(name="李四", household_id=world.household_id)
        assert act(world, world.bound_actor(ACTS[act], own), neighbor).item_code

    @pytest.mark.parametrize(
        "act", [act for act in ACTS if ACTS[act] == "panelist"], ids=lambda act: act.__name__
    )
    def test_nobody_judges_what_they_recorded(
        self, world: World, act: Act, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        judge = world.actor("panelist")
        # The same person records first, in whatever role.
        recorder = Actor(
            account_id=judge.account_id, grants=world.recorder.grants, table=judge.table
        )
        monkeypatch.setattr(world, "recorder", recorder)
        with pytest.raises(errors.SelfApproval):
            act(world, judge, world.member())

    def test_what_was_refused_left_nothing(self, world: World) -> None:
        own = world.member(household_id=world.household_id)
        relative = world.member(name="李四", household_id=world.household_id)
        with pytest.raises(errors.OwnHousehold):
            record(world, world.bound_actor("grid_worker", own), relative)
        assert db.session.query(Fact).filter(Fact.community_id == world.community_id).count() == 0


def _move(world: World, member_id: uuid.UUID) -> None:
    """Into the household of the world, from the first day on."""
    db.session.execute(
        tenancy.update(Membership, world.community_id)
        .where(Membership.member_id == member_id)
        .values(household_id=world.household_id)
    )
    db.session.expire_all()


class TestHowFarBack:
    def test_within_the_days_the_item_gives(self, world: World) -> None:
        member_id = world.member()
        # 18 November is three days before
        assert world.record(member_id, "SOON", occurred_on=dt.date(2026, 11, 18)).item_code
        with pytest.raises(errors.TooLate) as refused:
            world.record(member_id, "SOON", occurred_on=dt.date(2026, 11, 17))
        assert refused.value.field == "occurred_on"

    def test_nothing_that_has_not_happened(self, world: World) -> None:
        with pytest.raises(LinliError) as refused:
            world.record(world.member(), "PLAIN", occurred_on=TODAY + dt.timedelta(days=1))
        assert refused.value.code == "occurred_in_future"

    def test_a_closed_month_takes_nothing_in_and_the_line_says_where_it_belongs(
        self, world: World
    ) -> None:
        row = months.of(world.community_id, "2026-10")
        months.step(
            community_id=world.community_id, month="2026-10", to=MonthState.FROZEN,
            actor=world.admin, now=NOW, version=row.version,
        )  # fmt: skip
        late = world.record(world.member(), "PLAIN", occurred_on=dt.date(2026, 10, 30))
        assert (late.month, late.belongs_month) == ("2026-11", "2026-10")


class TestOneDeedOneAward:
    def test_the_same_item_for_the_same_deed_is_refused(self, world: World) -> None:
        member_id, deed = world.member(), new_id()
        world.record(member_id, "PLAIN", deed=deed)
        with pytest.raises(errors.DuplicateFact):
            world.record(member_id, "PLAIN", deed=deed, actor=world.actor("grid_worker"))

    def test_of_two_items_for_one_deed_the_higher_counts(self, world: World) -> None:
        member_id, deed = world.member(), new_id()
        lower = world.record(member_id, "PLAIN", deed=deed)
        higher = world.record(member_id, "BIG", deed=deed)
        posted = [
            facts.replay(community_id=world.community_id, result_id=each.id).lines[0].posted
            for each in (lower, higher)
        ]
        assert posted == [D(0), D(5)]

    def test_two_people_of_one_deed_have_one_each(self, world: World) -> None:
        deed = new_id()
        for name in ("张三", "李四"):
            fact = world.record(world.member(name=name), "PLAIN", deed=deed)
            assert fact.lines[0].posted == D(2)
