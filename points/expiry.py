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
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db, table_of
from kernel.ids import new_id
from kernel.points_value import ZERO, Points
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points import counterparts, lot_ledger
from points.models import AccountKind, Entry, PointsAccount, Transfer, TransferKind
from points.rules.lots import Lot, Lots

#: Nothing is left that dies, but what is given back may: the account is looked at again then.
NOTHING_LEFT = dt.date.max
#: What came back may have died long ago: the account is looked at before anything else.
DUE_AT_ONCE = dt.date.min


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What one pass brought. ``disagreeing``: accounts whose lots are not their balance; they
    are left alone, and ``check-ledger`` says why.
    """

    looked_at: int = 0
    accounts: int = 0
    points: Decimal = ZERO
    disagreeing: tuple[uuid.UUID, ...] = ()
    #: The last account of a page; None where there was nothing more.
    last: uuid.UUID | None = None

    def __add__(self, other: Settled) -> Settled:
        return Settled(
            looked_at=self.looked_at + other.looked_at,
            accounts=self.accounts + other.accounts,
            points=self.points + other.points,
            disagreeing=self.disagreeing + other.disagreeing,
            last=other.last,
        )


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


def settle_page(
    *, community_id: uuid.UUID, now: dt.datetime, after: uuid.UUID | None, limit: int
) -> Settled:
    """:func:`settle` the next ``limit`` accounts that are due, by id, from the one after ``after``.

    Accounts that stay due (points held, books that disagree) are passed by the cursor.
    """
    statement = _due(community_id, clock.business_date(now))
    if after is not None:
        statement = statement.where(PointsAccount.id > after)
    ids = list(db.session.scalars(statement.order_by(PointsAccount.id).limit(limit)))
    if not ids:
        return Settled()
    settled = settle(community_id=community_id, account_ids=ids, now=now)
    return replace(settled, last=ids[-1])


def due_count(*, community_id: uuid.UUID, now: dt.datetime) -> int:
    """How many accounts are due; what a progress bar runs to."""
    found = _due(community_id, clock.business_date(now)).subquery()
    return int(db.session.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def _due(community_id: uuid.UUID, today: dt.date) -> sa.Select[Any]:
    return tenancy.columns(PointsAccount, community_id, PointsAccount.id).where(
        PointsAccount.kind == AccountKind.HOLDER, PointsAccount.next_expiry_on <= today
    )


def expired_of_lines(
    community_id: uuid.UUID, line_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Decimal]:
    """line → what has expired of the points it brought; lines of which nothing has are missing."""
    if not line_ids:
        return {}
    rows = db.session.execute(
        tenancy.columns(Transfer, community_id, Entry.line_id, sa.func.sum(Transfer.points))
        .join(
            Entry,
            sa.and_(Entry.community_id == Transfer.community_id, Entry.id == Transfer.lot_entry_id),
        )
        .where(Entry.line_id.in_(line_ids))
        .group_by(Entry.line_id)
    )
    return {row[0]: row[1] for row in rows}


def lines_expired_of(community_id: uuid.UUID, account_ids: Collection[uuid.UUID]) -> sa.Select[Any]:
    """Lines of whose points something has expired on these accounts, to select among."""
    return (
        tenancy.columns(Transfer, community_id, Entry.line_id)
        .join(
            Entry,
            sa.and_(Entry.community_id == Transfer.community_id, Entry.id == Transfer.lot_entry_id),
        )
        .where(Transfer.from_account_id.in_(account_ids), Transfer.entry_id.is_(None))
    )


def _locked(
    community_id: uuid.UUID, account_ids: Collection[uuid.UUID], today: dt.date
) -> Sequence[sa.Row[Any]]:
    return _LOCKED(
        p_community_id=community_id, p_account_ids=list(account_ids), p_today=today
    ).all()


_LOCKED = Prepared(
    lambda: tenancy.columns(
        PointsAccount, COMMUNITY, PointsAccount.id,
        PointsAccount.rulebook_id, PointsAccount.balance, PointsAccount.held,
    )
    .where(
        PointsAccount.id.in_(sa.bindparam("p_account_ids", expanding=True)),
        PointsAccount.kind == AccountKind.HOLDER,
        PointsAccount.next_expiry_on <= sa.bindparam("p_today"),
    )
    .order_by(PointsAccount.id)
    .with_for_update(key_share=True)
)  # fmt: skip


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
