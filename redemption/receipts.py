"""Receipts: one redemption as holder and merchant see it. It names no person to either side."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    Uuid,
    bindparam,
    literal,
    literal_column,
    or_,
)

from community import proxies
from kernel import clock, tenancy
from kernel.access import Actor, Place
from kernel.database import db
from kernel.errors import NotFound, Refused
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from merchants.models import Merchant, Offer
from redemption import refusals
from redemption.errors import RedemptionUnknown
from redemption.models import (
    Redemption,
    RedemptionCancellation,
    RedemptionReversal,
    RedemptionState,
)
from redemption.permissions import RedemptionPermission
from redemption.rules import receipt_numbers
from redemption.rules.times import CANCELLATION

#: Open holds that a page can show; nobody carries more shops around than that.
MOST_OPEN = 20


class Outcome(StrEnum):
    """What one's own list can be narrowed to, as a person sees it."""

    REDEEMED = "redeemed"
    RETURNED = "returned"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One redemption. ``cash_cents`` is what the holder pays beside the points.

    ``decline_reason`` is set where a clerk declined the request.
    """

    id: uuid.UUID
    receipt_number: str
    channel: str
    state: str
    points: Decimal
    offer_id: uuid.UUID
    offer_title: str
    cash_cents: int
    merchant_id: uuid.UUID
    merchant_name: str
    merchant_code: str
    held_at_utc: dt.datetime
    hold_expires_at_utc: dt.datetime
    resolved_at_utc: dt.datetime | None
    decline_reason: str | None = None
    cancelled_at_utc: dt.datetime | None = None

    @property
    def cancellable_until_utc(self) -> dt.datetime | None:
        """Until when a clerk may take it back; None where there is nothing to take back."""
        if self.state != RedemptionState.REDEEMED or self.cancelled_at_utc is not None:
            return None
        return None if self.resolved_at_utc is None else self.resolved_at_utc + CANCELLATION


def rows(community_id: uuid.UUID | BindParameter[uuid.UUID]) -> Select[Any]:
    """Everything a receipt says, for the redemptions of one community."""
    return (
        tenancy.columns(
            Redemption,
            community_id,
            Redemption.id,
            Redemption.receipt_number,
            Redemption.channel,
            Redemption.state,
            Redemption.points,
            Redemption.offer_id,
            Redemption.merchant_id,
            Redemption.held_at_utc,
            Redemption.hold_expires_at_utc,
            Redemption.resolved_at_utc,
            Redemption.decline_reason,
            Offer.title.label("offer_title"),
            Offer.alliance_price_cents,
            Merchant.name.label("merchant_name"),
            Merchant.code.label("merchant_code"),
            RedemptionCancellation.cancelled_at_utc,
        )
        .join(
            Offer,
            (Offer.community_id == Redemption.community_id) & (Offer.id == Redemption.offer_id),
        )
        .join(Merchant, Merchant.id == Redemption.merchant_id)
        .outerjoin(
            RedemptionCancellation,
            (RedemptionCancellation.community_id == Redemption.community_id)
            & (RedemptionCancellation.redemption_id == Redemption.id),
        )
    )


def of_row(row: Row[Any], **changed: Any) -> Receipt:
    """A receipt from a row of :func:`rows` or of ``codes.find``, with some facts newer."""
    facts = {
        "id": row.id,
        "receipt_number": row.receipt_number,
        "channel": row.channel,
        "state": row.state,
        "points": row.points,
        "offer_id": row.offer_id,
        "offer_title": row.offer_title,
        "cash_cents": row.alliance_price_cents,
        "merchant_id": row.merchant_id,
        "merchant_name": row.merchant_name,
        "merchant_code": row.merchant_code,
        "held_at_utc": row.held_at_utc,
        "hold_expires_at_utc": row.hold_expires_at_utc,
        "resolved_at_utc": row.resolved_at_utc,
        "decline_reason": row.decline_reason,
        "cancelled_at_utc": row.cancelled_at_utc,
    }
    return Receipt(**(facts | changed))


def by_id(community_id: uuid.UUID, redemption_id: uuid.UUID) -> Receipt:
    """The receipt as it stands now, or RedemptionUnknown; the caller has checked who asks."""
    row = _BY_ID(p_community_id=community_id, p_redemption_id=redemption_id).one_or_none()
    if row is None:
        raise RedemptionUnknown()
    return of_row(row)


_BY_ID = Prepared(
    lambda: (
        rows(COMMUNITY)
        .add_columns(Redemption.member_id, Redemption.acted_by)
        .where(Redemption.id == bindparam("p_redemption_id", type_=Uuid()))
    )
)


def own(actor: Actor, community_id: uuid.UUID) -> ColumnElement[bool]:
    """Redemptions of the member the actor is, and those the actor asked for as a proxy."""
    return or_(
        Redemption.member_id == actor.member_in(community_id),
        Redemption.acted_by == actor.account_id,
    )


def receipt(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, redemption_id: uuid.UUID
) -> Receipt:
    """One of the member's own redemptions, or of whom one is a proxy of; or RedemptionUnknown."""
    actor.require(RedemptionPermission.REDEEM_OWN_POINTS, Place(community_id=community_id))
    own_id = actor.member_in(community_id)
    row = _BY_ID(p_community_id=community_id, p_redemption_id=redemption_id).one_or_none()
    if row is None:
        raise RedemptionUnknown()
    is_own = row.member_id == own_id or row.acted_by == actor.account_id
    if not is_own and not proxies.may_act_for(
        actor, community_id, row.member_id, clock.business_date(now)
    ):
        raise RedemptionUnknown()
    return of_row(row, state=state_at(row, now))


def state_at(row: Row[Any], now: dt.datetime) -> str:
    """The state as a person must be told it: a hold whose time is over has expired, freed or not.

    ``row`` has ``state`` and ``hold_expires_at_utc``. Nothing depends on when the sweeper comes.
    """
    is_over = row.state == RedemptionState.HELD and row.hold_expires_at_utc <= now
    return RedemptionState.EXPIRED.value if is_over else str(row.state)


def mine(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    after: uuid.UUID | None = None,
    limit: int = 20,
    outcome: Outcome | None = None,
    number: str | None = None,
    member_id: uuid.UUID | None = None,
) -> list[Receipt]:
    """The member's own redemptions, latest first; ``outcome`` and receipt ``number`` narrow them.

    ``member_id``: the member whose proxy one is. Raises NotFound for anybody else,
    ReceiptNumberUnreadable.
    """
    actor.require(RedemptionPermission.REDEEM_OWN_POINTS, Place(community_id=community_id))
    own_id = actor.member_in(community_id)
    whose = member_id or own_id
    if whose != own_id and not proxies.may_act_for(
        actor, community_id, whose, clock.business_date(now)
    ):
        raise NotFound(field="member_id")
    statement = (
        rows(community_id)
        .where(Redemption.member_id == whose)
        .order_by(Redemption.id.desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Redemption.id < after)
    if number is not None:
        statement = statement.where(Redemption.receipt_number == receipt_numbers.read(number))
    if outcome is not None:
        statement = statement.where(_ended_as(outcome, community_id, now))
    return [of_row(row, state=state_at(row, now)) for row in db.session.execute(statement)]


def open_holds(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID) -> list[Receipt]:
    """What is held now for the member or, as a proxy, by them; oldest first, the latest ones."""
    actor.require(RedemptionPermission.REDEEM_OWN_POINTS, Place(community_id=community_id))
    statement = (
        rows(community_id)
        .where(
            # A literal word, so that an engine that plans without values finds the index of holds.
            Redemption.state == literal_column("'held'"),
            Redemption.hold_expires_at_utc > now,
            own(actor, community_id),
        )
        .order_by(Redemption.id.desc())
        .limit(MOST_OPEN)
    )
    return [of_row(row) for row in reversed(db.session.execute(statement).all())]


def _ended_as(outcome: Outcome, community_id: uuid.UUID, now: dt.datetime) -> ColumnElement[bool]:
    reversed_ = tenancy.columns(RedemptionReversal, community_id, literal(1)).where(
        RedemptionReversal.redemption_id == Redemption.id
    )
    is_taken_back = RedemptionCancellation.id.is_not(None) | reversed_.exists()
    if outcome is Outcome.REDEEMED:
        return (Redemption.state == RedemptionState.REDEEMED) & ~is_taken_back
    if outcome is Outcome.RETURNED:
        return (Redemption.state == RedemptionState.WITHDRAWN) | is_taken_back
    is_over = (Redemption.state == RedemptionState.HELD) & (Redemption.hold_expires_at_utc <= now)
    return (Redemption.state == RedemptionState.EXPIRED) | is_over


def replay_own(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, result_id: uuid.UUID
) -> Receipt | Refused:
    """The answer of a holder's repeated request: the receipt as it stands now, or the refusal.

    RedemptionUnknown or NotFound where the account is not that holder any more.
    """
    return refusals.replayed(community_id=community_id, result_id=result_id) or receipt(
        actor=actor, now=now, community_id=community_id, redemption_id=result_id
    )


def replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> Receipt | Refused:
    """The answer of a repeated request: the receipt, or the same refusal."""
    return refusals.replayed(community_id=community_id, result_id=result_id) or by_id(
        community_id, result_id
    )
