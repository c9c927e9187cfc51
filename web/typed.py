"""What a form's fields say, checked as the API's schemas check them."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TypeVar

from flask import request

from kernel.errors import Invalid

Word = TypeVar("Word", bound=StrEnum)
#: A number that every database holds.
MOST_DIGITS = 9


class FieldBlank(Invalid):
    code = "field_blank"
    zh = "这一格还没有填，请填好再提交。"
    en = "This field is empty. Please fill it in."


class FieldTooLong(Invalid):
    code = "field_too_long"
    zh = "写得太长了，最多 {most} 个字。"
    en = "This is too long. At most {most} characters fit."


class ChoiceMissing(Invalid):
    code = "choice_missing"
    zh = "还没有选，请选一个。"
    en = "Nothing is chosen yet. Please choose one."


def text(name: str, *, longest: int, is_required: bool = True, keep_blanks: bool = False) -> str:
    """A text of one field; signs that no database stores are dropped."""
    given = request.form.get(name, "")
    value = "".join(sign for sign in given if sign != "\x00" and not "\ud800" <= sign <= "\udfff")
    if not keep_blanks:
        value = value.strip()
    if is_required and not value:
        raise FieldBlank(field=name)
    if len(value) > longest:
        raise FieldTooLong(field=name, most=longest)
    return value


def searched(name: str, *, longest: int) -> str:
    """What an address searches for, without the NUL that no database takes."""
    return request.args.get(name, "").replace("\x00", "").strip()[:longest]


def chosen_id(name: str) -> uuid.UUID:
    """The id of what was chosen."""
    found = optional_id(name)
    if found is None:
        raise ChoiceMissing(field=name)
    return found


def optional_id(name: str) -> uuid.UUID | None:
    """The id of what was chosen, if anything was."""
    return as_id(request.form.get(name))


def as_id(value: str | None) -> uuid.UUID | None:
    """An id out of a form or an address; None for whatever is none."""
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        return None


def whole(name: str) -> int:
    """A whole number of a hidden field, such as a version; ChoiceMissing for whatever is none."""
    given = request.form.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS):
        raise ChoiceMissing(field=name)
    return int(given)


def word(name: str, kind: type[Word]) -> Word:
    """One word of a closed list."""
    given = request.form.get(name, "")
    found = next((each for each in kind if each.value == given), None)
    if found is None:
        raise ChoiceMissing(field=name)
    return found
