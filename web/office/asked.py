"""What an address asks a list for; whatever is no choice of the list is left out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import request

from kernel.errors import Invalid, NotFound
from web import typed
from web.language import current_language

Word = TypeVar("Word", bound=StrEnum)
Found = TypeVar("Found")
LONGEST_SEARCH = 40
PER_PAGE = 20
#: Lists know days of this century only.
_FIRST, _LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)


def text(name: str = "q", longest: int = LONGEST_SEARCH) -> str:
    """What was searched for, without what no database takes."""
    return request.args.get(name, "").replace("\x00", "").strip()[:longest]


def word(name: str, kind: type[Word]) -> Word | None:
    """One word of a closed list."""
    asked = request.args.get(name)
    return next((each for each in kind if each.value == asked), None)


def after() -> uuid.UUID | None:
    """Where a list goes on."""
    return typed.as_id(request.args.get("after"))


def chosen(name: str) -> uuid.UUID | None:
    """The id of a shop or a member."""
    return typed.as_id(request.args.get(name))


def day(name: str) -> dt.date | None:
    """A day of this century."""
    try:
        found = dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if _FIRST <= found <= _LAST else None


def tried(look: Callable[[], list[Found]]) -> tuple[list[Found], str | None]:
    """The list, or an empty one and what was wrong with what was asked, for a page that stays."""
    try:
        return look(), None
    except (Invalid, NotFound) as error:
        if error.field is None:
            raise
        return [], error.sentence(current_language())
