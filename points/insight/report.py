"""The report: who recorded how, and what a rule speaks of, for a month or a range."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from community import places
from community.permissions import CommunityPermission
from kernel import clock
from kernel.access import Actor
from points.insight import names, reading
from points.insight.errors import MonthsReversed, TooManyMonths
from points.insight.names import Names
from points.permissions import PointsPermission
from points.rules.outliers import OtherKind, Outlier, outliers
from points.rules.recorder_summaries import RecorderSummary, summaries

MOST_MONTHS = 12

T = TypeVar("T", "OutlierView", "RecorderView")


@dataclass(frozen=True, kw_only=True)
class OutlierView:
    """One outlier in words; ``zh`` and ``en`` end by saying that it is no finding."""

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
class RecorderView:
    """One recorder: ``name`` and the numbers."""

    id: uuid.UUID
    name: str
    summary: RecorderSummary


@dataclass(frozen=True, kw_only=True)
class Insight:
    """``recorded`` counts what was recorded for others; ``has_names`` who may read members."""

    first_month: str
    last_month: str
    recorded: int
    has_names: bool
    recorders: Sequence[RecorderView]
    outliers: Sequence[OutlierView]


def insight(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    first_month: str | None = None,
    last_month: str | None = None,
) -> Insight:
    """The months from ``first_month`` to ``last_month``, both inside; else the present one.

    A constant number of statements. Raises MonthsReversed, TooManyMonths.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.READ_INSIGHT, place)
    months = _months(first_month, last_month, now)
    recorded = reading.deeds(community_id, months)
    found = outliers(recorded, reading.residents(community_id))
    recorders = summaries(recorded)
    has_names = actor.may(CommunityPermission.READ_MEMBERS, place)
    called = _names(community_id, recorders, found) if has_names else {}
    return Insight(
        first_month=months.first,
        last_month=months.last,
        recorded=sum(each.count for each in recorders),
        has_names=has_names,
        recorders=[
            RecorderView(id=each.recorder, name=names.shown(called, each.recorder), summary=each)
            for each in recorders
        ],
        outliers=[_view(each, called) for each in found],
    )


def _months(first: str | None, last: str | None, now: dt.datetime) -> reading.Months:
    end = last or first or clock.month_of(clock.business_date(now))
    start = first or end
    if start > end:
        raise MonthsReversed(field="first_month", first=start, last=end)
    if _months_between(start, end) > MOST_MONTHS:
        raise TooManyMonths(field="first_month", most=MOST_MONTHS)
    return reading.Months(start, end)


def _months_between(start: str, end: str) -> int:
    """How many months there are, both ends inside."""
    first, last = clock.first_day(start), clock.first_day(end)
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _names(
    community_id: uuid.UUID, recorders: Sequence[RecorderSummary], found: Sequence[Outlier]
) -> Names:
    others = [each.other for each in found if each.other]
    accounts = {each.recorder for each in recorders} | {each.who for each in found}
    accounts |= {other.id for other in others if other.kind is OtherKind.ACCOUNT}
    receivers = {other.id for other in others if other.kind is not OtherKind.ACCOUNT}
    return {**names.of_accounts(accounts), **names.of_receivers(community_id, receivers)}


def _view(each: Outlier, called: Names) -> OutlierView:
    who = names.shown(called, each.who)
    other = names.shown(called, each.other.id, each.other.kind) if each.other else None
    sentence = {
        language: each.rule.sentence(
            language, who=who, other=other or "", count=each.count, of=each.of
        )
        for language in ("zh", "en")
    }
    return OutlierView(
        id=each.id,
        rule=each.rule.code,
        title_zh=each.rule.title_zh,
        title_en=each.rule.title_en,
        who=who,
        other=other,
        count=each.count,
        of=each.of,
        **sentence,
    )


def outliers_found(
    report: Insight, *, rule: str | None, q: str | None, after: uuid.UUID | None, limit: int
) -> list[OutlierView]:
    """Outliers in the order of the table; ``q`` is part of a sentence."""
    return _page(
        [
            each
            for each in report.outliers
            if (rule is None or each.rule == rule) and (not q or q in each.zh or q in each.en)
        ],
        after,
        limit,
    )


def recorders_found(
    report: Insight, *, q: str | None, after: uuid.UUID | None, limit: int
) -> list[RecorderView]:
    """Recorders, the busiest first; ``q`` is part of a name."""
    return _page([each for each in report.recorders if not q or q in each.name], after, limit)


def _page(rows: Sequence[T], after: uuid.UUID | None, limit: int) -> list[T]:
    """What is gone since the last page begins the list anew."""
    ids = [each.id for each in rows]
    start = ids.index(after) + 1 if after in ids else 0
    return list(rows[start : start + limit])
