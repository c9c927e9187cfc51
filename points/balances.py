"""Balance, held and debt of one holder: each change is one conditional statement.

Where a debt stands in the way the row is locked first, because how much of the points the debt
takes must be known before the entry and the transfer are written.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import clock
from kernel.database import table_of
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
    to = {"p_community_id": community_id, "p_account_id": account_id}
    dies = {} if expires_on is None else {"p_dies": expires_on}
    if _CREDIT[bool(dies)](**to, **dies, p_points=points):
        return Moved(moved=points, debt_change=ZERO)
    repaid = min(_locked(community_id, account_id).debt, points)
    _CREDIT_INDEBTED[bool(dies)](**to, **dies, p_points=points - repaid, p_repaid=repaid)
    return Moved(moved=points - repaid, debt_change=-repaid)


def give_back(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> Moved:
    """Give ``points`` that were spent back to their lots, which may be dead since long ago."""
    given = credit(community_id=community_id, account_id=account_id, points=points)
    _LOOK_AT_ONCE(p_community_id=community_id, p_account_id=account_id)
    return given


def debit(
    *, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal, now: dt.datetime
) -> Moved:
    """Take ``points`` > 0 from balance − held; the rest becomes debt."""
    of = {"p_community_id": community_id, "p_account_id": account_id}
    if _DEBIT(**of, p_points=points, p_today=clock.business_date(now)):
        return Moved(moved=-points, debt_change=ZERO)
    expiry.settle(community_id=community_id, account_ids=[account_id], now=now)
    row = _locked(community_id, account_id)
    taken = min(row.balance - row.held, points)
    _DEBIT_WITH_DEBT(**of, p_points=taken, p_owed=points - taken)
    return Moved(moved=-taken, debt_change=points - taken)


def lock(*, community_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """Hold the holder's row until the commit, and note that the holder is evaluated."""
    if not _LOCK(p_community_id=community_id, p_account_id=account_id):
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


def release(*, community_id: uuid.UUID, account_id: uuid.UUID, points: Decimal) -> Decimal:
    """Free ``points`` that are held; returns what of them a debt took at once (usually 0.0)."""
    of = {"p_community_id": community_id, "p_account_id": account_id, "p_points": points}
    if _RELEASE(**of):
        return ZERO
    repaid: Decimal = min(_locked(community_id, account_id).debt, points)
    if not _RELEASE_INDEBTED(**of, p_repaid=repaid):
        raise HoldMissing()
    return repaid


def sooner(day: dt.date | sa.BindParameter[dt.date] | None) -> dict[str, Any]:
    """The column that notes an expiry, where points that die on ``day`` come."""
    if day is None:
        return {}
    known = PointsAccount.next_expiry_on
    dies = day if isinstance(day, sa.BindParameter) else sa.literal(day)
    return {"next_expiry_on": sa.case((known < dies, known), else_=dies)}


def _locked(community_id: uuid.UUID, account_id: uuid.UUID) -> Any:
    row = _LOCKED(p_community_id=community_id, p_account_id=account_id).first()
    if row is None:
        raise NotFound()
    return row


# ---- statements, each of which names one holder's row

_ROWS = table_of(PointsAccount)
_POINTS = sa.bindparam("p_points", type_=Points())
_REPAID = sa.bindparam("p_repaid", type_=Points())
_OWED = sa.bindparam("p_owed", type_=Points())
_DIES: sa.BindParameter[dt.date] = sa.bindparam("p_dies", type_=sa.Date())
_TODAY: sa.BindParameter[dt.date] = sa.bindparam("p_today", type_=sa.Date())
_NOTHING_DUE = sa.or_(_ROWS.c.next_expiry_on.is_(None), _ROWS.c.next_expiry_on > _TODAY)
# Written as a sum on the right: a difference of two columns has lost the type of points, and
# the amount would reach the database as points instead of tenths.
_IS_COVERED = _ROWS.c.balance >= _ROWS.c.held + _POINTS
_ROW = (
    _ROWS.c.community_id == sa.bindparam("p_community_id"),
    _ROWS.c.id == sa.bindparam("p_account_id"),
    _ROWS.c.kind == AccountKind.HOLDER.value,
)


def _changing(*conditions: sa.ColumnElement[bool], **values: Any) -> Prepared:
    """A change of the row where it meets the conditions; it answers with a row if so."""
    return Prepared(
        lambda: sa.update(_ROWS).where(*_ROW, *conditions).values(**values).returning(_ROWS.c.id)
    )


def _reserving(*due: sa.ColumnElement[bool]) -> Prepared:
    stays = sa.func.coalesce(spend_above(_TODAY), 0)
    return _changing(
        _ROWS.c.balance >= sa.type_coerce(_ROWS.c.held + _POINTS + stays, Points()),
        _ROWS.c.open_holds < MOST_HOLDS,
        *due,
        held=_ROWS.c.held + _POINTS,
        open_holds=_ROWS.c.open_holds + 1,
    )


_FREED = {"held": _ROWS.c.held - _POINTS, "open_holds": _ROWS.c.open_holds - 1}
_REPAYS = {"debt": _ROWS.c.debt - _REPAID}
#: Whether the points die some day → the statement.
_CREDIT = {
    dies: _changing(
        _ROWS.c.debt == ZERO,
        balance=_ROWS.c.balance + _POINTS,
        **sooner(_DIES if dies else None),
    )
    for dies in (False, True)
}
_CREDIT_INDEBTED = {
    dies: _changing(balance=_ROWS.c.balance + _POINTS, **_REPAYS, **sooner(_DIES if dies else None))
    for dies in (False, True)
}
_LOOK_AT_ONCE = _changing(_ROWS.c.next_expiry_on.is_not(None), next_expiry_on=expiry.DUE_AT_ONCE)
_DEBIT = _changing(_IS_COVERED, _NOTHING_DUE, balance=_ROWS.c.balance - _POINTS)
_DEBIT_WITH_DEBT = _changing(balance=_ROWS.c.balance - _POINTS, debt=_ROWS.c.debt + _OWED)
_LOCK = _changing(evaluation_version=_ROWS.c.evaluation_version + 1)
_RESERVE = _reserving(_NOTHING_DUE)
_RESERVE_SETTLED = _reserving()
_CAPTURE = _changing(_ROWS.c.held >= _POINTS, balance=_ROWS.c.balance - _POINTS, **_FREED)
_RELEASE = _changing(_ROWS.c.held >= _POINTS, _ROWS.c.debt == ZERO, **_FREED)
_RELEASE_INDEBTED = _changing(
    _ROWS.c.held >= _POINTS, balance=_ROWS.c.balance - _REPAID, **_FREED, **_REPAYS
)
_LOCKED = Prepared(
    lambda: (
        sa.select(_ROWS.c.balance, _ROWS.c.held, _ROWS.c.debt)
        .where(*_ROW)
        .with_for_update(key_share=True)
    )
)
