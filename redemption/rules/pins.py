"""PINs of cards: how a shuffled keypad is read, and which PINs anybody would try first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from enum import StrEnum

DIGITS = 6
#: A third wrong PIN blocks the card.
MOST_MISSES = 3
_KEYS = "0123456789"
_TURN = len(_KEYS)


class Weakness(StrEnum):
    """Why a PIN is refused."""

    #: 111111, 121212, 123123
    REPEATED = "repeated"
    #: 123456, 654321, 246802
    IN_STEPS = "in_steps"
    #: six digits that follow each other in the card's number
    ON_THE_CARD = "on_the_card"


def layout(secret: bytes) -> str:
    """The ten digits in the order in which the keys are drawn, shuffled by a secret.

    The secret is 32 bytes of an HMAC: with 256 bits and 10! orders no order is favoured by more
    than one part in 2^230.
    """
    keys, rest = list(_KEYS), int.from_bytes(secret)
    for last in range(_TURN - 1, 0, -1):
        rest, chosen = divmod(rest, last + 1)
        keys[last], keys[chosen] = keys[chosen], keys[last]
    return "".join(keys)


def pressed(keys: str, presses: Sequence[int]) -> str:
    """The digits behind the positions that were pressed, counted from 0."""
    return "".join(keys[position] for position in presses)


def weakness(pin: str, card_digits: str) -> Weakness | None:
    """Why anybody would guess this PIN within three tries, or None."""
    if any(pin == pin[:size] * (DIGITS // size) for size in (1, 2, 3)):
        return Weakness.REPEATED
    steps = {(int(after) - int(before)) % _TURN for before, after in itertools.pairwise(pin)}
    if len(steps) == 1:
        return Weakness.IN_STEPS
    return Weakness.ON_THE_CARD if pin in card_digits else None
