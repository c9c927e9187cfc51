"""The largest and the least points one fact of an item can be worth, as far as the rules say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal

from kernel.points_value import ZERO, rounded
from points.rules.awards import (
    Award,
    Bands,
    Fixed,
    Milestones,
    PerUnit,
    PointsOrLevels,
    Range,
    Ranks,
)
from points.rules.compiled import Item, Limit, Measure

_ONE = Decimal(1)


def amounts(points: PointsOrLevels) -> Iterable[Decimal]:
    return points.values() if isinstance(points, Mapping) else (points,)


def largest_points(item: Item, limits: Iterable[Limit]) -> Decimal | None:
    """After the largest factor and the item's ``limits``; None where nothing bounds it."""
    award, caps = item.award, tuple(limits)
    if award is None:
        return ZERO
    quantity = _least(
        [item.quantity.most, *(each.cap for each in caps if each.measure is Measure.QUANTITY)]
    )
    most = _of_award(award, quantity)
    factor = max(item.escalation.factors) if item.escalation else _ONE
    charged = None if most is None else rounded(most * factor)
    return _least([charged, *(each.cap for each in caps if each.measure is Measure.POINTS)])


def _least(bounds: Iterable[Decimal | None]) -> Decimal | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def _of_award(award: Award, quantity: Decimal | None) -> Decimal | None:
    """For one fact of at most ``quantity`` units, on top of whatever was added up before."""
    match award:
        case Fixed():
            return max(amounts(award.points))
        case Range():
            return award.most
        case Ranks():
            return max(award.points)
        case Milestones(then_every=None):
            return award.steps[-1].points
    return None if quantity is None else _of_quantity(award, quantity)


def _of_quantity(award: PerUnit | Bands | Milestones, quantity: Decimal) -> Decimal:
    is_added_up = award.over is not None
    if isinstance(award, PerUnit):
        return max(amounts(award.points)) * _times(quantity, award.per, is_added_up)
    if isinstance(award, Milestones):
        further = _times(quantity, award.then_every or _ONE, True)
        return award.steps[-1].points + award.then_points * further
    if not is_added_up:
        return award.worth(quantity, None, None)
    rate = max(band.points / band.per for band in award.bands)
    return rate * quantity + sum((band.points for band in award.bands), ZERO)


def _times(quantity: Decimal, per: Decimal, is_added_up: bool) -> Decimal:
    """A rest from before may complete one unit more."""
    times = quantity / per
    return times.to_integral_value(rounding=ROUND_CEILING) if is_added_up else times


def least_points(item: Item) -> Decimal | None:
    """The smallest amount one fact is worth, if any; None for records and ranks."""
    match item.award:
        case Fixed() | PerUnit():
            least = min(amounts(item.award.points))
        case Range():
            least = item.award.least
        case Bands():
            least = min(band.points for band in item.award.bands)
        case Milestones():
            least = item.award.steps[0].points
        case _:
            return None
    factors = item.escalation.factors if item.escalation else (_ONE,)
    return rounded(least * min((each for each in factors if each > 0), default=_ONE))
