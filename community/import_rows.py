"""From the rows of a table to people to enter: pure, with every bad cell named."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from community import member_rules
from community.member_errors import (
    GridUnknown,
    HouseholdElsewhere,
    HouseholdUnknown,
    KindMissing,
)
from kernel.errors import LinliError, RowError
from kernel.sheet_file_errors import HeaderMissing, HeaderTwice, HeaderUnknown
from kernel.sheet_files import Cell, Row

T = TypeVar("T")

NAME, KINDS, GRID, HOUSEHOLD = "姓名", "类别", "网格", "户号"
TAGS, JOINED_ON, SENIOR_FROM = "标签", "加入日期", "满60岁年份"
#: In the order of the template; a star marks what must be filled in.
COLUMNS = (NAME, KINDS, GRID, HOUSEHOLD, TAGS, JOINED_ON, SENIOR_FROM)
REQUIRED = frozenset({NAME, KINDS})
_SEPARATORS = re.compile(r"[、,，;；/|]")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the community has already: grids by number and name, households, present people."""

    grids: dict[str, uuid.UUID]
    #: code → (household id, grid id)
    households: dict[str, tuple[uuid.UUID, uuid.UUID]]
    #: (name, household code or None)
    people: set[tuple[str, str | None]]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One person to enter, checked."""

    name: str
    kinds: list[str]
    grid_id: uuid.UUID | None
    household_code: str | None
    tags: list[str]
    joined_on: dt.date
    senior_from: int | None


@dataclass
class _Reader:
    """The cells of one row by column, and the errors found so far."""

    row: Row
    columns: dict[str, int]
    errors: list[RowError] = field(default_factory=list)

    def text(self, column: str) -> str:
        return self._cell(column).text

    def _cell(self, column: str) -> Cell:
        position = self.columns.get(column)
        if position is None or position >= len(self.row.cells):
            return Cell(text="")
        return self.row.cells[position]

    def read(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """``parse`` of the cell's text; what it raises becomes an error of this cell."""
        cell = self._cell(column)
        if cell.is_formula:
            self.note(
                column,
                "formula_in_cell",
                "单元格里是公式（或以 = + - @ 开头），请改成文字。",
                "There is a formula in this cell. Please type the value instead.",
            )
            return default
        try:
            return parse(cell.text)
        except LinliError as error:
            self.note(column, error.code, error.sentence("zh"), error.sentence("en"))
            return default

    def note(self, column: str | None, code: str, zh: str, en: str) -> None:
        self.errors.append(RowError(row=self.row.number, column=column, code=code, zh=zh, en=en))


def plan(
    rows: Sequence[Row], *, known: Known, today: dt.date
) -> tuple[list[Planned], list[RowError]]:
    """People of the rows (header first) and every error, in the order of the file.

    Raises HeaderUnknown, HeaderMissing, HeaderTwice.
    """
    columns = header(rows[0])
    planned: list[Planned] = []
    errors: list[RowError] = []
    grid_of_new: dict[str, uuid.UUID] = {}
    first_row: dict[tuple[str, str | None], int] = {}
    for row in rows[1:]:
        reader = _Reader(row=row, columns=columns)
        person = _person(reader, known=known, grid_of_new=grid_of_new, today=today)
        if not reader.errors:
            _refuse_twins(reader, person, known, first_row)
        errors += reader.errors
        planned.append(person)
    return planned, errors


def header(row: Row) -> dict[str, int]:
    """Column → position; stars, spaces and remarks in brackets do not matter."""
    found: dict[str, int] = {}
    for position, cell in enumerate(row.cells):
        word = re.sub(r"[\s*＊?？]|[(（].*?[)）]", "", cell.text)
        if not word:
            continue
        if word not in COLUMNS:
            raise HeaderUnknown(field="file", given=cell.text[:20])
        if word in found:
            raise HeaderTwice(field="file", column=word)
        found[word] = position
    for column in COLUMNS:
        if column in REQUIRED and column not in found:
            raise HeaderMissing(field="file", column=column)
    return found


def new_households(planned: Sequence[Planned], known: Known) -> dict[str, uuid.UUID]:
    """Codes of households to enter → the grid each lies in."""
    return {
        person.household_code: person.grid_id
        for person in planned
        if person.household_code is not None
        and person.household_code not in known.households
        and person.grid_id is not None
    }


def _person(
    reader: _Reader, *, known: Known, grid_of_new: dict[str, uuid.UUID], today: dt.date
) -> Planned:
    code = reader.read(HOUSEHOLD, _code, None)
    grid_id = reader.read(GRID, lambda text: _grid(text, known), None)
    # A household is placed in its grid only when both cells could be read.
    if not any(error.column in (GRID, HOUSEHOLD) for error in reader.errors):
        grid_id = reader.read(
            HOUSEHOLD, lambda _: _grid_of_household(code, grid_id, known, grid_of_new), grid_id
        )
    return Planned(
        name=reader.read(NAME, member_rules.name, ""),
        kinds=reader.read(KINDS, _kinds, []),
        grid_id=grid_id,
        household_code=code,
        tags=reader.read(TAGS, lambda text: member_rules.tags(_words(text)), []),
        joined_on=reader.read(JOINED_ON, lambda text: _joined_on(text, today), today),
        senior_from=reader.read(SENIOR_FROM, member_rules.senior_year, None),
    )


def _refuse_twins(
    reader: _Reader,
    person: Planned,
    known: Known,
    first_row: dict[tuple[str, str | None], int],
) -> None:
    who = (person.name, person.household_code)
    if who in known.people:
        reader.note(
            NAME,
            "member_exists",
            "这个人已经登记过了（同户同名，或同为不在户内的人员）。",
            "This person is on record already (same name in the same household).",
        )
    elif who in first_row:
        reader.note(
            NAME,
            "duplicate_in_file",
            f"和第 {first_row[who]} 行是同一个人，请删掉一行。",
            f"This is the person of row {first_row[who]}. Please remove one of the rows.",
        )
    else:
        first_row[who] = reader.row.number


def _code(text: str) -> str | None:
    return member_rules.household_code(text) if text else None


def _grid(text: str, known: Known) -> uuid.UUID | None:
    """A grid by number (3, 03, 3网格, 第3网格) or by its name."""
    if not text:
        return None
    number = re.fullmatch(r"第?0*(\d{1,3})\s*(?:号?网格)?", text)
    found = known.grids.get(text) or (known.grids.get(number.group(1)) if number else None)
    if found is None:
        raise GridUnknown(given=text[:20])
    return found


def _grid_of_household(
    code: str | None,
    grid_id: uuid.UUID | None,
    known: Known,
    grid_of_new: dict[str, uuid.UUID],
) -> uuid.UUID | None:
    """The household's grid; a household that is not known needs one, the same in every row."""
    if code is None:
        return grid_id
    known_grid = known.households[code][1] if code in known.households else grid_of_new.get(code)
    if known_grid is None:
        if grid_id is None:
            raise HouseholdUnknown(given=code)
        grid_of_new[code] = grid_id
        return grid_id
    if grid_id not in (None, known_grid):
        raise HouseholdElsewhere(given=code)
    return known_grid


def _kinds(text: str) -> list[str]:
    words = _words(text)
    if not words:
        raise KindMissing()
    return member_rules.kinds(words)


def _words(text: str) -> list[str]:
    return [word for word in (part.strip() for part in _SEPARATORS.split(text)) if word]


def _joined_on(text: str, today: dt.date) -> dt.date:
    if not text:
        return today
    return member_rules.past_date(member_rules.read_date(text), today=today, field=JOINED_ON)
