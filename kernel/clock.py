"""The clock: UTC instants for the record, business dates of Asia/Shanghai for people.

Concept functions never look at the clock; they take ``now`` (an aware UTC datetime). Only the
edges (routes, commands) call :func:`now`. ``LINLI_CLOCK_OFFSET_SECONDS`` moves the clock of a
process under test; production refuses it.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Years of this century only: before and after the first and last month there is no date. ``\Z``,
#: because ``$`` lets a line feed pass.
MONTH_PATTERN = re.compile(r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z")

_offset = dt.timedelta(0)


def now() -> dt.datetime:
    """The present instant, aware, UTC."""
    return dt.datetime.now(dt.UTC) + _offset


def set_offset(offset: dt.timedelta) -> None:
    """Move the clock of this process; for tests only."""
    global _offset  # noqa: PLW0603 - one process, one clock
    _offset = offset


def business_date(instant: dt.datetime) -> dt.date:
    """The date in Asia/Shanghai: UTC 10-31 17:00 is 1 November."""
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: dt.date) -> dt.datetime:
    """The instant at which a business date begins."""
    return dt.datetime.combine(day, dt.time(), SHANGHAI).astimezone(dt.UTC)


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant of a business date and a wall clock time in Asia/Shanghai."""
    return dt.datetime.combine(day, time, SHANGHAI).astimezone(dt.UTC)


def month_of(day: dt.date) -> str:
    """The accounting month ``YYYY-MM`` a business date lies in."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(month: str) -> dt.date:
    """The first day of the month ``YYYY-MM``."""
    return dt.date(int(month[:4]), int(month[5:]), 1)


def next_month(month: str) -> str:
    """The month after ``YYYY-MM``."""
    first = first_day(month)
    return month_of((first + dt.timedelta(days=32)).replace(day=1))


def previous_month(month: str) -> str:
    """The month before ``YYYY-MM``."""
    return month_of(first_day(month) - dt.timedelta(days=1))
