"""Base points 基础分: granted once to everybody who is entitled, on the first day of the period.

Runs as often as one likes: the unique row of a base grant is what makes it happen once. Members
are taken in batches, each with a constant number of statements.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from community import members, places
from community.members import current
from community.models import MemberTag
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from points import grant_batches, months, rulebooks
from points.grant_batches import Grant
from points.permissions import PointsPermission
from points.rulebooks import RulebookInForce
from points.rules.compiled import EVERYBODY, Base, Joiners
from points.rules.periods import cell_of

BATCH = 500
#: The period of a base that is granted once.
ONCE = dt.date(1, 1, 1)


@dataclass(frozen=True)
class _Due:
    """A base whose period takes grants in a month, and the day on which members are looked up."""

    base: Base
    period_start: dt.date
    on: dt.date


def grant_base(*, community_id: uuid.UUID, month: str, now: dt.datetime, actor: Actor) -> int:
    """Grant the base points due in ``month``; returns how many grants are new.

    Joiners with ``next_period`` get it from the next period on. Raises RulebookMissing,
    NoOpenMonth.
    """
    actor.require(PointsPermission.OPEN_MONTH, places.place_of(community_id))
    first = clock.first_day(month)
    book = rulebooks.in_force(community_id, first)
    posting = months.for_posting(community_id, first)
    granted = 0
    for due in _due(book, first, clock.business_date(now)):
        grant = Grant(
            community_id=community_id,
            book=book,
            base=due.base,
            period_start=due.period_start,
            posting=posting,
            occurred_on=first,
            actor_id=actor.account_id,
            now=now,
        )
        entitled = _entitled(community_id, due)
        for start in range(0, len(entitled), BATCH):
            granted += grant_batches.give(grant, entitled[start : start + BATCH])
    return granted


def _due(book: RulebookInForce, first: dt.date, today: dt.date) -> Iterator[_Due]:
    last = clock.first_day(clock.next_month(clock.month_of(first))) - dt.timedelta(days=1)
    for base in book.compiled.base:
        starts_on = first
        if base.per is not None:
            starts_on = cell_of(first, base.per, book.compiled.year_starts_month).starts_on
        if base.joiners is Joiners.FULL:
            on = max(first, min(today, last))
        elif starts_on == first:
            on = first
        else:
            continue
        yield _Due(base, ONCE if base.per is None else starts_on, on)


def _entitled(community_id: uuid.UUID, due: _Due) -> list[uuid.UUID]:
    """Members of that day whom the base is for, in a stable order."""
    rows: Sequence[Any] = db.session.execute(members.roster(community_id, due.on)).all()
    if due.base.audience == EVERYBODY:
        return sorted(row.member_id for row in rows)
    tags = _tags(community_id, due.on)
    return sorted(
        row.member_id
        for row in rows
        if due.base.audience.has(frozenset(row.kinds) | tags.get(row.member_id, frozenset()))
    )


def _tags(community_id: uuid.UUID, on: dt.date) -> dict[uuid.UUID, frozenset[str]]:
    found: dict[uuid.UUID, frozenset[str]] = {}
    for member_id, tag in db.session.execute(
        tenancy.columns(MemberTag, community_id, MemberTag.member_id, MemberTag.tag).where(
            current(MemberTag, on)
        )
    ):
        found[member_id] = found.get(member_id, frozenset()) | {tag}
    return found
