"""What facts have taken of limits and running totals: the rows of storage, and their keys."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from kernel.points_value import ZERO
from points.rules.compiled import Across, Item, Limit, Measure, Rulebook
from points.rules.facts import Fact
from points.rules.periods import Period, month_of
from points.rules.versions import counts_by_household


class LimitCell(NamedTuple):
    """Key of one LimitUsage row.

    ``whose`` is the household for a limit across it, else the holder: a limit across persons
    has the person in ``cell``, so that all rows of a holder are found by ``whose``.
    """

    limit_code: str
    whose: uuid.UUID
    cell: str


class TotalCell(NamedTuple):
    """Key of one Accumulation row."""

    item: str
    holder: uuid.UUID
    cell: str


class CounterCell(NamedTuple):
    """What one holder gathered in a counter in one month; longer periods add months up."""

    counter: str
    holder: uuid.UUID
    month: str


@dataclass(frozen=True, kw_only=True)
class Used:
    """What was granted in a cell, not what was asked; in the measure's own unit.

    Two caps, because a version may lower a cap inside a period. Storage keeps
    ``measure.stored(...)`` of each.
    """

    measure: Measure
    used: Decimal
    cap_lowest: Decimal
    cap_highest: Decimal


@dataclass(frozen=True, kw_only=True)
class Total:
    """The running total of an item in a cell: quantity in its unit, points granted for it."""

    quantity: Decimal = ZERO
    granted: Decimal = ZERO
    last_on: dt.date | None = None


def limit_cell(version: Rulebook, limit: Limit, fact: Fact, on: dt.date | None = None) -> LimitCell:
    """A limit counts in the period of the day, whenever the fact was recorded.

    A deed or an activity has a cell in each month; a fact without an activity is alone in its
    own. ``on`` is the day of a later slice.
    """
    day = on or fact.occurred_on
    if limit.per.is_event:
        of = fact.activity if limit.per is Period.ACTIVITY else None
        cell = f"{month_of(day)}/{(of or fact.deed_id).hex}"
    else:
        cell = version.cell(day, limit.per)
    if limit.across is Across.PERSON:
        cell = f"{cell}/{fact.whose_conduct.hex}"
    by_household = counts_by_household(version, limit.across)
    whose = (fact.household if by_household else None) or fact.holder
    return LimitCell(limit.code, whose, cell)


def total_cell(
    version: Rulebook, item: Item, fact: Fact, on: dt.date | None = None
) -> TotalCell | None:
    """None where each fact stands alone."""
    if item.over is None:
        return None
    return TotalCell(item.code, fact.holder, version.cell(on or fact.occurred_on, item.over))


def counter_cell(counter: str, fact: Fact) -> CounterCell:
    return CounterCell(counter, fact.holder, month_of(fact.occurred_on))


def added(so_far: Total, item: Item, fact: Fact, on: dt.date, quantity: Decimal) -> Total:
    """The running total with ``quantity`` more; what was granted never falls."""
    reached = so_far.quantity + quantity
    worth = item.award.worth(reached, fact.level, None) if item.award else ZERO
    return Total(
        quantity=reached,
        granted=max(worth, so_far.granted),
        last_on=max(on, so_far.last_on or on),
    )


@dataclass
class Usage:
    """Filled while facts are evaluated in canonical order."""

    limits: dict[LimitCell, Used] = field(default_factory=dict)
    totals: dict[TotalCell, Total] = field(default_factory=dict)
    counters: dict[CounterCell, Decimal] = field(default_factory=dict)

    def room(self, version: Rulebook, measure: Measure, fact: Fact, on: dt.date) -> Decimal | None:
        """The smallest room of all limits of this measure, None where there is no limit.

        The fact's own version's cap − what was granted so far, not below 0: a lower cap takes
        nothing back.
        """
        rooms = [
            limit.cap - self._used(limit_cell(version, limit, fact, on))
            for limit in version.limits_of(fact.item, measure)
        ]
        return max(min(rooms), ZERO) if rooms else None

    def take(
        self, version: Rulebook, measure: Measure, fact: Fact, on: dt.date, amount: Decimal
    ) -> None:
        """Note ``amount`` as granted in every cell of this measure; nothing takes no room."""
        if not amount:
            return
        for limit in version.limits_of(fact.item, measure):
            key = limit_cell(version, limit, fact, on)
            before = self.limits.get(key)
            self.limits[key] = Used(
                measure=measure,
                used=amount + (before.used if before else 0),
                cap_lowest=min(limit.cap, before.cap_lowest) if before else limit.cap,
                cap_highest=max(limit.cap, before.cap_highest) if before else limit.cap,
            )

    def count(self, counter: str, fact: Fact, quantity: Decimal) -> None:
        """Add to the counter's month of the fact."""
        key = counter_cell(counter, fact)
        self.counters[key] = self.counters.get(key, ZERO) + quantity

    def _used(self, key: LimitCell) -> Decimal:
        used = self.limits.get(key)
        return used.used if used else ZERO
