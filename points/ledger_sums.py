"""Sums over the ledger, each in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import TenantRow, db
from kernel.points_value import ZERO, Points
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
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
    return list(db.session.scalars(_HOLDERS, {"p_community_id": community_id}))


def moved_by_account(community_id: uuid.UUID) -> dict[uuid.UUID, Decimal]:
    """Transfers in − transfers out, per account of any kind."""
    found: dict[uuid.UUID, Decimal] = {}
    for moved, sign in ((_MOVED_TO, 1), (_MOVED_FROM, -1)):
        for account_id, points in moved(p_community_id=community_id):
            found[account_id] = found.get(account_id, ZERO) + sign * points
    return found


def owed_by_account(community_id: uuid.UUID) -> dict[uuid.UUID, Decimal]:
    """Debt that entries and sealed sheets made or paid − debt paid from released points."""
    found: dict[uuid.UUID, Decimal] = {row[0]: row[1] for row in _OWED(p_community_id=community_id)}
    for account_id, points in _OWED_AT_SEAL(p_community_id=community_id):
        found[account_id] = found.get(account_id, ZERO) + points
    for account_id, points in _REPAID(p_community_id=community_id):
        found[account_id] = found.get(account_id, ZERO) - points
    return found


def entries_against_transfers(
    community_id: uuid.UUID,
) -> Iterator[tuple[uuid.UUID, Decimal, Decimal]]:
    """(entry, moved, what its transfer moved) where the two differ."""
    yield from (tuple(row) for row in _MOVED_OTHERWISE(p_community_id=community_id))


def lines_against_entries(
    community_id: uuid.UUID,
) -> Iterator[tuple[uuid.UUID, Decimal, Decimal, Decimal]]:
    """(line, posted, entitled, sum of its entries) where they are not all equal."""
    yield from (tuple(row) for row in _POSTED_OTHERWISE(p_community_id=community_id))


def stored_scores(community_id: uuid.UUID) -> dict[ScoreKey, Score]:
    """The monthly scores as they are stored."""
    rows = _STORED_SCORES(p_community_id=community_id)
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def added_scores(community_id: uuid.UUID) -> dict[ScoreKey, Score]:
    """The monthly scores as the entries add up to them."""
    rows = _ADDED_SCORES(p_community_id=community_id)
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


# ---- statements


def _sum(column: Any) -> sa.ColumnElement[Decimal]:
    return sa.type_coerce(sa.func.sum(column), Points())


def _per_account(
    table: type[TenantRow], account_id: Any, column: Any, *conditions: sa.ColumnElement[bool]
) -> Prepared:
    """(account, sum of the column) over the rows that meet the conditions."""
    return Prepared(
        lambda: (
            tenancy.columns(table, COMMUNITY, account_id, _sum(column))
            .where(*conditions)
            .group_by(account_id)
        )
    )


def _moved_otherwise() -> sa.Select[Any]:
    signed = sa.type_coerce(
        sa.case(
            (Transfer.kind == TransferKind.AWARD, Transfer.points),
            (Transfer.kind == TransferKind.TAKE_BACK, -Transfer.points),
            else_=sa.literal(ZERO, Points()),
        ),
        Points(),
    )
    return (
        tenancy.columns(Entry, COMMUNITY, Entry.id, Entry.moved, signed)
        .outerjoin(
            Transfer,
            sa.and_(Transfer.community_id == Entry.community_id, Transfer.entry_id == Entry.id),
        )
        .where(signed != Entry.moved)
        .order_by(Entry.id)
    )


def _posted_otherwise() -> sa.Select[Any]:
    added = sa.type_coerce(sa.func.coalesce(sa.func.sum(Entry.points), 0), Points())
    return (
        tenancy.columns(
            PointsLine,
            COMMUNITY,
            PointsLine.id,
            PointsLine.posted,
            PointsLine.entitled,
            added,
        )
        .outerjoin(
            Entry,
            sa.and_(Entry.community_id == PointsLine.community_id, Entry.line_id == PointsLine.id),
        )
        .group_by(PointsLine.id, PointsLine.posted, PointsLine.entitled)
        .having(sa.or_(added != PointsLine.posted, PointsLine.entitled != PointsLine.posted))
        .order_by(PointsLine.id)
    )


_HOLDERS = (
    tenancy.select(PointsAccount, COMMUNITY)
    .where(PointsAccount.kind == AccountKind.HOLDER)
    .order_by(PointsAccount.id)
    .execution_options(populate_existing=True)
)
_MOVED_TO = _per_account(Transfer, Transfer.to_account_id, Transfer.points)
_MOVED_FROM = _per_account(Transfer, Transfer.from_account_id, Transfer.points)
_OWED = _per_account(Entry, Entry.account_id, Entry.debt_change)
_OWED_AT_SEAL = _per_account(MonthNet, MonthNet.account_id, MonthNet.debt_change)
_REPAID = _per_account(
    Transfer,
    Transfer.from_account_id,
    Transfer.points,
    Transfer.kind == TransferKind.DEBT_REPAYMENT,
)
_MOVED_OTHERWISE = Prepared(_moved_otherwise)
_POSTED_OTHERWISE = Prepared(_posted_otherwise)
_STORED_SCORES = Prepared(
    lambda: tenancy.columns(
        MonthlyScore, COMMUNITY, MonthlyScore.account_id, MonthlyScore.month, MonthlyScore.base,
        MonthlyScore.bonus, MonthlyScore.deduction,
    )
)  # fmt: skip
_ADDED_SCORES = Prepared(
    lambda: (
        tenancy.columns(
            Entry, COMMUNITY, Entry.account_id, Entry.month, Entry.kind, _sum(Entry.points)
        )
        .where(Entry.counts_in_score)
        .group_by(Entry.account_id, Entry.month, Entry.kind)
    )
)
