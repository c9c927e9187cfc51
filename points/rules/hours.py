"""How much of the time between coming and leaving counts, in the item's unit: always rounded down.

Whole units where the item takes whole quantities; where its smallest quantity is a fraction that
divides the unit (half an hour), multiples of that; otherwise hundredths.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_FLOOR, Decimal

from points.rules.compiled import Item

_HUNDREDTH = Decimal("0.01")
_ONE = Decimal(1)
_SECONDS = {"hour": 3600, "minute": 60}
#: Units of an item in which the time of an activity can be counted.
TIME_UNITS = frozenset(_SECONDS)


def step_of(item: Item) -> Decimal:
    """The smallest part of a unit that counts."""
    bounds = item.quantity
    if bounds.is_integer:
        return _ONE
    if bounds.least is not None and 0 < bounds.least < 1 and _ONE % bounds.least == 0:
        return bounds.least
    return _HUNDREDTH


def time_counted(
    item: Item,
    *,
    came: dt.datetime,
    left: dt.datetime,
    starts: dt.datetime,
    ends: dt.datetime,
) -> Decimal:
    """The quantity of one attendance within the activity's own time; 0 where it is too short.

    Raises KeyError for an item that is not counted in time.
    """
    seconds = (min(left, ends) - max(came, starts)).total_seconds()
    units = Decimal(max(0, int(seconds))) / _SECONDS[item.unit or ""]
    step = step_of(item)
    counted = (units / step).to_integral_value(rounding=ROUND_FLOOR) * step
    bounds = item.quantity
    if bounds.most is not None:
        counted = min(counted, bounds.most)
    if bounds.least is not None and counted < bounds.least:
        return Decimal(0)
    return counted
