"""The time of an attendance in the item's unit: within the activity, rounded down."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from points.rules.hours import time_counted
from tests.unit.points_rules.books import book, hours

D = Decimal
STARTS = dt.datetime(2026, 11, 21, 1, 0, tzinfo=dt.UTC)
ENDS = STARTS + dt.timedelta(hours=3)
BOOK = book(
    hours("HUNDREDTHS"),
    hours("HALVES", quantity={"min": D("0.5"), "max": 2}),
    hours("WHOLE", quantity={"integer": True}),
    hours("LONG", quantity={"min": 2}),
    hours("MINUTES", unit="minute", quantity={"integer": True}),
)


def counted(code: str, came: float, left: float) -> Decimal:
    """``came`` and ``left`` in minutes after the start."""
    return time_counted(
        BOOK.by_code[code],
        came=STARTS + dt.timedelta(minutes=came),
        left=STARTS + dt.timedelta(minutes=left),
        starts=STARTS,
        ends=ENDS,
    )


@pytest.mark.parametrize(
    ("code", "came", "left", "quantity"),
    [
        ("HUNDREDTHS", 0, 60, "1"),
        ("HUNDREDTHS", 0, 59.9, "0.99"),
        ("HUNDREDTHS", -30, 60, "1"),
        ("HUNDREDTHS", 0, 500, "3"),
        ("HUNDREDTHS", 0, 0, "0"),
        ("HUNDREDTHS", 200, 210, "0"),
        ("HUNDREDTHS", -30, -10, "0"),
        ("HALVES", 0, 30, "0.5"),
        ("HALVES", 0, 59.9, "0.5"),
        ("HALVES", 0, 29.9, "0"),
        ("HALVES", 0, 180, "2"),
        ("WHOLE", 0, 119, "1"),
        ("WHOLE", 0, 59, "0"),
        ("LONG", 0, 119, "0"),
        ("LONG", 0, 121, "2.01"),
        ("MINUTES", 0, 61.5, "61"),
    ],
)
def test_it_is_rounded_down_to_what_the_item_takes(
    code: str, came: float, left: float, quantity: str
) -> None:
    assert counted(code, came, left) == D(quantity)


def test_a_second_less_never_counts_more() -> None:
    for code in ("HUNDREDTHS", "HALVES", "WHOLE", "MINUTES"):
        worths = [counted(code, 0, seconds / 60) for seconds in range(0, 12_000, 37)]
        assert worths == sorted(worths)
