"""A column of a sheet: where its value stands in the document, and how a cell says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from points.rulebook_excel.clauses import list_of, list_text
from points.rulebook_excel.marks import (
    Marks,
    from_whole,
    integer,
    number,
    number_text,
    texts_of,
    texts_text,
    whole,
)
from points.rulebook_excel.words import YES_NO, Words

Json = Mapping[str, Any]


class Absent:
    """The field does not stand in the document; its cell stays empty."""


ABSENT: Final = Absent()


@dataclass(frozen=True)
class Notation:
    """How a value is written in a cell. Both functions take the word of the row's unit, too."""

    text: Callable[[Any, str], str]
    of: Callable[[str, str], Any]
    choices: tuple[str, ...] = ()


def notation(text: Callable[[Any], str], of: Callable[[str], Any]) -> Notation:
    """A notation that does not depend on the row's unit."""
    return Notation(lambda value, _unit: text(value), lambda cell, _unit: of(cell))


def _one_word(cell: str) -> str:
    return Marks(cell).text


def word(known: Words) -> Notation:
    """One word of a closed list, offered as a drop-down."""
    return Notation(
        lambda value, _unit: known.word(value),
        lambda cell, _unit: known.code(_one_word(cell)),
        tuple(known.listed()),
    )


def several(known: Words) -> Notation:
    return notation(lambda value: list_text(value, known), lambda cell: list_of(cell, known))


def texts(between: str, also: str) -> Notation:
    """Free texts parted by ``between``; ``also`` are further marks that part them."""
    return notation(
        lambda value: texts_text(value, between), lambda cell: texts_of(cell, between + also)
    )


TEXT = notation(whole, from_whole)
NUMBER = notation(number_text, lambda cell: number(_one_word(cell)))
INTEGER = notation(number_text, lambda cell: integer(_one_word(cell)))
YES = Notation(
    lambda value, _unit: YES_NO.word("true" if value else "false"),
    lambda cell, _unit: YES_NO.code(_one_word(cell)) == "true",
    tuple(YES_NO.listed()),
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """``get`` answers ABSENT where the field is not there; ``put`` sets it on a row being read."""

    title: str
    notation: Notation
    get: Callable[[Json], Any]
    put: Callable[[dict[str, Any], Any], None]
    #: What to write, for the sheet 说明.
    remark: str
    required: bool = False
    width: int = 12

    def text(self, row: Json, unit: str) -> str:
        value = self.get(row)
        return "" if value is ABSENT else self.notation.text(value, unit)


def column(
    title: str,
    path: str,
    written: Notation,
    remark: str,
    *,
    required: bool = False,
    width: int = 12,
) -> Column:
    """``path`` leads from the row to the value: ``recording.approval``."""
    steps = path.split(".")
    return Column(
        title=title,
        notation=written,
        get=lambda row: _get(row, steps),
        put=lambda row, value: _put(row, steps, value),
        remark=remark,
        required=required,
        width=width,
    )


def _get(row: Any, steps: list[str]) -> Any:
    for step in steps:
        if not isinstance(row, Mapping) or step not in row:
            return ABSENT
        row = row[step]
    return row


def _put(row: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        row = row.setdefault(step, {})
    row[steps[-1]] = value
