"""At the counter: a clerk looks at a code and redeems it.

Redeeming is the hot path: one look at the code, one conditional update that only the first of two
clerks can make, capture, transfer, outbox. The agreement decides as it stood when the code was
issued, so nothing is asked of it again here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Row

from kernel import clock, outbox
from kernel.access import Actor
from kernel.database import table_of
from kernel.errors import Refused
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from merchants import offers, quotas
from merchants.rules.offers import HoursText, hours_text
from points import accounts, transfers
from redemption import codes, counters, door, guessing, receipts, refusals, stops
from redemption.counters import Counter
from redemption.models import Redemption, RedemptionState, RefusalStage
from redemption.permissions import RedemptionPermission
from redemption.reasons import Reason
from redemption.receipts import Receipt
from redemption.refusals import Refusal
from redemption.rules import reading
from redemption.rules.reading import Form, Offered
from redemption.rules.times import seconds_left

TOPIC_REDEEMED = "redemption.redeemed"


class Resolved(Protocol):
    """What completing needs of a redemption that has just been resolved."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def account_id(self) -> uuid.UUID: ...
    @property
    def points(self) -> Decimal: ...


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a clerk sees before confirming. ``left`` is quota kind → what is left of it now."""

    receipt: Receipt
    seconds_left: int
    hours: HoursText
    left: Mapping[str, Decimal]


def preview(*, actor: Actor, now: dt.datetime, code: str) -> Preview | Refused:
    """Look at a code without redeeming it. Raises CodeUnreadable, GuessingPaused."""
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    offered = reading.read(code)
    found = _find(actor=actor, at=at, offered=offered, now=now)
    refusal = _judge(actor=actor, at=at, found=found, now=now)
    if found is None or refusal is not None:
        return _refuse(
            actor=actor, at=at, found=found, refusal=refusal, offered=offered,
            stage=RefusalStage.PREVIEW, now=now,
        )  # fmt: skip
    wanted = offers.redeemable(
        community_id=at.community_id, offer_id=found.offer_id, on=clock.business_date(now)
    )
    limited = list(door.limits(wanted=wanted, account_id=found.account_id, now=now))
    left = quotas.left(community_id=at.community_id, wanted=[one.quota for one in limited])
    return Preview(
        receipt=receipts.of_row(found),
        seconds_left=seconds_left(until=found.expires_at_utc, now=now),
        hours=hours_text(wanted.offer),
        left={
            kind: quotas.as_points(count) if kind == "month_cap" else Decimal(count)
            for kind, count in left.items()
        },
    )


def redeem(*, actor: Actor, now: dt.datetime, code: str) -> Receipt | Refused:
    """Redeem a code at the counter of the session. Raises CodeUnreadable, GuessingPaused."""
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    offered = reading.read(code)
    found = _find(actor=actor, at=at, offered=offered, now=now)
    refusal = _judge(actor=actor, at=at, found=found, now=now)
    if found is not None and refusal is None:
        if resolve(at=at, redemption_id=found.id, actor=actor, now=now):
            complete(at=at, redemption=found, now=now)
            return receipts.of_row(found, state=RedemptionState.REDEEMED, resolved_at_utc=now)
        # Somebody was faster between the look and the update: look again and say what happened.
        found = codes.find(
            community_id=at.community_id, merchant_id=at.merchant_id, offered=offered, now=now
        )
        refusal = _judge(actor=actor, at=at, found=found, now=now)
    return _refuse(
        actor=actor, at=at, found=found, refusal=refusal, offered=offered,
        stage=RefusalStage.REDEEM, now=now,
    )  # fmt: skip


def resolve(*, at: Counter, redemption_id: uuid.UUID, actor: Actor, now: dt.datetime) -> bool:
    """held → redeemed, for exactly one caller."""
    row = _RESOLVE(
        p_community_id=at.community_id,
        p_id=redemption_id,
        p_merchant_id=at.merchant_id,
        p_now=now,
        p_by=actor.account_id,
    )
    return row.first() is not None


def complete(*, at: Counter, redemption: Resolved, now: dt.datetime) -> None:
    """What follows :func:`resolve` in the same transaction: capture, transfer, outbox."""
    accounts.capture(
        community_id=at.community_id, account_id=redemption.account_id, points=redemption.points
    )
    transfers.to_merchant(
        community_id=at.community_id,
        account_id=redemption.account_id,
        merchant_id=at.merchant_id,
        points=redemption.points,
        redemption_id=redemption.id,
        now=now,
    )
    outbox.add(
        community_id=at.community_id,
        topic=TOPIC_REDEEMED,
        now=now,
        payload={"redemption_id": str(redemption.id)},
    )


_ROWS = table_of(Redemption)
_RESOLVE = Prepared(
    lambda: (
        sa.update(_ROWS)
        .where(
            _ROWS.c.community_id == sa.bindparam("p_community_id"),
            _ROWS.c.id == sa.bindparam("p_id"),
            _ROWS.c.merchant_id == sa.bindparam("p_merchant_id"),
            _ROWS.c.state == RedemptionState.HELD.value,
            _ROWS.c.hold_expires_at_utc > sa.bindparam("p_now"),
            # Also where the stop came between the look and this.
            ~stops.is_stopped(COMMUNITY),
        )
        .values(
            state=RedemptionState.REDEEMED.value,
            resolved_at_utc=sa.bindparam("p_now"),
            resolved_by=sa.bindparam("p_by"),
        )
        .returning(_ROWS.c.id)
    )
)


def _find(*, actor: Actor, at: Counter, offered: Offered, now: dt.datetime) -> Row[Any] | None:
    if offered.form is Form.DIGITS:
        guessing.check(actor=actor, at=at, now=now)
    return codes.find(
        community_id=at.community_id, merchant_id=at.merchant_id, offered=offered, now=now
    )


def _judge(
    *, actor: Actor, at: Counter, found: Row[Any] | None, now: dt.datetime
) -> Refusal | None:
    """Why this code cannot be redeemed here and now, or None."""
    if found is None:
        return Refusal(reason=Reason.CODE_UNKNOWN)
    if found.merchant_id != at.merchant_id:
        return Refusal(reason=Reason.WRONG_MERCHANT)
    ended = _ended(found, now)
    if ended is not None:
        return ended
    if found.is_stopped:
        return Refusal(reason=Reason.REDEMPTION_STOPPED)
    if found.member_id in counters.own_circle(actor, at):
        return Refusal(reason=Reason.SELF_DEALING)
    return None


def _ended(found: Row[Any], now: dt.datetime) -> Refusal | None:
    if found.state == RedemptionState.REDEEMED:
        facts = {
            "receipt_number": found.receipt_number,
            "redeemed_at_utc": found.resolved_at_utc.isoformat(),
        }
        return Refusal(reason=Reason.ALREADY_REDEEMED, facts=facts)
    if found.state == RedemptionState.WITHDRAWN:
        return Refusal(reason=Reason.WITHDRAWN)
    is_dead = min(found.expires_at_utc, found.hold_expires_at_utc) <= now
    if found.state == RedemptionState.EXPIRED or is_dead:
        return Refusal(reason=Reason.CODE_EXPIRED)
    return None


def _refuse(
    *,
    actor: Actor,
    at: Counter,
    found: Row[Any] | None,
    refusal: Refusal | None,
    offered: Offered,
    stage: RefusalStage,
    now: dt.datetime,
) -> Refused:
    if found is None and offered.form is Form.DIGITS:
        guessing.note(actor=actor, at=at, now=now)
    return refusals.keep(
        actor=actor,
        now=now,
        community_id=at.community_id,
        merchant_id=at.merchant_id,
        stage=stage,
        refusal=refusal or Refusal(reason=Reason.CODE_EXPIRED),
        offered=offered.value,
        redemption_id=None if found is None else found.id,
        offer_id=None if found is None else found.offer_id,
    )
