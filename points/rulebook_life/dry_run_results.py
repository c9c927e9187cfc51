"""What a dry run finds: sums before and after, by holder and by item."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kernel.computed_lists import go_on
from kernel.points_value import ZERO
from points.models import RulebookVersion
from points.rules.compiled import CountsIn, ItemKind
from points.rules.facts import LineWorth
from points.rules.solvency import Solvency


@dataclass
class Sums:
    """What one side comes to; ``deduction`` is positive, ``balance`` what would be spendable.

    ``by_rank`` is the part of ``bonus`` that the month's ranks bring.
    """

    base: Decimal = ZERO
    bonus: Decimal = ZERO
    by_rank: Decimal = ZERO
    deduction: Decimal = ZERO
    balance: Decimal = ZERO

    @property
    def score(self) -> Decimal:
        return self.base + self.bonus - self.deduction

    def add(self, line: LineWorth) -> None:
        """One line; records are worth nothing."""
        if CountsIn.SCORE in line.counts_in:
            if line.kind is ItemKind.DEDUCTION:
                self.deduction += line.points
            else:
                self.bonus += line.points
        if CountsIn.BALANCE in line.counts_in:
            self.balance += line.signed

    def grant(self, points: Decimal, counts_in: Collection[CountsIn]) -> None:
        """Base points."""
        if CountsIn.SCORE in counts_in:
            self.base += points
        if CountsIn.BALANCE in counts_in:
            self.balance += points

    def award(self, points: Decimal, counts_in: Collection[CountsIn]) -> None:
        """Points by rank: a bonus."""
        if CountsIn.SCORE in counts_in:
            self.bonus += points
            self.by_rank += points
        if CountsIn.BALANCE in counts_in:
            self.balance += points


@dataclass
class ItemEffect:
    """What an item brought all holders together, signed; points by rank are the item's as well.

    Base items have no facts.
    """

    code: str
    name: str
    facts: int = 0
    before: Decimal = ZERO
    after: Decimal = ZERO
    left_out: int = 0

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass
class HolderEffect:
    """One holder before and after, with every item that counted for them."""

    id: uuid.UUID
    name: str
    household_code: str | None
    before: Sums = field(default_factory=Sums)
    after: Sums = field(default_factory=Sums)
    items: dict[str, ItemEffect] = field(default_factory=dict)

    @property
    def difference(self) -> Decimal:
        return self.after.score - self.before.score

    @property
    def changed_items(self) -> list[ItemEffect]:
        """In the order of their codes."""
        return [self.items[code] for code in sorted(self.items) if self.items[code].difference]

    @property
    def is_changed(self) -> bool:
        return any(each.difference for each in self.items.values())


@dataclass(frozen=True, kw_only=True)
class FactLeftOut:
    """A fact that the draft does not know: its item, or its level, is not in it."""

    id: uuid.UUID
    item_code: str
    item_name: str
    holder_name: str
    household_code: str | None
    occurred_on: dt.date
    reason: str
    before: Decimal


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """The month under the draft, the largest change first.

    Points by rank are of the ranks that close with the month; they are paid into the next.
    """

    month: str
    version: RulebookVersion
    fact_count: int
    holder_count: int
    before: Sums
    after: Sums
    changed: Sequence[HolderEffect]
    items: Sequence[ItemEffect]
    left_out: Sequence[FactLeftOut]
    solvency: Solvency


def holders_found(
    run: DryRun, *, q: str | None, after: uuid.UUID | None, limit: int
) -> list[HolderEffect]:
    """Changed holders in the order of the run, after the holder ``after``.

    ``q`` is part of a name or household code, or the code of an item that changed for them.
    """
    return go_on(run.changed, wanted=lambda each: _says(each, q), after=after, limit=limit)


def facts_left_out(
    run: DryRun, *, q: str | None, after: uuid.UUID | None, limit: int
) -> list[FactLeftOut]:
    """Facts the draft does not know; ``q`` is part of an item, a name or a household code."""
    return go_on(run.left_out, wanted=lambda each: _names(each, q), after=after, limit=limit)


def _says(each: HolderEffect, q: str | None) -> bool:
    return not q or q in each.name or q in (each.household_code or "") or q in each.items


def _names(each: FactLeftOut, q: str | None) -> bool:
    words = (each.item_code, each.item_name, each.holder_name, each.household_code or "")
    return not q or any(q in word for word in words)
