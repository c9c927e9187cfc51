"""What a name, a kind, a tag, a household code and a date may look like: pure, for form and file.

Every function takes what a person typed and answers with the value to store, or raises the error
that names what is wrong with it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from community.member_errors import (
    DateInFuture,
    DateTooEarly,
    DateUnreadable,
    HouseholdCodeInvalid,
    KindMissing,
    KindUnknown,
    NameInvalid,
    SeniorYearInvalid,
    TagInvalid,
    TagIsKind,
)
from community.models import MemberKind

LONGEST_NAME = 40
EARLIEST = dt.date(1950, 1, 1)
LAST_SENIOR_YEAR = 2100
_IN_NAMES = frozenset("·•.' -〇")
_SORT_KEY_LENGTH = 160
_HOUSEHOLD_CODE = re.compile(r"[0-9A-Z]{2,8}")
_TAG = re.compile(r"[a-z][a-z0-9_]{1,39}")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")

#: kind → the word for it in lists; the first is what templates show.
KIND_WORDS: dict[MemberKind, tuple[str, ...]] = {
    MemberKind.RESIDENT: ("小区居民", "居民"),
    MemberKind.IN_SERVICE_PARTY_MEMBER: ("在职党员", "报到党员"),
    MemberKind.GRID_WORKER: ("网格员",),
    MemberKind.PROPERTY_STAFF: ("物业服务人员", "物业人员", "物业"),
    MemberKind.NEW_EMPLOYMENT_WORKER: ("新就业群体", "新就业人员"),
}
#: tag → the word for it in lists; other tags are entered by their code.
TAG_WORDS: dict[str, str] = {
    "relocated_household": "易地搬迁户",
    "party_member": "党员",
    "recorder": "记录员",
    "student": "学生",
}
_KIND_OF = {word: kind for kind, words in KIND_WORDS.items() for word in (*words, kind.value)}
_TAG_OF = {word: tag for tag, word in TAG_WORDS.items()}


def name(given: str) -> str:
    """A person's name without surrounding and doubled spaces.

    Digits are refused: an ID or phone number typed into the wrong column must not be stored.
    """
    text = " ".join(given.split())
    is_word = bool(text) and (text[0].isalpha() or text[0] == "〇")
    if not is_word or len(text) > LONGEST_NAME:
        raise NameInvalid(field="name")
    if not all(character.isalpha() or character in _IN_NAMES for character in text):
        raise NameInvalid(field="name")
    return text


def sort_key(clean_name: str) -> str:
    """Pinyin, so that both engines sort names alike without a collation."""
    # Its dictionaries take as long to load as Flask and SQLAlchemy: only who enters names waits.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(clean_name)).lower()[:_SORT_KEY_LENGTH]


def kinds(given: Iterable[str]) -> list[str]:
    """Kinds by word or code, each once, in the order of MemberKind."""
    found = set()
    for word in given:
        kind = _KIND_OF.get(word.strip())
        if kind is None:
            raise KindUnknown(field="kinds", given=_shown(word))
        found.add(kind)
    if not found:
        raise KindMissing(field="kinds")
    return [kind.value for kind in MemberKind if kind in found]


def tag(given: str) -> str:
    """A tag's code from its word or code; kinds are refused, they are dated by the membership."""
    word = given.strip()
    if word in _KIND_OF:
        raise TagIsKind(field="tags", given=word)
    code = _TAG_OF.get(word, word)
    if not _TAG.fullmatch(code):
        raise TagInvalid(field="tags", given=_shown(word))
    return code


def tags(given: Iterable[str]) -> list[str]:
    """Codes of several tags, each once, sorted."""
    return sorted({tag(word) for word in given})


def household_code(given: str) -> str:
    """A household code; digits that a spreadsheet has cut (305) get their zeros back (0305)."""
    code = given.strip().upper()
    if code.isdecimal() and code.isascii():
        code = code.zfill(4)
    if not _HOUSEHOLD_CODE.fullmatch(code):
        raise HouseholdCodeInvalid(field="household")
    return code


def read_date(given: str) -> dt.date:
    """2026-11-21, 2026/11/21 or 2026年11月21日."""
    match = _DATE.fullmatch(given.strip())
    try:
        if match is None:
            raise ValueError(given)
        year, month, day = (int(part) for part in match.groups())
        return dt.date(year, month, day)
    except ValueError:
        raise DateUnreadable(field="joined_on", given=_shown(given)) from None


def past_date(
    given: dt.date, *, today: dt.date, field: str, earliest: dt.date = EARLIEST
) -> dt.date:
    """``given`` when it lies in [earliest, today]."""
    if given > today:
        raise DateInFuture(field=field)
    if given < earliest:
        raise DateTooEarly(field=field, earliest=earliest.isoformat())
    return given


def senior_year(given: int | str | None) -> int | None:
    """The year of turning 60, or None; a birth date does not fit and is refused."""
    if given is None or given == "":
        return None
    text = str(given).strip()
    if not (text.isdecimal() and text.isascii() and len(text) == 4):
        raise SeniorYearInvalid(field="senior_from")
    if not EARLIEST.year <= int(text) <= LAST_SENIOR_YEAR:
        raise SeniorYearInvalid(field="senior_from")
    return int(text)


def _shown(given: str) -> str:
    """What was typed, cut: error texts must not carry a whole pasted cell."""
    return given.strip()[:20]
