"""Deductions down to zero: what a late correction of a sealed month moves (section 5, Balance).

The month keeps x, its balance with its net before the floor. Corrections of one month may come in
any order and in any parts: together they move what their sum would have moved. Later months are
not replayed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import ZERO


@dataclass(frozen=True)
class Floored:
    """``moved`` is signed; ``before_floor`` is the month's x from now on."""

    moved: Decimal
    before_floor: Decimal


def sealed(balance: Decimal, net: Decimal) -> Floored:
    """The net of a month reaches the balance when the month is sealed; the shortfall lapses."""
    return Floored(max(ZERO, balance + net) - balance, balance + net)


def corrected(before_floor: Decimal, change: Decimal) -> Floored:
    """A later correction of that month: max(0, x + d) − max(0, x), then x += d."""
    after = before_floor + change
    return Floored(max(ZERO, after) - max(ZERO, before_floor), after)
