"""Points by rank 按名次计分: computed once, when the period's last month freezes.

Quantities are the running totals of that moment: of facts that stand, cut at their limits, without
what was cancelled or suspended. What is recorded later does not move a rank, only an upheld
objection to the award's own line does. The points are paid into the oldest month that is still
open and name the month they belong to.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.ids import new_id
from points import entries, months, rulebooks
from points.entries import By, Holder, NewEntry
from points.grants.due import last_day
from points.grants.ranked import Closing, Winner, closings, winners
from points.models import (
    Accumulation,
    EntryCause,
    HolderKind,
    LineKind,
    LineSource,
    PointsAccount,
    PointsLine,
    RankAward,
)
from points.months import HeldMonth
from points.rulebooks import RulebookInForce
from points.rules.compiled import CountsIn
from points.rules.expiry import reach


@dataclass(frozen=True, kw_only=True)
class _Paying:
    """One item to award, and what its entries name."""

    closing: Closing
    book: RulebookInForce
    by: By

    @property
    def community_id(self) -> uuid.UUID:
        return self.closing.community_id

    @property
    def item_code(self) -> str:
        return self.closing.item.code

    def posting(self) -> HeldMonth:
        """The month that takes the points; raises NoOpenMonth."""
        later = clock.next_month(self.closing.month)
        return months.hold(self.community_id, self.closing.month).open_from(later)


def award_ranks(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str) -> int:
    """Award every item whose period ends with ``month``; returns how many awards are new.

    Called by the freeze of the month, which has asked who may. Raises NoOpenMonth where no later
    month is open to take the points.
    """
    by = By(actor_id=actor.account_id, now=now)
    return sum(
        _award(_Paying(closing=closing, book=book, by=by))
        for book in rulebooks.all_in_force(community_id, last_day(month))
        for closing in closings(community_id, book.compiled, month)
    )


def _award(paying: _Paying) -> int:
    totals = _totals(paying)
    if not totals:
        return 0
    posting = paying.posting()
    holder_of = _locked(paying, totals)
    return sum(
        _pay(paying, posting, won, holder_of[won.account_id])
        for won in winners(paying.closing, holder_of, totals)
    )


def _totals(paying: _Paying) -> dict[uuid.UUID, Decimal]:
    """account → quantity that counts in the period; one statement, streamed."""
    rows = db.session.execute(
        tenancy.columns(
            Accumulation, paying.community_id, Accumulation.account_id, Accumulation.quantity
        )
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == Accumulation.community_id,
                PointsAccount.id == Accumulation.account_id,
            ),
        )
        .where(
            PointsAccount.rulebook_id == paying.book.rulebook_id,
            Accumulation.item_code == paying.item_code,
            Accumulation.cell == paying.closing.cell,
            Accumulation.quantity > 0,
        )
    )
    return {row.account_id: row.quantity for row in rows}


def _locked(paying: _Paying, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """account → holder; the rows are locked in the order of their ids."""
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, paying.community_id, PointsAccount.id, PointsAccount.holder_id
        )
        .where(PointsAccount.id.in_(ids))
        .order_by(PointsAccount.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row.holder_id for row in rows}


def _pay(paying: _Paying, posting: HeldMonth, won: Winner, holder_id: uuid.UUID) -> int:
    award_id = new_id()
    claimed = db.session.execute(
        upsert(RankAward)
        .values(
            community_id=paying.community_id,
            id=award_id,
            account_id=won.account_id,
            score_item_id=paying.book.item_ids[paying.item_code],
            item_code=paying.item_code,
            period_start=paying.closing.period_start,
            quantity=won.quantity,
            place=won.place,
            points=won.points,
            awarded_at_utc=paying.by.now,
        )
        .on_conflict_do_nothing()
        .returning(RankAward.id)
    ).first()
    if claimed is None:
        return 0
    is_member = paying.book.compiled.holder == HolderKind.MEMBER
    holder = Holder(
        community_id=paying.community_id,
        account_id=won.account_id,
        rulebook_id=paying.book.rulebook_id,
        member_id=holder_id if is_member else None,
    )
    line = _line(paying, posting, holder, award_id, won.points)
    db.session.add(line)
    db.session.flush()
    entries.post(holder, _entry(paying, posting, line), paying.by)
    return 1


def _line(
    paying: _Paying, posting: HeldMonth, holder: Holder, award_id: uuid.UUID, points: Decimal
) -> PointsLine:
    counts_in = paying.closing.item.counts_in
    return PointsLine(
        community_id=paying.community_id,
        id=new_id(),
        source=LineSource.RANK_AWARD,
        rank_award_id=award_id,
        slice=0,
        account_id=holder.account_id,
        member_id=holder.member_id,
        score_item_id=paying.book.item_ids[paying.item_code],
        item_code=paying.item_code,
        kind=LineKind.BONUS,
        counts_in_score=CountsIn.SCORE in counts_in,
        counts_in_balance=CountsIn.BALANCE in counts_in,
        entitled=points,
        posted=points,
        belongs_month=paying.closing.month,
        month_id=posting.month_id,
        occurred_on=last_day(paying.closing.month),
    )


def _entry(paying: _Paying, posting: HeldMonth, line: PointsLine) -> NewEntry:
    return NewEntry(
        line_id=line.id,
        kind=LineKind.BONUS,
        points=line.posted,
        month=posting.month,
        belongs_month=paying.closing.month,
        counts_in_score=line.counts_in_score,
        counts_in_balance=line.counts_in_balance,
        reach=reach(paying.book.compiled, line.occurred_on),
        cause=EntryCause.RANK_AWARD,
        occurred_on=line.occurred_on,
    )
