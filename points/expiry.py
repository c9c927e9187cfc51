"""Expiry 到期: points that died leave the account, when the next expiry is due and not before.

``next_expiry_on`` of an account is a day before which nothing of it dies, so that a spend only
compares two dates. When the day has come, the lots are replayed from the ledger, what is dead is
moved to the rulebook's account of expired points, and the next day is noted. Points that are held
for a redemption wait for it: what comes back goes with the next run or the next spend.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db, table_of
from kernel.ids import new_id
from kernel.points_value import ZERO, Points
from points import counterparts, lot_ledger
from points.models import AccountKind, Entry, PointsAccount, Transfer, TransferKind
from points.rules.lots import Lot, Lots

#: Nothing is left that dies, but what is given back may: the account is looked at again then.
NOTHING_LEFT = dt.date.max


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What one pass brought. ``disagreeing``: accounts whose lots are not their balance; they
    are left alone, and ``check-ledger`` says why.
    """

    looked_at: int = 0
    accounts: int = 0
    points: Decimal = ZERO
    disagreeing: tuple[uuid.UUID, ...] = ()


@dataclass
class _Pass:
    """The rows one pass writes."""

    community_id: uuid.UUID
    now: dt.datetime
    moves: list[dict[str, object]] = field(default_factory=list)
    updates: list[dict[str, object]] = field(default_factory=list)
    expired_accounts: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        return clock.business_date(self.now)


def settle(
    *, community_id: uuid.UUID, account_ids: Collection[uuid.UUID], now: dt.datetime
) -> Settled:
    """Let what is due of these accounts die; a constant number of statements.

    The rows are locked until the commit. Running it again finds nothing more: what has expired
    stands in the ledger the lots are replayed from.
    """
    work = _Pass(community_id=community_id, now=now)
    rows = _locked(community_id, account_ids, work.today)
    if not rows:
        return Settled()
    found = lot_ledger.of_accounts(community_id, {row.id: row.rulebook_id for row in rows})
    disagreeing, points, accounts = [], ZERO, 0
    for row in rows:
        if found[row.id].total != row.balance:
            disagreeing.append(row.id)
            continue
        gone = _expire(work, row, found[row.id])
        points += gone
        accounts += gone > ZERO
    _write(work)
    return Settled(
        looked_at=len(rows), accounts=accounts, points=points, disagreeing=tuple(disagreeing)
    )


def expired_of_line(community_id: uuid.UUID, line_id: uuid.UUID) -> Decimal:
    """What has expired of the points a line brought, less what was left out of a taking back."""
    expired = (
        tenancy.columns(Transfer, community_id, sa.func.sum(Transfer.points))
        .join(
            Entry,
            sa.and_(Entry.community_id == Transfer.community_id, Entry.id == Transfer.lot_entry_id),
        )
        .where(Entry.line_id == line_id)
    )
    died: Decimal | None = db.session.execute(expired).scalar_one()
    return max((died or ZERO) - left_out_of_line(community_id, line_id), ZERO)


def left_out_of_line(community_id: uuid.UUID, line_id: uuid.UUID) -> Decimal:
    """What was left out when the line was taken back, because it had expired."""
    statement = tenancy.columns(Entry, community_id, sa.func.sum(Entry.lapsed))
    found: Decimal | None = db.session.execute(
        statement.where(Entry.line_id == line_id)
    ).scalar_one()
    return found or ZERO


def _locked(
    community_id: uuid.UUID, account_ids: Collection[uuid.UUID], today: dt.date
) -> Sequence[sa.Row[Any]]:
    return db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, PointsAccount.id, PointsAccount.rulebook_id,
            PointsAccount.balance, PointsAccount.held,
        )
        .where(
            PointsAccount.id.in_(account_ids),
            PointsAccount.kind == AccountKind.HOLDER,
            PointsAccount.next_expiry_on <= today,
        )
        .order_by(PointsAccount.id)
        .with_for_update()
    ).all()  # fmt: skip


def _expire(work: _Pass, row: Any, lots: Lots) -> Decimal:
    """Note what of one account dies and when it is looked at again; returns how much."""
    gone = ZERO
    for lot, points in lots.expiring(work.today, row.held):
        work.moves.append(_move(work, row, lot, points))
        lot.left -= points
        gone += points
    work.updates.append(
        {
            "p_community_id": work.community_id,
            "p_account_id": row.id,
            "p_points": gone,
            "p_next": lots.next_expiry() or NOTHING_LEFT,
        }
    )
    return gone


def _move(work: _Pass, row: Any, lot: Lot, points: Decimal) -> dict[str, object]:
    if row.rulebook_id not in work.expired_accounts:
        work.expired_accounts[row.rulebook_id] = counterparts.expired(
            work.community_id, row.rulebook_id
        )
    return {
        "community_id": work.community_id,
        "id": new_id(),
        "from_account_id": row.id,
        "from_kind": AccountKind.HOLDER,
        "to_account_id": work.expired_accounts[row.rulebook_id],
        "to_kind": AccountKind.EXPIRED,
        "points": points,
        "kind": TransferKind.EXPIRY,
        "lot_entry_id": lot.lot if lot.line else None,
        "lot_transfer_id": None if lot.line else lot.lot,
        "expires_on": lot.expires_on,
        "at_utc": work.now,
    }


def _write(work: _Pass) -> None:
    if work.moves:
        db.session.execute(sa.insert(Transfer), work.moves)
    if not work.updates:
        return
    rows = table_of(PointsAccount)
    points = sa.bindparam("p_points", type_=Points())
    db.session.execute(
        sa.update(rows)
        .where(
            rows.c.community_id == sa.bindparam("p_community_id"),
            rows.c.id == sa.bindparam("p_account_id"),
        )
        .values(balance=rows.c.balance - points, next_expiry_on=sa.bindparam("p_next")),
        work.updates,
    )
