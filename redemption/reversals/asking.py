"""Asking for a reversal: nothing moves yet."""

from __future__ import annotations

import datetime as dt
import uuid

from community import members, places
from kernel import personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from redemption import counters, shops, undoing
from redemption.errors import AlreadyCancelled, NotRedeemed
from redemption.models import RedemptionState, ReversalOrigin, ReversalRequest, ReversalState
from redemption.permissions import RedemptionPermission
from redemption.reversals import acts, views
from redemption.reversals.errors import (
    ReversalAsked,
    ReversalOwnCircle,
    ReversalReasonMissing,
    StillCancellable,
)
from redemption.reversals.views import ReversalView
from redemption.rules.times import CANCELLATION


def ask(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    redemption_id: uuid.UUID,
    reason: str,
) -> ReversalView:
    """The community asks. Raises RedemptionUnknown, ReversalReasonMissing, NotRedeemed,
    AlreadyCancelled, StillCancellable, ReversalAsked, ReversalOwnCircle.
    """
    actor.require(RedemptionPermission.ASK_REVERSAL, places.place_of(community_id))
    row = _ask(
        actor, now, community_id, redemption_id, reason,
        origin=ReversalOrigin.COMMUNITY, own_shops=shops.own(actor),
    )  # fmt: skip
    return views.of(actor, community_id, row.id)


def ask_at_counter(
    *, actor: Actor, now: dt.datetime, redemption_id: uuid.UUID, reason: str
) -> ReversalView:
    """The shop asks for one of its own; raises what :func:`ask` raises."""
    at = counters.counter_of(actor, RedemptionPermission.ASK_REVERSAL)
    row = _ask(
        actor, now, at.community_id, redemption_id, reason,
        origin=ReversalOrigin.MERCHANT, merchant_id=at.merchant_id,
    )  # fmt: skip
    return views.of(actor, at.community_id, row.id)


def ask_for_report(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    redemption_id: uuid.UUID,
    report_id: uuid.UUID,
    reason: str,
) -> ReversalRequest:
    """Whoever upheld a report asks; who may decide it has been checked by the caller."""
    return _ask(
        actor, now, community_id, redemption_id, reason,
        origin=ReversalOrigin.REPORT, report_id=report_id, own_shops=shops.own(actor),
    )  # fmt: skip


def _ask(
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    redemption_id: uuid.UUID,
    reason: str,
    *,
    origin: ReversalOrigin,
    report_id: uuid.UUID | None = None,
    merchant_id: uuid.UUID | None = None,
    own_shops: frozenset[uuid.UUID] = frozenset(),
) -> ReversalRequest:
    if not reason.strip():
        raise ReversalReasonMissing(field="reason")
    redeemed = undoing.locked(community_id, redemption_id, merchant_id=merchant_id)
    circle = members.own_circle(community_id, actor)
    if redeemed.member_id in circle or redeemed.merchant_id in own_shops:
        raise ReversalOwnCircle()
    if redeemed.state != RedemptionState.REDEEMED:
        raise NotRedeemed()
    if undoing.points_are_back(community_id, redemption_id):
        raise AlreadyCancelled()
    if now <= redeemed.resolved_at_utc + CANCELLATION:
        raise StillCancellable(minutes=int(CANCELLATION.total_seconds()) // 60)
    _require_none(community_id, redemption_id)
    text = personal_text.keep(community_id=community_id, body=reason.strip(), now=now)
    row = ReversalRequest(
        community_id=community_id,
        redemption_id=redemption_id,
        origin=origin,
        report_id=report_id,
        state=ReversalState.ASKED,
        reason_text_id=text.id,
        asked_by=actor.account_id,
        asked_at_utc=now,
        version=1,
    )
    db.session.add(row)
    db.session.flush()
    acts.append(row, None, actor=actor, now=now)
    return row


def _require_none(community_id: uuid.UUID, redemption_id: uuid.UUID) -> None:
    living = tenancy.columns(ReversalRequest, community_id, ReversalRequest.id).where(
        ReversalRequest.redemption_id == redemption_id,
        ReversalRequest.state != ReversalState.DECLINED,
    )
    if db.session.execute(living).first() is not None:
        raise ReversalAsked()
