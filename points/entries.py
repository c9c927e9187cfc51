"""Entries 记账: posting signed points, what they move, and the month's score they change.

Each entry is written once what it moved is known: first the balance, then the entry, then the
transfer of what really moved, then the monthly score. Core statements only.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel.database import db, table_of, upsert
from kernel.ids import new_id
from kernel.points_value import ZERO, Points
from kernel.prepared import Prepared
from points import balances, expiry, lot_ledger, transfers
from points.balances import Moved
from points.models import Entry, EntryCause, LineKind, MonthlyScore
from points.rules.expiry import Reach


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose account is posted to."""

    community_id: uuid.UUID
    account_id: uuid.UUID
    rulebook_id: uuid.UUID
    member_id: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """One difference to post; ``points`` is signed and not 0."""

    line_id: uuid.UUID
    kind: LineKind
    points: Decimal
    month: str
    belongs_month: str
    counts_in_score: bool
    counts_in_balance: bool
    #: How it reaches the balance (points.rules.expiry.reach, by the version that judges it).
    reach: Reach
    cause: EntryCause
    occurred_on: dt.date
    reverses_id: uuid.UUID | None = None
    #: Of a rearrangement: the entry of the same act it is shown with.
    moved_with_id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class By:
    """Who acts, and when."""

    actor_id: uuid.UUID
    now: dt.datetime


NOTHING_MOVED = Moved(moved=ZERO, debt_change=ZERO)


def post(holder: Holder, new: NewEntry, by: By) -> uuid.UUID:
    """Move the points and write the entry; returns its id."""
    return write(holder, new, by, move(holder, new, by))


def post_together(holder: Holder, news: Sequence[NewEntry], by: By) -> None:
    """Post what one act changed on one account, in the order given; shown as one row.

    Balance first, entry by entry; then all entries in one statement, because what was rearranged
    names the entry that moved it. An id is drawn when its points have moved: what died before that
    stands before it in the ledger, and lots are replayed in this order.
    """
    moved = []
    for new in news:
        done = move(holder, new, by)
        moved.append((new_id(), done))
    acted = (n for n, new in enumerate(news) if new.cause is not EntryCause.REARRANGED)
    head = next(acted, 0)
    rows = []
    for number, (new, (entry_id, done)) in enumerate(zip(news, moved, strict=True)):
        is_joined = new.cause is EntryCause.REARRANGED and number != head
        joined = replace(new, moved_with_id=moved[head][0]) if is_joined else new
        rows.append(entry_values(holder, joined, by, done, entry_id))
    if not rows:
        return
    if len(rows) == 1:
        _INSERT(**rows[0])
    else:
        db.session.execute(sa.insert(Entry).values(rows))
    for entry_id, done in moved:
        _transfer(holder, entry_id, done, by)
    for new in news:
        if new.counts_in_score:
            _ADD_SCORE(**score_values(holder, new))


def move(holder: Holder, new: NewEntry, by: By) -> Moved:
    """Change balance and debt by the entry, where it reaches the balance by itself."""
    if not new.counts_in_balance or new.reach.awaits_seal:
        return NOTHING_MOVED
    account = {"community_id": holder.community_id, "account_id": holder.account_id}
    left_out = _left_out(holder, new, by)
    points = new.points + left_out
    moved = NOTHING_MOVED
    if points > 0:
        moved = balances.credit(**account, points=points, expires_on=new.reach.expires_on)
    elif points < 0:
        moved = balances.debit(**account, points=-points, now=by.now)
    return replace(moved, lapsed=left_out)


def _left_out(holder: Holder, new: NewEntry, by: By) -> Decimal:
    """Of points more or less for a line: what its expired part leaves out, 0 or against them."""
    if new.reach.expires_on is None or new.kind is LineKind.DEDUCTION:
        return ZERO
    community_id, account_id = holder.community_id, holder.account_id
    if new.points < 0:
        expiry.settle(community_id=community_id, account_ids=[account_id], now=by.now)
    if not expiry.expired_of_lines(community_id, [new.line_id]):
        return ZERO
    lots = lot_ledger.of_accounts(community_id, {account_id: holder.rulebook_id})[account_id]
    return lots.left_out(new.line_id, new.points)


def write(holder: Holder, new: NewEntry, by: By, moved: Moved) -> uuid.UUID:
    """Write the entry of points that have ``moved``, its transfer and the month's score."""
    entry_id = new_id()
    _INSERT(**entry_values(holder, new, by, moved, entry_id))
    _transfer(holder, entry_id, moved, by)
    if new.counts_in_score:
        _ADD_SCORE(**score_values(holder, new))
    return entry_id


def _transfer(holder: Holder, entry_id: uuid.UUID, moved: Moved, by: By) -> None:
    """The transfer of an entry, where it moved anything."""
    if moved.moved:
        transfers.for_entry(
            community_id=holder.community_id,
            account_id=holder.account_id,
            rulebook_id=holder.rulebook_id,
            entry_id=entry_id,
            moved=moved.moved,
            now=by.now,
        )


def entry_values(
    holder: Holder, new: NewEntry, by: By, moved: Moved, entry_id: uuid.UUID
) -> dict[str, object]:
    """The columns of one entry."""
    return {
        "community_id": holder.community_id,
        "id": entry_id,
        "line_id": new.line_id,
        "account_id": holder.account_id,
        "month": new.month,
        "belongs_month": new.belongs_month,
        "kind": new.kind,
        "points": new.points,
        "counts_in_score": new.counts_in_score,
        "counts_in_balance": new.counts_in_balance,
        "moved": moved.moved,
        "debt_change": moved.debt_change,
        "lapsed": moved.lapsed,
        "awaits_seal": new.counts_in_balance and new.reach.awaits_seal,
        "reverses_id": new.reverses_id,
        "moved_with_id": new.moved_with_id,
        "cause": new.cause,
        "actor_id": by.actor_id,
        "occurred_on": new.occurred_on,
        "created_at_utc": by.now,
    }


def score_values(holder: Holder, new: NewEntry) -> dict[str, object]:
    """What one entry adds to the month's score; a deduction is kept as a positive amount."""
    return {
        "community_id": holder.community_id,
        "id": new_id(),
        "account_id": holder.account_id,
        "member_id": holder.member_id,
        "month": new.month,
        "base": new.points if new.kind is LineKind.BASE else ZERO,
        "bonus": new.points if new.kind is LineKind.BONUS else ZERO,
        "deduction": -new.points if new.kind is LineKind.DEDUCTION else ZERO,
    }


def add_scores(rows: Sequence[dict[str, object]]) -> None:
    """Add to the monthly scores; at most one row per holder and month in one call."""
    statement = _adding(upsert(MonthlyScore).values(list(rows)))
    db.session.execute(statement.execution_options(synchronize_session=False))


def _adding(statement: Any) -> Any:
    added = {
        part: sa.type_coerce(getattr(MonthlyScore, part) + statement.excluded[part], Points())
        for part in ("base", "bonus", "deduction")
    }
    return statement.on_conflict_do_update(
        index_elements=["community_id", "account_id", "month"], set_=added
    )


_INSERT = Prepared(lambda: sa.insert(table_of(Entry)))
_ADD_SCORE = Prepared(lambda: _adding(upsert(MonthlyScore)))
