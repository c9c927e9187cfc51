"""Requests 扫店里的码: a holder asks at a shop's standing QR, its screen shows it, a clerk decides.

A request is a hold like any other, with points and quotas set aside, and waits three minutes. It
has no code: receipt number and offer, which both sides see, say which one it is. Accepting is the
same conditional update as redeeming a code, so of two clerks, or of clerk, holder and clock, only
the first resolves it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Refused
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points import accounts
from points.models import HolderKind
from redemption import counter, counters, holds, receipts, refusals, releases, stops
from redemption.counters import Counter
from redemption.errors import NotHeld, RedemptionUnknown, RequestWaits
from redemption.models import (
    Channel,
    DeclineReason,
    Redemption,
    RedemptionState,
    RefusalStage,
)
from redemption.permissions import RedemptionPermission
from redemption.reasons import Reason
from redemption.receipts import Receipt
from redemption.refusals import Refusal
from redemption.rules.times import REQUEST_HOLD

#: More than a counter's screen can show; the oldest come first, so none is passed over.
MOST_WAITING = 50
#: Literal words: an engine that plans without the values finds the index of waiting requests.
_IS_WAITING = (
    Redemption.state == sa.literal_column("'held'"),
    Redemption.channel == sa.literal_column("'request'"),
)
_MERCHANT = sa.bindparam("p_merchant_id", type_=sa.Uuid())


def ask(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    offer_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    pays: HolderKind | None = None,
) -> Receipt | Refused:
    """Ask a shop for one of its offers: one's own request, or as a proxy the grantor's.

    One request of a holder waits at a shop at a time; a second is refused with the number of the
    first. Raises what ``holds.issue`` raises, OfferUnknown also for an offer of another shop.
    """
    holder = holds.holder_for(actor=actor, now=now, community_id=community_id, member_id=member_id)
    earlier = _waiting_of(community_id, merchant_id, holder)
    if earlier is not None and earlier.hold_expires_at_utc > now:
        return _refuse_second(actor=actor, now=now, at=earlier, community_id=community_id)
    if earlier is not None:
        releases.expire(community_id, Redemption.id == earlier.id, now=now)
    account = accounts.to_spend_from(community_id, holder, clock.business_date(now), of=pays)
    try:
        return holds.hold(
            actor=actor, now=now, community_id=community_id, offer_id=offer_id, account=account,
            member_id=holder, channel=Channel.REQUEST, lasts=REQUEST_HOLD,
            acted_by=holds.proxy_of(actor, community_id, holder), at_merchant=merchant_id,
        )  # fmt: skip
    except RequestWaits:
        # Asked twice at once: the other one has been committed meanwhile.
        earlier = _waiting_of(community_id, merchant_id, holder)
        if earlier is None:
            raise
        return _refuse_second(actor=actor, now=now, at=earlier, community_id=community_id)


def waiting(*, actor: Actor, now: dt.datetime) -> list[Receipt]:
    """The requests that wait at the counter of the session, oldest first."""
    at = counters.counter_of(actor, RedemptionPermission.READ_COUNTER)
    statement = (
        receipts.rows(at.community_id)
        .where(
            Redemption.merchant_id == at.merchant_id,
            *_IS_WAITING,
            Redemption.hold_expires_at_utc > now,
        )
        .order_by(Redemption.id)
        .limit(MOST_WAITING)
    )
    return [receipts.of_row(row) for row in db.session.execute(statement)]


def waiting_ids(*, actor: Actor, now: dt.datetime) -> list[uuid.UUID]:
    """Which requests wait at the counter: as long as these stay the same, so does the list.

    One statement on the index of waiting requests; what a counter asks again and again.
    """
    at = counters.counter_of(actor, RedemptionPermission.READ_COUNTER)
    rows = _WAITING_AT(p_community_id=at.community_id, p_merchant_id=at.merchant_id)
    return sorted(row.id for row in rows if row.hold_expires_at_utc > now)[:MOST_WAITING]


# Time and order are looked at here: with them in the statement either engine prefers an index
# that holds far more than what waits at one counter.
_WAITING_AT = Prepared(
    lambda: tenancy.columns(
        Redemption, COMMUNITY, Redemption.id, Redemption.hold_expires_at_utc
    ).where(Redemption.merchant_id == _MERCHANT, *_IS_WAITING)
)


def own_waiting(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
) -> Receipt | None:
    """The holder's request that waits at a shop now, if there is one."""
    holder = holds.holder_for(actor=actor, now=now, community_id=community_id, member_id=member_id)
    row = db.session.execute(
        receipts.rows(community_id).where(
            Redemption.merchant_id == merchant_id, Redemption.member_id == holder, *_IS_WAITING
        )
    ).one_or_none()
    return None if row is None or row.hold_expires_at_utc <= now else receipts.of_row(row)


def accept(*, actor: Actor, now: dt.datetime, redemption_id: uuid.UUID) -> Receipt | Refused:
    """Redeem a request at the counter of the session. RedemptionUnknown for another shop's."""
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    found = _found(at, redemption_id)
    refusal = _judge(actor=actor, at=at, found=found, now=now)
    if refusal is None:
        if counter.resolve(at=at, redemption_id=redemption_id, actor=actor, now=now):
            counter.complete(at=at, redemption=found, now=now)
            return receipts.of_row(found, state=RedemptionState.REDEEMED, resolved_at_utc=now)
        # Somebody was faster between the look and the update: look again and say what happened.
        found = _found(at, redemption_id)
        refusal = _judge(actor=actor, at=at, found=found, now=now)
    return refusals.keep(
        actor=actor, now=now, community_id=at.community_id, merchant_id=at.merchant_id,
        stage=RefusalStage.ACCEPT, refusal=refusal or Refusal(reason=Reason.REQUEST_EXPIRED),
        redemption_id=redemption_id, offer_id=found.offer_id,
    )  # fmt: skip


def decline(
    *, actor: Actor, now: dt.datetime, redemption_id: uuid.UUID, reason: DeclineReason
) -> Receipt:
    """Send a request away; points and quotas go back at once, the holder sees the reason.

    What was withdrawn or declined already stays as it is. Raises RedemptionUnknown, NotHeld.
    """
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    _found(at, redemption_id)
    is_declined = releases.give_up_one(
        at.community_id, redemption_id, resolved_by=actor.account_id, now=now, reason=reason
    )
    stands = _found(at, redemption_id)
    state = receipts.state_at(stands, now)
    if not is_declined and state != RedemptionState.WITHDRAWN:
        raise NotHeld(state=state)
    return receipts.of_row(stands)


def void_of_member(community_id: uuid.UUID, member_id: uuid.UUID, now: dt.datetime) -> None:
    """End the time of a member's waiting requests at once; what they hold is freed as usual.

    app.py registers it for the moment a binding ends or a proxy is revoked: nothing another phone
    asked for is redeemed.
    """
    db.session.execute(
        tenancy.update(Redemption, community_id)
        .where(
            Redemption.member_id == member_id,
            *_IS_WAITING,
            Redemption.held_at_utc < now,
            Redemption.hold_expires_at_utc > now,
        )
        .values(hold_expires_at_utc=now)
        .execution_options(synchronize_session=False)
    )


def _waiting_of(
    community_id: uuid.UUID, merchant_id: uuid.UUID, member_id: uuid.UUID
) -> Row[Any] | None:
    """The holder's request at a shop that nobody has resolved, its time over or not."""
    rows = _WAITING_OF(
        p_community_id=community_id, p_merchant_id=merchant_id, p_member_id=member_id
    )
    return rows.one_or_none()


_WAITING_OF = Prepared(
    lambda: tenancy.columns(
        Redemption, COMMUNITY, Redemption.id, Redemption.receipt_number, Redemption.merchant_id,
        Redemption.offer_id, Redemption.hold_expires_at_utc,
    ).where(
        Redemption.merchant_id == _MERCHANT,
        Redemption.member_id == sa.bindparam("p_member_id", type_=sa.Uuid()),
        *_IS_WAITING,
    )
)  # fmt: skip


def _refuse_second(
    *, actor: Actor, now: dt.datetime, at: Row[Any], community_id: uuid.UUID
) -> Refused:
    facts = {"receipt_number": at.receipt_number, "redemption_id": str(at.id)}
    return refusals.keep(
        actor=actor, now=now, community_id=community_id, merchant_id=at.merchant_id,
        stage=RefusalStage.ISSUE, refusal=Refusal(reason=Reason.REQUEST_WAITING, facts=facts),
        redemption_id=at.id, offer_id=at.offer_id,
    )  # fmt: skip


def _found(at: Counter, redemption_id: uuid.UUID) -> Row[Any]:
    """A request of this counter with what its receipt says, or RedemptionUnknown."""
    row: Row[Any] | None = _FOUND(
        p_community_id=at.community_id, p_merchant_id=at.merchant_id, p_redemption_id=redemption_id
    ).one_or_none()
    if row is None:
        raise RedemptionUnknown()
    return row


_FOUND = Prepared(
    lambda: (
        receipts.rows(COMMUNITY)
        .add_columns(
            Redemption.account_id,
            Redemption.member_id,
            stops.is_stopped(COMMUNITY).label("is_stopped"),
        )
        .where(
            Redemption.id == sa.bindparam("p_redemption_id", type_=sa.Uuid()),
            Redemption.merchant_id == _MERCHANT,
            Redemption.channel == Channel.REQUEST,
        )
    )
)


def _judge(*, actor: Actor, at: Counter, found: Row[Any], now: dt.datetime) -> Refusal | None:
    """Why this request cannot be redeemed here and now, or None."""
    state = receipts.state_at(found, now)
    if state == RedemptionState.REDEEMED:
        return Refusal(
            reason=Reason.REQUEST_REDEEMED,
            facts={
                "receipt_number": found.receipt_number,
                "redeemed_at_utc": found.resolved_at_utc.isoformat(),
            },
        )
    if state == RedemptionState.WITHDRAWN:
        return Refusal(reason=Reason.REQUEST_WITHDRAWN)
    if state == RedemptionState.EXPIRED:
        return Refusal(reason=Reason.REQUEST_EXPIRED)
    if found.is_stopped:
        return Refusal(reason=Reason.REDEMPTION_STOPPED)
    if found.member_id in counters.own_circle(actor, at):
        return Refusal(reason=Reason.SELF_DEALING)
    return None
