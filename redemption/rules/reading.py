"""What a scanner read or a clerk typed: a token, out of a URL or bare, or eight digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kernel.one_time_codes import DIGITS
from redemption.errors import CodeUnreadable

_DIGITS = re.compile(rf"^[0-9]{{{DIGITS}}}$")
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{22}$")
_URL = re.compile(r"^https?://[^/\s]+(?:/[^?#\s]*)?/r/[a-z0-9]{1,20}/(?P<token>[A-Za-z0-9_-]{22})$")
_SEPARATORS = re.compile(r"[\s\-·]")


class Form(StrEnum):
    TOKEN = "token"  # noqa: S105 - the name of a form, not a secret
    DIGITS = "digits"


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What was offered at the counter, normalized."""

    form: Form
    value: str


def read(text: str) -> Offered:
    """Understand the text of a code; CodeUnreadable when it is none.

    Full-width digits and the gap of "4827 1536" are understood, too.
    """
    stripped = text.strip()
    if match := _URL.match(stripped):
        return Offered(form=Form.TOKEN, value=match["token"])
    if _TOKEN.match(stripped):
        return Offered(form=Form.TOKEN, value=stripped)
    digits = _SEPARATORS.sub("", stripped)
    digits = "".join(str(ord(sign) - 0xFF10) if "０" <= sign <= "９" else sign for sign in digits)
    if _DIGITS.match(digits):
        return Offered(form=Form.DIGITS, value=digits)
    raise CodeUnreadable(field="code")
