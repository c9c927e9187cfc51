"""Deciding a reversal: approved, the points go back at once; declined, nothing moves."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy import Row

from community import members, persons, places
from kernel import personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from kernel.ids import new_id
from redemption import shops, undoing
from redemption.errors import AlreadyCancelled
from redemption.models import (
    RedemptionReversal,
    ReversalRequest,
    ReversalState,
)
from redemption.permissions import RedemptionPermission
from redemption.reversals import acts, views
from redemption.reversals.errors import (
    ReversalDecided,
    ReversalOwnCircle,
    ReversalReasonMissing,
    ReversalSamePerson,
)
from redemption.reversals.views import ReversalView
from redemption.rules.reversal_steps import may_step


def decide(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    request_id: uuid.UUID,
    version: int,
    approves: bool,
    why: str,
) -> ReversalView:
    """Approve or decline with a reason, once; another account than the one that asked.

    Approved, the points return (a debt first) and die when they would have died anyway; quotas go
    back. The redemption stays redeemed. Raises NotFound, ReversalDecided, StaleVersion,
    ReversalSamePerson, ReversalOwnCircle, ReversalReasonMissing, AlreadyCancelled.
    """
    actor.require(RedemptionPermission.DECIDE_REVERSAL, places.place_of(community_id))
    wanted = tenancy.get(ReversalRequest, community_id, request_id)
    # The redemption first: whoever cancels or decides about the same one waits here.
    redeemed = undoing.locked(community_id, wanted.redemption_id)
    to = ReversalState.APPROVED if approves else ReversalState.DECLINED
    _require_open(wanted, version, to)
    _require_other(actor, wanted, redeemed)
    if not why.strip():
        raise ReversalReasonMissing(field="why")
    text = personal_text.keep(community_id=community_id, body=why.strip(), now=now)
    before = ReversalState(wanted.state)
    wanted.state = to
    wanted.why_text_id = text.id
    wanted.decided_by = actor.account_id
    wanted.decided_at_utc = now
    wanted.version += 1
    if approves:
        _reverse(wanted, redeemed, actor, now)
    acts.append(wanted, before, actor=actor, now=now)
    return views.of(actor, community_id, request_id)


def _require_open(row: ReversalRequest, version: int, to: ReversalState) -> None:
    db.session.refresh(row, with_for_update=True)
    if not may_step(ReversalState(row.state), to):
        raise ReversalDecided()
    if row.version != version:
        raise StaleVersion(field="version")


def _require_other(actor: Actor, row: ReversalRequest, redeemed: Row[tuple[object, ...]]) -> None:
    if row.asked_by in persons.accounts_of(actor):
        raise ReversalSamePerson()
    circle = members.own_circle(row.community_id, actor)
    if redeemed.member_id in circle or redeemed.merchant_id in shops.own(actor):
        raise ReversalOwnCircle()
    if _has_reported(actor, row):
        raise ReversalSamePerson()


def _has_reported(actor: Actor, row: ReversalRequest) -> bool:
    """Whether the actor filed a report of it, as a proxy of then, or wrote one down."""
    own = views.reports_by(row.community_id, row.redemption_id, persons.accounts_of(actor))
    return db.session.execute(own.limit(1)).first() is not None


def _reverse(
    row: ReversalRequest, redeemed: Row[tuple[object, ...]], actor: Actor, now: dt.datetime
) -> None:
    if undoing.points_are_back(row.community_id, row.redemption_id):
        raise AlreadyCancelled()
    transfer_id = undoing.give_back(row.community_id, redeemed, now)
    db.session.execute(
        sa.insert(RedemptionReversal),
        {
            "community_id": row.community_id,
            "id": new_id(),
            "redemption_id": row.redemption_id,
            "request_id": row.id,
            "transfer_id": transfer_id,
            "actor_id": actor.account_id,
            "reversed_at_utc": now,
        },
    )
