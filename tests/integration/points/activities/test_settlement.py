"""The settlement: once, through the door, nobody for themselves; corrections are acts on facts."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import LinliError, StaleVersion
from points import facts, history
from points.activities import lists, settlement
from points.activities.settlement import Leaving
from points.fact_door import EvidenceGiven
from points.models import EvidenceKind, Fact
from tests.integration.points.activities.stage import ENDS, NOW, Stage, minutes
from tests.integration.points.world import MONTH, World

D = Decimal


def refusal(act: Any) -> LinliError:
    with pytest.raises(LinliError) as refused:
        act()
    return refused.value


def facts_of(stage: Stage) -> list[Fact]:
    rows = tenancy.select(Fact, stage.community_id).where(Fact.activity_id == stage.activity.id)
    return list(db.session.scalars(rows.order_by(Fact.id)))


def score(world: World, member_id: uuid.UUID) -> Decimal:
    return history.summary(
        actor=world.admin,
        now=NOW,
        community_id=world.community_id,
        member_id=member_id,
        month=MONTH,
    ).bonus


class TestOnce:
    def test_who_came_has_a_fact_through_the_door(self, stage: Stage) -> None:
        stage.running()
        people = [stage.person(name=name) for name in ("甲", "乙", "丙")]
        for person in people[:2]:
            stage.come(person)
        stage.enrol(people[2])
        assert stage.settle().state == "settled"
        rows = facts_of(stage)
        assert {row.member_id for row in rows} == {stage.id_of(each) for each in people[:2]}
        assert {(row.deed_id, row.recorded_by) for row in rows} == {
            (stage.activity.id, stage.organiser.account_id)
        }
        assert [score(stage.world, stage.id_of(each)) for each in people] == [2, 2, 0]
        assert set(stage.outcomes().values()) == {("recorded", None)}

    def test_the_fact_tells_where_it_comes_from(self, stage: Stage) -> None:
        stage.running()
        stage.come(stage.person())
        stage.settle(evidence=[EvidenceGiven(kind=EvidenceKind.ACTIVITY_NOTICE, note="通知 12 号")])
        (row,) = facts_of(stage)
        told = facts.detail(
            actor=stage.world.admin, community_id=stage.community_id, fact_id=row.id
        )
        assert told.reason == "周末清洁"
        assert [(each.kind, each.note) for each in told.evidence] == [
            ("check_in", str(stage.activity.id)), ("activity_notice", "通知 12 号"),
        ]  # fmt: skip
        assert [act.authority for act in told.acts] == ["activity"]

    def test_a_second_time_is_refused(self, stage: Stage) -> None:
        stage.running()
        stage.come(stage.person())
        version = stage.activity.version
        stage.settle()
        assert refusal(stage.settle).code == "illegal_activity_step"
        assert refusal(lambda: stage.settle(version=version)).code == "illegal_activity_step"
        assert len(facts_of(stage)) == 1

    def test_an_older_version_is_refused(self, stage: Stage) -> None:
        stage.running()
        with pytest.raises(StaleVersion):
            stage.settle(version=stage.activity.version - 1)

    def test_not_before_it_began(self, stage: Stage) -> None:
        stage.running()
        assert refusal(lambda: stage.settle(now=minutes(-1))).code == "activity_not_yet"

    def test_a_service_day_is_worth_nothing_and_kept(self, stage: Stage) -> None:
        stage.running(item_code=None, title="服务日")
        person = stage.person()
        stage.come(person)
        stage.settle()
        assert stage.outcomes() == {stage.id_of(person): ("no_fact", None)}
        assert facts_of(stage) == []

    def test_struck_attendances_are_left_out(self, stage: Stage) -> None:
        from points.activities import attendance

        stage.running()
        row = stage.check_in(member_id=stage.world.member())
        attendance.strike(
            actor=stage.organiser, now=NOW, attendance_id=row.id, reason="认错", **stage.where
        )
        stage.settle()
        assert facts_of(stage) == []


class TestHours:
    def test_they_are_rounded_down_within_the_activity(self, stage: Stage) -> None:
        stage.running(item_code="HOURS", counts_hours=True)
        person = stage.person()
        stage.come(person, minutes(-20))
        stage.leave(person, minutes(100))
        stage.settle()
        (row,) = facts_of(stage)
        assert row.quantity == D("1.5")
        assert [each.hours for each in stage.sheet()] == [D("1.5")]

    def test_too_short_counts_as_nothing(self, stage: Stage) -> None:
        stage.running(item_code="HOURS", counts_hours=True)
        person = stage.person()
        stage.come(person)
        stage.leave(person, minutes(29))
        stage.settle()
        assert stage.outcomes() == {stage.id_of(person): ("no_fact", None)}

    def test_a_forgotten_check_out_is_settled_with_a_reason(self, stage: Stage) -> None:
        stage.running(item_code="HOURS", counts_hours=True)
        row = stage.come(stage.person())
        refused = refusal(stage.settle)
        assert (refused.code, refused.extra) == (
            "leaving_missing", {"attendance_ids": [str(row.id)]},
        )  # fmt: skip
        late = Leaving(attendance_id=row.id, left_at_utc=ENDS + dt.timedelta(1), reason="忘了")
        assert refusal(lambda: stage.settle(leavings=[late])).code == "time_outside"
        blank = Leaving(attendance_id=row.id, left_at_utc=minutes(60), reason=" ")
        assert refusal(lambda: stage.settle(leavings=[blank])).code == "reason_needed"
        stage.settle(
            leavings=[Leaving(attendance_id=row.id, left_at_utc=minutes(60), reason="忘了签退")]
        )
        assert [fact.quantity for fact in facts_of(stage)] == [D(1)]


class TestNobodyForThemselves:
    @pytest.fixture
    def family(self, stage: Stage) -> list[uuid.UUID]:
        """The organiser and the organiser's wife, checked in by another organiser."""
        home = stage.world.household_id
        own = stage.world.member(name="张强", household_id=home)
        wife = stage.world.member(name="李梅", household_id=home)
        stage.organiser = stage.world.bound_actor("grid_worker", own)
        stage.running()
        for member_id in (own, wife, stage.world.member(name="邻居")):
            stage.check_in(actor=stage.world.admin, member_id=member_id)
        return [own, wife]

    def left(self, stage: Stage) -> list[uuid.UUID]:
        return sorted(who for who, (outcome, _) in stage.outcomes().items() if outcome == "left")

    def test_they_are_left_for_somebody_else(self, stage: Stage, family: list[uuid.UUID]) -> None:
        stage.settle()
        assert self.left(stage) == sorted(family)
        assert len(facts_of(stage)) == 1
        assert lists.detail(actor=stage.organiser, **stage.where).left == 2

    def test_the_organiser_cannot_take_them_in_later(
        self, stage: Stage, family: list[uuid.UUID]
    ) -> None:
        stage.settle()
        refused = refusal(lambda: stage.step(settlement.settle_left))
        assert refused.code == "nothing_left"

    def test_another_organiser_does_once(self, stage: Stage, family: list[uuid.UUID]) -> None:
        stage.settle()
        stage.step(settlement.settle_left, actor=stage.world.admin)
        assert self.left(stage) == []
        recorders = {row.member_id: row.recorded_by for row in facts_of(stage)}
        assert {recorders[each] for each in family} == {stage.world.admin.account_id}
        again = refusal(lambda: stage.step(settlement.settle_left, actor=stage.world.admin))
        assert again.code == "nothing_left"

    def test_nobody_for_the_own_household(self, stage: Stage, family: list[uuid.UUID]) -> None:
        """Not even the administrator, where the wife is the administrator."""
        stage.settle()
        wife = stage.world.bound_actor("community_admin", family[1])
        refused = refusal(lambda: stage.step(settlement.settle_left, actor=wife))
        assert refused.code == "nothing_left"


class TestTheDoor:
    def test_one_persons_refusal_does_not_hold_up_the_others(self, stage: Stage) -> None:
        stage.running()
        people = [stage.person(name=name) for name in ("甲", "乙")]
        for person in people:
            stage.come(person)
        # Somebody typed the first one in by hand, naming the activity as the deed.
        stage.world.record(stage.id_of(people[0]), "CAP", deed=stage.activity.id)
        stage.settle()
        assert stage.outcomes() == {
            stage.id_of(people[0]): ("refused", "duplicate_fact"),
            stage.id_of(people[1]): ("recorded", None),
        }
        assert score(stage.world, stage.id_of(people[0])) == 2

    @pytest.mark.parametrize(
        ("item", "days", "code"),
        [("SOON", 4, "too_late"), ("CLAIM", 0, None)],
        ids=["deadline", "check-in is evidence"],
    )
    def test_what_concerns_the_activity_refuses_the_settlement(
        self, stage: Stage, item: str, days: int, code: str | None
    ) -> None:
        stage.running(item_code=item)
        stage.come(stage.person())
        late = ENDS + dt.timedelta(days=days)
        if code is None:
            assert stage.settle(now=late).state == "settled"
            assert [row.is_approved for row in facts_of(stage)] == [False]
            return
        assert refusal(lambda: stage.settle(now=late)).code == code

    def test_an_item_with_a_limit_counts_to_its_limit(self, stage: Stage) -> None:
        person = stage.person()
        for _ in range(3):
            stage.running()
            stage.come(person)
            stage.settle()
        assert score(stage.world, stage.id_of(person)) == 5


def test_a_later_correction_is_an_act_on_the_fact(stage: Stage) -> None:
    stage.running()
    person: Actor = stage.person()
    stage.come(person)
    stage.settle()
    (row,) = facts_of(stage)
    facts.strike(
        actor=stage.world.panelist, now=ENDS, community_id=stage.community_id, fact_id=row.id,
        version=1, reason="查实没有到场",
    )  # fmt: skip
    assert score(stage.world, stage.id_of(person)) == 0
    assert stage.outcomes() == {stage.id_of(person): ("recorded", None)}
    count = sa.select(sa.func.count()).select_from(Fact).where(
        Fact.community_id == stage.community_id
    )  # fmt: skip
    assert db.session.scalar(count) == 1


def test_a_fact_names_an_activity_there_is(stage: Stage) -> None:
    stage.opened()
    member_id = stage.world.member()
    named = stage.world.record(member_id, "FREE", activity_id=stage.activity.id)
    assert [row.id for row in facts_of(stage)] == [named.id]
    refused = refusal(lambda: stage.world.record(member_id, "FREE", activity_id=member_id))
    assert (refused.code, refused.field) == ("activity_unknown", "activity_id")


def test_many_are_settled_at_once(stage: Stage) -> None:
    stage.running(item_code="FREE")
    for number in range(40):
        stage.check_in(member_id=stage.world.member(name=str(number)))
    stage.settle()
    assert len(facts_of(stage)) == 40
