"""Totals of a month for its notice, computed once when it is published."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO
from points.models import LineKind, LineSource, PointsLine, ScoreItem
from review.models import SheetRow
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
    """What the notice says of the month as a whole."""

    participants: int
    records: int
    sums: Sums
    deductions: list[CategoryCount]
    adjustments: Adjustments


def of_month(community_id: uuid.UUID, month_id: uuid.UUID, rows: Collection[SheetRow]) -> Totals:
    """Totals over the rows of the edition that is published; three statements."""
    return Totals(
        participants=sum(1 for row in rows if row.bonus > 0),
        records=_records(community_id, month_id),
        sums=sums([_placed(row) for row in rows]),
        deductions=category_counts(_deducted(community_id, month_id, rows)),
        adjustments=_adjustments(community_id, month_id, rows),
    )


def _records(community_id: uuid.UUID, month_id: uuid.UUID) -> int:
    count = db.session.scalar(
        tenancy.columns(PointsLine, community_id, sa.func.count()).where(
            PointsLine.month_id == month_id,
            PointsLine.source == LineSource.FACT,
            PointsLine.posted != ZERO,
        )
    )
    return count or 0


def _deducted(
    community_id: uuid.UUID, month_id: uuid.UUID, rows: Collection[SheetRow]
) -> list[tuple[str, str]]:
    household: dict[uuid.UUID, str] = {row.account_id: row.household_code for row in rows}
    found = db.session.execute(
        tenancy.columns(PointsLine, community_id, PointsLine.account_id, ScoreItem.category)
        .outerjoin(
            ScoreItem,
            sa.and_(
                ScoreItem.community_id == PointsLine.community_id,
                ScoreItem.id == PointsLine.score_item_id,
            ),
        )
        .where(
            PointsLine.month_id == month_id,
            PointsLine.kind == LineKind.DEDUCTION,
            PointsLine.posted != ZERO,
        )
    )
    return [
        (row.category or NO_CATEGORY, household.get(row.account_id, str(row.account_id)))
        for row in found
    ]


def _adjustments(
    community_id: uuid.UUID, month_id: uuid.UUID, rows: Collection[SheetRow]
) -> Adjustments:
    """Batches of the month, whatever they count in; their points are no row's own part."""
    household: dict[uuid.UUID, str] = {row.account_id: row.household_code for row in rows}
    found = db.session.execute(
        tenancy.columns(PointsLine, community_id, PointsLine.account_id, PointsLine.posted).where(
            PointsLine.month_id == month_id,
            PointsLine.source == LineSource.ADJUSTMENT,
            PointsLine.posted != ZERO,
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
