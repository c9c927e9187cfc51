"""Where a member stands, as they read it themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import NotFound
from points import member_standing
from points.models import MonthState
from tests.integration.points import world as books
from tests.integration.review.test_closing import TIERS
from tests.integration.review.world import DEED, RECORDED, ReviewWorld, review_world
from tests.support.backend import Backend

D = Decimal
HELP = {
    "code": "HELP", "name": "志愿服务", "kind": "bonus", "subject": "volunteering", "unit": "hour",
    "feeds": "hours", "award": {"type": "per_unit", "points": 1, "per": 1, "over": "month"},
    "limits": [{"max_quantity": 2, "per": "day"}],
}  # fmt: skip


def standing(world: ReviewWorld, member_id: Any, **changes: Any) -> member_standing.MemberStanding:
    given = {"actor": world.admin, "now": RECORDED, **changes}
    return member_standing.standing(community_id=world.community_id, member_id=member_id, **given)


def with_tiers() -> ReviewWorld:
    return review_world(
        items=[*books.items(), HELP], tiers=TIERS, score={"over": "quarter", "ceiling": 20},
        counters=[{"code": "hours", "name": "服务时长", "unit": "hour"}],
    )  # fmt: skip


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    return backend.remembered(with_tiers)


def test_score_tier_and_counters(world: ReviewWorld) -> None:
    member = world.resident("A0201", bonus="12")
    world.record(member, "HELP", quantity=D(3), occurred_on=dt.date(2026, 9, 10), now=RECORDED)
    world.record(member, "HELP", quantity=D("1.5"), occurred_on=DEED, now=RECORDED)
    before = standing(world, member)
    # October is in the last quarter: 12 + 1 (whole hours); September is not.
    assert (before.over, before.score, before.tier) == ("quarter", D(13), None)
    (hours,) = before.counters
    assert (hours.month, hours.year, hours.ever) == (D("1.5"), D("3.5"), D("3.5"))
    world.bring(MonthState.SEALED)
    after = standing(world, member)
    assert (after.tier, after.tier_month) == ("四星", "2026-10")
    assert not after.is_redemption_barred


def test_the_ceiling_clamps_the_reading_and_a_low_tier_suspends(world: ReviewWorld) -> None:
    best, low = world.resident("A0201", bonus="28"), world.resident("A0202", bonus="1")
    world.bring(MonthState.SEALED)
    assert standing(world, best).score == D(20)
    found = standing(world, low)
    assert (found.tier, found.tier_effects) == ("暂停", ("bar_redemption",))
    assert found.is_redemption_barred


def test_who_has_nothing_yet_and_who_may_not_look(world: ReviewWorld) -> None:
    member, other = world.resident("A0201"), world.resident("A0202")
    found = standing(world, member)
    assert (found.score, found.tier, found.is_redemption_barred) == (D(0), None, False)
    with pytest.raises(NotFound):
        standing(world, member, actor=world.actor("member", member=other))
    assert standing(world, other, actor=world.actor("member", member=other)).score == D(0)
