"""Balance, held and debt of one holder: each change is one conditional statement.

Where a debt stands in the way the row is locked first, because how much of the points the debt
takes must be known before the entry and the transfer are written.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db, table_of
from kernel.errors import NotFound
from kernel.points_value import ZERO, Points
from kernel.prepared import Prepared
from points import expiry
from points.errors import HoldMissing
from points.models import AccountKind, PointsAccount, RulebookVersion

#: So many holds may be open on one account at once: enough for a family at the counters, too few
#: to keep an offer's stock from everybody else by holding all of it.
MOST_HOLDS = 10


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What an amount did: signed change of the balance, signed change of the debt.

    ``lapsed``: of a bonus taken back, what had expired before and is not taken again.
    """

    moved: Decimal
    debt_change: Decimal
    lapsed: Decimal = ZERO


def credit(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    points: Decimal,
    expires_on: dt.date | None = None,
) -> Moved:
    """Give ``points`` > 0 that die on ``expires_on`` or later; a debt is repaid first."""
    next_expiry = sooner(expires_on)
    statement = (
        _row(community_id, account_id)
        .where(PointsAccount.debt == ZERO)
        .values(balance=PointsAccount.balance + points, **next_expiry)
    )
    if _changed(statement):
        return Moved(moved=points, debt_change=ZERO)
    now = _locked(community_id, account_id)
    repaid = min(now.debt, points)
    _changed(
        _row(community_id, account_id).values(
            balance=PointsAccount.balance + (points - repaid),
            debt=PointsAccount.debt - repaid,
            **next_expiry,
        )
    )
    return Moved(moved=points - repaid, debt_change=-repaid)


def give_back(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> Moved:
    """Give ``points`` that were spent back to their lots, which may be dead since long ago."""
    given = credit(community_id=community_id, account_id=account_id, points=points)
    _changed(
        _row(community_id, account_id)
        .where(PointsAccount.next_expiry_on.is_not(None))
        .values(next_expiry_on=expiry.DUE_AT_ONCE)
    )
    return given


def debit(
    *, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal, now: dt.datetime
) -> Moved:
    """Take ``points`` > 0 from balance − held; the rest becomes debt."""
    today = clock.business_date(now)
    statement = (
        _row(community_id, account_id)
        .where(_covers(points), _nothing_due(today))
        .values(balance=PointsAccount.balance - points)
    )
    if _changed(statement):
        return Moved(moved=-points, debt_change=ZERO)
    expiry.settle(community_id=community_id, account_ids=[account_id], now=now)
    row = _locked(community_id, account_id)
    taken = min(row.balance - row.held, points)
    _changed(
        _row(community_id, account_id).values(
            balance=PointsAccount.balance - taken, debt=PointsAccount.debt + (points - taken)
        )
    )
    return Moved(moved=-taken, debt_change=points - taken)


def lock(*, community_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """Hold the holder's row until the commit, and note that the holder is evaluated."""
    version = PointsAccount.evaluation_version + 1
    if not _changed(_row(community_id, account_id).values(evaluation_version=version)):
        raise NotFound()


def reserve(
    *, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal, now: dt.datetime
) -> bool:
    """Hold ``points`` if that much is spendable, in fewer than MOST_HOLDS holds before; False
    changes nothing.

    Spendable is what balance − held has above ``spend_above`` of the rulebook in force. Points
    that are dead today die first, should nobody have seen to it yet.
    """
    values = {
        "p_community_id": community_id,
        "p_account_id": account_id,
        "p_points": points,
        "p_today": clock.business_date(now),
    }
    if _RESERVE(**values).first() is not None:
        return True
    settled = expiry.settle(community_id=community_id, account_ids=[account_id], now=now)
    # What is still due then is held, and covered by the held points themselves.
    return settled.looked_at > 0 and _RESERVE_SETTLED(**values).first() is not None


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
        .values(
            balance=_ROWS.c.balance - _POINTS,
            held=_ROWS.c.held - _POINTS,
            open_holds=_ROWS.c.open_holds - 1,
        )
        .returning(_ROWS.c.id)
    )
)


def spend_above(today: Any) -> sa.ScalarSelect[Any]:
    """What has to stay on an account of the outer statement, by the version in force today."""
    accounts, versions = _ROWS, table_of(RulebookVersion)
    return (
        sa.select(versions.c.spend_above)
        .where(
            versions.c.community_id == accounts.c.community_id,
            versions.c.rulebook_id == accounts.c.rulebook_id,
            versions.c.effective_from <= today,
            sa.or_(versions.c.effective_to.is_(None), versions.c.effective_to > today),
        )
        .limit(1)
        .correlate(accounts)
        .scalar_subquery()
    )


def _reserving(*, is_settled: bool) -> sa.Update:
    accounts = _ROWS
    today: sa.BindParameter[dt.date] = sa.bindparam("p_today", type_=sa.Date())
    stays = sa.func.coalesce(spend_above(today), 0)
    nothing_due = sa.or_(accounts.c.next_expiry_on.is_(None), accounts.c.next_expiry_on > today)
    return (
        sa.update(accounts)
        .where(
            accounts.c.community_id == sa.bindparam("p_community_id"),
            accounts.c.id == sa.bindparam("p_account_id"),
            accounts.c.kind == AccountKind.HOLDER.value,
            accounts.c.balance >= sa.type_coerce(accounts.c.held + _POINTS + stays, Points()),
            accounts.c.open_holds < MOST_HOLDS,
            sa.true() if is_settled else nothing_due,
        )
        .values(held=accounts.c.held + _POINTS, open_holds=accounts.c.open_holds + 1)
        .returning(accounts.c.id)
    )


_RESERVE = Prepared(partial(_reserving, is_settled=False))
_RESERVE_SETTLED = Prepared(partial(_reserving, is_settled=True))


def release(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> Decimal:
    """Free ``points`` that are held; returns what of them a debt took at once (usually 0.0)."""
    held_enough = PointsAccount.held >= points
    if _changed(
        _row(community_id, account_id)
        .where(held_enough, PointsAccount.debt == ZERO)
        .values(held=PointsAccount.held - points, open_holds=PointsAccount.open_holds - 1)
    ):
        return ZERO
    now = _locked(community_id, account_id)
    repaid: Decimal = min(now.debt, points)
    if not _changed(
        _row(community_id, account_id)
        .where(held_enough)
        .values(
            held=PointsAccount.held - points,
            open_holds=PointsAccount.open_holds - 1,
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


def _nothing_due(today: dt.date) -> sa.ColumnElement[bool]:
    return sa.or_(PointsAccount.next_expiry_on.is_(None), PointsAccount.next_expiry_on > today)


def sooner(day: dt.date | None) -> dict[str, Any]:
    """The column that notes an expiry, where points that die on ``day`` come."""
    if day is None:
        return {}
    known = PointsAccount.next_expiry_on
    return {"next_expiry_on": sa.case((known < day, known), else_=sa.literal(day))}


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
        .with_for_update(key_share=True)
    ).first()
    if row is None:
        raise NotFound()
    return row
