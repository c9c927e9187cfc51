"""What stands in the field for codes: digits, an address out of a QR, or a card."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import ngettext

from kernel.one_time_codes import DIGITS

#: Longer than any address we make; a scanner may read whatever hangs on a wall.
LONGEST = 300
_SEPARATORS = re.compile(r"[\s\-·]")
_CARD = re.compile(r"^(?:https?://[^\s]*/k/[^\s]*|[Kk][0-9]{1,10})$")
_STANDING = re.compile(r"^https?://[^\s]*/m/[^\s]*$")


class Kind(StrEnum):
    """What was meant."""

    CODE = "code"
    CARD = "card"
    STANDING = "standing"


def kind(text: str) -> Kind:
    """By its looks; the concept functions read it strictly."""
    if _CARD.match(_plain(text)):
        return Kind.CARD
    return Kind.STANDING if _STANDING.match(text) else Kind.CODE


def problem(text: str) -> str | None:
    """What to say before anything is asked: nothing typed, digits missing or too many."""
    digits = _plain(text)
    if not digits:
        return str(_("请扫码，或输 8 位数字再查"))
    if not digits.isdecimal() or len(digits) == DIGITS:
        return None
    missing = DIGITS - len(digits)
    if missing > 0:
        sentence = ngettext(
            "少了 %(num)s 位，请输满 8 位数字", "少了 %(num)s 位，请输满 8 位数字", missing
        )
    else:
        sentence = ngettext(
            "多了 %(num)s 位，请输 8 位数字", "多了 %(num)s 位，请输 8 位数字", -missing
        )
    return str(sentence)


def presses(text: str) -> list[int]:
    """Positions on a keypad, "3,0,7,7"; what is none is left out, and the PIN will be wrong."""
    return [int(each) for each in text.split(",") if each.isdecimal() and len(each) == 1]


def _plain(text: str) -> str:
    """Full-width signs made narrow, gaps removed."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).strip())
