"""Posting a confirmed batch: lines, entries, balances, transfers and scores, page by page.

Each page is a constant number of statements; all pages are one transaction.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from points import account_changes, counterparts, entries, expiry, months, rulebooks, transfers
from points.account_changes import Account
from points.balances import Moved
from points.entries import By, Holder, NewEntry
from points.models import (
    AccountKind,
    BatchKind,
    Entry,
    EntryCause,
    HolderKind,
    LineKind,
    LineSource,
    PointsAccount,
    PointsBatch,
    PointsBatchRow,
    PointsLine,
    Rulebook,
    Transfer,
    TransferKind,
)
from points.months import HeldMonth, HeldMonths
from points.rules import compiled as rules
from points.rules.expiry import reach_of

PAGE = 500


@dataclass(frozen=True, kw_only=True)
class _Posting:
    """What is the same for every row of one batch."""

    batch: PointsBatch
    holder_kind: str
    versions: Sequence[rules.Rulebook]
    months: HeldMonths
    issuance_id: uuid.UUID
    by: By

    @property
    def community_id(self) -> uuid.UUID:
        return self.batch.community_id

    def sheet(self, occurred_on: dt.date) -> HeldMonth:
        return self.months.open_from(clock.month_of(occurred_on))


def post(batch: PointsBatch, *, actor_id: uuid.UUID, now: dt.datetime) -> None:
    """Post all rows; raises NoOpenMonth where no month takes them."""
    community_id = batch.community_id
    work = _Posting(
        batch=batch,
        holder_kind=tenancy.get(Rulebook, community_id, batch.rulebook_id).holder,
        versions=[each.compiled for each in rulebooks.versions_of(community_id, batch.rulebook_id)],
        months=months.hold(community_id, clock.month_of(clock.business_date(now))),
        issuance_id=counterparts.issuance(community_id, batch.rulebook_id),
        by=By(actor_id=actor_id, now=now),
    )
    for rows in _pages(batch):
        _post(work, rows)


def _pages(batch: PointsBatch) -> Iterator[Sequence[PointsBatchRow]]:
    after = 0
    while True:
        rows = db.session.scalars(
            tenancy.select(PointsBatchRow, batch.community_id)
            .where(PointsBatchRow.batch_id == batch.id, PointsBatchRow.row_number > after)
            .order_by(PointsBatchRow.row_number)
            .limit(PAGE)
        ).all()
        if not rows:
            return
        yield rows
        after = rows[-1].row_number


def _post(work: _Posting, rows: Sequence[PointsBatchRow]) -> None:
    account_of = _accounts(work, rows)
    ids = list(account_of.values())
    # What is dead already must not be what a deduction takes.
    expiry.settle(community_id=work.community_id, account_ids=ids, now=work.by.now)
    locked = {each.id: each for each in account_changes.locked(work.community_id, ids)}
    lines, posted, moves, scores = [], [], [], []
    for row in rows:
        account = locked[account_of[row.holder_id]]
        line_id, entry_id = new_id(), new_id()
        holder = Holder(
            community_id=work.community_id,
            account_id=account.id,
            rulebook_id=account.rulebook_id,
            member_id=row.member_id,
        )
        new = _entry(work, row, line_id)
        moved = _change(account, new)
        lines.append(_line(work, row, account, line_id))
        posted.append(entries.entry_values(holder, new, work.by, moved, entry_id))
        if moved.moved:
            moves.append(_transfer(work, account, moved, entry_id))
        if new.counts_in_score:
            scores.append(entries.score_values(holder, new))
    db.session.execute(sa.insert(PointsLine), lines)
    db.session.execute(sa.insert(Entry), posted)
    account_changes.store(work.community_id, list(locked.values()))
    if moves:
        db.session.execute(sa.insert(Transfer), moves)
    if scores:
        entries.add_scores(scores)


def _accounts(work: _Posting, rows: Sequence[PointsBatchRow]) -> dict[uuid.UUID, uuid.UUID]:
    """holder → account, made where there is none."""
    db.session.execute(
        upsert(PointsAccount)
        .values(
            [
                {
                    "community_id": work.community_id,
                    "id": new_id(),
                    "kind": AccountKind.HOLDER,
                    "holder_kind": work.holder_kind,
                    "holder_id": row.holder_id,
                    "rulebook_id": work.batch.rulebook_id,
                }
                for row in rows
            ]
        )
        .on_conflict_do_nothing()
    )
    found = db.session.execute(
        tenancy.columns(
            PointsAccount, work.community_id, PointsAccount.holder_id, PointsAccount.id
        ).where(
            PointsAccount.kind == AccountKind.HOLDER,
            PointsAccount.holder_kind == HolderKind(work.holder_kind),
            PointsAccount.rulebook_id == work.batch.rulebook_id,
            PointsAccount.holder_id.in_([row.holder_id for row in rows]),
        )
    )
    return {row.holder_id: row.id for row in found}


def _entry(work: _Posting, row: PointsBatchRow, line_id: uuid.UUID) -> NewEntry:
    return NewEntry(
        line_id=line_id,
        kind=LineKind.BONUS if row.points > 0 else LineKind.DEDUCTION,
        points=row.points,
        month=work.sheet(row.occurred_on).month,
        belongs_month=clock.month_of(row.occurred_on),
        counts_in_score=row.counts_in_score,
        counts_in_balance=row.counts_in_balance,
        reach=reach_of(work.versions, row.occurred_on),
        cause=EntryCause.ADJUSTED,
        occurred_on=row.occurred_on,
    )


def _change(account: Account, new: NewEntry) -> Moved:
    if not new.counts_in_balance or new.reach.awaits_seal:
        return entries.NOTHING_MOVED
    moved, debt_change = account.change(new.points)
    if new.points > 0:
        account.sooner(new.reach.expires_on)
    return Moved(moved=moved, debt_change=debt_change)


def _line(
    work: _Posting, row: PointsBatchRow, account: Account, line_id: uuid.UUID
) -> dict[str, object]:
    kind = BatchKind(work.batch.kind)
    return {
        "community_id": work.community_id,
        "id": line_id,
        "source": LineSource.ADJUSTMENT,
        "slice": 0,
        "batch_row_id": row.id,
        "account_id": account.id,
        "member_id": row.member_id,
        "score_item_id": None,
        "item_code": kind,
        "kind": LineKind.BONUS if row.points > 0 else LineKind.DEDUCTION,
        "counts_in_score": row.counts_in_score,
        "counts_in_balance": row.counts_in_balance,
        "entitled": row.points,
        "posted": row.points,
        "belongs_month": clock.month_of(row.occurred_on),
        "month_id": work.sheet(row.occurred_on).month_id,
        "occurred_on": row.occurred_on,
    }


def _transfer(
    work: _Posting, account: Account, moved: Moved, entry_id: uuid.UUID
) -> dict[str, object]:
    gives = moved.moved > 0
    return transfers.row(
        community_id=work.community_id,
        kind=TransferKind.AWARD if gives else TransferKind.TAKE_BACK,
        from_account_id=work.issuance_id if gives else account.id,
        to_account_id=account.id if gives else work.issuance_id,
        points=abs(moved.moved),
        now=work.by.now,
        entry_id=entry_id,
    )
