"""Cancellations 撤销: within fifteen minutes a clerk takes a redemption of the own counter back."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from merchants import quotas
from points import transfers
from points.models import Transfer, TransferKind
from redemption import counters, receipts
from redemption.counters import Counter
from redemption.errors import (
    AlreadyCancelled,
    NotRedeemed,
    OwnHousehold,
    RedemptionUnknown,
    TooLateToCancel,
)
from redemption.models import (
    CancellationReason,
    Redemption,
    RedemptionCancellation,
    RedemptionState,
)
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
    """Take a redemption of this counter back: the points return, a debt first.

    Raises RedemptionUnknown, OwnHousehold, NotRedeemed, AlreadyCancelled, TooLateToCancel.
    """
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    row = db.session.execute(
        tenancy.columns(
            Redemption, at.community_id, Redemption.state, Redemption.account_id,
            Redemption.member_id, Redemption.points, Redemption.resolved_at_utc,
            Redemption.quotas_taken,
        )
        .where(Redemption.id == redemption_id, Redemption.merchant_id == at.merchant_id)
        .with_for_update()
    ).one_or_none()  # fmt: skip
    if row is None:
        raise RedemptionUnknown()
    if row.member_id in counters.own_circle(actor, at):
        raise OwnHousehold()
    if row.state != RedemptionState.REDEEMED:
        raise NotRedeemed()
    if _is_cancelled(at, redemption_id):
        raise AlreadyCancelled()
    if now > row.resolved_at_utc + CANCELLATION:
        raise TooLateToCancel(minutes=int(CANCELLATION.total_seconds()) // 60)
    transfer_id = transfers.back_to_holder(
        community_id=at.community_id,
        account_id=row.account_id,
        merchant_id=at.merchant_id,
        points=row.points,
        redemption_id=redemption_id,
        reverses=_transfer_of(at, redemption_id),
        now=now,
    )
    quotas.give_back(community_id=at.community_id, taken=quotas.from_json(row.quotas_taken))
    _keep_cancellation(
        at=at, actor=actor, now=now, redemption_id=redemption_id, transfer_id=transfer_id,
        reason=reason,
    )  # fmt: skip
    return receipts.by_id(at.community_id, redemption_id)


def _is_cancelled(at: Counter, redemption_id: uuid.UUID) -> bool:
    return (
        db.session.scalar(
            tenancy.columns(
                RedemptionCancellation, at.community_id, RedemptionCancellation.id
            ).where(RedemptionCancellation.redemption_id == redemption_id)
        )
        is not None
    )


def _transfer_of(at: Counter, redemption_id: uuid.UUID) -> uuid.UUID:
    transfer_id: uuid.UUID = db.session.execute(
        tenancy.columns(Transfer, at.community_id, Transfer.id).where(
            Transfer.redemption_id == redemption_id, Transfer.kind == TransferKind.REDEMPTION
        )
    ).scalar_one()
    return transfer_id


def _keep_cancellation(
    *,
    at: Counter,
    actor: Actor,
    now: dt.datetime,
    redemption_id: uuid.UUID,
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
