"""On which days the demo's story happens, counted from the day of the first start.

Two months are sealed, one is on notice with its clock still running, the later ones are open.
Early in a month the month before cannot be on notice yet: then everything is one month earlier
and two months are open, as in a real community.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kernel import clock, working_days

NOTICE_WORKING_DAYS = 5
#: How many working days of the notice are to be left, the best first.
LEFT = (2, 1, 3)
#: Days of the following month: everything is recorded, approved and frozen by then.
FREEZE_DAY, EARLIEST_NOTICE_DAY, USUAL_NOTICE_DAY = 3, 3, 5
#: The district, its people and its alliance are entered this long before the first month.
FOUNDED_DAYS_BEFORE = 21

Days = Mapping[dt.date, bool]


@dataclass(frozen=True, kw_only=True)
class StoryDays:
    """The months of the story; ``published`` and ``due`` by month, for those with a notice."""

    today: dt.date
    calendar: Days
    sealed: tuple[str, ...]
    on_notice: str
    open_months: tuple[str, ...]
    published: Mapping[str, dt.date]
    due: Mapping[str, dt.date]

    @property
    def first_day(self) -> dt.date:
        return clock.first_day(self.sealed[0])

    @property
    def founded_on(self) -> dt.date:
        return self.first_day - dt.timedelta(days=FOUNDED_DAYS_BEFORE)

    @property
    def months(self) -> tuple[str, ...]:
        """Every month of the story, oldest first."""
        return (*self.sealed, self.on_notice, *self.open_months)

    def working_day_after(self, day: dt.date, count: int = 1) -> dt.date:
        """The ``count``-th working day after ``day``."""
        return working_days.add(self.calendar, day, count)


def calendar_years(today: dt.date) -> dict[int, tuple[Days, bool]]:
    """year → its working days and whether they are provisional, for every year the demo needs."""
    first = (today - dt.timedelta(days=190)).year
    return {year: _calendar_year(year) for year in range(first, today.year + 2)}


@cache
def _calendar_year(year: int) -> tuple[Days, bool]:
    try:
        return working_days.published_year(year), False
    except working_days.CalendarYearMissing:
        return working_days.provisional_year(year), True


def story_days(today: dt.date, calendar: Days) -> StoryDays:
    """Lay the story out so that a notice is running on ``today``."""
    running = clock.month_of(today)
    earliest = clock.first_day(running).replace(day=EARLIEST_NOTICE_DAY)
    candidates = [_published(today, calendar, left) for left in LEFT]
    published_on = next((day for day in candidates if day >= earliest), None)
    is_early = published_on is None
    on_notice = clock.previous_month(running)
    if is_early:
        on_notice = clock.previous_month(on_notice)
    second = clock.previous_month(on_notice)
    sealed = (clock.previous_month(second), second)
    published = {month: _usual_notice(month, calendar) for month in sealed}
    published[on_notice] = published_on or candidates[0]
    return StoryDays(
        today=today,
        calendar=calendar,
        sealed=sealed,
        on_notice=on_notice,
        open_months=(clock.previous_month(running), running) if is_early else (running,),
        published=published,
        due={
            month: working_days.add(calendar, day, NOTICE_WORKING_DAYS)
            for month, day in published.items()
        },
    )


def _published(today: dt.date, calendar: Days, left: int) -> dt.date:
    """The latest working day whose notice has ``left`` working days to run after ``today``."""
    passed, day = 0, today
    while True:
        passed += calendar[day]
        day -= dt.timedelta(days=1)
        if passed == NOTICE_WORKING_DAYS - left and calendar[day]:
            return day


def _usual_notice(month: str, calendar: Days) -> dt.date:
    day = clock.first_day(clock.next_month(month)).replace(day=USUAL_NOTICE_DAY)
    while not calendar[day]:
        day += dt.timedelta(days=1)
    return day
