"""The base in force on a day: what the grants of the periods that hold it are worth still."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from points.models import BaseGrant, PointsLine
from points.rulebooks import RulebookInForce
from points.rules.compiled import Base
from points.rules.periods import cell_of


def of(
    community_id: uuid.UUID, book: RulebookInForce, account_ids: Sequence[uuid.UUID], on: dt.date
) -> Iterator[tuple[uuid.UUID, Decimal]]:
    """(account, points in the score) for every grant in force; one statement.

    What was reversed, or taken back from somebody excluded, is worth nothing.
    """
    year = book.compiled.year_starts_month
    in_force = [_of_the_day(base, on, year) for base in book.compiled.base]
    rows = db.session.execute(
        tenancy.columns(PointsLine, community_id, PointsLine.account_id, PointsLine.entitled)
        .join(
            BaseGrant,
            sa.and_(
                BaseGrant.community_id == PointsLine.community_id,
                BaseGrant.id == PointsLine.base_grant_id,
            ),
        )
        .where(
            BaseGrant.account_id.in_(account_ids),
            PointsLine.counts_in_score,
            sa.or_(sa.false(), *in_force),
        )
    )
    for row in rows:
        yield row.account_id, row.entitled


def _of_the_day(base: Base, on: dt.date, year_starts_month: int) -> sa.ColumnElement[bool]:
    is_base = BaseGrant.base_code == base.code
    if base.per is None:
        return is_base
    start = cell_of(on, base.per, year_starts_month).starts_on
    return sa.and_(is_base, BaseGrant.period_start == start)
