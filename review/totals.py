"""Totals of the sheets of a month for its notice, computed once when it is published."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO
from points.models import (
    HolderKind,
    LineKind,
    LineSource,
    PointsAccount,
    PointsLine,
    ScoreItem,
)
from review.models import Sheet, SheetRow
from review.rules.disclosure import (
    Adjustments,
    CategoryCount,
    Disclosure,
    Placed,
    Scored,
    Sums,
    adjustments,
    category_counts,
    sums,
)

NO_CATEGORY = "其他"


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What the notice says of one sheet as a whole."""

    participants: int
    records: int
    sums: Sums
    deductions: list[CategoryCount]
    adjustments: Adjustments


def of_sheets(
    sheets: Sequence[tuple[Sheet, Collection[SheetRow]]], month_id: uuid.UUID
) -> list[Totals]:
    """Totals over the rows of each edition that is published; three statements a sheet.

    A line of a rulebook that has no sheet of its own (it ended within the month) counts on the
    first sheet: no record vanishes. Merchants' lines are of no household and count on none.
    """
    beside = [sheet.rulebook_id for sheet, _rows in sheets[1:]]
    found = []
    for place, (sheet, rows) in enumerate(sheets):
        accounts = tenancy.columns(PointsAccount, sheet.community_id, PointsAccount.id)
        if place == 0:
            others = PointsAccount.rulebook_id.in_(beside)
            merchants = PointsAccount.holder_kind == HolderKind.MERCHANT
            counted = PointsLine.account_id.not_in(accounts.where(sa.or_(others, merchants)))
        else:
            own = PointsAccount.rulebook_id == sheet.rulebook_id
            counted = PointsLine.account_id.in_(accounts.where(own))
        found.append(_of(_Counted(sheet.community_id, month_id, counted), rows))
    return found


@dataclass(frozen=True)
class _Counted:
    """The lines of a month that one sheet answers for."""

    community_id: uuid.UUID
    month_id: uuid.UUID
    accounts: sa.ColumnElement[bool]

    def where(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        return statement.where(
            PointsLine.month_id == self.month_id, PointsLine.posted != ZERO, self.accounts
        )


def _of(lines: _Counted, rows: Collection[SheetRow]) -> Totals:
    household = {row.account_id: row.household_code for row in rows}
    return Totals(
        participants=sum(1 for row in rows if row.bonus > 0),
        records=_records(lines),
        sums=sums([_placed(row) for row in rows]),
        deductions=category_counts(_deducted(lines, household)),
        adjustments=_adjustments(lines, household),
    )


def _records(lines: _Counted) -> int:
    counted = lines.where(tenancy.columns(PointsLine, lines.community_id, sa.func.count()))
    return db.session.scalar(counted.where(PointsLine.source == LineSource.FACT)) or 0


def _deducted(lines: _Counted, household: Mapping[uuid.UUID, str]) -> list[tuple[str, str]]:
    columns = (PointsLine.account_id, ScoreItem.category)
    found = db.session.execute(
        lines.where(tenancy.columns(PointsLine, lines.community_id, *columns))
        .outerjoin(
            ScoreItem,
            sa.and_(
                ScoreItem.community_id == PointsLine.community_id,
                ScoreItem.id == PointsLine.score_item_id,
            ),
        )
        .where(PointsLine.kind == LineKind.DEDUCTION)
    )
    return [
        (row.category or NO_CATEGORY, household.get(row.account_id, str(row.account_id)))
        for row in found
    ]


def _adjustments(lines: _Counted, household: Mapping[uuid.UUID, str]) -> Adjustments:
    """Batches of the month, whatever they count in; their points are no row's own part."""
    columns = (PointsLine.account_id, PointsLine.posted)
    found = db.session.execute(
        lines.where(tenancy.columns(PointsLine, lines.community_id, *columns)).where(
            PointsLine.source == LineSource.ADJUSTMENT
        )
    )
    return adjustments(
        [(household.get(row.account_id, str(row.account_id)), row.posted) for row in found]
    )


def _placed(row: SheetRow) -> Placed:
    scored = Scored(
        key=str(row.account_id),
        household=row.household_code,
        label=row.label,
        grid=row.grid_number,
        base=row.base,
        bonus=row.bonus,
        deduction=row.deduction,
    )
    return Placed(
        scored=scored, rank=row.rank, disclosure=Disclosure(row.shown), position=row.position
    )
