"""Telling the member and confirming what was put right: who may, when, once; also over HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from kernel.errors import Forbidden, LinliError, StaleVersion
from points import errors, facts
from tests.integration.points.every_construct import (
    approve,
    full_world,
    put,
    put_right,
    strike,
    tell,
)
from tests.integration.points.world import NOW, TODAY, World
from tests.support.backend import Backend

OCTOBER = dt.date(2026, 10, 25)


def full_yijuyuan() -> World:
    return full_world("yijuyuan")


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(full_yijuyuan)


class TestTold:
    def test_the_recorder_tells_once(self, world: World) -> None:
        fact = put(world, world.member(), "WARNED")
        assert tell(world, fact).told_on == TODAY
        with pytest.raises(errors.AlreadyTold):
            tell(world, fact)

    def test_it_may_be_noted_while_recording(self, world: World) -> None:
        assert put(world, world.member(), "WARNED", told_on=TODAY).told_on == TODAY
        with pytest.raises(errors.DateInFuture):
            put(world, world.member(), "WARNED", told_on=TODAY + dt.timedelta(days=1))

    @pytest.mark.parametrize(
        ("told_on", "error"),
        [
            (dt.date(2026, 11, 22), errors.DateInFuture),
            (dt.date(2026, 10, 24), errors.ToldTooEarly),
        ],
    )
    def test_a_day_that_cannot_be_is_refused(
        self, world: World, told_on: dt.date, error: type[LinliError]
    ) -> None:
        fact = put(world, world.member(), "WARNED", occurred_on=OCTOBER)
        with pytest.raises(error) as refused:
            tell(world, fact, told_on)
        assert refused.value.field == "told_on"

    def test_it_is_not_dated_back_further_than_a_deed(self, world: World) -> None:
        fact = put(world, world.member(), "WARNED", occurred_on=OCTOBER)
        later = NOW + dt.timedelta(days=20)
        with pytest.raises(errors.ToldTooEarly):
            tell(world, fact, OCTOBER, now=later)

    def test_not_by_a_member_nor_by_the_own_household(self, world: World) -> None:
        own = world.member(household_id=world.household_id)
        fact = put(world, own, "WARNED")
        with pytest.raises(Forbidden):
            tell(world, fact, actor=world.actor("member", member=own))
        relative = world.member(name="李四", household_id=world.household_id)
        with pytest.raises(errors.OwnHousehold):
            tell(world, fact, actor=world.bound_actor("grid_worker", relative))
        with pytest.raises(Forbidden):
            tell(world, fact, actor=world.actor("auditor"))


class TestPutRight:
    def test_by_an_approver_once(self, world: World) -> None:
        fact = approve(world, put(world, world.member(), "LITTER"))
        done = put_right(world, fact, promised=True, reason="楼道已清空")
        assert (done.corrected_on, done.promised) == (TODAY, True)
        with pytest.raises(errors.AlreadyCorrected):
            put_right(world, fact)
        detail = facts.detail(actor=world.admin, community_id=world.community_id, fact_id=fact.id)
        assert (detail.acts[-1].act, detail.acts[-1].reason) == ("corrected", "楼道已清空")
        assert detail.acts[-1].changes["corrected_on"] == [None, "2026-11-21"]

    def test_neither_by_the_recorder_nor_in_another_role(self, world: World) -> None:
        fact = approve(world, put(world, world.member(), "LITTER", actor=world.other_panelist))
        with pytest.raises(errors.SelfApproval):
            put_right(world, fact, actor=world.other_panelist)
        with pytest.raises(errors.ApproverNotAllowed):
            put_right(world, fact, actor=world.admin)
        with pytest.raises(Forbidden):
            put_right(world, fact, actor=world.recorder)

    @pytest.mark.parametrize(
        ("day", "error"),
        [
            (dt.date(2026, 11, 22), errors.DateInFuture),
            (dt.date(2026, 10, 24), errors.CorrectedTooEarly),
        ],
    )
    def test_a_day_that_cannot_be_is_refused(
        self, world: World, day: dt.date, error: type[LinliError]
    ) -> None:
        fact = approve(world, put(world, world.member(), "LITTER", occurred_on=OCTOBER))
        with pytest.raises(error) as refused:
            put_right(world, fact, day)
        assert refused.value.field == "corrected_on"

    def test_only_what_goes_on_can_be_put_right(self, world: World) -> None:
        with pytest.raises(errors.NothingToCorrect):
            put_right(world, put(world, world.member(), "WARNED"))

    def test_not_of_what_was_struck_or_changed_meanwhile(self, world: World) -> None:
        fact = approve(world, put(world, world.member(), "LITTER"))
        with pytest.raises(StaleVersion):
            facts.corrected(
                actor=world.panelist, now=NOW, community_id=world.community_id,
                fact_id=fact.id, version=fact.version - 1, corrected_on=TODAY,
            )  # fmt: skip
        strike(world, fact)
        with pytest.raises(errors.FactStruck):
            put_right(world, fact)


def test_over_http(call: Callable[..., Any], world: World) -> None:
    body = {
        "member_id": str(world.member()), "item_code": "VETO", "occurred_on": "2026-11-20",
    }  # fmt: skip
    told = call(world.recorder, "POST", "/facts/preview", body)
    assert (told.status_code, told.json["total_change"]) == (200, -10)
    assert [row["points"] for row in told.json["lines"]] == [-10]
    made = call(world.recorder, "POST", "/facts", body)
    assert (made.status_code, made.json["lines"][0]["posted"]) == (201, -10)
    again = call(world.recorder, "POST", "/facts/preview", body)
    assert [each["code"] for each in again.json["warnings"]] == ["possible_duplicate"]
    assert again.json["duplicates"][0]["fact_id"] == made.json["id"]
    path = f"/facts/{made.json['id']}"
    answer = call(world.recorder, "POST", f"{path}/told", {"version": 1, "told_on": "2026-11-21"})
    assert (answer.status_code, answer.json["told_on"]) == (201, "2026-11-21")
    right = {"version": 2, "corrected_on": "2026-11-21", "promised": True}
    answer = call(world.panelist, "POST", f"{path}/corrected", right)
    assert (answer.status_code, answer.json["lines"][0]["posted"]) == (201, -4)
    assert answer.json["lines"][0]["reason"] == "repaired"
    nobody = {**body, "member_id": None}
    refused = call(world.recorder, "POST", "/facts", nobody)
    assert (refused.status_code, refused.json["code"]) == (422, "subject_missing")
