"""From the rows of a table to points for holders: pure, with every bad cell named."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from kernel.errors import LinliError, RowError
from kernel.points_value import MOST, TENTH, ZERO, is_exact
from kernel.sheet_file_errors import HeaderMissing, HeaderTwice, HeaderUnknown
from kernel.sheet_files import Cell, Row
from points.batches import errors
from points.models import BatchKind

T = TypeVar("T")

HOUSEHOLD, CODE, NAME = "户号", "居民编号", "姓名"
POINTS, COUNTS_IN, REASON, OCCURRED_ON = "积分", "计入", "事由", "发生日期"
#: In the order of the template.
COLUMNS = (HOUSEHOLD, CODE, NAME, POINTS, COUNTS_IN, REASON, OCCURRED_ON)
REQUIRED = frozenset({POINTS})
LONGEST_REASON = 200
OPENING_REASON = "期初余额"
SCORE, BALANCE = "得分", "余额"
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,6})?")
_OLDEST = dt.date(2000, 1, 1)


@dataclass(frozen=True)
class Person:
    """A member as the register has them today."""

    member_id: uuid.UUID
    name: str
    household_code: str | None


@dataclass(frozen=True, kw_only=True)
class Known:
    """Whom a row may mean. For a household rulebook people only tell where somebody lives."""

    households: Mapping[str, uuid.UUID]
    #: household code → its members
    at_home: Mapping[str, Sequence[Person]]
    by_public_code: Mapping[str, Person]
    #: Whom the uploader may not enter: oneself and one's household.
    own_holders: frozenset[uuid.UUID] = frozenset()
    holds_households: bool = False
    has_balance: bool = True


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One row, checked. ``points`` is signed."""

    row_number: int
    holder_id: uuid.UUID
    member_id: uuid.UUID | None
    points: Decimal
    counts_in_score: bool
    counts_in_balance: bool
    reason: str
    occurred_on: dt.date


@dataclass
class _Reader:
    """The cells of one row by column, and the errors found so far."""

    row: Row
    columns: Mapping[str, int]
    errors: list[RowError] = field(default_factory=list)

    def cell(self, column: str) -> Cell:
        position = self.columns.get(column)
        if position is None or position >= len(self.row.cells):
            return Cell(text="")
        return self.row.cells[position]

    def text(self, column: str) -> str:
        return unicodedata.normalize("NFKC", self.cell(column).text).strip()

    def read(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """``parse`` of the cell's text; what it raises becomes an error of this cell."""
        text = self.text(column)
        # In a CSV a sign looks like a formula; a number is none.
        if self.cell(column).is_formula and not _NUMBER.fullmatch(text):
            zh = "单元格里是公式（或以 = + - @ 开头），请改成文字。"
            self.note(column, "formula_in_cell", zh, "There is a formula in this cell.")
            return default
        try:
            return parse(text)
        except LinliError as error:
            self.note(column, error.code, error.sentence("zh"), error.sentence("en"))
            return default

    def note(self, column: str | None, code: str, zh: str, en: str) -> None:
        self.errors.append(RowError(row=self.row.number, column=column, code=code, zh=zh, en=en))


def plan(
    rows: Sequence[Row], *, kind: BatchKind, known: Known, today: dt.date
) -> tuple[list[Planned], list[RowError]]:
    """What the rows (header first) say, and every error, in the order of the table.

    Raises HeaderUnknown, HeaderMissing, HeaderTwice.
    """
    columns = header(rows[0])
    planned: list[Planned] = []
    found: list[RowError] = []
    first_row: dict[uuid.UUID, int] = {}
    for row in rows[1:]:
        reader = _Reader(row=row, columns=columns)
        one = _row(reader, kind=kind, known=known, today=today)
        if one is not None and one.holder_id in first_row:
            zh = f"和第 {first_row[one.holder_id]} 行是同一个人（户），请合成一行。"
            en = f"Row {first_row[one.holder_id]} is for the same holder. Please join the rows."
            reader.note(NAME, "duplicate_in_file", zh, en)
        found += reader.errors
        if one is not None:
            first_row.setdefault(one.holder_id, row.number)
            planned.append(one)
    return planned, found


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


def content_hash(kind: BatchKind, planned: Sequence[Planned]) -> str:
    """The same rows give the same hash, whatever file and order they come in."""
    rows = sorted(
        [
            str(one.holder_id), f"{one.points:.1f}", one.counts_in_score, one.counts_in_balance,
            one.reason, one.occurred_on.isoformat(),
        ]
        for one in planned
    )  # fmt: skip
    return hashlib.sha256(json.dumps([kind, rows], ensure_ascii=False).encode()).hexdigest()


def _row(reader: _Reader, *, kind: BatchKind, known: Known, today: dt.date) -> Planned | None:
    holder_id = _holder(reader, known)
    points = reader.read(POINTS, lambda text: _points(text, kind), ZERO)
    score, balance = reader.read(
        COUNTS_IN, lambda text: _counts_in(text, kind, known), (False, False)
    )
    reason = reader.read(REASON, lambda text: _reason(text, kind), "")
    occurred_on = reader.read(OCCURRED_ON, lambda text: _date(text, today), today)
    if reader.errors or holder_id is None:
        return None
    return Planned(
        row_number=reader.row.number,
        holder_id=holder_id,
        member_id=None if known.holds_households else holder_id,
        points=points,
        counts_in_score=score,
        counts_in_balance=balance,
        reason=reason,
        occurred_on=occurred_on,
    )


def _holder(reader: _Reader, known: Known) -> uuid.UUID | None:
    household, code = reader.text(HOUSEHOLD), reader.text(CODE)
    column = CODE if code and not known.holds_households else HOUSEHOLD

    def find(_: str) -> uuid.UUID:
        if known.holds_households:
            holder_id = _inhabited(household, known)
        elif code:
            holder_id = _coded(code, reader.text(NAME), known)
        else:
            holder_id = _at_home(household, reader.text(NAME), known)
        if holder_id in known.own_holders:
            raise errors.OwnRow()
        return holder_id

    return reader.read(column, find, None)


def _household(code: str, known: Known) -> uuid.UUID:
    if not code:
        raise errors.WhoMissing()
    if code not in known.households:
        raise errors.HouseholdUnknown()
    return known.households[code]


def _inhabited(code: str, known: Known) -> uuid.UUID:
    """A sheet has a row for each household in which somebody lives."""
    household_id = _household(code, known)
    if not known.at_home.get(code):
        raise errors.HouseholdEmpty()
    return household_id


def _coded(code: str, name: str, known: Known) -> uuid.UUID:
    person = known.by_public_code.get(code.upper())
    if person is None:
        raise errors.MemberUnknown()
    if not name:
        raise errors.NameMissing()
    if person.name != name:
        raise errors.NameMismatch()
    return person.member_id


def _at_home(code: str, name: str, known: Known) -> uuid.UUID:
    _household(code, known)
    if not name:
        raise errors.NameMissing()
    found = [person for person in known.at_home.get(code, ()) if person.name == name]
    if len(found) > 1:
        raise errors.MemberAmbiguous()
    if not found:
        raise errors.NameMismatch()
    return found[0].member_id


def _points(text: str, kind: BatchKind) -> Decimal:
    text = text.replace(",", "").replace("−", "-")
    if not _NUMBER.fullmatch(text):
        raise errors.PointsUnreadable()
    points = Decimal(text)
    if not points:
        raise errors.PointsZero()
    if abs(points) > MOST:
        raise errors.TooManyPoints()
    if not is_exact(points):
        raise errors.PointsNotOneDecimal()
    if points < 0 and kind is BatchKind.OPENING:
        raise errors.OpeningNegative()
    return points.quantize(TENTH)


def _counts_in(text: str, kind: BatchKind, known: Known) -> tuple[bool, bool]:
    words = {word for word in re.split(r"[、,;/|\s]+", text) if word}
    if not words:
        if kind is BatchKind.OPENING:
            words = {BALANCE}
        else:
            words = {SCORE, BALANCE} if known.has_balance else {SCORE}
    if words - {SCORE, BALANCE}:
        raise errors.CountsUnknown()
    if BALANCE in words and not known.has_balance:
        raise errors.NoBalance()
    return SCORE in words, BALANCE in words


def _reason(text: str, kind: BatchKind) -> str:
    if not text and kind is BatchKind.OPENING:
        return OPENING_REASON
    if not text:
        raise errors.RowReasonMissing()
    if len(text) > LONGEST_REASON:
        raise errors.ReasonTooLong(most=LONGEST_REASON)
    return text


def _date(text: str, today: dt.date) -> dt.date:
    if not text:
        return today
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        day = dt.date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise errors.DateUnreadable()
    if day > today:
        raise errors.DateInFuture()
    if day < _OLDEST:
        raise errors.DateTooOld()
    return day
