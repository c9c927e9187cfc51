"""Cells of time: the day, week, month … a limit or a running total belongs to.

Dates are business dates in Asia/Shanghai without a time; every span is [from, to). Weeks run from
Monday to Sunday and are cut at the edge of a month, so that every cell lies in one month or
consists of whole months (rulebook-format.md section 4, Time).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Period(StrEnum):
    """From the shortest to the longest; each cell of one lies in one cell of the next."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    EVER = "ever"

    @property
    def rank(self) -> int:
        """0 for the shortest; a smaller rank nests in a larger one."""
        return _ORDER[self]


_ORDER = {period: rank for rank, period in enumerate(Period)}
_MONTHS = {Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}


@dataclass(frozen=True)
class Cell:
    """``key`` is stable text for storage; ``ends_before`` is None for ever."""

    key: str
    starts_on: dt.date
    ends_before: dt.date | None


def month_of(day: dt.date) -> str:
    """``2026-11``."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day_of(month: str) -> dt.date:
    """``2026-11`` → 1 November 2026."""
    return dt.date.fromisoformat(f"{month}-01")


def months_later(first: dt.date, months: int) -> dt.date:
    """The first day of the month ``months`` after the month of ``first``."""
    years, month = divmod(first.month - 1 + months, 12)
    return dt.date(first.year + years, month + 1, 1)


def cell_of(day: dt.date, period: Period, year_starts_month: int = 1) -> Cell:
    """The cell of ``day``. Keys: ``2026-11-21``, ``2026-11-W47``, ``2026-11``, ``2026-10+3``
    (three months from October), ``2026-07+6``, ``2026-01+12``, ``ever``.
    """
    month_start = day.replace(day=1)
    if period is Period.DAY:
        return Cell(day.isoformat(), day, day + dt.timedelta(days=1))
    if period is Period.WEEK:
        monday = day - dt.timedelta(days=day.weekday())
        return Cell(
            f"{month_of(day)}-W{day.isocalendar().week:02d}",
            max(monday, month_start),
            min(monday + dt.timedelta(days=7), months_later(month_start, 1)),
        )
    if period is Period.MONTH:
        return Cell(month_of(day), month_start, months_later(month_start, 1))
    if period is Period.EVER:
        return Cell("ever", dt.date.min, None)
    length = _MONTHS[period]
    start = months_later(month_start, -((day.month - year_starts_month) % 12 % length))
    return Cell(f"{month_of(start)}+{length}", start, months_later(start, length))


def period_of(day: dt.date, period: Period, year_starts_month: int = 1) -> str:
    """The key of the cell of ``day``."""
    return cell_of(day, period, year_starts_month).key
