import datetime as dt

import pytest

from kernel import clock


def test_a_late_utc_evening_is_the_next_business_day() -> None:
    instant = dt.datetime(2026, 10, 31, 17, 0, tzinfo=dt.UTC)
    assert clock.business_date(instant) == dt.date(2026, 11, 1)


def test_a_business_day_begins_at_sixteen_utc() -> None:
    assert clock.start_of_day(dt.date(2026, 11, 1)) == dt.datetime(
        2026, 10, 31, 16, 0, tzinfo=dt.UTC
    )


@pytest.mark.parametrize(
    ("month", "following", "previous"),
    [("2026-11", "2026-12", "2026-10"), ("2026-12", "2027-01", "2026-11"),
     ("2027-01", "2027-02", "2026-12")],
)  # fmt: skip
def test_months_follow_each_other(month: str, following: str, previous: str) -> None:
    assert clock.next_month(month) == following
    assert clock.previous_month(month) == previous


@pytest.mark.parametrize(
    "text",
    [
        "2026-13",
        "2026-0",
        "26-11",
        "2026-11-01",
        "2026-00",
        "",
        "2026-11\n",
        "0000-01",
        "0001-01",
        "9999-12",
    ],
)
def test_what_is_not_a_month(text: str) -> None:
    assert not clock.MONTH_PATTERN.match(text)
