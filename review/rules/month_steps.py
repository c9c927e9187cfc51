"""When a month may take its next step: days and hours, pure."""

from __future__ import annotations

import datetime as dt

from kernel import clock

#: Days after the end of a month before it can be frozen. None: a deed reported after the freeze
#: is not lost, it goes to the open month and names the month it belongs to; a community that
#: wants to wait simply freezes later.
GRACE_DAYS = 0
#: The hour (Asia/Shanghai) at which a notice ends on its last working day.
NOTICE_ENDS = dt.time(18, 0)
#: A sheet is sent back with at least this many characters of reasons.
SHORTEST_WHY = 10


def earliest_freeze(month: str) -> dt.date:
    """The first business date on which ``month`` may be frozen."""
    return clock.first_day(clock.next_month(month)) + dt.timedelta(days=GRACE_DAYS)


def notice_ends(due_on: dt.date) -> dt.datetime:
    """The instant at which a notice that is due on this date ends: 18:00 in Shanghai."""
    return clock.at(due_on, NOTICE_ENDS)


def last_day(month: str) -> dt.date:
    """The last day of ``month``: the roster of this day is the month's."""
    return clock.first_day(clock.next_month(month)) - dt.timedelta(days=1)
