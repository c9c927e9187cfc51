"""Every rule once more as the database's own: each constraint is broken here."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel import tenancy
from kernel.database import db
from kernel.ids import new_id
from redemption.models import Redemption, RedemptionCancellation, RedemptionCode
from tests.factories.redemption import (
    RedemptionCodeFactory,
    RedemptionFactory,
    RefusedScanFactory,
)
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

LATER = NOW + dt.timedelta(minutes=1)


@pytest.fixture
def parents(world: AllianceWorld, holder: Holder) -> dict[str, Any]:
    return {
        "community_id": world.community_id,
        "account_id": holder.account_id,
        "member_id": holder.member_id,
        "offer_id": world.offer().id,
        "agreement_id": world.agreement.id,
        "merchant_id": world.merchant.id,
    }


@pytest.mark.parametrize(
    "broken",
    [
        {"points": 0},
        {"receipt_number": "SHORT"},
        {"state": "lost"},
        {"hold_expires_at_utc": NOW},
        {"resolved_at_utc": LATER},
        {"state": "redeemed"},
        {"state": "redeemed", "resolved_at_utc": LATER},
        {"state": "withdrawn", "resolved_at_utc": LATER},
        {"state": "expired", "resolved_at_utc": LATER, "resolved_by": new_id()},
        {"state": "redeemed", "resolved_at_utc": NOW + dt.timedelta(minutes=10),
         "resolved_by": new_id()},
        {"channel": "post"},
        {"channel": None},
        {"channel": "request", "decline_reason": "closing"},
        {"state": "withdrawn", "resolved_at_utc": LATER, "resolved_by": new_id(),
         "channel": "request", "decline_reason": "mood"},
        {"state": "withdrawn", "resolved_at_utc": LATER, "resolved_by": new_id(),
         "decline_reason": "closing"},
        {"account_id": new_id()},
        {"member_id": new_id()},
        {"offer_id": new_id()},
        {"agreement_id": new_id()},
        {"merchant_id": new_id()},
    ],
    ids=", ".join,
)  # fmt: skip
def test_a_redemption_that_cannot_be(parents: dict[str, Any], broken: dict[str, Any]) -> None:
    RedemptionFactory(**parents)
    with pytest.raises(IntegrityError):
        RedemptionFactory(**(parents | broken))


def test_receipt_numbers_are_unique_in_a_community(parents: dict[str, Any]) -> None:
    RedemptionFactory(**parents, receipt_number="ABCDEFGH01")
    with pytest.raises(IntegrityError):
        RedemptionFactory(**parents, receipt_number="ABCDEFGH01")


class TestWaitingRequests:
    """One of each holder and merchant at a time, whoever asks twice at once."""

    def test_two_of_one_holder_cannot_be(self, parents: dict[str, Any]) -> None:
        RedemptionFactory(**parents, channel="request")
        with pytest.raises(IntegrityError):
            RedemptionFactory(**parents, channel="request")

    def test_one_beside_a_code_and_a_declined_one_can(self, parents: dict[str, Any]) -> None:
        RedemptionFactory(**parents)
        RedemptionFactory(
            **parents, channel="request", state="withdrawn", resolved_at_utc=LATER,
            resolved_by=new_id(), decline_reason="closing",
        )  # fmt: skip
        assert RedemptionFactory(**parents, channel="request").state == "held"


class TestCodes:
    @pytest.fixture
    def of_hold(self, parents: dict[str, Any]) -> dict[str, Any]:
        hold = RedemptionFactory(**parents)
        return {
            "community_id": hold.community_id,
            "redemption_id": hold.id,
            "merchant_id": hold.merchant_id,
        }

    @pytest.mark.parametrize(
        "broken",
        [
            {"token_hmac": "a" * 64},
            {"digits_hmac": "b" * 64},
            {"expires_at_utc": NOW - dt.timedelta(microseconds=1)},
            {"redemption_id": new_id()},
            {"merchant_id": new_id()},
        ],
        ids=", ".join,
    )
    def test_that_cannot_be(self, of_hold: dict[str, Any], broken: dict[str, Any]) -> None:
        RedemptionCodeFactory(**of_hold, token_hmac="a" * 64, digits_hmac="b" * 64)
        with pytest.raises(IntegrityError):
            RedemptionCodeFactory(**(of_hold | broken))

    def test_given_up_digits_may_be_used_again(self, of_hold: dict[str, Any]) -> None:
        RedemptionCodeFactory(**of_hold, digits_hmac="b" * 64, occupies_digits=False)
        RedemptionCodeFactory(**of_hold, digits_hmac="b" * 64)
        counted = tenancy.columns(
            RedemptionCode, of_hold["community_id"], sa.func.count(RedemptionCode.id)
        ).where(RedemptionCode.digits_hmac == "b" * 64)
        assert db.session.scalar(counted) == 2


class TestCancellations:
    def cancelled(self, world: AllianceWorld, holder: Holder) -> dict[str, Any]:
        from points.models import Transfer

        held = world.hold(holder, world.offer())
        assert held.code is not None
        world.redeem(world.clerk(), held.code.token)
        transfer = db.session.scalars(tenancy.select(Transfer, world.community_id)).one()
        row = {
            "community_id": world.community_id,
            "redemption_id": held.id,
            "transfer_id": transfer.id,
            "actor_id": new_id(),
            "reason": "mistake",
            "cancelled_at_utc": LATER,
        }
        db.session.execute(sa.insert(RedemptionCancellation), row | {"id": new_id()})
        return row

    @pytest.mark.parametrize(
        "broken",
        [{}, {"redemption_id": new_id()}, {"transfer_id": new_id()}, {"reason": "mood"}],
        ids=", ".join,
    )
    def test_that_cannot_be(
        self, world: AllianceWorld, holder: Holder, broken: dict[str, Any]
    ) -> None:
        row = self.cancelled(world, holder)
        with pytest.raises(IntegrityError):
            db.session.execute(sa.insert(RedemptionCancellation), row | {"id": new_id()} | broken)

    def test_are_never_changed(self, world: AllianceWorld, holder: Holder) -> None:
        self.cancelled(world, holder)
        with pytest.raises(DBAPIError):
            db.session.execute(
                tenancy.update(RedemptionCancellation, world.community_id).values(reason="mistake")
            )


@pytest.mark.parametrize(
    "broken",
    [
        {"stage": "later"},
        {"stage": "issue"},
        {"offered_hmac": None},
        {"merchant_id": new_id()},
        {"redemption_id": new_id()},
        {"offer_id": new_id()},
    ],
    ids=", ".join,
)
def test_a_refused_scan_that_cannot_be(world: AllianceWorld, broken: dict[str, Any]) -> None:
    row = {"community_id": world.community_id, "merchant_id": world.merchant.id}
    RefusedScanFactory(**row)
    with pytest.raises(IntegrityError):
        RefusedScanFactory(**(row | broken))


def test_a_refused_scan_is_never_removed(world: AllianceWorld) -> None:
    row = RefusedScanFactory(community_id=world.community_id, merchant_id=world.merchant.id)
    with pytest.raises(DBAPIError):
        db.session.execute(tenancy.delete(type(row), world.community_id))


def test_a_redemption_is_never_removed(parents: dict[str, Any]) -> None:
    RedemptionFactory(**parents)
    with pytest.raises(DBAPIError):
        db.session.execute(tenancy.delete(Redemption, parents["community_id"]))
