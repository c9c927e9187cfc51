"""A rulebook ready to be used: defaults filled in, selectors resolved, amounts as ``Decimal``.

Made only by :func:`points.rules.compiling.compile_rulebook`; nothing here is changed afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from points.rules.awards import Award
from points.rules.periods import Period, period_of


class ItemKind(StrEnum):
    BONUS = "bonus"
    DEDUCTION = "deduction"
    RECORD = "record"


class CountsIn(StrEnum):
    SCORE = "score"
    BALANCE = "balance"


class Measure(StrEnum):
    """What a limit counts. ``scale`` is the number of decimal places kept in storage."""

    QUANTITY = "max_quantity"
    TIMES = "max_times"
    POINTS = "max_points"

    @property
    def scale(self) -> int:
        return {Measure.QUANTITY: 2, Measure.TIMES: 0, Measure.POINTS: 1}[self]

    def stored(self, amount: Decimal) -> int:
        """Hundredths of a unit, times, or tenths of a point."""
        return int(amount.scaleb(self.scale).to_integral_exact())

    def loaded(self, stored: int) -> Decimal:
        """The inverse of :meth:`stored`."""
        return Decimal(stored).scaleb(-self.scale)


class Publication(StrEnum):
    NAMED = "named"
    ANONYMOUS = "anonymous"
    HIDDEN = "hidden"


class Joiners(StrEnum):
    """What somebody gets who joins within a base period."""

    FULL = "full"
    NEXT_PERIOD = "next_period"


class Deductions(StrEnum):
    """What deductions do to the balance."""

    NEVER = "never"
    BELOW_ZERO = "below_zero"


class RankingUnit(StrEnum):
    MEMBER = "member"
    HOUSEHOLD = "household"
    GRID = "grid"


@dataclass(frozen=True)
class Audience:
    """``any_of``: at least one of these tags, where given; ``none_of``: not one of those."""

    any_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()

    def has(self, tags: frozenset[str]) -> bool:
        return (not self.any_of or bool(self.any_of & tags)) and not self.none_of & tags


EVERYBODY = Audience()


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most ``cap`` points, times or units per ``per`` for one holder, over ``items``.

    ``code`` is stable across versions: the shared limit's own, or ``XF-01/max_points/month/holder``
    for an item's own limit. ``where`` names the place in the document.
    """

    code: str
    measure: Measure
    cap: Decimal
    per: Period
    items: frozenset[str]
    where: str
    name: str | None = None
    is_shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Bounds of one fact's quantity, in the item's unit."""

    least: Decimal | None = None
    most: Decimal | None = None
    is_integer: bool = False


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Duties of those who record; checked at the door, never part of worth.

    ``evidence`` lists alternatives, each a set needed together; empty asks for none.
    ``recorders`` empty means every role that may record at all.
    """

    evidence: tuple[frozenset[str], ...] = ()
    recorders: frozenset[str] = frozenset()
    approved_by: str | None = None
    approval_count: int = 0
    reason_required: bool = False
    activity_required: bool = False
    deadline_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the rulebook. ``award`` is None for records only."""

    code: str
    name: str
    kind: ItemKind
    subject: str
    award: Award | None
    counts_in: frozenset[CountsIn]
    publication: Publication
    category: str | None = None
    group: str | None = None
    origin: str | None = None
    unit: str | None = None
    quantity: Quantity = Quantity()
    audience: Audience = EVERYBODY
    limits: tuple[Limit, ...] = ()
    recording: Recording = Recording()
    note: str | None = None
    source_codes: tuple[str, ...] = ()

    @property
    def levels(self) -> tuple[str, ...]:
        return self.award.levels if self.award else ()

    @property
    def over(self) -> Period | None:
        """The period whose total counts; None where each fact stands alone."""
        return self.award.over if self.award else None


@dataclass(frozen=True, kw_only=True)
class Base:
    """Points given once (``per`` None) or on the first day of each period."""

    code: str
    name: str
    points: Decimal
    per: Period | None
    counts_in: frozenset[CountsIn]
    joiners: Joiners = Joiners.FULL
    audience: Audience = EVERYBODY
    duties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Balance:
    """Points can be spent as soon as they are recorded."""

    deductions: Deductions


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Who is compared with whom. At most one of the ``top_`` fields is given."""

    code: str
    name: str
    unit: RankingUnit
    over: Period
    per_head: bool = False
    top_count: int | None = None
    top_percent: Decimal | None = None


@dataclass(frozen=True)
class NotCarriedOver:
    """A clause of the source text that was left out, and why."""

    clause: str
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """One version of one rulebook, in force from the first day of a month."""

    code: str
    version: int
    title: str
    effective_from: dt.date
    holder: str
    items: tuple[Item, ...]
    base: tuple[Base, ...]
    score_over: Period
    balance: Balance | None = None
    shared_limits: tuple[Limit, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    not_carried_over: tuple[NotCarriedOver, ...] = ()
    year_starts_month: int = 1
    place: str | None = None
    source: str | None = None
    adopted_meeting: str | None = None
    adopted_on: dt.date | None = None

    @cached_property
    def by_code(self) -> Mapping[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def _limits_by_item(self) -> Mapping[str, tuple[Limit, ...]]:
        return {
            item.code: item.limits
            + tuple(limit for limit in self.shared_limits if item.code in limit.items)
            for item in self.items
        }

    @cached_property
    def tags(self) -> frozenset[str]:
        """Every tag an audience names; adopting refuses one the community does not know."""
        audiences = [item.audience for item in self.items] + [base.audience for base in self.base]
        return frozenset().union(*(each.any_of | each.none_of for each in audiences))

    def limits_of(self, item_code: str, measure: Measure) -> tuple[Limit, ...]:
        """Own limits of the item, then the shared ones it stands in."""
        limits = self._limits_by_item.get(item_code, ())
        return tuple(limit for limit in limits if limit.measure is measure)

    def cell(self, day: dt.date, period: Period) -> str:
        """The key of the cell of ``day``, in this rulebook's year."""
        return period_of(day, period, self.year_starts_month)
