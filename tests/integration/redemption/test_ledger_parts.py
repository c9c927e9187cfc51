"""Redemption's part of the ledger check: a whole life adds up, and each defect is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from kernel import tenancy
from kernel.database import db
from kernel.ids import new_id
from merchants.models import QuotaUsage
from points import transfers
from points.models import PointsAccount, Transfer
from redemption import ledger_parts, redemptions
from redemption.models import Redemption
from redemption.redemptions import Held
from tests.factories.redemption import RedemptionFactory
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

OVER = NOW + dt.timedelta(minutes=10)
HOUR = dt.timedelta(hours=1)


def found(world: AllianceWorld, now: dt.datetime = NOW) -> list[tuple[str, str]]:
    """(what, detail) of every mismatch."""
    return [
        (each.what, each.detail) for each in ledger_parts.differences(world.community_id, now=now)
    ]


@pytest.fixture
def held(world: AllianceWorld, holder: Holder) -> Held:
    return world.hold(holder, world.offer(stock=300, per_holder_limit=9))


@pytest.fixture
def place(world: AllianceWorld, held: Held) -> str:
    """How a mismatch of the hold names it."""
    return f"{held.receipt.receipt_number} {world.merchant.name}"


def test_every_end_of_a_hold_adds_up(world: AllianceWorld, holder: Holder) -> None:
    world.agreement.monthly_cap = 9000
    offer = world.offer(stock=300, per_holder_limit=9, per_holder_period="week")
    clerk = world.clerk()
    held = [world.hold(holder, offer) for _ in range(5)]
    assert found(world) == []
    receipts = [world.redeem(clerk, one.code.token) for one in held[:2] if one.code]
    redemptions.cancel(actor=clerk, now=NOW, redemption_id=receipts[0].id)
    redemptions.withdraw(
        actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held[2].id
    )
    assert found(world) == []
    redemptions.expire_holds(community_id=world.community_id, now=OVER, limit=9)
    assert found(world, OVER + 2 * HOUR) == []


def test_a_hold_is_stuck_an_hour_after_its_end(world: AllianceWorld, place: str) -> None:
    assert found(world, OVER + HOUR) == []
    assert found(world, OVER + HOUR + dt.timedelta(seconds=1)) == [("stuck_hold", place)]


class TestADefect:
    def test_points_that_are_not_held(
        self, world: AllianceWorld, holder: Holder, place: str
    ) -> None:
        self.write(PointsAccount, world, {"held": 7}, PointsAccount.id == holder.account_id)
        (wrong,) = ledger_parts.differences(world.community_id, now=NOW)
        assert (wrong.what, wrong.stored, wrong.found) == (
            "hold_of_account",
            "7.0 in 1",
            "8.0 in 1",
        )
        assert wrong.detail == place

    def test_redeemed_without_its_transfer(
        self, world: AllianceWorld, held: Held, place: str
    ) -> None:
        values = {"state": "redeemed", "resolved_at_utc": NOW, "resolved_by": new_id()}
        self.write(Redemption, world, values, Redemption.id == held.id)
        assert ("redeemed_without_transfer", place) in found(world)

    def test_a_transfer_without_its_redemption(
        self, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        self.move(world, holder, held)
        assert found(world) == [("transfer_without_redemption", held.receipt.receipt_number)]

    def test_points_back_that_nobody_gave_back(
        self, world: AllianceWorld, holder: Holder, held: Held, place: str
    ) -> None:
        assert held.code is not None
        world.redeem(world.clerk(), held.code.token)
        redeemed = db.session.scalars(tenancy.select(Transfer, world.community_id)).one()
        transfers.back_to_holder(
            community_id=world.community_id, account_id=holder.account_id,
            merchant_id=world.merchant.id, points=held.receipt.points, redemption_id=held.id,
            reverses=redeemed.id, now=NOW,
        )  # fmt: skip
        assert ("back_without_act", place) in found(world)

    @pytest.mark.parametrize("code", ["stock", "holder", "takings"])
    @pytest.mark.usefixtures("held")
    def test_a_quota_that_forgot(self, world: AllianceWorld, code: str) -> None:
        self.write(QuotaUsage, world, {"used": 0}, QuotaUsage.quota_code.startswith(code))
        ((what, detail),) = found(world)
        assert what == "quota_used"
        assert detail.startswith(f"{code}:")
        assert "slot" in detail

    def test_a_quota_that_was_never_taken(self, world: AllianceWorld, holder: Holder) -> None:
        RedemptionFactory(
            community_id=world.community_id, account_id=holder.account_id,
            member_id=holder.member_id, offer_id=world.offer().id,
            agreement_id=world.agreement.id, merchant_id=world.merchant.id,
            quotas_taken=[{"code": "stock:x", "cell": "whole", "slot": 0, "amount": 1}],
        )  # fmt: skip
        self.write(
            PointsAccount, world, {"held": 8, "open_holds": 1},
            PointsAccount.id == holder.account_id,
        )  # fmt: skip
        assert found(world) == [("quota_used", "stock:x whole slot 0")]

    def test_of_a_neighbour_is_not_told(self, world: AllianceWorld, held: Held) -> None:
        self.write(Redemption, world, {"points": 7}, Redemption.id == held.id)
        assert found(world)
        assert ledger_parts.differences(new_id(), now=NOW) == []

    @staticmethod
    def write(table: Any, world: AllianceWorld, values: dict[str, Any], which: Any) -> None:
        """What no code of ours writes: somebody at the database, or a defect."""
        db.session.execute(
            tenancy.update(table, world.community_id)
            .where(which)
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    @staticmethod
    def move(world: AllianceWorld, holder: Holder, held: Held) -> None:
        transfers.to_merchant(
            community_id=world.community_id, account_id=holder.account_id,
            merchant_id=world.merchant.id, points=held.receipt.points, redemption_id=held.id,
            now=NOW,
        )  # fmt: skip


def test_the_number_of_statements_is_constant(
    world: AllianceWorld, holder: Holder, count_statements: Callable[[], Any]
) -> None:
    def asked() -> int:
        with count_statements() as seen:
            ledger_parts.differences(world.community_id, now=NOW)
        return len(seen)

    world.hold(holder, world.offer())
    first = asked()
    for _ in range(5):
        world.hold(holder, world.offer())
    assert asked() == first
