"""Balance, held and debt of one holder: each change is one conditional statement.

Where a debt stands in the way the row is locked first, because how much of the points the debt
takes must be known before the entry and the transfer are written.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db, table_of
from kernel.errors import NotFound
from kernel.points_value import ZERO, Points
from kernel.prepared import Prepared
from points.errors import HoldMissing
from points.models import AccountKind, PointsAccount


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What an amount did: signed change of the balance, signed change of the debt."""

    moved: Decimal
    debt_change: Decimal


def credit(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> Moved:
    """Give ``points`` > 0; a debt is repaid first."""
    statement = (
        _row(community_id, account_id)
        .where(PointsAccount.debt == ZERO)
        .values(balance=PointsAccount.balance + points)
    )
    if _changed(statement):
        return Moved(moved=points, debt_change=ZERO)
    now = _locked(community_id, account_id)
    repaid = min(now.debt, points)
    _changed(
        _row(community_id, account_id).values(
            balance=PointsAccount.balance + (points - repaid), debt=PointsAccount.debt - repaid
        )
    )
    return Moved(moved=points - repaid, debt_change=-repaid)


def debit(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> Moved:
    """Take ``points`` > 0 from what is spendable; the rest becomes debt."""
    statement = (
        _row(community_id, account_id)
        .where(_covers(points))
        .values(balance=PointsAccount.balance - points)
    )
    if _changed(statement):
        return Moved(moved=-points, debt_change=ZERO)
    now = _locked(community_id, account_id)
    taken = min(now.balance - now.held, points)
    _changed(
        _row(community_id, account_id).values(
            balance=PointsAccount.balance - taken, debt=PointsAccount.debt + (points - taken)
        )
    )
    return Moved(moved=-taken, debt_change=points - taken)


def award(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> bool:
    """Give ``points`` (0.0 only notes the evaluation) where nothing stands in the way.

    False, and nothing changed, where a debt or a veto makes a full evaluation necessary.
    """
    return _changed(
        _row(community_id, account_id)
        .where(PointsAccount.debt == ZERO, PointsAccount.open_vetoes == 0)
        .values(
            balance=PointsAccount.balance + points,
            evaluation_version=PointsAccount.evaluation_version + 1,
        )
    )


def lock(*, community_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """Hold the holder's row until the commit, and note that the holder is evaluated."""
    version = PointsAccount.evaluation_version + 1
    if not _changed(_row(community_id, account_id).values(evaluation_version=version)):
        raise NotFound()


def reserve(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> bool:
    """Hold ``points`` if that much is spendable; False changes nothing."""
    return _changed(
        _row(community_id, account_id)
        .where(_covers(points))
        .values(held=PointsAccount.held + points)
    )


def capture(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> None:
    """Spend ``points`` that are held. Raises HoldMissing when they are not."""
    changed = _CAPTURE(p_community_id=community_id, p_account_id=account_id, p_points=points)
    if changed.first() is None:
        raise HoldMissing()


_ROWS = table_of(PointsAccount)
_POINTS = sa.bindparam("p_points", type_=Points())
_CAPTURE = Prepared(
    lambda: (
        sa.update(_ROWS)
        .where(
            _ROWS.c.community_id == sa.bindparam("p_community_id"),
            _ROWS.c.id == sa.bindparam("p_account_id"),
            _ROWS.c.kind == AccountKind.HOLDER.value,
            _ROWS.c.held >= _POINTS,
        )
        .values(balance=_ROWS.c.balance - _POINTS, held=_ROWS.c.held - _POINTS)
        .returning(_ROWS.c.id)
    )
)


def release(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> Decimal:
    """Free ``points`` that are held; returns what of them a debt took at once (usually 0.0)."""
    held_enough = PointsAccount.held >= points
    if _changed(
        _row(community_id, account_id)
        .where(held_enough, PointsAccount.debt == ZERO)
        .values(held=PointsAccount.held - points)
    ):
        return ZERO
    now = _locked(community_id, account_id)
    repaid: Decimal = min(now.debt, points)
    if not _changed(
        _row(community_id, account_id)
        .where(held_enough)
        .values(
            held=PointsAccount.held - points,
            balance=PointsAccount.balance - repaid,
            debt=PointsAccount.debt - repaid,
        )
    ):
        raise HoldMissing()
    return repaid


def _covers(points: Decimal) -> sa.ColumnElement[bool]:
    # Written as a sum on the right: a difference of two columns has lost the type of points, and
    # the amount would reach the database as points instead of tenths.
    return PointsAccount.balance >= PointsAccount.held + sa.literal(points, Points())


def _row(community_id: uuid.UUID, account_id: uuid.UUID) -> sa.Update:
    return tenancy.update(PointsAccount, community_id).where(
        PointsAccount.id == account_id, PointsAccount.kind == AccountKind.HOLDER
    )


def _changed(statement: sa.Update) -> bool:
    rows = db.session.execute(
        statement.returning(PointsAccount.id).execution_options(synchronize_session=False)
    )
    return rows.first() is not None


def _locked(community_id: uuid.UUID, account_id: uuid.UUID) -> sa.Row[tuple[Decimal, ...]]:
    row = db.session.execute(
        tenancy.columns(
            PointsAccount,
            community_id,
            PointsAccount.balance,
            PointsAccount.held,
            PointsAccount.debt,
        )
        .where(PointsAccount.id == account_id, PointsAccount.kind == AccountKind.HOLDER)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound()
    return row
