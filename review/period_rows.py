"""The public rows of a month, or of the sealed months of a longer period, in one statement."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db
from points.rules.periods import Period, cell_of
from review import month_books
from review.models import Disclosure, Sheet, SheetRow, SheetState


@dataclass(frozen=True, kw_only=True)
class PublicMonthRow:
    """One row at or above base, of one month."""

    month: str
    member_id: uuid.UUID
    has_household: bool
    household_code: str
    label: str
    grid_number: int | None
    score: Decimal


def of(sheet: Sheet, over: Period) -> tuple[tuple[str, ...], list[PublicMonthRow]]:
    """The months read, and their public rows, oldest month first.

    For a month its newest edition, ``sheet``; for a longer period the sealed sheets of the period
    that the month of ``sheet`` lies in, counted from the month the rulebook's year starts with.
    """
    found = sheets_of(sheet, over)
    return tuple(each.month for each in found), _rows(sheet.community_id, found)


def sheets_of(sheet: Sheet, over: Period) -> list[Sheet]:
    """The sheets that :func:`of` reads, oldest month first."""
    if over is Period.MONTH:
        return [sheet]
    compiled = month_books.of(sheet.community_id, sheet.month).compiled
    cell = cell_of(clock.first_day(sheet.month), over, compiled.year_starts_month)
    statement = tenancy.select(Sheet, sheet.community_id).where(
        Sheet.state == SheetState.SEALED, Sheet.month >= clock.month_of(cell.starts_on)
    )
    if cell.ends_before is not None:
        statement = statement.where(Sheet.month < clock.month_of(cell.ends_before))
    return list(db.session.scalars(statement.order_by(Sheet.month)))


def _rows(community_id: uuid.UUID, found: list[Sheet]) -> list[PublicMonthRow]:
    rows = db.session.execute(
        tenancy.columns(
            SheetRow, community_id, Sheet.month, SheetRow.member_id, SheetRow.household_id,
            SheetRow.household_code, SheetRow.label, SheetRow.grid_number, SheetRow.score,
        )
        .join(
            Sheet,
            sa.and_(Sheet.community_id == SheetRow.community_id, Sheet.id == SheetRow.sheet_id),
        )
        .where(
            SheetRow.sheet_id.in_([sheet.id for sheet in found]),
            SheetRow.shown != Disclosure.COUNTED,
        )
        .order_by(Sheet.month, SheetRow.position)
    )  # fmt: skip
    return [
        PublicMonthRow(
            month=row.month,
            member_id=row.member_id,
            has_household=row.household_id is not None,
            household_code=row.household_code,
            label=row.label,
            grid_number=row.grid_number,
            score=row.score,
        )
        for row in rows
    ]
