"""The base that is a share of the score of the period before 按上期得分比例."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from decimal import Decimal

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO, Points, rounded
from points.grants.due import Due
from points.models import AccountingMonth, MonthlyScore, MonthState, PointsAccount
from points.rulebooks import RulebookInForce
from points.rules.periods import cell_of, month_of, months_later


def shares(
    community_id: uuid.UUID, book: RulebookInForce, due: Due, holder_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Decimal]:
    """What each holder gets; empty until every month of the last period is sealed.

    Percent of the sealed score, rounded half up to 0.1, never below 0. Two statements.
    """
    percent = due.base.percent_of_last
    if percent is None or not holder_ids:
        return {}
    last = _months_before(book, due)
    if not last or not _are_sealed(community_id, last):
        return {}
    part = sa.func.sum(MonthlyScore.base + MonthlyScore.bonus - MonthlyScore.deduction)
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, PointsAccount.holder_id,
            sa.type_coerce(part, Points()).label("score"),
        )
        .join(
            MonthlyScore,
            sa.and_(
                MonthlyScore.community_id == PointsAccount.community_id,
                MonthlyScore.account_id == PointsAccount.id,
            ),
        )
        .where(
            PointsAccount.rulebook_id == book.rulebook_id,
            PointsAccount.holder_id.in_(holder_ids),
            MonthlyScore.month.in_(last),
        )
        .group_by(PointsAccount.holder_id)
    )  # fmt: skip
    return {row.holder_id: max(ZERO, rounded(row.score * percent / 100)) for row in rows}


def _months_before(book: RulebookInForce, due: Due) -> list[str]:
    """The months of the period before the one that the base is granted for."""
    if due.base.per is None:
        return []
    before = due.period_start - dt.timedelta(days=1)
    start = cell_of(before, due.base.per, book.compiled.year_starts_month).starts_on
    found = []
    while start < due.period_start:
        found.append(month_of(start))
        start = months_later(start, 1)
    return found


def _are_sealed(community_id: uuid.UUID, months: list[str]) -> bool:
    """Months before the community began have no row, and nothing in them can change."""
    states = db.session.scalars(
        tenancy.columns(AccountingMonth, community_id, AccountingMonth.state).where(
            AccountingMonth.month.in_(months)
        )
    ).all()
    return bool(states) and all(state == MonthState.SEALED for state in states)
