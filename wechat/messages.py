"""Values of subscribe messages, made to fit the limits of their template fields.

A field's key is its kind and a number (``thing1``, ``character_string2``). WeChat refuses the whole
message (47003) when one value is too long or of another kind. Text is cut to fit. A figure, a time
or a receipt number is never cut, since a shortened one would be a wrong one: it is refused here.
Source: api_sendmessage of the official documentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wechat.errors import WeChatValueUnfit

ELLIPSIS = "…"
_KEY = re.compile(r"(?P<kind>[a-z]+(?:_[a-z]+)*)[0-9]*")
_CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9]"
_DAY = r"[0-9]{4}年(0?[1-9]|1[0-2])月(0?[1-9]|[12][0-9]|3[01])日"


class MessageResult(StrEnum):
    """What became of a subscribe message that WeChat did not refuse as wrong."""

    SENT = "sent"
    #: Never subscribed, refused, or the one accepted message is used up: do not try again.
    NOT_SUBSCRIBED = "not_subscribed"


class ProgramState(StrEnum):
    """Which version of the mini-program a tap on the message opens."""

    DEVELOPER = "developer"
    TRIAL = "trial"
    FORMAL = "formal"


class Language(StrEnum):
    """Language of the frame that WeChat puts around the message."""

    ZH_CN = "zh_CN"
    EN_US = "en_US"
    ZH_HK = "zh_HK"
    ZH_TW = "zh_TW"


def _uncut(text: str) -> str:
    return text


def _cut_thing(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + ELLIPSIS


def _cut_name(text: str) -> str:
    """20 letters, or 10 characters as soon as one of them is not a letter of ASCII."""
    return text[:20] if text[:20].isascii() else text[:10]


def _cut_phrase(text: str) -> str:
    # The ellipsis is not a Chinese character, and only those are allowed.
    return text[:5]


@dataclass(frozen=True, kw_only=True)
class FieldKind:
    """What the values of one kind look like, and how a too long text is cut."""

    pattern: re.Pattern[str]
    cut: Callable[[str], str] = _uncut


KINDS: Mapping[str, FieldKind] = {
    "thing": FieldKind(pattern=re.compile(r".{1,20}"), cut=_cut_thing),
    "name": FieldKind(pattern=re.compile(r"[!-~ ]{1,20}|.{1,10}"), cut=_cut_name),
    "phrase": FieldKind(pattern=re.compile(r"[一-鿿]{1,5}"), cut=_cut_phrase),
    "number": FieldKind(pattern=re.compile(r"(?=.{1,32}\Z)[0-9]+(\.[0-9]+)?")),
    "letter": FieldKind(pattern=re.compile(r"[A-Za-z]{1,32}")),
    "symbol": FieldKind(pattern=re.compile(r"[^\w\s]{1,5}")),
    "character_string": FieldKind(pattern=re.compile(r"[!-~]{1,32}")),
    "time": FieldKind(pattern=re.compile(rf"({_DAY} )?{_CLOCK}")),
    "date": FieldKind(pattern=re.compile(_DAY)),
    "amount": FieldKind(pattern=re.compile(r"[¥￥$€£][0-9]{1,10}(\.[0-9]+)?元?")),
    "phone_number": FieldKind(pattern=re.compile(r"[0-9+()-]{1,17}")),
    "car_number": FieldKind(pattern=re.compile(r"[一-鿿A-Z0-9]{1,8}")),
}


def fitted(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """``data`` (key → text) in WeChat's shape (key → {"value": text}), texts cut to their limit.

    Runs of white space become one space. Raises WeChatValueUnfit naming the key when the kind is
    unknown, the value is empty, or it cannot be cut without changing what it says.
    """
    return {key: {"value": _fitted_value(key, value)} for key, value in data.items()}


def _fitted_value(key: str, value: str) -> str:
    kind = kind_of(key)
    if kind is None:
        raise WeChatValueUnfit(key=key)
    text = kind.cut(" ".join(value.split()))
    if not kind.pattern.fullmatch(text):
        raise WeChatValueUnfit(key=key)
    return text


def kind_of(key: str) -> FieldKind | None:
    """The kind that a template field's key names, None if WeChat has no such kind."""
    match = _KEY.fullmatch(key)
    return KINDS.get(match["kind"]) if match else None
