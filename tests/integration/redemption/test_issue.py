"""Issuing a code: points and quotas are set aside, or a refusal is kept and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func

from kernel import tenancy
from kernel.clock import SHANGHAI
from kernel.database import db
from kernel.errors import NotFound, Refused
from kernel.ids import new_id
from merchants.errors import OfferUnknown
from merchants.models import QuotaUsage
from redemption import redemptions
from redemption.models import Redemption, RefusedScan
from redemption.redemptions import Held
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

TEN_MINUTES = dt.timedelta(minutes=10)


def ask(world: AllianceWorld, holder: Holder, offer: Any, now: dt.datetime = NOW) -> Held | Refused:
    return redemptions.issue(
        actor=holder.actor, now=now, community_id=world.community_id, offer_id=offer.id
    )


def refused(world: AllianceWorld, holder: Holder, offer: Any, now: dt.datetime = NOW) -> Refused:
    """Ask, be refused, and see that nothing but the refusal was written."""
    before = (world.points_of(holder), redemptions_of(world), used(world))
    answer = ask(world, holder, offer, now)
    assert isinstance(answer, Refused)
    assert (world.points_of(holder), redemptions_of(world), used(world)) == before
    kept = tenancy.get(RefusedScan, world.community_id, answer.row_id or new_id())
    assert (kept.actor_id, kept.stage) == (holder.actor.account_id, "issue")
    return answer


def redemptions_of(world: AllianceWorld) -> int:
    counted = tenancy.columns(Redemption, world.community_id, func.count(Redemption.id))
    return int(db.session.scalar(counted) or 0)


def used(world: AllianceWorld) -> dict[str, int]:
    rows = db.session.execute(
        tenancy.columns(
            QuotaUsage, world.community_id, QuotaUsage.quota_code, func.sum(QuotaUsage.used)
        ).group_by(QuotaUsage.quota_code)
    )
    return {row[0].split(":")[0]: int(row[1]) for row in rows}


class TestAHold:
    def test_reserves_points_and_quotas_for_ten_minutes(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        offer = world.offer(stock=5, per_holder_limit=2, per_holder_period="day")
        held = world.hold(holder, offer)
        assert world.points_of(holder) == (100, 8, 0)
        assert used(world) == {"stock": 1, "holder": 1, "takings": 80}
        assert held.receipt.hold_expires_at_utc == NOW + TEN_MINUTES
        assert len(held.receipt.receipt_number) == 10
        assert held.code is not None
        assert len(held.code.digits) == 8

    def test_takes_ten_statements_at_most(
        self, world: AllianceWorld, holder: Holder, count_statements: Callable[[], Any]
    ) -> None:
        """A limited offer; authentication, idempotency and the community's code come on top."""
        offer = world.offer(stock=5, per_holder_limit=2, per_holder_period="day")
        with count_statements() as seen:
            world.hold(holder, offer)
        assert len(seen) <= 10, seen

    def test_is_stored_without_the_secrets(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer())
        assert held.code is not None
        row = db.session.execute(
            db.text("SELECT * FROM redemption_code WHERE community_id IS NOT NULL")
        ).all()
        stored = repr(row)
        assert held.code.token not in stored
        assert held.code.digits not in stored

    def test_frees_the_holders_expired_holds_first(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        offer = world.offer(points=Decimal(60), stock=1)
        first = world.hold(holder, offer)
        later = NOW + TEN_MINUTES
        assert isinstance(ask(world, holder, offer, later), Held)
        assert world.points_of(holder) == (100, 60, 0)
        assert (
            redemptions.receipt(
                actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=first.id
            ).state
            == "expired"
        )

    def test_is_not_for_somebody_who_is_no_member_here(self, world: AllianceWorld) -> None:
        stranger = world.actor("member")
        with pytest.raises(NotFound):
            redemptions.issue(
                actor=stranger, now=NOW, community_id=world.community_id,
                offer_id=world.offer().id,
            )  # fmt: skip

    def test_an_unknown_offer_is_not_found(self, world: AllianceWorld, holder: Holder) -> None:
        with pytest.raises(OfferUnknown):
            redemptions.issue(
                actor=holder.actor, now=NOW, community_id=world.community_id, offer_id=new_id()
            )


class TestARefusal:
    """One row per reason a holder can meet; nothing but the refusal is written."""

    @pytest.mark.parametrize("state", ["suspended", "ended"])
    def test_agreement_not_active(self, world: AllianceWorld, holder: Holder, state: str) -> None:
        offer = world.offer()
        world.agreement.state = state
        db.session.flush()
        assert refused(world, holder, offer).code == "agreement_not_active"

    def test_agreement_over(self, world: AllianceWorld, holder: Holder) -> None:
        offer = world.offer()
        world.agreement.valid_to = dt.date(2026, 11, 21)
        db.session.flush()
        assert refused(world, holder, offer).code == "agreement_not_active"

    @pytest.mark.parametrize(
        "terms",
        [
            {"state": "proposed"},
            {"state": "withdrawn"},
            {"state": "paused", "paused_by": "merchant"},
            {"valid_from": dt.date(2026, 11, 22)},
            {"valid_to": dt.date(2026, 11, 21)},
        ],
        ids=["proposed", "withdrawn", "paused", "not yet", "over"],
    )
    def test_offer_not_available(
        self, world: AllianceWorld, holder: Holder, terms: dict[str, Any]
    ) -> None:
        assert refused(world, holder, world.offer(**terms)).code == "offer_not_available"

    @pytest.mark.parametrize(
        ("clock", "is_open"),
        [("06:29:59", False), ("06:30:00", True), ("09:29:59", True), ("09:30:00", False)],
    )
    def test_outside_hours(
        self, world: AllianceWorld, holder: Holder, clock: str, is_open: bool
    ) -> None:
        offer = world.offer(from_time=dt.time(6, 30), to_time=dt.time(9, 30))
        at = dt.datetime.fromisoformat(f"2026-11-21T{clock}").replace(tzinfo=SHANGHAI)
        if is_open:
            answer = ask(world, holder, offer, at)
            assert isinstance(answer, Held)
            return
        answer = refused(world, holder, offer, at)
        assert answer.code == "outside_hours"
        assert "6:30–9:30" in answer.zh

    def test_on_another_weekday(self, world: AllianceWorld, holder: Holder) -> None:
        saturday_is_closed = world.offer(weekdays="12345")
        assert refused(world, holder, saturday_is_closed).code == "outside_hours"

    def test_not_in_audience(self, world: AllianceWorld, holder: Holder) -> None:
        assert refused(world, holder, world.offer(audience=["senior"])).code == "not_in_audience"

    def test_sold_out(self, world: AllianceWorld, holder: Holder) -> None:
        offer = world.offer(stock=1, stock_period="day")
        world.hold(world.holder(), offer)
        answer = refused(world, holder, offer)
        assert answer.code == "sold_out"
        assert "明天" in answer.zh

    def test_limit_per_holder(self, world: AllianceWorld, holder: Holder) -> None:
        offer = world.offer(per_holder_limit=1, per_holder_period="day", stock=9)
        held = world.hold(holder, offer)
        world.redeem(world.clerk(), held.code.token)  # type: ignore[union-attr]
        answer = refused(world, holder, offer)
        assert (answer.code, answer.extra["limit"]) == ("limit_reached", "per_holder")

    def test_month_full(self, world: AllianceWorld, holder: Holder) -> None:
        world.agreement.monthly_cap = Decimal(10)
        offer = world.offer(stock=9)
        world.hold(world.holder(), offer)
        answer = refused(world, holder, offer)
        assert (answer.code, answer.extra["limit"]) == ("limit_reached", "month_cap")
        assert "本月 10 积分已满" in answer.zh
        assert used(world) == {"stock": 1, "takings": 80}

    def test_what_is_missing_counts_the_expired_holds_as_free(self, world: AllianceWorld) -> None:
        holder = world.holder(balance=10)
        world.hold(holder, world.offer(points=Decimal(8)))
        answer = ask(world, holder, world.offer(points=Decimal(12)), NOW + TEN_MINUTES)
        assert isinstance(answer, Refused)
        assert (answer.code, answer.extra["missing"]) == ("insufficient_points", "2")

    def test_insufficient_points(self, world: AllianceWorld, holder: Holder) -> None:
        answer = refused(world, holder, world.offer(points=Decimal("103.5")))
        assert (answer.code, answer.extra["missing"]) == ("insufficient_points", "3.5")


def test_senior_offers_are_for_seniors(world: AllianceWorld, holder: Holder) -> None:
    from community.models import Member

    tenancy.get(Member, world.community_id, holder.member_id).senior_from = 2026
    db.session.flush()
    assert isinstance(ask(world, holder, world.offer(audience=["senior"])), Held)


def test_audience_names_kinds_and_tags(world: AllianceWorld, holder: Holder) -> None:
    assert isinstance(ask(world, holder, world.offer(audience=["resident"])), Held)
