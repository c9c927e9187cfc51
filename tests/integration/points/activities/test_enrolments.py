"""Enrolling, waiting, withdrawing."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from kernel.access import Actor, Grant
from kernel.errors import LinliError, NotFound
from kernel.ids import new_id
from points import holders
from points.activities import attendance_lists, attendees
from points.activities.errors import NotOrganiser
from points.models import ActivityAudience, HolderKind
from tests.integration.points.activities.stage import NOW, Stage
from tests.integration.points.world import empty_world


def test_where_it_is_full_one_waits_and_gets_the_place_given_back(stage: Stage) -> None:
    stage.opened(capacity=2)
    people = [stage.person(name=name) for name in ("甲", "乙", "丙", "丁")]
    states = [stage.enrol(person).state for person in people]
    assert states == ["enrolled", "enrolled", "waiting", "waiting"]
    stage.withdraw(people[0])
    rows = attendance_lists.enrolments(actor=stage.organiser, **stage.where)
    assert [(row.name, row.state) for row in rows] == [
        ("甲", "withdrawn"), ("乙", "enrolled"), ("丙", "enrolled"), ("丁", "waiting"),
    ]  # fmt: skip


def test_whoever_comes_back_waits_at_the_end(stage: Stage) -> None:
    stage.opened(capacity=1)
    people = [stage.person(name=name) for name in ("甲", "乙")]
    for person in people:
        stage.enrol(person)
    stage.withdraw(people[0])
    assert stage.enrol(people[0]).state == "waiting"
    assert stage.activity.enrolled == 1


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda stage: (stage.planned(), stage.enrol(stage.person())), "enrolment_closed"),
        (lambda stage: (stage.opened(), _twice(stage)), "already_enrolled"),
        (lambda stage: (stage.opened(), stage.withdraw(stage.person())), "not_enrolled"),
        (lambda stage: (stage.opened(), stage.enrol(stage.organiser)), "who_missing"),
        (lambda stage: (stage.running(), _leaves_after_coming(stage)), "already_came"),
        (
            lambda stage: (
                stage.opened(item_code=None, audience=ActivityAudience.MERCHANTS),
                stage.enrol(stage.person()),
            ),
            "not_for_you",
        ),
    ],
    ids=["closed", "twice", "never enrolled", "nobody", "already there", "for merchants"],
)
def test_refusals(stage: Stage, make: Any, code: str) -> None:
    with pytest.raises(LinliError) as refused:
        make(stage)
    assert refused.value.code == code


def _twice(stage: Stage) -> None:
    person = stage.person()
    stage.enrol(person)
    stage.enrol(person)


def _leaves_after_coming(stage: Stage) -> None:
    person = stage.person()
    stage.come(person)
    stage.withdraw(person)


def test_the_organiser_enrols_somebody_without_a_phone(stage: Stage) -> None:
    stage.opened()
    member_id = stage.world.member(name="王奶奶")
    assert stage.enrol(stage.organiser, member_id=member_id).attendee_id == member_id
    with pytest.raises(NotFound):
        stage.enrol(stage.organiser, member_id=empty_world("elsewhere").member())


def test_a_member_enrols_nobody_else(stage: Stage) -> None:
    stage.opened()
    person = stage.person()
    with pytest.raises(LinliError) as refused:
        stage.enrol(person, member_id=stage.world.member(name="李四"))
    assert refused.value.code == "forbidden"
    other = stage.world.actor("grid_worker")
    with pytest.raises(NotOrganiser):
        stage.enrol(other, member_id=stage.world.member(name="李四"))


class TestMerchants:
    """A service day for merchants; the roster stands for the alliance of the package above."""

    @pytest.fixture
    def shop_id(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> uuid.UUID:
        found = new_id()
        monkeypatch.setattr(
            holders, "exists",
            lambda community_id, kind, holder_id, on: (
                (kind, holder_id) == (HolderKind.MERCHANT, found)
            ),
        )  # fmt: skip
        attendees_names = {found: "老李饭店"}
        monkeypatch.setattr(
            attendees, "_merchant_names",
            [lambda ids: {each: attendees_names[each] for each in ids}],
        )  # fmt: skip
        return found

    def owner(self, stage: Stage, shop_id: uuid.UUID) -> Actor:
        place = replace(stage.world.place, merchant_id=shop_id)
        actor = stage.world.actor("member")
        return replace(actor, grants=(Grant(role="merchant_owner", place=place),))

    def test_a_shop_enrols_and_comes(self, stage: Stage, shop_id: uuid.UUID) -> None:
        stage.running(item_code=None, audience=ActivityAudience.EVERYBODY)
        owner = self.owner(stage, shop_id)
        stage.enrol(owner, merchant_id=shop_id)
        from points.activities import scanning

        scanning.scan(
            actor=owner, now=NOW, community_id=stage.community_id, scanned=stage.token(),
            merchant_id=shop_id,
        )  # fmt: skip
        assert [row.name for row in stage.sheet()] == ["老李饭店"]
        stage.settle()
        assert stage.outcomes() == {shop_id: ("no_fact", None)}

    def test_not_for_somebody_elses_shop(self, stage: Stage, shop_id: uuid.UUID) -> None:
        stage.running(item_code=None, audience=ActivityAudience.EVERYBODY)
        with pytest.raises(LinliError) as refused:
            stage.enrol(self.owner(stage, new_id()), merchant_id=shop_id)
        assert refused.value.code in ("not_found", "forbidden")
