"""Numbers of cards: six digits in sequence and a check digit, printed as K000-1237.

The number is public: it says which card is meant, on the telephone and where a camera is missing.
The check digit (Damm) finds every single wrong digit and every two neighbours that were swapped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from redemption.cards.errors import CardUnreadable

#: Six digits: what a community can ever hand out.
MOST = 999_999

_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
_NUMBER = re.compile(r"^K?([0-9]{7})$")
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{22}$")
_URL = re.compile(r"^https?://[^/\s]+(?:/[^?#\s]*)?/k/[a-z0-9]{1,20}/(?P<token>[A-Za-z0-9_-]{22})$")
_SEPARATORS = re.compile(r"[\s\-·]")


@dataclass(frozen=True, kw_only=True)
class OfferedCard:
    """A card as it was scanned (``token``) or typed (``number``); one of the two is set."""

    token: str | None = None
    number: int | None = None

    @property
    def value(self) -> str:
        """What was offered, normalized."""
        return self.token or f"K{self.number}"


def printed(number: int) -> str:
    """How a number stands on the card: K000-1237."""
    digits = f"{number:06d}"
    digits += str(_interim(digits))
    return f"K{digits[:3]}-{digits[3:]}"


def read(text: str) -> OfferedCard:
    """Understand a scanned address, its token, or a typed number; CardUnreadable when it is none.

    Full-width digits, a small k and gaps are understood, too.
    """
    stripped = text.strip()
    if match := _URL.match(stripped):
        return OfferedCard(token=match["token"])
    if _TOKEN.match(stripped):
        return OfferedCard(token=stripped)
    typed = _SEPARATORS.sub("", stripped).upper().replace("Ｋ", "K")
    typed = "".join(str(ord(sign) - 0xFF10) if "０" <= sign <= "９" else sign for sign in typed)
    match = _NUMBER.match(typed)
    if match is None or _interim(match[1]) != 0 or int(match[1][:6]) == 0:
        raise CardUnreadable(field="card")
    return OfferedCard(number=int(match[1][:6]))


def _interim(digits: str) -> int:
    """The check digit of ``digits``; 0 when its own check digit stands at the end and is right."""
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return state
