"""Monthly scores 得分 as a statement other packages join in bulk."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select

from kernel import tenancy
from kernel.points_value import Points
from points.models import MonthlyScore


def month_scores(community_id: uuid.UUID, month: str) -> Select[Any]:
    """One row per holder with entries on the month's sheet, unordered.

    Columns: account_id, member_id (None for a household), base, bonus, deduction (positive when
    deducted), score = base + bonus − deduction.
    """
    # A sum of columns has lost the type of points: it is given back, or it would read as tenths.
    score = sa.type_coerce(
        MonthlyScore.base + MonthlyScore.bonus - MonthlyScore.deduction, Points()
    )
    return tenancy.columns(
        MonthlyScore,
        community_id,
        MonthlyScore.account_id,
        MonthlyScore.member_id,
        MonthlyScore.base,
        MonthlyScore.bonus,
        MonthlyScore.deduction,
        score.label("score"),
    ).where(MonthlyScore.month == month)
