"""Excluded for a period: a dated tag of the rulebook, with reason and end; every act is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from community import members
from kernel.errors import LinliError
from points.moving import exclusions
from points.moving.exclusions import ExclusionView
from tests.integration.points.world import NOW, TODAY, World, empty_world

END = TODAY + dt.timedelta(days=90)


@pytest.fixture
def strict(session: Any) -> World:
    """A community whose rulebook excludes by a tag."""
    made = empty_world("strict")
    made.adopt(excluded_tags=["party_member"])
    return made


def exclude(world: World, member_id: Any, **values: Any) -> ExclusionView:
    given = {
        "actor": world.admin, "now": NOW, "community_id": world.community_id,
        "member_id": member_id, "tag": "party_member", "starts_on": TODAY, "ends_on": END,
        "reason": "会议决定", **values,
    }  # fmt: skip
    return exclusions.exclude(**given)


def end(world: World, tag_id: Any, **values: Any) -> ExclusionView:
    given = {
        "actor": world.admin, "now": NOW, "community_id": world.community_id,
        "member_tag_id": tag_id, "ends_on": TODAY + dt.timedelta(days=1), "reason": "查清了",
        **values,
    }  # fmt: skip
    return exclusions.end(**given)


def test_the_tag_holds_for_the_period(strict: World) -> None:
    member_id = strict.member()
    exclude(strict, member_id)
    for day, held in ((TODAY, True), (END - dt.timedelta(1), True), (END, False)):
        tags = members.identity(strict.community_id, member_id, day).tags
        assert ("party_member" in tags) is held


def test_it_ends_early_with_a_reason_and_both_acts_are_kept(strict: World) -> None:
    made = exclude(strict, strict.member())
    end(strict, made.member_tag_id)
    acts = exclusions.listed(actor=strict.admin, community_id=strict.community_id)
    assert [(each.act, each.reason) for each in acts] == [
        ("ended", "查清了"), ("excluded", "会议决定"),
    ]  # fmt: skip
    with pytest.raises(LinliError) as refused:
        end(strict, made.member_tag_id)
    assert refused.value.code == "exclusion_ended"


@pytest.mark.parametrize(
    ("values", "code", "wrong"),
    [
        ({"tag": "student"}, "not_excluded_tag", "tag"),
        ({"ends_on": TODAY}, "exclusion_period_wrong", "ends_on"),
        ({"reason": " "}, "exclusion_reason_missing", "reason"),
    ],
    ids=["tag", "period", "reason"],
)
def test_refusals_name_the_field(
    strict: World, values: dict[str, Any], code: str, wrong: str
) -> None:
    with pytest.raises(LinliError) as refused:
        exclude(strict, strict.member(), **values)
    assert (refused.value.code, refused.value.field) == (code, wrong)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"ends_on": TODAY}, "exclusion_period_wrong"),
        ({"ends_on": END}, "exclusion_period_wrong"),
        ({"reason": ""}, "exclusion_reason_missing"),
        ({"now": NOW + dt.timedelta(days=91)}, "exclusion_ended"),
    ],
    ids=["no day left", "not shorter", "no reason", "over"],
)
def test_an_ending_is_refused(strict: World, values: dict[str, Any], code: str) -> None:
    made = exclude(strict, strict.member())
    with pytest.raises(LinliError) as refused:
        end(strict, made.member_tag_id, **values)
    assert refused.value.code == code


def test_nobody_for_the_own_household(strict: World) -> None:
    home = strict.household_id
    clerk = strict.bound_actor("community_admin", strict.member(name="管理员", household_id=home))
    with pytest.raises(LinliError) as refused:
        exclude(strict, strict.member(household_id=home), actor=clerk)
    assert refused.value.code == "own_household"
