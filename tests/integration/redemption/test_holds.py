"""Taking a hold back, and letting it expire: what was set aside is free again, once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import func

from kernel import tenancy
from kernel.database import db
from merchants.models import QuotaUsage
from points import balances
from points.models import Transfer
from redemption import receipts, redemptions
from redemption.errors import NotHeld, RedemptionUnknown
from redemption.models import Redemption, RedemptionState
from redemption.redemptions import Held, Receipt
from redemption.rules.steps import LEGAL_STEPS
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

OVER = NOW + dt.timedelta(minutes=10)


def withdraw(world: AllianceWorld, holder: Holder, held: Held) -> Receipt:
    return redemptions.withdraw(
        actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held.id
    )


def sweep(world: AllianceWorld, now: dt.datetime = OVER, limit: int = 100) -> int:
    return redemptions.expire_holds(community_id=world.community_id, now=now, limit=limit)


def quotas_used(world: AllianceWorld) -> int:
    counted = tenancy.columns(QuotaUsage, world.community_id, func.sum(QuotaUsage.used))
    return int(db.session.scalar(counted) or 0)


class TestWithdraw:
    def test_frees_points_and_quotas(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer(stock=3, per_holder_limit=1))
        assert withdraw(world, holder, held).state == "withdrawn"
        assert world.points_of(holder) == (100, 0, 0)
        assert quotas_used(world) == 0

    def test_twice_changes_nothing(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer())
        assert withdraw(world, holder, held) == withdraw(world, holder, held)
        assert world.points_of(holder) == (100, 0, 0)

    def test_pays_a_debt_from_what_it_frees(self, world: AllianceWorld) -> None:
        holder = world.holder(balance=8)
        held = world.hold(holder, world.offer())
        balances.debit(
            community_id=world.community_id,
            account_id=holder.account_id,
            points=Decimal(5),
            now=NOW,
        )
        withdraw(world, holder, held)
        assert world.points_of(holder) == (3, 0, 0)
        repaid = db.session.scalars(tenancy.select(Transfer, world.community_id)).one()
        assert (repaid.kind, repaid.points) == ("debt_repayment", 5)

    def test_is_for_the_holder_only(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer())
        with pytest.raises(RedemptionUnknown):
            withdraw(world, world.holder(), held)


def test_a_page_shows_the_latest_of_many(
    world: AllianceWorld, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "MOST_OPEN", 2)
    offer = world.offer(points=Decimal(1))
    made = [world.hold(holder, offer).id for _ in range(3)]
    found = receipts.open_holds(actor=holder.actor, now=NOW, community_id=world.community_id)
    assert [each.id for each in found] == made[1:]


class TestExpireHolds:
    def test_frees_what_is_over_and_leaves_the_rest(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        offer = world.offer(stock=9)
        world.hold(holder, offer)
        other = world.holder()
        world.hold(other, offer, NOW + dt.timedelta(seconds=1))
        assert sweep(world) == 1
        assert world.points_of(holder) == (100, 0, 0)
        assert world.points_of(other) == (100, 8, 0)
        assert sweep(world) == 0

    def test_stays_within_its_limit_oldest_first(self, world: AllianceWorld) -> None:
        offer = world.offer()
        holders = [world.holder() for _ in range(3)]
        for seconds, holder in enumerate(holders):
            world.hold(holder, offer, NOW - dt.timedelta(seconds=seconds))
        assert sweep(world, limit=2) == 2
        assert [world.points_of(holder)[1] for holder in holders] == [8, 0, 0]
        assert sweep(world, limit=2) == 1

    def test_frees_two_holds_of_one_holder(self, world: AllianceWorld, holder: Holder) -> None:
        offer = world.offer(stock=9)
        world.hold(holder, offer)
        world.hold(holder, offer)
        assert sweep(world) == 2
        assert world.points_of(holder) == (100, 0, 0)
        assert quotas_used(world) == 0


@pytest.mark.parametrize("to", [s for s in RedemptionState if s is not RedemptionState.HELD])
@pytest.mark.parametrize("state", list(RedemptionState))
def test_every_transition(
    world: AllianceWorld, holder: Holder, state: RedemptionState, to: RedemptionState
) -> None:
    """From every state the act that leads to ``to``: it works exactly where it is legal."""
    held = world.hold(holder, world.offer())
    _bring_to(world, holder, held, state)
    before = world.points_of(holder)
    moved = _bring_to(world, holder, held, to)
    assert moved is (to in LEGAL_STEPS[state])
    row = tenancy.get(Redemption, world.community_id, held.id)
    db.session.refresh(row)
    assert row.state == (to if moved else state)
    if not moved:
        assert world.points_of(holder) == before


def _bring_to(world: AllianceWorld, holder: Holder, held: Held, to: RedemptionState) -> bool:
    """Do the act that leads to ``to``; whether it changed anything."""
    before = redemptions.receipt(
        actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held.id
    )
    assert held.code is not None
    if to is RedemptionState.REDEEMED:
        redemptions.redeem(actor=world.clerk(), now=NOW, code=held.code.token)
    elif to is RedemptionState.EXPIRED:
        sweep(world)
    elif to is RedemptionState.WITHDRAWN:
        try:
            withdraw(world, holder, held)
        except NotHeld:
            assert before.state in ("redeemed", "expired")
    after = redemptions.receipt(
        actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held.id
    )
    return after != before
