"""Pairs out of line 兑换提示: shop and holder, clerk and holder, hours and refusals of some days.

A number is a reason to ask, never a finding; every sentence is a question and says so.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from community import places
from community.permissions import CommunityPermission
from kernel import clock
from kernel.access import Actor
from points.permissions import PointsPermission
from redemption import outlier_reading
from redemption.rules.days import days
from redemption.rules.outliers import Named, Outlier, Pair, Who, outliers, pairs

#: Without days the report looks at the last thirty.
_MONTH = 29
#: The busiest pairs; the workbook and the list end there.
MOST_PAIRS = 500

T = TypeVar("T", "OutlierView", "PairView")


@dataclass(frozen=True, kw_only=True)
class OutlierView:
    """One outlier in words; ``zh`` and ``en`` ask, and end by saying that it is no finding."""

    id: uuid.UUID
    rule: str
    title_zh: str
    title_en: str
    who: str
    other: str | None
    count: int
    of: int
    zh: str
    en: str


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
        outliers=[_outlier(each, called) for each in found],
        pairs=[
            PairView(
                id=each.id, merchant=called[each.merchant], holder=called[each.holder], pair=each
            )
            for each in busiest
        ],
    )


def outliers_found(
    found: PairsReport, *, rule: str | None, q: str | None, after: uuid.UUID | None, limit: int
) -> list[OutlierView]:
    """Outliers in the order of the table; ``q`` is part of a sentence."""
    return _page(
        [
            each
            for each in found.outliers
            if (rule is None or each.rule == rule) and (not q or q in each.zh or q in each.en)
        ],
        after,
        limit,
    )


def pairs_found(
    found: PairsReport, *, q: str | None, after: uuid.UUID | None, limit: int
) -> list[PairView]:
    """Pairs, the busiest first; ``q`` is part of a shop's name or a household's code."""
    return _page(
        [each for each in found.pairs if not q or q in each.merchant or q in each.holder],
        after,
        limit,
    )


def _parties(found: Sequence[Outlier], busiest: Sequence[Pair]) -> set[Named]:
    parties = {each.who for each in found} | {each.other for each in found if each.other}
    parties |= {Named(each.merchant, Who.MERCHANT) for each in busiest}
    return parties | {Named(each.holder, Who.HOLDER) for each in busiest}


def _outlier(each: Outlier, called: Mapping[uuid.UUID, str]) -> OutlierView:
    who = called[each.who.id]
    other = called[each.other.id] if each.other else None
    zh, en = (
        each.rule.sentence(language, who=who, other=other or "", count=each.count, of=each.of)
        for language in ("zh", "en")
    )
    return OutlierView(
        id=each.id,
        rule=each.rule.code,
        title_zh=each.rule.title_zh,
        title_en=each.rule.title_en,
        who=who,
        other=other,
        count=each.count,
        of=each.of,
        zh=zh,
        en=en,
    )


def _page(rows: Sequence[T], after: uuid.UUID | None, limit: int) -> list[T]:
    """What is gone since the last page begins the list anew."""
    ids = [each.id for each in rows]
    start = ids.index(after) + 1 if after in ids else 0
    return list(rows[start : start + limit])
