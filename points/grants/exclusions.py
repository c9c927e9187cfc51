"""Who is excluded from a period 不参评: decided by the tags on its last day.

Base points are given on the first day, so the freeze of the period's last month puts right what
has changed since: who is excluded by then gives the base back, who no longer is gets it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kernel.access import Actor
from kernel.database import db
from points import entries, holders, months, rulebooks
from points.entries import By, Holder, NewEntry
from points.grants import giving, last_scores
from points.grants.due import Due, due, last_day
from points.grants.giving import Grant
from points.models import (
    AccountingMonth,
    BaseGrant,
    EntryCause,
    HolderKind,
    LineKind,
    PointsAccount,
    PointsLine,
)
from points.months import Posting
from points.rulebooks import RulebookInForce
from points.rules.compiled import Base
from points.rules.expiry import reach
from points.rules.periods import cell_of

#: Stands on the line of a base that was given back.
REASON = "excluded"


@dataclass(frozen=True, kw_only=True)
class _Ending:
    """One base of one rulebook whose period ends with the month being frozen."""

    community_id: uuid.UUID
    book: RulebookInForce
    due: Due
    month: AccountingMonth
    by: By


def settle(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str) -> int:
    """Put right every base whose period ends with ``month``; returns how many lines changed.

    Called by the freeze of the month, which has asked who may. Running it again changes nothing.
    """
    frozen = months.of(community_id, month)
    by = By(actor_id=actor.account_id, now=now)
    changed = 0
    for book in rulebooks.all_in_force(community_id, last_day(month)):
        if not book.compiled.excluded_tags:
            continue
        for each in _ending(book, month):
            ending = _Ending(community_id=community_id, book=book, due=each, month=frozen, by=by)
            changed += _take_back(ending) + _make_up(ending)
    return changed


def _ending(book: RulebookInForce, month: str) -> Iterator[Due]:
    end = last_day(month) + dt.timedelta(days=1)
    for each in due(book.compiled, month, last_day(month)):
        if each.base.per is None:
            continue
        cell = cell_of(last_day(month), each.base.per, book.compiled.year_starts_month)
        if cell.ends_before == end:
            yield Due(each.base, cell.starts_on, max(cell.starts_on, each.on))


def _take_back(ending: _Ending) -> int:
    """The base of those excluded on the last day, with one entry each on the month's own sheet."""
    rows = db.session.execute(
        sa.select(PointsLine, PointsAccount.holder_id)
        .join(
            BaseGrant,
            sa.and_(
                BaseGrant.community_id == PointsLine.community_id,
                BaseGrant.id == PointsLine.base_grant_id,
            ),
        )
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == PointsLine.community_id,
                PointsAccount.id == PointsLine.account_id,
            ),
        )
        .where(
            PointsLine.community_id == ending.community_id,
            BaseGrant.base_code == ending.due.base.code,
            BaseGrant.period_start == ending.due.period_start,
            PointsAccount.rulebook_id == ending.book.rulebook_id,
            PointsAccount.holder_id.in_(_excluded(ending, last_day(ending.month.month))),
            PointsLine.posted > 0,
        )
        .order_by(PointsAccount.id)
    ).all()
    for line, holder_id in rows:
        _reverse(ending, line, holder_id)
    return len(rows)


def _reverse(ending: _Ending, line: PointsLine, holder_id: uuid.UUID) -> None:
    is_member = ending.book.compiled.holder == HolderKind.MEMBER
    holder = Holder(
        community_id=ending.community_id,
        account_id=line.account_id,
        rulebook_id=ending.book.rulebook_id,
        member_id=holder_id if is_member else None,
    )
    new = NewEntry(
        line_id=line.id,
        kind=LineKind.BASE,
        points=-line.posted,
        month=ending.month.month,
        belongs_month=line.belongs_month,
        counts_in_score=line.counts_in_score,
        counts_in_balance=line.counts_in_balance,
        reach=reach(ending.book.compiled, line.occurred_on),
        cause=EntryCause.EXCLUDED,
        occurred_on=line.occurred_on,
    )
    line.entitled = line.posted + new.points
    line.posted = line.entitled
    line.reason = REASON
    db.session.flush()
    entries.post(holder, new, ending.by)


def _make_up(ending: _Ending) -> int:
    """The base of those who were excluded on the day of the grant and no longer are."""
    last = last_day(ending.month.month)
    base: Base = ending.due.base
    freed = _excluded(ending, ending.due.on) - _excluded(ending, last)
    compiled = ending.book.compiled
    tags = holders.tags_of(ending.community_id, compiled.holder, freed, last)
    entitled = sorted(each for each in tags if base.audience.has(tags[each]))
    grant = Grant(
        community_id=ending.community_id,
        book=ending.book,
        base=base,
        period_start=ending.due.period_start,
        posting=Posting(
            month=ending.month.month,
            month_id=ending.month.id,
            belongs_month=ending.month.month,
        ),
        occurred_on=last,
        actor_id=ending.by.actor_id,
        now=ending.by.now,
    )
    if base.percent_of_last is None:
        return giving.give(grant, dict.fromkeys(entitled, base.points))
    shares = last_scores.shares(ending.community_id, ending.book, ending.due, entitled)
    return giving.give(grant, {each: worth for each, worth in shares.items() if worth})


def _excluded(ending: _Ending, on: dt.date) -> set[uuid.UUID]:
    return holders.tagged(
        ending.community_id,
        ending.book.compiled.holder,
        ending.book.compiled.excluded_tags,
        on,
    )
