"""Sums over the ledger, each in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO, Points
from points.models import (
    AccountKind,
    Entry,
    LineKind,
    MonthlyScore,
    MonthNet,
    PointsAccount,
    PointsLine,
    Transfer,
    TransferKind,
)

#: (account, month)
ScoreKey = tuple[uuid.UUID, str]
#: base, bonus, deduction
Score = tuple[Decimal, Decimal, Decimal]


def holder_accounts(community_id: uuid.UUID) -> list[PointsAccount]:
    """Every holder's account as it is stored."""
    statement = tenancy.select(PointsAccount, community_id).where(
        PointsAccount.kind == AccountKind.HOLDER
    )
    fresh = statement.order_by(PointsAccount.id).execution_options(populate_existing=True)
    return list(db.session.scalars(fresh))


def moved_by_account(community_id: uuid.UUID) -> dict[uuid.UUID, Decimal]:
    """Transfers in − transfers out, per account of any kind."""
    found: dict[uuid.UUID, Decimal] = {}
    for column, sign in ((Transfer.to_account_id, 1), (Transfer.from_account_id, -1)):
        for account_id, points in db.session.execute(
            tenancy.columns(Transfer, community_id, column, _sum(Transfer.points)).group_by(column)
        ):
            found[account_id] = found.get(account_id, ZERO) + sign * points
    return found


def owed_by_account(community_id: uuid.UUID) -> dict[uuid.UUID, Decimal]:
    """Debt that entries and sealed sheets made or paid − debt paid from released points."""
    found: dict[uuid.UUID, Decimal] = {
        row[0]: row[1]
        for row in db.session.execute(
            tenancy.columns(
                Entry, community_id, Entry.account_id, _sum(Entry.debt_change)
            ).group_by(Entry.account_id)
        )
    }
    sealed = tenancy.columns(
        MonthNet, community_id, MonthNet.account_id, _sum(MonthNet.debt_change)
    ).group_by(MonthNet.account_id)
    for account_id, points in db.session.execute(sealed):
        found[account_id] = found.get(account_id, ZERO) + points
    repaid = (
        tenancy.columns(Transfer, community_id, Transfer.from_account_id, _sum(Transfer.points))
        .where(Transfer.kind == TransferKind.DEBT_REPAYMENT)
        .group_by(Transfer.from_account_id)
    )
    for account_id, points in db.session.execute(repaid):
        found[account_id] = found.get(account_id, ZERO) - points
    return found


def entries_against_transfers(
    community_id: uuid.UUID,
) -> Iterator[tuple[uuid.UUID, Decimal, Decimal]]:
    """(entry, moved, what its transfer moved) where the two differ."""
    signed = sa.type_coerce(
        sa.case(
            (Transfer.kind == TransferKind.AWARD, Transfer.points),
            (Transfer.kind == TransferKind.TAKE_BACK, -Transfer.points),
            else_=sa.literal(ZERO, Points()),
        ),
        Points(),
    )
    rows = db.session.execute(
        tenancy.columns(Entry, community_id, Entry.id, Entry.moved, signed)
        .outerjoin(
            Transfer,
            sa.and_(Transfer.community_id == Entry.community_id, Transfer.entry_id == Entry.id),
        )
        .where(signed != Entry.moved)
        .order_by(Entry.id)
    )
    yield from (tuple(row) for row in rows)


def lines_against_entries(
    community_id: uuid.UUID,
) -> Iterator[tuple[uuid.UUID, Decimal, Decimal, Decimal]]:
    """(line, posted, entitled, sum of its entries) where they are not all equal."""
    added = sa.type_coerce(sa.func.coalesce(sa.func.sum(Entry.points), 0), Points())
    rows = db.session.execute(
        tenancy.columns(
            PointsLine, community_id, PointsLine.id, PointsLine.posted, PointsLine.entitled, added
        )
        .outerjoin(
            Entry,
            sa.and_(Entry.community_id == PointsLine.community_id, Entry.line_id == PointsLine.id),
        )
        .group_by(PointsLine.id, PointsLine.posted, PointsLine.entitled)
        .having(sa.or_(added != PointsLine.posted, PointsLine.entitled != PointsLine.posted))
        .order_by(PointsLine.id)
    )
    yield from (tuple(row) for row in rows)


def stored_scores(community_id: uuid.UUID) -> dict[ScoreKey, Score]:
    """The monthly scores as they are stored."""
    rows = db.session.execute(
        tenancy.columns(
            MonthlyScore,
            community_id,
            MonthlyScore.account_id,
            MonthlyScore.month,
            MonthlyScore.base,
            MonthlyScore.bonus,
            MonthlyScore.deduction,
        )
    )
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def added_scores(community_id: uuid.UUID) -> dict[ScoreKey, Score]:
    """The monthly scores as the entries add up to them."""
    rows = db.session.execute(
        tenancy.columns(
            Entry, community_id, Entry.account_id, Entry.month, Entry.kind, _sum(Entry.points)
        )
        .where(Entry.counts_in_score)
        .group_by(Entry.account_id, Entry.month, Entry.kind)
    )
    parts: dict[ScoreKey, dict[str, Decimal]] = {}
    for account_id, month, kind, points in rows:
        parts.setdefault((account_id, month), {})[kind] = points
    return {
        key: (
            kinds.get(LineKind.BASE, ZERO),
            kinds.get(LineKind.BONUS, ZERO),
            -kinds.get(LineKind.DEDUCTION, ZERO),
        )
        for key, kinds in parts.items()
    }


def _sum(column: Any) -> sa.ColumnElement[Decimal]:
    return sa.type_coerce(sa.func.sum(column), Points())
