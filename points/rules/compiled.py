"""A rulebook ready to be used: defaults filled in, selectors resolved, amounts as ``Decimal``.

Made only by :func:`points.rules.reading.compile_rulebook`; nothing here is changed afterwards.
Its parts stand in ``points.rules.clauses`` (of items) and ``points.rules.header``; all of them
are imported from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from points.rules.awards import Award
from points.rules.clauses import (
    ANY_QUANTITY,
    EVERYBODY,
    NO_DUTIES,
    THE_ACTOR,
    Across,
    Audience,
    Beneficiary,
    BeneficiaryKind,
    Conflict,
    Counts,
    Escalation,
    Limit,
    Measure,
    Quantity,
    Recording,
    Repair,
    Same,
    Validity,
    ValidityBand,
    Veto,
    VetoBonuses,
    VetoEffect,
    VetoUntil,
)
from points.rules.header import (
    Balance,
    Base,
    Condition,
    Counter,
    CountsIn,
    Deductions,
    ExpiresAfter,
    ExpiresAtEnd,
    ExpiresOn,
    Expiry,
    Joiners,
    NotCarriedOver,
    Ranking,
    RankingUnit,
    Score,
    ScoreOver,
    Spendable,
    Tier,
    TierEffect,
    Within,
)
from points.rules.periods import Period, period_of

__all__ = [
    "EVERYBODY",
    "Across",
    "Audience",
    "Balance",
    "Base",
    "Beneficiary",
    "BeneficiaryKind",
    "Condition",
    "Conflict",
    "Counter",
    "Counts",
    "CountsIn",
    "Deductions",
    "Escalation",
    "ExpiresAfter",
    "ExpiresAtEnd",
    "ExpiresOn",
    "Expiry",
    "Item",
    "ItemKind",
    "Joiners",
    "Limit",
    "Measure",
    "NotCarriedOver",
    "Publication",
    "Quantity",
    "Ranking",
    "RankingUnit",
    "Recording",
    "Repair",
    "Rulebook",
    "Same",
    "Score",
    "ScoreOver",
    "Spendable",
    "Tier",
    "TierEffect",
    "Validity",
    "ValidityBand",
    "Veto",
    "VetoBonuses",
    "VetoEffect",
    "VetoUntil",
    "Within",
]


class ItemKind(StrEnum):
    BONUS = "bonus"
    DEDUCTION = "deduction"
    RECORD = "record"


class Publication(StrEnum):
    NAMED = "named"
    ANONYMOUS = "anonymous"
    HIDDEN = "hidden"


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
    quantity: Quantity = ANY_QUANTITY
    #: The counter its quantity is added to.
    feeds: str | None = None
    audience: Audience = EVERYBODY
    beneficiary: Beneficiary = THE_ACTOR
    limits: tuple[Limit, ...] = ()
    escalation: Escalation | None = None
    validity: Validity | None = None
    #: Charged again on the first day of each of these periods until corrected.
    recurs: Period | None = None
    veto: Veto | None = None
    recording: Recording = NO_DUTIES
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
class Rulebook:
    """One version of one rulebook, in force from the first day of a month.

    ``holder`` says whose accounts it has: member, household or merchant.
    """

    code: str
    version: int
    title: str
    effective_from: dt.date
    holder: str
    items: tuple[Item, ...]
    base: tuple[Base, ...]
    score: Score
    balance: Balance | None = None
    counters: tuple[Counter, ...] = ()
    shared_limits: tuple[Limit, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    tiers: tuple[Tier, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    excluded_tags: frozenset[str] = frozenset()
    not_carried_over: tuple[NotCarriedOver, ...] = ()
    year_starts_month: int = 1
    place: str | None = None
    source: str | None = None
    adopted_meeting: str | None = None
    adopted_on: dt.date | None = None

    @property
    def score_over(self) -> Period | None:
        """The period of the score; None where it reads the records still valid."""
        return self.score.over.period

    @cached_property
    def by_code(self) -> Mapping[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def _limits_by_item(self) -> Mapping[str, Mapping[Measure, tuple[Limit, ...]]]:
        def limits_of(item: Item) -> tuple[Limit, ...]:
            shared = (limit for limit in self.shared_limits if item.code in limit.items)
            return (*item.limits, *shared)

        return {
            item.code: {
                measure: tuple(limit for limit in limits_of(item) if limit.measure is measure)
                for measure in Measure
            }
            for item in self.items
        }

    @cached_property
    def tags(self) -> frozenset[str]:
        """Every tag the rulebook names; adopting refuses one the community does not know."""
        audiences = (
            *(item.audience for item in self.items),
            *(base.audience for base in self.base),
            *(tier.audience for tier in self.tiers),
            *(ranking.audience for ranking in self.rankings),
        )
        return self.excluded_tags.union(*(each.any_of | each.none_of for each in audiences))

    def limits_of(self, item_code: str, measure: Measure) -> tuple[Limit, ...]:
        """Own limits of the item, then the shared ones it stands in."""
        limits = self._limits_by_item.get(item_code)
        return limits[measure] if limits else ()

    def cell(self, day: dt.date, period: Period) -> str:
        """The key of the cell of ``day``, in this rulebook's year."""
        return period_of(day, period, self.year_starts_month)
