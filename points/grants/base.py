"""Base points 基础分: granted once to everybody who is entitled, page by page.

Runs as often as one likes and may be stopped anywhere: the unique row of a base grant is what
makes it happen once. One page is one unit of work of a constant number of statements, so a grant
to a large community never keeps its recorders waiting.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from community import places
from kernel import clock
from kernel.access import Actor
from kernel.points_value import ZERO
from points import holders, months, rulebooks
from points.errors import RulebookMissing
from points.grants import giving, last_scores
from points.grants.due import Due, due
from points.grants.giving import Grant
from points.holders import HolderOn
from points.months import Posting
from points.permissions import PointsPermission
from points.rulebooks import RulebookInForce

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page to grant to: which base of which rulebook, and the holders after ``after``."""

    rulebook_code: str
    base_code: str
    after: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What one page brought; ``next`` is None when everything due in the month is granted."""

    granted: int
    looked_at: int
    next: Page | None


@dataclass(frozen=True)
class _Work:
    book: RulebookInForce
    due: Due

    @property
    def first_page(self) -> Page:
        return Page(rulebook_code=self.book.compiled.code, base_code=self.due.base.code)


def grant_base(*, community_id: uuid.UUID, month: str, now: dt.datetime, actor: Actor) -> int:
    """Grant all base points due in ``month`` in one go; returns how many grants are new.

    Raises RulebookMissing, NoOpenMonth. For a large community call :func:`grant_page` in units
    of work of its own, as ``flask ops grant-base`` does.
    """
    granted, page = 0, None
    while True:
        done = grant_page(community_id=community_id, month=month, now=now, actor=actor, page=page)
        granted += done.granted
        if done.next is None:
            return granted
        page = done.next


def grant_page(
    *, community_id: uuid.UUID, month: str, now: dt.datetime, actor: Actor, page: Page | None
) -> Granted:
    """Grant to the next BATCH holders; ``page`` None begins with the first base.

    Raises RulebookMissing when no rulebook is in force in the month, NoOpenMonth.
    """
    actor.require(PointsPermission.OPEN_MONTH, places.place_of(community_id))
    first = clock.first_day(month)
    works = list(_works(community_id, month, clock.business_date(now)))
    place = _place_of(works, page)
    if place is None:
        return Granted(granted=0, looked_at=0, next=None)
    work = works[place]
    posting = months.for_posting(community_id, first)
    found = holders.page(
        community_id, work.book.compiled.holder, work.due.on,
        after=page.after if page else None, limit=BATCH,
    )  # fmt: skip
    granted = _give(community_id, work, posting, found, actor=actor, now=now) if found else 0
    following: Page | None = None
    if len(found) == BATCH:
        following = Page(
            rulebook_code=work.book.compiled.code,
            base_code=work.due.base.code,
            after=found[-1].holder_id,
        )
    elif place + 1 < len(works):
        following = works[place + 1].first_page
    return Granted(granted=granted, looked_at=len(found), next=following)


def expected(*, community_id: uuid.UUID, month: str, now: dt.datetime) -> int:
    """How many holders the pages of ``month`` will look at."""
    return sum(
        holders.count(community_id, work.book.compiled.holder, work.due.on)
        for work in _works(community_id, month, clock.business_date(now))
    )


def _works(community_id: uuid.UUID, month: str, today: dt.date) -> Iterator[_Work]:
    first = clock.first_day(month)
    books = rulebooks.all_in_force(community_id, first)
    if not books:
        raise RulebookMissing()
    for book in books:
        for each in due(book.compiled, month, today):
            yield _Work(book, each)


def _place_of(works: list[_Work], page: Page | None) -> int | None:
    """Where the page's base stands; a base that is no longer due ends the run."""
    if page is None:
        return 0 if works else None
    codes = [(work.book.compiled.code, work.due.base.code) for work in works]
    wanted = (page.rulebook_code, page.base_code)
    return codes.index(wanted) if wanted in codes else None


def _give(
    community_id: uuid.UUID,
    work: _Work,
    posting: Posting,
    found: list[HolderOn],
    *,
    actor: Actor,
    now: dt.datetime,
) -> int:
    base, compiled = work.due.base, work.book.compiled
    excluded = holders.tagged(community_id, compiled.holder, compiled.excluded_tags, work.due.on)
    entitled = [
        each.holder_id
        for each in found
        if base.audience.has(each.tags) and each.holder_id not in excluded
    ]
    grant = Grant(
        community_id=community_id,
        book=work.book,
        base=base,
        period_start=work.due.period_start,
        posting=posting,
        occurred_on=clock.first_day(posting.belongs_month),
        actor_id=actor.account_id,
        now=now,
    )
    if base.percent_of_last is None:
        points = dict.fromkeys(entitled, base.points)
    else:
        points = last_scores.shares(community_id, work.book, work.due, entitled)
    return giving.give(grant, {holder: worth for holder, worth in points.items() if worth > ZERO})
