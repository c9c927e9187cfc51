"""The public rows of a month, or of the sealed months of a longer period, in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db
from points.rules.compiled import RankingUnit
from points.rules.periods import Period, cell_of
from review import month_books
from review.models import Disclosure, Sheet, SheetRow, SheetState


@dataclass(frozen=True, kw_only=True)
class PublicMonthRow:
    """One row at or above base, of one month."""

    month: str
    member_id: uuid.UUID
    #: Member, or the household of a households' sheet.
    holder_id: uuid.UUID
    has_household: bool
    household_code: str
    label: str
    grid_number: int | None
    score: Decimal


def of(sheet: Sheet, over: Period) -> tuple[tuple[str, ...], list[PublicMonthRow]]:
    """The months read, and their public rows, oldest month first.

    For a month its newest edition, ``sheet``; for a longer period the sealed sheets of the period
    that the month of ``sheet`` lies in, counted from the month the rulebook's year starts with:
    those of the same rulebook, and of a month without it the only one, if it is of the same unit.
    """
    found = sheets_of(sheet, over)
    return tuple(each.month for each in found), _rows(sheet, found)


def sheets_of(sheet: Sheet, over: Period) -> list[Sheet]:
    """The sheets that :func:`of` reads, oldest month first."""
    if over is Period.MONTH:
        return [sheet]
    compiled = month_books.of(sheet.community_id, sheet.month, sheet.rulebook_code).compiled
    cell = cell_of(clock.first_day(sheet.month), over, compiled.year_starts_month)
    statement = tenancy.select(Sheet, sheet.community_id).where(
        Sheet.state == SheetState.SEALED, Sheet.month >= clock.month_of(cell.starts_on)
    )
    if cell.ends_before is not None:
        statement = statement.where(Sheet.month < clock.month_of(cell.ends_before))
    return _followed(sheet, db.session.scalars(statement.order_by(Sheet.month, Sheet.place)))


def _followed(sheet: Sheet, sealed: Iterable[Sheet]) -> list[Sheet]:
    """Of each month the sheet that ``sheet`` goes on from; a month may have none."""
    found: list[Sheet] = []
    for _month, of_month in groupby(sealed, key=lambda each: each.month):
        beside = list(of_month)
        same = [each for each in beside if each.rulebook_id == sheet.rulebook_id]
        if not same and len(beside) == 1 and beside[0].unit == sheet.unit:
            same = beside
        found += same
    return found


def _rows(sheet: Sheet, found: list[Sheet]) -> list[PublicMonthRow]:
    is_household = sheet.unit == RankingUnit.HOUSEHOLD
    rows = db.session.execute(
        tenancy.columns(
            SheetRow, sheet.community_id, Sheet.month, SheetRow.member_id, SheetRow.household_id,
            SheetRow.household_code, SheetRow.label, SheetRow.grid_number, SheetRow.score,
        )
        .join(
            Sheet,
            sa.and_(Sheet.community_id == SheetRow.community_id, Sheet.id == SheetRow.sheet_id),
        )
        .where(
            SheetRow.sheet_id.in_([each.id for each in found]),
            SheetRow.shown != Disclosure.COUNTED,
        )
        .order_by(Sheet.month, SheetRow.position)
    )  # fmt: skip
    return [
        PublicMonthRow(
            month=row.month,
            member_id=row.member_id,
            holder_id=row.household_id if is_household else row.member_id,
            has_household=row.household_id is not None,
            household_code=row.household_code,
            label=row.label,
            grid_number=row.grid_number,
            score=row.score,
        )
        for row in rows
    ]
