"""What goes on when a month begins: failings nobody put right are charged again.

Runs as often as one likes and may be stopped anywhere: the unique line of a slice is what makes it
charged once. One page is one unit of work.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from points import evaluated_together, months, postings, rulebooks
from points.entries import By
from points.models import AccountKind, EntryCause, Fact, PointsAccount, Rulebook
from points.permissions import PointsPermission

BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What one page did; ``next`` is None when everybody was looked at."""

    evaluated: int
    next: uuid.UUID | None


def begin_month(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    month: str,
    after: uuid.UUID | None = None,
    limit: int = BATCH,
) -> Begun:
    """Unfold what continues into ``month`` for the next ``limit`` accounts after ``after``.

    Nothing happens before the month's first day, nor while it is not open. Call it again with
    ``next`` until that is None.
    """
    actor.require(PointsPermission.OPEN_MONTH, places.place_of(community_id))
    first = clock.first_day(month)
    held = months.hold(community_id, month)
    opened = any(each.month == month for each in held.by_id.values())
    if first > clock.business_date(now) or not opened:
        return Begun(evaluated=0, next=None)
    found = _going_on(community_id, first, after=after, limit=limit)
    act = postings.Act(
        by=By(actor_id=actor.account_id, now=now),
        cause=EntryCause.MONTH_BEGUN,
        fact_ids=frozenset(),
        months=held,
    )
    for account in found:
        postings.evaluate([evaluated_together.holder_of(account)], act)
    return Begun(evaluated=len(found), next=found[-1].id if len(found) == limit else None)


def expected(*, community_id: uuid.UUID, month: str) -> int:
    """How many accounts the pages of ``month`` will look at; what a progress bar runs to."""
    codes = _recurring(community_id)
    if not codes:
        return 0
    accounts = (
        tenancy.columns(Fact, community_id, Fact.account_id)
        .where(*_goes_on(codes, clock.first_day(month)))
        .distinct()
        .subquery()
    )
    return int(db.session.execute(sa.select(sa.func.count()).select_from(accounts)).scalar_one())


def _going_on(
    community_id: uuid.UUID, first: dt.date, *, after: uuid.UUID | None, limit: int
) -> list[PointsAccount]:
    """Accounts with a failing that is not put right before ``first``, by id."""
    codes = _recurring(community_id)
    if not codes:
        return []
    failing = sa.exists(
        tenancy.columns(Fact, community_id, Fact.id).where(
            Fact.account_id == PointsAccount.id, *_goes_on(codes, first)
        )
    )
    statement = tenancy.select(PointsAccount, community_id).where(
        PointsAccount.kind == AccountKind.HOLDER, failing
    )
    if after is not None:
        statement = statement.where(PointsAccount.id > after)
    return list(db.session.scalars(statement.order_by(PointsAccount.id).limit(limit)))


def _goes_on(codes: Collection[str], first: dt.date) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Fact.item_code.in_(codes),
        Fact.is_struck.is_(False),
        Fact.is_approved.is_(True),
        Fact.occurred_on < first,
        sa.or_(Fact.corrected_on.is_(None), Fact.corrected_on > first),
    )


def _recurring(community_id: uuid.UUID) -> list[str]:
    """Codes of every item that recurs, in any version of any rulebook."""
    rulebook_ids = db.session.scalars(tenancy.columns(Rulebook, community_id, Rulebook.id))
    found = {
        item.code
        for rulebook_id in list(rulebook_ids)
        for version in rulebooks.versions_of(community_id, rulebook_id)
        for item in version.compiled.items
        if item.recurs is not None
    }
    return sorted(found)
