"""A range of business days that a list or a report looks at, both ends inside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kernel import clock
from redemption.errors import DaysReversed, TooManyDays

#: One statement reads them all.
MOST_DAYS = 92


@dataclass(frozen=True)
class Days:
    """From ``first`` to ``last`` in Asia/Shanghai."""

    first: dt.date
    last: dt.date

    @property
    def begin(self) -> dt.datetime:
        """The instant from which on something lies in them."""
        return clock.start_of_day(self.first)

    @property
    def end(self) -> dt.datetime:
        """The instant before which it does."""
        return clock.start_of_day(self.last + dt.timedelta(days=1))


def days(*, first: dt.date | None, last: dt.date | None, today: dt.date, back: int = 0) -> Days:
    """What was asked for; without a last day up to today, without a first ``back`` days before it.

    Raises DaysReversed, TooManyDays.
    """
    end = last or max(today, first or today)
    begin = first or end - dt.timedelta(days=back)
    if begin > end:
        raise DaysReversed(field="first_day", first=begin.isoformat(), last=end.isoformat())
    if (end - begin).days >= MOST_DAYS:
        raise TooManyDays(field="first_day", most=MOST_DAYS)
    return Days(begin, end)
