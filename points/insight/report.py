"""The report: who recorded how, and what a rule speaks of, for a month or a range."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from community import places
from community.permissions import CommunityPermission
from kernel import clock
from kernel.access import Actor
from kernel.computed_lists import go_on
from points.insight import names, reading
from points.insight.errors import MonthsReversed, TooManyMonths
from points.insight.names import Names
from points.insight.outlier_views import OutlierView, in_words
from points.permissions import PointsPermission
from points.rules.outlier import Outlier
from points.rules.outliers import PartyKind, outliers
from points.rules.recorder_summaries import RecorderSummary, summaries

MOST_MONTHS = 12


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
            RecorderView(
                id=each.recorder, name=names.of_account(called, each.recorder), summary=each
            )
            for each in recorders
        ],
        outliers=[in_words(each, partial(names.of_party, called)) for each in found],
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
    parties = {party for each in found for party in (each.who, each.other) if party is not None}
    accounts = {each.id for each in parties if each.kind is PartyKind.ACCOUNT}
    accounts |= {each.recorder for each in recorders}
    receivers = {each.id for each in parties if each.kind is not PartyKind.ACCOUNT}
    return {**names.of_accounts(accounts), **names.of_receivers(community_id, receivers)}


def recorders_found(
    report: Insight, *, q: str | None, after: uuid.UUID | None, limit: int
) -> list[RecorderView]:
    """Recorders, the busiest first; ``q`` is part of a name."""
    return go_on(
        report.recorders, wanted=lambda each: not q or q in each.name, after=after, limit=limit
    )
