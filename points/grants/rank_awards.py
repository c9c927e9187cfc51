"""Points by rank 按名次计分: computed once, when the period's last month freezes.

Quantities are the running totals of that moment: of facts that stand, cut at their limits, without
what was cancelled or suspended. What is recorded later does not move a rank, only an upheld
objection to the award's own line does. The points are paid into the oldest month that is still
open and name the month they belong to.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from community.members import current
from community.models import Membership
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.ids import new_id
from points import entries, holders, months, rulebooks
from points.entries import By, Holder, NewEntry
from points.grants.due import last_day
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
from points.rules.awards import RankedWithin, Ranks
from points.rules.compiled import CountsIn, Item
from points.rules.expiry import reach
from points.rules.periods import cell_of
from points.rules.ranks import awards

Account = sa.Row[tuple[uuid.UUID, uuid.UUID, str]]


@dataclass(frozen=True, kw_only=True)
class _Closing:
    """One item whose period ends with the month."""

    community_id: uuid.UUID
    book: RulebookInForce
    item: Item
    award: Ranks
    period_start: dt.date
    month: str
    by: By

    def posting(self) -> HeldMonth:
        """The month that takes the points; raises NoOpenMonth."""
        later = clock.next_month(self.month)
        return months.hold(self.community_id, self.month).open_from(later)


@dataclass(frozen=True)
class _Won:
    account: Account
    quantity: Decimal
    place: int
    points: Decimal


def award_ranks(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str) -> int:
    """Award every item whose period ends with ``month``; returns how many awards are new.

    Called by the freeze of the month, which has asked who may. Raises NoOpenMonth where no later
    month is open to take the points.
    """
    made = 0
    by = By(actor_id=actor.account_id, now=now)
    for book in rulebooks.all_in_force(community_id, last_day(month)):
        for item, award, start in _ending(book, month):
            closing = _Closing(
                community_id=community_id,
                book=book,
                item=item,
                award=award,
                period_start=start,
                month=month,
                by=by,
            )
            made += _award(closing)
    return made


def _ending(book: RulebookInForce, month: str) -> Iterator[tuple[Item, Ranks, dt.date]]:
    """Items by rank whose period has its last day in ``month``."""
    end = last_day(month) + dt.timedelta(days=1)
    for item in book.compiled.items:
        if not isinstance(item.award, Ranks):
            continue
        cell = cell_of(last_day(month), item.award.over, book.compiled.year_starts_month)
        if cell.ends_before == end:
            yield item, item.award, cell.starts_on


def _award(closing: _Closing) -> int:
    totals = _totals(closing)
    if not totals:
        return 0
    posting = closing.posting()
    accounts = _accounts(closing, set(totals))
    made = 0
    for group in _competing(closing, accounts, totals):
        for account_id, (place, points) in awards(group, closing.award.points).items():
            award = _Won(accounts[account_id], totals[account_id], place, points)
            made += _pay(closing, posting, award)
    return made


def _totals(closing: _Closing) -> dict[uuid.UUID, Decimal]:
    """account → quantity that counts in the period; one statement, streamed."""
    cell = closing.book.compiled.cell(closing.period_start, closing.award.over)
    rows = db.session.execute(
        tenancy.columns(
            Accumulation, closing.community_id, Accumulation.account_id, Accumulation.quantity
        )
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == Accumulation.community_id,
                PointsAccount.id == Accumulation.account_id,
            ),
        )
        .where(
            PointsAccount.rulebook_id == closing.book.rulebook_id,
            Accumulation.item_code == closing.item.code,
            Accumulation.cell == cell,
            Accumulation.quantity > 0,
        )
    )
    return {row.account_id: row.quantity for row in rows}


def _accounts(closing: _Closing, ids: set[uuid.UUID]) -> dict[uuid.UUID, Account]:
    """The accounts that may be ranked: those not excluded on the last day; locked."""
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, closing.community_id, PointsAccount.id, PointsAccount.holder_id,
            PointsAccount.holder_kind,
        )
        .where(PointsAccount.id.in_(ids))
        .order_by(PointsAccount.id)
        .with_for_update(key_share=True)
    ).all()  # fmt: skip
    compiled = closing.book.compiled
    excluded = holders.tagged(
        closing.community_id, compiled.holder, compiled.excluded_tags, last_day(closing.month)
    )
    return {row.id: row for row in rows if row.holder_id not in excluded}


def _competing(
    closing: _Closing, accounts: Mapping[uuid.UUID, Account], totals: Mapping[uuid.UUID, Decimal]
) -> list[dict[uuid.UUID, Decimal]]:
    """Who competes with whom: everybody, or those of one grid on the last day."""
    if closing.award.within is RankedWithin.COMMUNITY:
        return [{each: totals[each] for each in accounts}]
    grids = _grids(closing, {row.holder_id for row in accounts.values()})
    groups: dict[uuid.UUID | None, dict[uuid.UUID, Decimal]] = defaultdict(dict)
    for account_id, row in accounts.items():
        groups[grids.get(row.holder_id)][account_id] = totals[account_id]
    return [groups[grid] for grid in sorted(groups, key=str)]


def _grids(closing: _Closing, holder_ids: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    is_member = closing.book.compiled.holder == HolderKind.MEMBER
    whose = Membership.member_id if is_member else Membership.household_id
    rows = db.session.execute(
        tenancy.columns(
            Membership, closing.community_id, whose.label("holder_id"), Membership.grid_id
        ).where(whose.in_(holder_ids), current(Membership, last_day(closing.month)))
    )
    return {row.holder_id: row.grid_id for row in rows}


def _pay(closing: _Closing, posting: HeldMonth, won: _Won) -> int:
    award_id = new_id()
    item, account = closing.item, won.account
    claimed = db.session.execute(
        upsert(RankAward)
        .values(
            community_id=closing.community_id,
            id=award_id,
            account_id=account.id,
            score_item_id=closing.book.item_ids[item.code],
            item_code=item.code,
            period_start=closing.period_start,
            quantity=won.quantity,
            place=won.place,
            points=won.points,
            awarded_at_utc=closing.by.now,
        )
        .on_conflict_do_nothing()
        .returning(RankAward.id)
    ).first()
    if claimed is None:
        return 0
    member_id = account.holder_id if account.holder_kind == HolderKind.MEMBER else None
    holder = Holder(
        community_id=closing.community_id,
        account_id=account.id,
        rulebook_id=closing.book.rulebook_id,
        member_id=member_id,
    )
    line = _line(closing, posting, holder, award_id, won.points)
    db.session.add(line)
    db.session.flush()
    entries.post(holder, _entry(closing, posting, line), closing.by)
    return 1


def _line(
    closing: _Closing, posting: HeldMonth, holder: Holder, award_id: uuid.UUID, points: Decimal
) -> PointsLine:
    counts_in = closing.item.counts_in
    return PointsLine(
        community_id=closing.community_id,
        id=new_id(),
        source=LineSource.RANK_AWARD,
        rank_award_id=award_id,
        slice=0,
        account_id=holder.account_id,
        member_id=holder.member_id,
        score_item_id=closing.book.item_ids[closing.item.code],
        item_code=closing.item.code,
        kind=LineKind.BONUS,
        counts_in_score=CountsIn.SCORE in counts_in,
        counts_in_balance=CountsIn.BALANCE in counts_in,
        entitled=points,
        posted=points,
        belongs_month=closing.month,
        month_id=posting.month_id,
        occurred_on=last_day(closing.month),
    )


def _entry(closing: _Closing, posting: HeldMonth, line: PointsLine) -> NewEntry:
    return NewEntry(
        line_id=line.id,
        kind=LineKind.BONUS,
        points=line.posted,
        month=posting.month,
        belongs_month=closing.month,
        counts_in_score=line.counts_in_score,
        counts_in_balance=line.counts_in_balance,
        reach=reach(closing.book.compiled, line.occurred_on),
        cause=EntryCause.RANK_AWARD,
        occurred_on=line.occurred_on,
    )
