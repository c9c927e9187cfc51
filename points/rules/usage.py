"""What facts have taken of limits and running totals: the rows of storage, and their keys."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from kernel.points_value import ZERO
from points.rules.compiled import Item, Limit, Measure, Rulebook
from points.rules.facts import Fact


class LimitCell(NamedTuple):
    """Key of one LimitUsage row; ``whose`` is the holder."""

    limit_code: str
    whose: uuid.UUID
    cell: str


class TotalCell(NamedTuple):
    """Key of one Accumulation row."""

    item: str
    holder: uuid.UUID
    cell: str


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


def limit_cell(version: Rulebook, limit: Limit, fact: Fact) -> LimitCell:
    """A limit counts in the period of ``occurred_on``, whenever the fact was recorded."""
    return LimitCell(limit.code, fact.holder, version.cell(fact.occurred_on, limit.per))


def total_cell(version: Rulebook, item: Item, fact: Fact) -> TotalCell | None:
    """None where each fact stands alone."""
    if item.over is None:
        return None
    return TotalCell(item.code, fact.holder, version.cell(fact.occurred_on, item.over))


@dataclass
class Usage:
    """Filled while facts are evaluated in canonical order."""

    limits: dict[LimitCell, Used] = field(default_factory=dict)
    totals: dict[TotalCell, Total] = field(default_factory=dict)

    def room(self, version: Rulebook, measure: Measure, fact: Fact) -> Decimal | None:
        """The smallest room of all limits of this measure, None where there is no limit.

        The fact's own version's cap − what was granted so far, not below 0: a lower cap takes
        nothing back.
        """
        rooms = [
            limit.cap - self._used(limit_cell(version, limit, fact))
            for limit in version.limits_of(fact.item, measure)
        ]
        return max(min(rooms), ZERO) if rooms else None

    def take(self, version: Rulebook, measure: Measure, fact: Fact, amount: Decimal) -> None:
        """Note ``amount`` as granted in every cell of this measure; nothing takes no room."""
        if not amount:
            return
        for limit in version.limits_of(fact.item, measure):
            key = limit_cell(version, limit, fact)
            before = self.limits.get(key)
            self.limits[key] = Used(
                measure=measure,
                used=amount + (before.used if before else 0),
                cap_lowest=min(limit.cap, before.cap_lowest) if before else limit.cap,
                cap_highest=max(limit.cap, before.cap_highest) if before else limit.cap,
            )

    def _used(self, key: LimitCell) -> Decimal:
        used = self.limits.get(key)
        return used.used if used else ZERO
