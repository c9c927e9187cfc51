"""Cancellations 撤销: within fifteen minutes a clerk takes a redemption of the own counter back."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from kernel import audit
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from redemption import counters, receipts, undoing
from redemption.counters import Counter
from redemption.errors import AlreadyCancelled, NotRedeemed, OwnHousehold, TooLateToCancel
from redemption.models import CancellationReason, RedemptionCancellation, RedemptionState
from redemption.permissions import RedemptionPermission
from redemption.receipts import Receipt
from redemption.rules.times import CANCELLATION


def cancel(
    *,
    actor: Actor,
    now: dt.datetime,
    redemption_id: uuid.UUID,
    reason: CancellationReason = CancellationReason.MISTAKE,
) -> Receipt:
    """Take a redemption of this counter back, by whichever way it came: code, request or card.

    The points return, a debt first; quotas return to the periods they were taken from. Raises
    RedemptionUnknown, OwnHousehold, NotRedeemed, AlreadyCancelled, TooLateToCancel.
    """
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    row = undoing.locked(at.community_id, redemption_id, merchant_id=at.merchant_id)
    if row.member_id in counters.own_circle(actor, at):
        raise OwnHousehold()
    if row.state != RedemptionState.REDEEMED:
        raise NotRedeemed()
    if undoing.points_are_back(at.community_id, redemption_id):
        raise AlreadyCancelled()
    if now > row.resolved_at_utc + CANCELLATION:
        raise TooLateToCancel(minutes=int(CANCELLATION.total_seconds()) // 60)
    transfer_id = undoing.give_back(at.community_id, row, now)
    _keep(at, actor, now, redemption_id, transfer_id=transfer_id, reason=reason)
    return receipts.by_id(at.community_id, redemption_id)


def _keep(
    at: Counter,
    actor: Actor,
    now: dt.datetime,
    redemption_id: uuid.UUID,
    *,
    transfer_id: uuid.UUID,
    reason: CancellationReason,
) -> None:
    db.session.execute(
        sa.insert(RedemptionCancellation),
        {
            "community_id": at.community_id,
            "id": new_id(),
            "redemption_id": redemption_id,
            "transfer_id": transfer_id,
            "actor_id": actor.account_id,
            "reason": reason,
            "cancelled_at_utc": now,
        },
    )
    audit.record(
        actor=actor, now=now, community_id=at.community_id, act="redemption.cancelled",
        subject_kind="redemption", subject_id=redemption_id, reason=reason.value,
    )  # fmt: skip
