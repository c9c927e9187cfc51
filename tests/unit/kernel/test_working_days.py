import datetime as dt

import pytest

from kernel import working_days
from kernel.working_days import CalendarYearMissing


@pytest.fixture(scope="module")
def calendar() -> dict[dt.date, bool]:
    return working_days.published_year(2026)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-12-03", 5, "2026-12-10"),  # over one weekend
        ("2026-12-04", 1, "2026-12-07"),  # Friday → Monday
        ("2026-09-30", 1, "2026-10-08"),  # over the October holiday
        ("2026-09-30", 3, "2026-10-10"),  # Saturday the 10th is a make-up working day
        ("2026-11-20", 0, "2026-11-20"),
    ],
)
def test_due_dates(calendar: dict[dt.date, bool], start: str, count: int, due: str) -> None:
    day = working_days.add(calendar, dt.date.fromisoformat(start), count)
    assert day == dt.date.fromisoformat(due)


def test_an_unpublished_year_is_named() -> None:
    with pytest.raises(CalendarYearMissing) as refusal:
        working_days.published_year(2035)
    assert "2035" in refusal.value.sentence("zh")


def test_a_due_date_in_a_year_not_entered_is_refused(calendar: dict[dt.date, bool]) -> None:
    with pytest.raises(CalendarYearMissing) as refusal:
        working_days.add(calendar, dt.date(2026, 12, 30), 5)
    assert refusal.value.values["year"] == 2027


def test_a_provisional_year_has_only_weekends_off() -> None:
    days = working_days.provisional_year(2027)
    assert len(days) == 365
    assert days[dt.date(2027, 1, 1)] is True
    assert days[dt.date(2027, 1, 2)] is False
