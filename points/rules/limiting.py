"""Steps 10 and 11: intervals, limits on times, limits on points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from points.rules.compiled import Measure
from points.rules.facts import WorthReason
from points.rules.standing import Standing
from points.rules.usage import LimitCell, Usage, limit_cell


def limit_intervals(standing: Sequence[Standing]) -> None:
    """``min_days_between`` by date: what comes too soon after the last that counted is 0."""
    last_on: dict[LimitCell, dt.date] = {}
    for each in standing:
        limits = each.version.limits_of(each.item.code, Measure.MIN_DAYS)
        if not limits or not each.points:
            continue
        keys = {limit_cell(each.version, limit, each.fact, each.on): limit for limit in limits}
        if any(
            key in last_on and (each.on - last_on[key]).days < limit.cap
            for key, limit in keys.items()
        ):
            each.nothing(WorthReason.TOO_SOON)
        else:
            last_on.update(dict.fromkeys(keys, each.on))


def limit_times(standing: Sequence[Standing], usage: Usage) -> None:
    """``max_times``: the greatest stay, ties in canonical order (the sort is stable).

    Taking the greatest that fits, again and again, is right for nested cells as well.
    """
    for each in sorted(standing, key=lambda each: -each.points):
        if not each.points:
            continue
        room = usage.room(each.version, Measure.TIMES, each.fact, each.on)
        if room is not None and room < 1:
            each.nothing(WorthReason.OVER_LIMIT)
            continue
        usage.take(each.version, Measure.TIMES, each.fact, each.on, Decimal(1))


def limit_points(standing: Sequence[Standing], usage: Usage) -> None:
    """``max_points``, in canonical order: min(value, smallest room); the rest lapses."""
    for each in standing:
        room = usage.room(each.version, Measure.POINTS, each.fact, each.on)
        if room is not None and room < each.points:
            each.points = room
            each.reason = WorthReason.PARTLY_OVER_LIMIT if room else WorthReason.OVER_LIMIT
        usage.take(each.version, Measure.POINTS, each.fact, each.on, each.points)
