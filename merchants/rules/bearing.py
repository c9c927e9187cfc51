"""How many points a shop can take in one month: its cap, and the stock of its offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import ZERO
from merchants.models import Per
from merchants.rules.offers import cell_of


@dataclass(frozen=True, kw_only=True)
class OfferStock:
    """An offer as it bears points; ``stock`` None is not limited.

    Without a ``stock_period`` the stock is for the whole validity: here it is what is left of it.
    """

    points: Decimal
    stock: int | None
    stock_period: Per | None
    weekdays: str | None


def stock_in_month(offer: OfferStock, days: Sequence[dt.date]) -> Decimal | None:
    """The most points its stock can bring on the days of a month; None where it has no limit.

    A stock of a day or a week is there anew in each of them that has a weekday of the offer.
    """
    if offer.stock is None:
        return None
    per = offer.stock_period
    cells = {
        cell_of(per, day)
        for day in days
        if offer.weekdays is None or str(day.isoweekday()) in offer.weekdays
    }
    return offer.points * offer.stock * len(cells)


def bearable(monthly_cap: Decimal, stocks: Sequence[Decimal | None]) -> Decimal:
    """What a shop can take: nothing without offers, its cap unless less is in stock."""
    limited = [points for points in stocks if points is not None]
    if len(limited) < len(stocks):
        return monthly_cap
    return min(monthly_cap, sum(limited, ZERO))
