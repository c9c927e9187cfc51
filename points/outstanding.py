"""Points in people's hands and points that moved, summed over a community; what solvency reads."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db
from kernel.points_value import Points
from points import balances
from points.models import (
    AccountingMonth,
    AccountKind,
    LineSource,
    PointsAccount,
    PointsLine,
    Transfer,
    TransferKind,
)


def in_hands(community_id: uuid.UUID, on: dt.date) -> tuple[Decimal, Decimal]:
    """(spendable, held) of all holders, whatever the rulebook; one statement.

    Spendable is what ``spend_above`` leaves of balance − held. Points that died meanwhile count
    until the expiry has run, as they do in the balances.
    """
    stays = sa.func.coalesce(balances.spend_above(on), 0)
    free = PointsAccount.balance - PointsAccount.held - stays
    row = db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, _sum(sa.case((free > 0, free), else_=0)),
            _sum(PointsAccount.held),
        ).where(PointsAccount.kind == AccountKind.HOLDER)
    ).one()  # fmt: skip
    return row[0], row[1]


def issued_beside(community_id: uuid.UUID, month: str, rulebook_id: uuid.UUID) -> Decimal:
    """What counts in balances for ``month`` and no dry run of the rulebook works out, signed.

    Lines of other rulebooks, and batches (opening balances among them); one statement. A line
    stands with its own month or a later one.
    """
    sheets = tenancy.columns(AccountingMonth, community_id, AccountingMonth.id).where(
        AccountingMonth.month >= month
    )
    found: Decimal = db.session.execute(
        tenancy.columns(PointsLine, community_id, _sum(PointsLine.posted))
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == PointsLine.community_id,
                PointsAccount.id == PointsLine.account_id,
            ),
        )
        .where(
            PointsLine.month_id.in_(sheets),
            PointsLine.belongs_month == month,
            PointsLine.counts_in_balance,
            sa.or_(
                PointsAccount.rulebook_id != rulebook_id,
                PointsLine.source == LineSource.ADJUSTMENT,
            ),
        )
    ).scalar_one()
    return found


def redeemed(community_id: uuid.UUID, month: str) -> Decimal:
    """What went to merchants in the month, less what came back from them in it; one statement."""
    begins = clock.start_of_day(clock.first_day(month))
    ends = clock.start_of_day(clock.first_day(clock.next_month(month)))
    signed = sa.case(
        (Transfer.kind == TransferKind.REDEMPTION, Transfer.points), else_=-Transfer.points
    )
    found: Decimal = db.session.execute(
        tenancy.columns(Transfer, community_id, _sum(signed)).where(
            Transfer.kind.in_([TransferKind.REDEMPTION, TransferKind.CANCELLATION]),
            Transfer.entry_id.is_(None),
            Transfer.at_utc >= begins,
            Transfer.at_utc < ends,
        )
    ).scalar_one()
    return found


def _sum(amount: Any) -> sa.ColumnElement[Decimal]:
    """A sum has lost the type of points, and of no rows it is nothing."""
    return sa.type_coerce(sa.func.coalesce(sa.func.sum(amount), 0), Points())
