"""Cells of time: the day, week, month … a limit or a running total belongs to.

Dates are business dates in Asia/Shanghai without a time; every span is [from, to). Weeks run from
Monday to Sunday and are cut at the edge of a month, so that every cell lies in one month or
consists of whole months (rulebook-format.md section 4, Time).
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Period(StrEnum):
    """Cells of time from the shortest to the longest, after the two that name an event.

    ``deed`` and ``activity`` are cells of limits only: one deed's or one activity's facts within
    one month.
    """

    DEED = "deed"
    ACTIVITY = "activity"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    EVER = "ever"

    @property
    def rank(self) -> int:
        """A smaller rank is shorter. Events come before the day; see :meth:`lies_in`."""
        return _ORDER[self]

    @property
    def is_event(self) -> bool:
        return self in (Period.DEED, Period.ACTIVITY)

    def lies_in(self, other: Period) -> bool:
        """Whether each cell of this lies in one cell of ``other``.

        A deed or an activity may last several days, so their cells (cut at the edge of a month)
        fit only into themselves and into months or longer.
        """
        if self is other:
            return True
        if self.is_event or other.is_event:
            return self.is_event and other.rank >= Period.MONTH.rank
        return self.rank <= other.rank


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


def day_months_later(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later: 21 November + 12 → 21 November of the next year.

    A day that month does not have becomes its last: 31 January + 1 → 28 February.
    """
    first = months_later(day, months)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def cell_of(day: dt.date, period: Period, year_starts_month: int = 1) -> Cell:
    """The cell of ``day``. Keys: ``2026-11-21``, ``2026-11-W47``, ``2026-11``, ``2026-10+3``
    (three months from October), ``2026-07+6``, ``2026-01+12``, ``ever``.

    Raises ValueError for a deed or an activity: their cells need a fact
    (``points.rules.usage.limit_cell``).
    """
    month_start = day.replace(day=1)
    if period.is_event:
        raise ValueError(f"no cell of time: {period}")
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
