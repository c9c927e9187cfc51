"""The base points of a dry run: each base that takes grants in the month, and who gets it.

A base that is given once, or whose period began earlier, is given to those who have not had it for
an earlier month: who opened an account in the month, and everybody where the base is new. Where
the period ends with the month, its last day says who is excluded, as it does at the freeze.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db
from kernel.points_value import ZERO
from points import holders
from points.grants import last_scores
from points.grants.due import Due, due, last_day
from points.models import BaseGrant, PointsAccount, PointsLine
from points.rulebooks import RulebookInForce
from points.rules.compiled import Base, Rulebook
from points.rules.periods import cell_of

_PAGE = 5_000


def bases(
    community_id: uuid.UUID, book: RulebookInForce, month: str
) -> Iterator[tuple[Base, Mapping[uuid.UUID, Decimal]]]:
    """Each base that takes grants in ``month``, with what every holder would get."""
    first = clock.first_day(month)
    for each in due(book.compiled, month, last_day(month)):
        entitled = _entitled(community_id, book.compiled, each, month)
        if each.period_start != first:
            had = _granted_before(community_id, book.rulebook_id, each, month)
            entitled = [holder_id for holder_id in entitled if holder_id not in had]
        if each.base.percent_of_last is not None:
            points = last_scores.shares(community_id, book, each, entitled)
        else:
            points = dict.fromkeys(entitled, each.base.points)
        yield each.base, {holder: worth for holder, worth in points.items() if worth > ZERO}


def _entitled(community_id: uuid.UUID, book: Rulebook, given: Due, month: str) -> list[uuid.UUID]:
    on, base = given.on, given.base
    ends = base.per is not None and (
        cell_of(on, base.per, book.year_starts_month).ends_before
        == clock.first_day(clock.next_month(month))
    )
    excluded_on = last_day(month) if ends else on
    excluded = holders.tagged(community_id, book.holder, book.excluded_tags, excluded_on)
    entitled: list[uuid.UUID] = []
    after: uuid.UUID | None = None
    while True:
        page = holders.page(community_id, book.holder, on, after=after, limit=_PAGE)
        entitled += [
            each.holder_id
            for each in page
            if base.audience.has(each.tags) and each.holder_id not in excluded
        ]
        if len(page) < _PAGE:
            return entitled
        after = page[-1].holder_id


def _granted_before(
    community_id: uuid.UUID, rulebook_id: uuid.UUID, given: Due, month: str
) -> set[uuid.UUID]:
    """Who was granted this base for its period in an earlier month; one statement.

    The unique row of the grant is what makes it happen once, so it says it here as well.
    """
    statement = (
        tenancy.columns(BaseGrant, community_id, PointsAccount.holder_id)
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == BaseGrant.community_id,
                PointsAccount.id == BaseGrant.account_id,
            ),
        )
        .join(
            PointsLine,
            sa.and_(
                PointsLine.community_id == BaseGrant.community_id,
                PointsLine.base_grant_id == BaseGrant.id,
            ),
        )
        .where(
            PointsAccount.rulebook_id == rulebook_id,
            BaseGrant.base_code == given.base.code,
            BaseGrant.period_start == given.period_start,
            PointsLine.belongs_month < month,
        )
    )
    return set(db.session.scalars(statement))
