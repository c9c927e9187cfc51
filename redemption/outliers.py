"""Pairs out of line 兑换提示: shop and holder, clerk and holder, hours and refusals of some days.

A number is a reason to ask, never a finding; every sentence is a question and says so.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from community import places
from community.permissions import CommunityPermission
from kernel import clock
from kernel.access import Actor
from kernel.computed_lists import go_on
from points.insight.outlier_views import OutlierView, in_words
from points.permissions import PointsPermission
from points.rules.outlier import Outlier, Party
from redemption import outlier_reading
from redemption.rules.days import days
from redemption.rules.outliers import Pair, Who, outliers, pairs

#: Without days the report looks at the last thirty.
_MONTH = 29
#: The busiest pairs; the workbook and the list end there.
MOST_PAIRS = 500


@dataclass(frozen=True, kw_only=True)
class PairView:
    """One shop and one holder, named as the reader may know them, and the numbers."""

    id: uuid.UUID
    merchant: str
    holder: str
    pair: Pair


@dataclass(frozen=True, kw_only=True)
class PairsReport:
    """``redeemed`` counts the redemptions looked at; ``has_names`` who may read members."""

    first_day: dt.date
    last_day: dt.date
    redeemed: int
    has_names: bool
    outliers: Sequence[OutlierView]
    pairs: Sequence[PairView]


def report(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
) -> PairsReport:
    """What the rules ask about the redemptions of these days, the last thirty without any.

    A constant number of statements. Raises DaysReversed, TooManyDays.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.READ_INSIGHT, place)
    within = days(first=first_day, last=last_day, today=clock.business_date(now), back=_MONTH)
    visits = outlier_reading.visits(community_id, within)
    refusals = outlier_reading.refusals(community_id, within)
    found, busiest = outliers(visits, refusals), pairs(visits, refusals)[:MOST_PAIRS]
    has_names = actor.may(CommunityPermission.READ_MEMBERS, place)
    called = outlier_reading.names(community_id, _parties(found, busiest), has_names=has_names)
    return PairsReport(
        first_day=within.first,
        last_day=within.last,
        redeemed=len(visits),
        has_names=has_names,
        outliers=[in_words(each, lambda party: called[party.id]) for each in found],
        pairs=[
            PairView(
                id=each.id, merchant=called[each.merchant], holder=called[each.holder], pair=each
            )
            for each in busiest
        ],
    )


def pairs_found(
    found: PairsReport, *, q: str | None, after: uuid.UUID | None, limit: int
) -> list[PairView]:
    """Pairs, the busiest first; ``q`` is part of a shop's name or a household's code."""
    return go_on(
        found.pairs,
        wanted=lambda each: not q or q in each.merchant or q in each.holder,
        after=after,
        limit=limit,
    )


def _parties(found: Sequence[Outlier], busiest: Sequence[Pair]) -> set[Party]:
    parties = {each.who for each in found} | {each.other for each in found if each.other}
    parties |= {Party(each.merchant, Who.MERCHANT) for each in busiest}
    return parties | {Party(each.holder, Who.HOLDER) for each in busiest}
