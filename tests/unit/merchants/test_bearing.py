"""What a shop can take in a month, by hand: November 2026 has 30 days in six weeks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from merchants.models import Per
from merchants.rules.bearing import OfferStock, bearable, stock_in_month

D = Decimal
NOVEMBER = [dt.date(2026, 11, day) for day in range(1, 31)]


@pytest.mark.parametrize(
    ("stock", "per", "weekdays", "expected"),
    [
        (None, None, None, None),
        (7, None, None, 35),  # 7 are left
        (3, Per.MONTH, None, 15),
        (2, Per.DAY, None, 300),
        (2, Per.DAY, "67", 90),  # four Saturdays and five Sundays, the 1st is one
        (4, Per.WEEK, None, 120),  # the 1st is the end of a week, the 30th begins the sixth
        (4, Per.WEEK, "6", 80),
    ],
)
def test_the_stock_of_a_month(
    stock: int | None, per: Per | None, weekdays: str | None, expected: int | None
) -> None:
    offer = OfferStock(points=D(5), stock=stock, stock_period=per, weekdays=weekdays)
    found = stock_in_month(offer, NOVEMBER)
    assert found == (None if expected is None else D(expected))


@pytest.mark.parametrize(
    ("stocks", "expected"),
    [
        ([], 0),
        ([None], 100),
        ([D(30), None], 100),
        ([D(30), D(20)], 50),
        ([D(90), D(20)], 100),
    ],
    ids=["no offer", "unlimited", "one unlimited", "less in stock", "more in stock"],
)
def test_a_shop_takes_its_cap_unless_less_is_in_stock(
    stocks: list[Decimal | None], expected: int
) -> None:
    assert bearable(D(100), stocks) == D(expected)
