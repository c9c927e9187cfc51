"""Steps 1 and 2: which facts stand, and the slices they unfold to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import ZERO
from points.rules.compiled import Item, ItemKind, Rulebook
from points.rules.facts import Fact, WorthReason
from points.rules.periods import Period, cell_of


@dataclass(kw_only=True, slots=True)
class Standing:
    """A slice of a fact on its way through the steps.

    ``quantity`` is what limits on quantity left of it, ``listed`` its points before the factor.
    """

    fact: Fact
    version: Rulebook
    item: Item
    slice: int
    on: dt.date
    quantity: Decimal
    #: Its place in canonical order.
    order: tuple[object, ...]
    factor: Decimal = Decimal(1)
    listed: Decimal = ZERO
    points: Decimal = ZERO
    reason: WorthReason | None = None
    is_suspended: bool = False

    @property
    def is_bonus(self) -> bool:
        return self.item.kind is ItemKind.BONUS

    def nothing(self, reason: WorthReason) -> None:
        """Worth nothing from here on, for this reason."""
        self.points, self.reason = ZERO, reason


def why_not_standing(fact: Fact, version: Rulebook | None) -> WorthReason | None:
    """Why a fact has no part in anything, None where it stands."""
    item = version.by_code.get(fact.item) if version else None
    if fact.struck:
        return WorthReason.STRUCK
    if item is None:
        return WorthReason.ITEM_NOT_IN_FORCE
    if not fact.approved:
        return WorthReason.AWAITING_APPROVAL
    if not item.audience.has(fact.tags):
        return WorthReason.NOT_IN_AUDIENCE
    if item.levels and fact.level not in item.levels:
        return WorthReason.LEVEL_MISSING
    return None


def unfold(fact: Fact, version: Rulebook, item: Item, as_of: dt.date) -> Iterator[Standing]:
    """Slice 0 on the day; of an item that recurs, slice k on the first day of each following
    period up to ``as_of``, none from ``corrected_on``.

    Every slice is judged by the version of the fact.
    """
    for number, day in enumerate(_days(fact, version, item.recurs, as_of)):
        yield Standing(
            fact=fact,
            version=version,
            item=item,
            slice=number,
            on=day,
            quantity=fact.quantity,
            order=fact.canonical_key(day),
        )


def _days(
    fact: Fact, version: Rulebook, recurs: Period | None, as_of: dt.date
) -> Iterator[dt.date]:
    yield fact.occurred_on
    if recurs is None:
        return
    day = cell_of(fact.occurred_on, recurs, version.year_starts_month).ends_before
    while day and day <= as_of and (fact.corrected_on is None or day < fact.corrected_on):
        yield day
        day = cell_of(day, recurs, version.year_starts_month).ends_before
