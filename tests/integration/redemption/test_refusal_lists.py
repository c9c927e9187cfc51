"""Refused scans by day and reason: the shop's own, the community's, and how often."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kernel.database import db
from kernel.errors import Forbidden
from redemption import redemptions, refusal_lists
from redemption.errors import DaysReversed, TooManyDays
from redemption.reasons import Reason
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 21)
NOTHING = "A" * 22


@pytest.fixture
def refused(world: AllianceWorld, holder: Holder) -> AllianceWorld:
    """Today two scans at the shop and one refusal at home, the day before one, elsewhere one."""
    clerk = world.clerk()
    world.refused(clerk, NOTHING, NOW - DAY)
    code = world.hold(holder, world.offer()).code
    assert code is not None
    world.redeem(clerk, code.token)
    world.refused(clerk, code.token)
    world.refused(clerk, NOTHING)
    world.refused(world.clerk(shop=world.other_shop()), NOTHING)
    dear = world.offer(points=500)
    redemptions.issue(
        actor=holder.actor, now=NOW, community_id=world.community_id, offer_id=dear.id
    )
    db.session.flush()
    return world


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
class TestAtTheCounter:
    def test_today_without_days(self, refused: AllianceWorld) -> None:
        found = redemptions.refused_scans(actor=refused.clerk(), now=NOW)
        assert [one.reason for one in found] == ["code_unknown", "already_redeemed"]

    def test_older_days(self, refused: AllianceWorld) -> None:
        yesterday = TODAY - DAY
        found = redemptions.refused_scans(
            actor=refused.clerk(), now=NOW, first_day=yesterday, last_day=yesterday
        )
        assert [one.at_utc for one in found] == [NOW - DAY]

    def test_by_reason_and_page(self, refused: AllianceWorld) -> None:
        asked: dict[str, Any] = {
            "actor": refused.clerk(), "now": NOW, "first_day": TODAY - DAY,
            "reason": Reason.CODE_UNKNOWN, "limit": 1,
        }  # fmt: skip
        first = redemptions.refused_scans(**asked)
        rest = redemptions.refused_scans(**asked, after=first[0].id)
        assert [one.at_utc for one in first + rest] == [NOW, NOW - DAY]
        assert redemptions.refused_scans(**asked, after=rest[0].id) == []

    def test_counts_what_was_refused_at_home_as_well(self, refused: AllianceWorld) -> None:
        counted = redemptions.refusal_counts(actor=refused.clerk(), now=NOW)
        assert {one.reason: one.count for one in counted} == {
            "code_unknown": 1, "already_redeemed": 1, "insufficient_points": 1,
        }  # fmt: skip
        assert {one.merchant_id for one in counted} == {refused.merchant.id}

    @pytest.mark.parametrize(
        ("first", "last", "error"),
        [(TODAY, TODAY - DAY, DaysReversed), (TODAY - 92 * DAY, TODAY, TooManyDays)],
        ids=["reversed", "too many"],
    )
    def test_days_must_make_sense(
        self, world: AllianceWorld, first: dt.date, last: dt.date, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            redemptions.refused_scans(actor=world.clerk(), now=NOW, first_day=first, last_day=last)


class TestInTheCommunity:
    def read(self, world: AllianceWorld, **asked: Any) -> list[Any]:
        return refusal_lists.in_community(
            actor=world.actor("auditor"), now=NOW, community_id=world.community_id, **asked
        )

    def test_a_week_of_all_shops(self, refused: AllianceWorld) -> None:
        found = self.read(refused)
        assert [(one.merchant_name, one.reason) for one in found] == [
            ("老邢家常菜", "insufficient_points"), ("青丝理发店", "code_unknown"),
            ("老邢家常菜", "code_unknown"), ("老邢家常菜", "already_redeemed"),
            ("老邢家常菜", "code_unknown"),
        ]  # fmt: skip
        again = next(one for one in found if one.reason == "already_redeemed")
        assert (again.offer_title, len(again.receipt_number)) == ("早餐一份", 10)

    def test_by_shop_reason_and_day(self, refused: AllianceWorld) -> None:
        asked = {"merchant_id": refused.merchant.id, "reason": Reason.CODE_UNKNOWN}
        assert len(self.read(refused, **asked)) == 2
        assert len(self.read(refused, **asked, first_day=TODAY)) == 1
        assert self.read(refused, **asked, last_day=TODAY - 2 * DAY) == []

    def test_names_no_holder(self, refused: AllianceWorld, holder: Holder) -> None:
        told = repr(self.read(refused)).replace("-", "")
        assert holder.member_id.hex not in told
        assert holder.actor.account_id.hex not in told

    def test_counts_by_shop_and_reason(self, refused: AllianceWorld) -> None:
        counted = refusal_lists.counts(
            actor=refused.actor("supervisor"), now=NOW, community_id=refused.community_id
        )
        assert counted[0].count == 2
        assert {(one.merchant_name, one.reason): one.count for one in counted} == {
            ("老邢家常菜", "code_unknown"): 2, ("老邢家常菜", "already_redeemed"): 1,
            ("老邢家常菜", "insufficient_points"): 1, ("青丝理发店", "code_unknown"): 1,
        }  # fmt: skip

    @pytest.mark.parametrize("role", ["member", "grid_worker", "panelist"])
    def test_is_for_staff_who_may(self, world: AllianceWorld, role: str) -> None:
        for read in (refusal_lists.in_community, refusal_lists.counts):
            with pytest.raises(Forbidden):
                read(actor=world.actor(role), now=NOW, community_id=world.community_id)
