"""Whatever the day of the first start is, a notice is running and the months before are over."""

from __future__ import annotations

import datetime as dt

import pytest

from kernel import clock
from ops.demo.story_days import NOTICE_WORKING_DAYS, StoryDays, calendar_years, story_days

FIRST, LAST = dt.date(2026, 9, 1), dt.date(2028, 3, 1)


def told_on(today: dt.date) -> StoryDays:
    years = calendar_years(today).values()
    return story_days(today, {day: works for days, _ in years for day, works in days.items()})


def test_on_every_day_a_notice_is_running_and_the_months_follow_each_other() -> None:
    for number in range((LAST - FIRST).days):
        today = FIRST + dt.timedelta(days=number)
        days = told_on(today)
        published, due = days.published[days.on_notice], days.due[days.on_notice]
        left = sum(
            days.calendar[today + dt.timedelta(days=n)] for n in range(1, (due - today).days + 1)
        )
        assert published < today < due, today
        assert 1 <= left <= 3, today
        assert published >= clock.first_day(clock.next_month(days.on_notice)), today
        assert days.months[-1] == clock.month_of(today)
        assert all(
            clock.next_month(one) == other
            for one, other in zip(days.months, days.months[1:], strict=False)
        )
        for month in days.sealed:
            assert days.published[month] < days.due[month] < published, today
            # The answer after the seal must have been given, too.
            assert days.working_day_after(days.published[month], 7) <= today, today


@pytest.mark.parametrize(
    ("today", "on_notice", "open_months"),
    [
        (dt.date(2026, 11, 21), "2026-10", ("2026-11",)),
        (dt.date(2026, 12, 1), "2026-10", ("2026-11", "2026-12")),
        (dt.date(2026, 12, 31), "2026-11", ("2026-12",)),
        (dt.date(2027, 3, 20), "2027-02", ("2027-03",)),
    ],
)
def test_early_in_a_month_the_story_is_one_month_earlier(
    today: dt.date, on_notice: str, open_months: tuple[str, ...]
) -> None:
    days = told_on(today)
    assert (days.on_notice, days.open_months) == (on_notice, open_months)
    assert days.due[on_notice] == days.working_day_after(
        days.published[on_notice], NOTICE_WORKING_DAYS
    )


def test_years_without_a_published_calendar_are_provisional() -> None:
    years = calendar_years(dt.date(2026, 11, 21))
    assert {year: is_provisional for year, (_, is_provisional) in years.items()} == {
        2026: False,
        2027: True,
    }
