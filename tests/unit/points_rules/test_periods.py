"""Cells of time."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.rules.periods import Period, cell_of, day_months_later, month_of, period_of

CASES = [
    (Period.DAY, 1, "2026-11-21", "2026-11-21", "2026-11-21", "2026-11-22"),
    (Period.WEEK, 1, "2026-11-21", "2026-11-W47", "2026-11-16", "2026-11-23"),
    # A week is cut at the edge of a month: Monday 30 November, then Tuesday 1 December.
    (Period.WEEK, 1, "2026-11-30", "2026-11-W49", "2026-11-30", "2026-12-01"),
    (Period.WEEK, 1, "2026-12-06", "2026-12-W49", "2026-12-01", "2026-12-07"),
    # ISO week 53 of 2026 runs into January.
    (Period.WEEK, 1, "2027-01-02", "2027-01-W53", "2027-01-01", "2027-01-04"),
    (Period.MONTH, 1, "2026-12-31", "2026-12", "2026-12-01", "2027-01-01"),
    (Period.QUARTER, 1, "2026-11-21", "2026-10+3", "2026-10-01", "2027-01-01"),
    (Period.QUARTER, 2, "2026-01-31", "2025-11+3", "2025-11-01", "2026-02-01"),
    (Period.HALF_YEAR, 1, "2026-11-21", "2026-07+6", "2026-07-01", "2027-01-01"),
    (Period.YEAR, 1, "2026-12-31", "2026-01+12", "2026-01-01", "2027-01-01"),
    (Period.YEAR, 9, "2026-08-31", "2025-09+12", "2025-09-01", "2026-09-01"),
]


@pytest.mark.parametrize(("period", "year_starts", "on", "key", "starts", "ends"), CASES)
def test_cell(period: Period, year_starts: int, on: str, key: str, starts: str, ends: str) -> None:
    cell = cell_of(dt.date.fromisoformat(on), period, year_starts)
    assert (cell.key, str(cell.starts_on), str(cell.ends_before)) == (key, starts, ends)


def test_ever_has_no_end() -> None:
    assert cell_of(dt.date(2026, 11, 21), Period.EVER).ends_before is None
    assert period_of(dt.date(2026, 11, 21), Period.EVER) == "ever"


def test_every_period_is_in_the_table() -> None:
    assert [period for period in Period if period not in {case[0] for case in CASES}] == [
        Period.DEED,
        Period.ACTIVITY,
        Period.EVER,
    ]


@pytest.mark.parametrize("period", [Period.DEED, Period.ACTIVITY])
def test_an_event_has_no_cell_without_a_fact(period: Period) -> None:
    with pytest.raises(ValueError, match=period):
        cell_of(dt.date(2026, 11, 21), period)


INSIDE = [
    (Period.DAY, Period.WEEK, True),
    (Period.WEEK, Period.DAY, False),
    (Period.WEEK, Period.MONTH, True),
    (Period.YEAR, Period.EVER, True),
    (Period.DEED, Period.DEED, True),
    (Period.DEED, Period.ACTIVITY, False),
    (Period.ACTIVITY, Period.DAY, False),
    (Period.ACTIVITY, Period.WEEK, False),
    (Period.ACTIVITY, Period.MONTH, True),
    (Period.DEED, Period.EVER, True),
    (Period.DAY, Period.ACTIVITY, False),
    (Period.MONTH, Period.DEED, False),
]


@pytest.mark.parametrize(("inner", "outer", "lies_in"), INSIDE)
def test_which_cells_lie_in_which(inner: Period, outer: Period, lies_in: bool) -> None:
    assert inner.lies_in(outer) is lies_in


LATER = [
    ("2026-11-21", 12, "2027-11-21"),
    ("2026-01-31", 1, "2026-02-28"),
    ("2028-02-29", 12, "2029-02-28"),
    ("2026-11-21", 0, "2026-11-21"),
]


@pytest.mark.parametrize(("day", "months", "later"), LATER)
def test_the_same_day_months_later(day: str, months: int, later: str) -> None:
    assert str(day_months_later(dt.date.fromisoformat(day), months)) == later


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 12))
def test_each_cell_lies_in_one_cell_of_every_longer_period(on: dt.date, year_starts: int) -> None:
    cells = [cell_of(on, period, year_starts) for period in Period if not period.is_event]
    for shorter, longer in pairwise(cells):
        assert longer.starts_on <= shorter.starts_on <= on
        assert shorter.ends_before is not None
        assert on < shorter.ends_before
        assert longer.ends_before is None or shorter.ends_before <= longer.ends_before
    assert cells[2].key == month_of(on)
