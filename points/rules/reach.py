"""How far back facts have to be read, so that the lines of one month come out right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from points.rules.compiled import Item, Limit, Rulebook
from points.rules.periods import Period, cell_of


def needed_from(versions: Iterable[Rulebook], first: dt.date) -> dt.date | None:
    """The earliest day whose facts can matter for the month that begins on ``first``.

    None where every fact can: counts without a period, warnings, vetoes and failings charged
    again. Facts that share a deed or an activity with one of the month matter in any case.
    """
    earliest = first
    for version in versions:
        for period in _periods(version):
            if period is None or period is Period.EVER:
                return None
            if not period.is_event:
                began = cell_of(first, period, version.year_starts_month).starts_on
                earliest = min(earliest, began)

    return earliest


def _periods(version: Rulebook) -> Iterator[Period | None]:
    for item in version.items:
        yield from _of_item(item)
    yield from (_of_limit(limit) for limit in version.shared_limits)


def _of_item(item: Item) -> Iterator[Period | None]:
    if item.escalation or item.recurs or item.veto:
        yield None
    if item.over is not None:
        yield item.over
    yield from (_of_limit(limit) for limit in item.limits)


def _of_limit(limit: Limit) -> Period | None:
    # An interval has no period of its own: whether a fact counts hangs on the one before it.
    return limit.per
