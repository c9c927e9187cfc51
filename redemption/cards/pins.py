"""PINs: chosen by the holder, kept as an HMAC, three misses.

A PIN is kept as an HMAC under the server key, bound to the card's id. Six digits are a million
guesses: a slow hash such as argon2 would hold whoever copied the database up for some hours and
every counter for a tenth of a second, while without the key, which the database does not hold, an
HMAC cannot be guessed at at all. Bound to the id, equal PINs do not look equal, and a row's PIN is
worth nothing in another row.
"""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Sequence

from sqlalchemy import Row, case

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.one_time_codes import digest
from redemption.cards import keypads, stepping
from redemption.cards.errors import CardNotHere, KeypadGone, PinNotDue, PinsDiffer, PinTooWeak
from redemption.cards.keypads import Keypad
from redemption.models import CardState, CardWay, KeypadPurpose, RedemptionCard
from redemption.permissions import RedemptionPermission
from redemption.rules import card_numbers
from redemption.rules import pins as rules


def kept(card_id: uuid.UUID, pin: str) -> str:
    """What the database keeps of a PIN."""
    return digest("card-pin", f"{card_id.hex}:{pin}")


def is_right(card_id: uuid.UUID, pin: str, pin_hmac: str) -> bool:
    """Whether this is the card's PIN; takes the same time whatever it is."""
    return hmac.compare_digest(kept(card_id, pin), pin_hmac)


def open_keypad(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, card_id: uuid.UUID
) -> Keypad:
    """A keypad for choosing the PIN: on the holder's own phone, or on the screen at the window.

    Raises CardNotHere, OwnHousehold, PinNotDue (forgotten PINs are reset at the window first).
    """
    card = stepping.locked(community_id, card_id)
    _require_chooser(actor, card)
    return keypads.open_for(
        actor=actor, now=now, community_id=community_id, card_id=card_id,
        purpose=KeypadPurpose.CHOOSE,
    )  # fmt: skip


def choose(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    keypad_id: uuid.UUID,
    presses: Sequence[int],
    presses_again: Sequence[int],
) -> uuid.UUID:
    """Set the PIN typed on both layouts of a keypad; the card is in service. Returns its id.

    Raises KeypadGone, PressesWrong, PinsDiffer, PinTooWeak, and what :func:`open_keypad` raises.
    Whatever is raised leaves the keypad as it was: nothing was guessed.
    """
    claimed = keypads.claim(
        actor=actor, now=now, community_id=community_id, keypad_id=keypad_id,
        purpose=KeypadPurpose.CHOOSE,
    )  # fmt: skip
    if claimed is None:
        raise KeypadGone()
    card = stepping.locked(community_id, claimed.card_id)
    way = _require_chooser(actor, card)
    pin = keypads.typed(keypad_id, presses)
    if pin != keypads.typed(keypad_id, presses_again, again=True, field="presses_again"):
        raise PinsDiffer(field="presses_again")
    digits = card_numbers.printed(card.number)[1:].replace("-", "")
    if weak := rules.weakness(pin, digits):
        raise PinTooWeak(why=weak)
    card.pin_hmac = kept(card.id, pin)
    stepping.step(card, CardState.ACTIVE, actor=actor, now=now, way=way)
    return card.id


def take_try(
    community_id: uuid.UUID, card_id: uuid.UUID
) -> Row[int, uuid.UUID | None, str | None, int] | None:
    """Count a try before it is looked at; (number, member_id, pin_hmac, misses), or None.

    One conditional statement: of guesses at the same time each waits for the one before it and
    finds its count, so that the fourth is not looked at. None when the card is not in service.
    """
    after = RedemptionCard.misses + 1
    is_last = after >= rules.MOST_MISSES
    return db.session.execute(
        tenancy.update(RedemptionCard, community_id)
        .where(RedemptionCard.id == card_id, RedemptionCard.state == CardState.ACTIVE)
        .values(
            misses=after,
            state=case((is_last, CardState.BLOCKED.value), else_=RedemptionCard.state),
            version=case((is_last, RedemptionCard.version + 1), else_=RedemptionCard.version),
        )
        .returning(
            RedemptionCard.number,
            RedemptionCard.member_id,
            RedemptionCard.pin_hmac,
            RedemptionCard.misses,
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()


def clear_misses(community_id: uuid.UUID, card_id: uuid.UUID) -> None:
    """A right PIN takes every counted try back, the one of this transaction as well."""
    db.session.execute(
        tenancy.update(RedemptionCard, community_id)
        .where(RedemptionCard.id == card_id)
        .values(misses=0, state=CardState.ACTIVE)
        .execution_options(synchronize_session=False)
    )


def _require_chooser(actor: Actor, card: RedemptionCard) -> CardWay:
    """The holder, or the window for somebody else's; a proxy does not choose another's PIN."""
    own = actor.members.get(card.community_id)
    if own is not None and own == card.member_id:
        way = CardWay.APP
    else:
        place = places.place_of(card.community_id)
        if not actor.may(RedemptionPermission.HAND_OVER_CARDS, place):
            raise CardNotHere()
        stepping.require_stranger(actor, card)
        way = CardWay.WINDOW
    if card.state != CardState.HANDED:
        raise PinNotDue(state=card.state)
    return way
