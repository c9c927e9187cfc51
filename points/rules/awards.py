"""Awards: how many points one fact, or the quantity of a period, is worth.

Pure arithmetic; amounts are positive ``Decimal`` points, quantities are in the item's unit.
Rounding is half up to 0.1, on each value and on each total (rulebook-format.md section 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from itertools import zip_longest

from kernel.points_value import TENTH, ZERO, rounded
from points.rules.periods import Period

#: One amount, or one per named level (情节).
PointsOrLevels = Decimal | Mapping[str, Decimal]


def levels_of(points: PointsOrLevels) -> tuple[str, ...]:
    """Names of the levels in document order, empty where there is one amount only."""
    return () if isinstance(points, Decimal) else tuple(points)


def _at_level(points: PointsOrLevels, level: str | None) -> Decimal | None:
    """None where the level is not one of the award's levels."""
    if isinstance(points, Decimal):
        return points
    return points.get(level) if level is not None else None


def _whole_times(quantity: Decimal, per: Decimal) -> Decimal:
    return (quantity / per).to_integral_value(rounding=ROUND_FLOOR)


@dataclass(frozen=True)
class Fixed:
    """One number, or one per level; the quantity is 1."""

    points: PointsOrLevels

    @property
    def over(self) -> Period | None:
        return None

    @property
    def levels(self) -> tuple[str, ...]:
        return levels_of(self.points)

    def worth(self, quantity: Decimal, level: str | None, decided: Decimal | None) -> Decimal:
        return _at_level(self.points, level) or ZERO


@dataclass(frozen=True)
class Range:
    """What the reviewer decides between ``least`` and ``most``; nothing until decided."""

    least: Decimal
    most: Decimal
    step: Decimal = TENTH

    @property
    def over(self) -> Period | None:
        return None

    @property
    def levels(self) -> tuple[str, ...]:
        return ()

    def allows(self, decided: Decimal) -> bool:
        """Whether a reviewer may decide this amount."""
        return self.least <= decided <= self.most and (decided - self.least) % self.step == 0

    def worth(self, quantity: Decimal, level: str | None, decided: Decimal | None) -> Decimal:
        """A decision outside the range (of a newer version) is no decision."""
        return decided if decided is not None and self.allows(decided) else ZERO


@dataclass(frozen=True)
class PerUnit:
    """``points`` per ``per`` units, whole units only unless ``whole`` is false."""

    points: PointsOrLevels
    per: Decimal
    whole: bool = True
    over: Period | None = None

    @property
    def levels(self) -> tuple[str, ...]:
        return levels_of(self.points)

    def worth(self, quantity: Decimal, level: str | None, decided: Decimal | None) -> Decimal:
        points = _at_level(self.points, level) or ZERO
        if self.whole:
            return rounded(points * _whole_times(quantity, self.per))
        return rounded(points * quantity / self.per)


@dataclass(frozen=True)
class Step:
    """From ``at`` units on, ``points`` in total."""

    at: Decimal
    points: Decimal


@dataclass(frozen=True)
class Milestones:
    """A table of totals; after the last step ``then_points`` for each further ``then_every``."""

    steps: tuple[Step, ...]
    then_every: Decimal | None = None
    then_points: Decimal = ZERO
    over: Period | None = None

    @property
    def levels(self) -> tuple[str, ...]:
        return ()

    def worth(self, quantity: Decimal, level: str | None, decided: Decimal | None) -> Decimal:
        reached = [step for step in self.steps if step.at <= quantity]
        points = reached[-1].points if reached else ZERO
        if self.then_every is not None and len(reached) == len(self.steps):
            further = _whole_times(quantity - reached[-1].at, self.then_every)
            points += self.then_points * further
        return rounded(points)


@dataclass(frozen=True)
class Band:
    """From ``starts_at`` units on, ``points`` per ``per`` units."""

    starts_at: Decimal
    per: Decimal
    points: Decimal


@dataclass(frozen=True)
class Bands:
    """Each rate applies to the part of the quantity inside its band."""

    bands: tuple[Band, ...]
    whole: bool = True
    over: Period | None = None

    @property
    def levels(self) -> tuple[str, ...]:
        return ()

    def worth(self, quantity: Decimal, level: str | None, decided: Decimal | None) -> Decimal:
        total = ZERO
        ends = [band.starts_at for band in self.bands[1:]]
        for band, end in zip_longest(self.bands, ends):
            part = (quantity if end is None else min(quantity, end)) - band.starts_at
            if part <= 0:
                break
            times = _whole_times(part, band.per) if self.whole else part / band.per
            total += band.points * times
        return rounded(total)


class RankedWithin(StrEnum):
    """Who competes with whom for points by rank."""

    COMMUNITY = "community"
    GRID = "grid"


@dataclass(frozen=True)
class Ranks:
    """``points`` for the first, second, third … by the quantity of a period.

    No fact is worth anything by itself: the award is made once, when the period closes
    (``points.rules.ranks``). ``over`` still adds the quantities up.
    """

    points: tuple[Decimal, ...]
    over: Period
    within: RankedWithin = RankedWithin.COMMUNITY

    @property
    def levels(self) -> tuple[str, ...]:
        return ()

    def worth(self, quantity: Decimal, level: str | None, decided: Decimal | None) -> Decimal:
        return ZERO


Award = Fixed | Range | PerUnit | Milestones | Bands | Ranks
