"""Shuffled keypads 密码键盘: the PIN travels as positions on a layout that is used once.

The layout follows from the keypad's random id under the server key, so it is not stored; a
recorded request is worth nothing later, and a finger's traces on the glass tell no digits.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Row

from kernel import tenancy
from kernel.access import Actor
from kernel.database import db, table_of
from kernel.ids import new_id
from kernel.one_time_codes import digest
from kernel.prepared import Prepared
from redemption.cards.errors import PressesWrong
from redemption.models import CardKeypad, KeypadPurpose
from redemption.rules import pins as rules

LIFE = dt.timedelta(minutes=2)
#: Dead keypads are removed by the card's next one.
_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Keypad:
    """What a client draws: the ten digits in the order of the keys, row by row.

    ``keys_again`` is the second layout, for typing a new PIN a second time.
    """

    id: uuid.UUID
    keys: list[str]
    keys_again: list[str]
    expires_at_utc: dt.datetime


def open_for(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    card_id: uuid.UUID,
    purpose: KeypadPurpose,
    offer_id: uuid.UUID | None = None,
    merchant_id: uuid.UUID | None = None,
) -> Keypad:
    """Open a keypad that only the actor can answer, once, within two minutes."""
    db.session.execute(
        tenancy.delete(CardKeypad, community_id).where(
            CardKeypad.card_id == card_id, CardKeypad.expires_at_utc <= now - _KEPT
        )
    )
    keypad_id, expires = new_id(), now + LIFE
    _OPEN(
        community_id=community_id,
        id=keypad_id,
        card_id=card_id,
        purpose=purpose,
        actor_id=actor.account_id,
        offer_id=offer_id,
        merchant_id=merchant_id,
        opened_at_utc=now,
        expires_at_utc=expires,
    )
    again = list(layout(keypad_id, again=True)) if purpose is KeypadPurpose.CHOOSE else []
    return Keypad(
        id=keypad_id, keys=list(layout(keypad_id)), keys_again=again, expires_at_utc=expires
    )


_OPEN = Prepared(lambda: sa.insert(table_of(CardKeypad)))


def claim(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    keypad_id: uuid.UUID,
    purpose: KeypadPurpose,
    merchant_id: uuid.UUID | None = None,
) -> Row[uuid.UUID, uuid.UUID | None] | None:
    """Use the keypad up; (card_id, offer_id) for exactly one caller, None for everybody else."""
    at_shop = CardKeypad.merchant_id
    return db.session.execute(
        tenancy.update(CardKeypad, community_id)
        .where(
            CardKeypad.id == keypad_id,
            CardKeypad.purpose == purpose,
            CardKeypad.actor_id == actor.account_id,
            at_shop.is_(None) if merchant_id is None else at_shop == merchant_id,
            CardKeypad.used_at_utc.is_(None),
            CardKeypad.expires_at_utc > now,
        )
        .values(used_at_utc=now)
        .returning(CardKeypad.card_id, CardKeypad.offer_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def layout(keypad_id: uuid.UUID, *, again: bool = False) -> str:
    """The ten digits in the order of the keys."""
    turn = "again" if again else "once"
    return rules.layout(bytes.fromhex(digest("card-keypad", f"{keypad_id.hex}:{turn}")))


def typed(
    keypad_id: uuid.UUID, presses: Sequence[int], *, again: bool = False, field: str = "presses"
) -> str:
    """The PIN behind the positions; PressesWrong unless they are six keys of the keypad."""
    keys = layout(keypad_id, again=again)
    if len(presses) != rules.DIGITS or not all(0 <= each < len(keys) for each in presses):
        raise PressesWrong(field=field)
    return rules.pressed(keys, presses)
