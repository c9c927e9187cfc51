"""A card at a merchant's counter: scanned, the PIN pressed by its holder, redeemed at once.

The clerk sees the offer and the keypad, never a name, a tag or a balance. The PIN decides before
anything about the account is told.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from kernel import clock
from kernel.access import Actor
from kernel.errors import Refused
from merchants import offers
from merchants.errors import OfferUnknown
from merchants.models import Offer
from merchants.offers import Redeemable
from points import accounts
from points.models import PointsAccount
from redemption import counter, counters, door, guessing, holds, refusals, stops
from redemption.cards import day_limits, keypads, lookup, news, pins, stepping
from redemption.cards.errors import CardsPaused, StoppedMeanwhile
from redemption.counters import Counter
from redemption.errors import GuessingPaused
from redemption.models import (
    CardNews,
    CardState,
    CardWay,
    Channel,
    KeypadPurpose,
    RedemptionState,
    RefusalStage,
)
from redemption.permissions import RedemptionPermission
from redemption.reasons import Reason
from redemption.receipts import Receipt
from redemption.refusals import Refusal
from redemption.rules import card_numbers
from redemption.rules import pins as rules
from redemption.rules.times import seconds_left

_OUT_OF_SERVICE = {
    CardState.HANDED: Reason.CARD_NOT_ACTIVE,
    CardState.LOST: Reason.CARD_LOST,
    CardState.STOCK: Reason.CARD_NOT_ACTIVE,
    CardState.REPLACED: Reason.CARD_CLOSED,
    CardState.CLOSED: Reason.CARD_CLOSED,
    CardState.VOIDED: Reason.CARD_CLOSED,
}


@dataclass(frozen=True, kw_only=True)
class CardUse:
    """What the merchant's screen shows before the PIN: the keypad, the offer and its price.

    ``keys`` are the ten digits in the order in which the keys are drawn. It says nothing about
    the holder.
    """

    keypad_id: uuid.UUID
    keys: list[str]
    expires_at_utc: dt.datetime
    seconds_left: int
    card_number: str
    offer_id: uuid.UUID
    offer_title: str
    points: Decimal
    cash_cents: int


@dataclass(frozen=True, kw_only=True)
class _Held:
    """What completing needs of the hold that was just made."""

    id: uuid.UUID
    account_id: uuid.UUID
    points: Decimal


def start(*, actor: Actor, now: dt.datetime, card: str, offer_id: uuid.UUID) -> CardUse | Refused:
    """Look at a card (scanned or typed) and open the keypad for its holder.

    A refusal is kept and returned. Raises CardUnreadable, OfferUnknown, CardsPaused.
    """
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    offered = card_numbers.read(card)
    _require_no_guesser(actor, at, now)
    wanted = offers.redeemable(
        community_id=at.community_id, offer_id=offer_id, on=clock.business_date(now),
        stopped_if=stops.is_stopped,
    )  # fmt: skip
    if wanted.merchant.id != at.merchant_id:
        raise OfferUnknown(field="offer_id")
    found = lookup.offered(at.community_id, offered)
    refusal = _judge(actor, at, found) or _closed(wanted, found, now)
    if found is None or refusal is not None:
        if found is None and offered.number is not None:
            guessing.note(actor=actor, at=at, now=now)
        return _refuse(
            actor, at, refusal, now, stage=RefusalStage.PREVIEW, offered=offered.value,
            offer_id=offer_id,
        )  # fmt: skip
    keypad = keypads.open_for(
        actor=actor, now=now, community_id=at.community_id, card_id=found.id,
        purpose=KeypadPurpose.USE, offer_id=offer_id, merchant_id=at.merchant_id,
    )  # fmt: skip
    return CardUse(
        keypad_id=keypad.id,
        keys=keypad.keys,
        expires_at_utc=keypad.expires_at_utc,
        seconds_left=seconds_left(until=keypad.expires_at_utc, now=now),
        card_number=card_numbers.printed(found.number),
        offer_id=offer_id,
        offer_title=wanted.offer.title,
        points=wanted.offer.points,
        cash_cents=wanted.offer.alliance_price_cents,
    )


def redeem(
    *, actor: Actor, now: dt.datetime, keypad_id: uuid.UUID, presses: Sequence[int]
) -> Receipt | Refused:
    """Redeem with the keys that the holder pressed (positions from 0, never digits).

    One transaction: keypad, try, hold, resolve, complete. A refusal is kept and returned; the
    keypad is used up by it as well. Raises PressesWrong, CardsPaused, OfferUnknown,
    RulebookMissing, StoppedMeanwhile.
    """
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    pin = keypads.typed(keypad_id, presses)
    # Here as well: keypads of many cards may have been opened before the first wrong PIN.
    _require_no_guesser(actor, at, now)
    claimed = keypads.claim(
        actor=actor, now=now, community_id=at.community_id, keypad_id=keypad_id,
        purpose=KeypadPurpose.USE, merchant_id=at.merchant_id,
    )  # fmt: skip
    offered = str(keypad_id)
    if claimed is None or claimed.offer_id is None:
        return _refuse(actor, at, Refusal(reason=Reason.KEYPAD_EXPIRED), now, offered=offered)
    card_id, offer_id = claimed.card_id, claimed.offer_id
    member_id = _judge(actor, at, lookup.by_id(at.community_id, card_id)) or _try_pin(
        actor, at, card_id, pin, now
    )
    if isinstance(member_id, Refusal):
        return _refuse(actor, at, member_id, now, offered=offered, offer_id=offer_id)
    return _pay(
        actor=actor, at=at, now=now, card_id=card_id, member_id=member_id, offer_id=offer_id,
        offered=offered,
    )  # fmt: skip


def _require_no_guesser(actor: Actor, at: Counter, now: dt.datetime) -> None:
    """Raise CardsPaused where clerk or shop typed too many wrong digits of codes, cards, PINs.

    Two tries on each of many cards block none of them, but they add up here.
    """
    try:
        guessing.check(actor=actor, at=at, now=now)
    except GuessingPaused as paused:
        raise CardsPaused(retry_after=paused.retry_after) from None


def _judge(actor: Actor, at: Counter, card: Row[Any] | None) -> Refusal | None:
    """Why this card cannot be used by this clerk now, or None."""
    if card is None:
        return Refusal(reason=Reason.CARD_UNKNOWN)
    if card.state == CardState.BLOCKED:
        by_misses = card.misses >= rules.MOST_MISSES
        return _of(card, Reason.CARD_BLOCKED if by_misses else Reason.CARD_STOPPED)
    if card.state != CardState.ACTIVE:
        return _of(card, _OUT_OF_SERVICE[CardState(card.state)])
    if card.member_id in counters.own_circle(actor, at):
        return _of(card, Reason.SELF_DEALING)
    return None


class _Anybody(door.Audience):
    """Before the PIN nothing is asked about the holder, so nothing can be told."""

    def is_meant(self, offer: Offer) -> bool:
        """For whom the offer is, is asked after the PIN."""
        return True


def _closed(wanted: Redeemable, card: Any, now: dt.datetime) -> Refusal | None:
    """What stands in the way of everybody: stopped, no agreement, paused, outside hours."""
    who = _Anybody(wanted.offer.community_id, card.member_id, clock.business_date(now))
    return door.refusal(wanted=wanted, account=None, who=who, now=now)


def _of(card: Any, reason: Reason, **facts: int) -> Refusal:
    """A refusal that names the card by its public number, so that its row can be found again."""
    return Refusal(reason=reason, facts={"card_number": card_numbers.printed(card.number), **facts})


def _try_pin(
    actor: Actor, at: Counter, card_id: uuid.UUID, pin: str, now: dt.datetime
) -> uuid.UUID | Refusal:
    """Count a try, then look at it: the holder, or why not. The last wrong one blocks the card."""
    tried = pins.take_try(at.community_id, card_id)
    if tried is None or tried.pin_hmac is None or tried.member_id is None:
        # Between the look and the try somebody blocked it or took it out of service.
        return _judge(actor, at, lookup.by_id(at.community_id, card_id)) or Refusal(
            reason=Reason.CARD_STOPPED
        )
    if pins.is_right(card_id, pin, tried.pin_hmac):
        pins.clear_misses(at.community_id, card_id)
        holder: uuid.UUID = tried.member_id
        return holder
    guessing.note(actor=actor, at=at, now=now)
    if tried.misses < rules.MOST_MISSES:
        left = rules.MOST_MISSES - tried.misses
        return _of(tried, Reason.PIN_WRONG, tries_left=left)
    stepping.keep_act(
        at.community_id, card_id, CardState.ACTIVE, CardState.BLOCKED, actor=actor, now=now,
        way=CardWay.COUNTER,
    )  # fmt: skip
    return _of(tried, Reason.CARD_BLOCKED)


def _pay(
    *,
    actor: Actor,
    at: Counter,
    now: dt.datetime,
    card_id: uuid.UUID,
    member_id: uuid.UUID,
    offer_id: uuid.UUID,
    offered: str,
) -> Receipt | Refused:
    """Hold, resolve, complete, in the transaction that runs."""
    today = clock.business_date(now)
    account: PointsAccount = accounts.to_spend_from(at.community_id, member_id, today)
    price = offers.redeemable(
        community_id=at.community_id, offer_id=offer_id, on=today
    ).offer.points
    receipt = holds.hold(
        actor=actor, now=now, community_id=at.community_id, offer_id=offer_id, account=account,
        member_id=member_id, channel=Channel.CARD, card_id=card_id, at_merchant=at.merchant_id,
        offered=offered,
        extra=day_limits.limits(
            community_id=at.community_id, merchant_id=at.merchant_id, member_id=member_id,
            points=price, on=today,
        ),
    )  # fmt: skip
    if isinstance(receipt, Refused):
        return receipt
    if not counter.resolve(at=at, redemption_id=receipt.id, actor=actor, now=now):
        # The community was stopped between the door and here; nothing of this stands.
        raise StoppedMeanwhile()
    held = _Held(id=receipt.id, account_id=account.id, points=receipt.points)
    counter.complete(at=at, redemption=held, now=now)
    news.tell(
        community_id=at.community_id, card_id=card_id, what=CardNews.USED, now=now,
        redemption_id=receipt.id,
    )  # fmt: skip
    return dataclasses.replace(receipt, state=RedemptionState.REDEEMED, resolved_at_utc=now)


def _refuse(
    actor: Actor,
    at: Counter,
    refusal: Refusal | None,
    now: dt.datetime,
    *,
    offered: str,
    stage: RefusalStage = RefusalStage.REDEEM,
    offer_id: uuid.UUID | None = None,
) -> Refused:
    return refusals.keep(
        actor=actor, now=now, community_id=at.community_id, merchant_id=at.merchant_id,
        stage=stage, refusal=refusal or Refusal(reason=Reason.CARD_UNKNOWN), offered=offered,
        offer_id=offer_id,
    )  # fmt: skip
