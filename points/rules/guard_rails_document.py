"""The document ``linli-guard-rails/1``: reading it, and merging several, the stricter winning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from kernel.points_value import is_exact
from points.rules.document import parse
from points.rules.findings import Finding, RulebookRefused, error
from points.rules.periods import Period
from points.rules.places import matches
from points.rules.schema import schema_findings

T = TypeVar("T")
Amount = TypeVar("Amount", int, Decimal)
Json = Mapping[str, Any]

_POINTS = (
    "max_points.bonus",
    "max_points.deduction",
    "max_deductions.points",
    "own_items.max_points_each",
)


@dataclass(frozen=True)
class DeductionCap:
    """All deductions of one holder together: at most ``points`` per ``per``."""

    points: Decimal
    per: Period

    def implies(self, other: DeductionCap) -> bool:
        """Whether a rulebook that keeps this keeps ``other``: as few points for as long a time."""
        return self.points <= other.points and other.per.lies_in(self.per)


@dataclass(frozen=True, kw_only=True)
class GuardRails:
    """One body's document; None and empty where it says nothing."""

    issuer: str
    level: str
    version: int
    effective_from: dt.date
    max_bonus: Decimal | None = None
    max_deduction: Decimal | None = None
    max_deductions: DeductionCap | None = None
    own_bonuses: int | None = None
    own_deductions: int | None = None
    own_points_each: Decimal | None = None
    forbidden_subjects: frozenset[str] = frozenset()
    forbidden_words: frozenset[str] = frozenset()
    deductions_need: frozenset[str] = frozenset()
    max_veto_months: int | None = None
    refused_effects: frozenset[str] = frozenset()
    allow_household_deductions: bool | None = None


@dataclass(frozen=True)
class Inherited(Generic[T]):
    """A value, and the body whose guard-rails it comes from."""

    value: T
    owner: str


@dataclass(frozen=True, kw_only=True)
class MergedGuardRails:
    """The strictest of every field, each with its owner; for lists, each entry with its first.

    ``max_deductions`` keeps every cap that no other implies: 20 a month and 100 a year both hold.
    """

    max_bonus: Inherited[Decimal] | None = None
    max_deduction: Inherited[Decimal] | None = None
    max_deductions: tuple[Inherited[DeductionCap], ...] = ()
    own_bonuses: Inherited[int] | None = None
    own_deductions: Inherited[int] | None = None
    own_points_each: Inherited[Decimal] | None = None
    forbidden_subjects: tuple[Inherited[str], ...] = ()
    forbidden_words: tuple[Inherited[str], ...] = ()
    deductions_need: tuple[Inherited[str], ...] = ()
    max_veto_months: Inherited[int] | None = None
    refused_effects: tuple[Inherited[str], ...] = ()
    #: Given where households must not be charged.
    household_deductions_refused: Inherited[bool] | None = None

    def inherited(self) -> list[tuple[str, object, str]]:
        """(field, value, owner) of everything that is asked, for showing to people."""
        rows: list[tuple[str, object, str]] = []
        for field, said in vars(self).items():
            for each in said if isinstance(said, tuple) else [said]:
                if each is not None:
                    rows.append((field, each.value, each.owner))
        return rows


def load(text: str | bytes) -> GuardRails:
    """Raises RulebookRefused holding the findings."""
    document = parse(text)
    findings = [*schema_findings(document, "guard_rails")] or [*_decimals(document)]
    if findings:
        raise RulebookRefused(findings)
    return guard_rails_of(document)


def guard_rails_of(document: Json) -> GuardRails:
    """``document`` has the right shape."""
    points, own = document.get("max_points", {}), document.get("own_items", {})
    cap = document.get("max_deductions")
    return GuardRails(
        issuer=document["issuer"],
        level=document["level"],
        version=int(document["version"]),
        effective_from=dt.date.fromisoformat(document["effective_from"]),
        max_bonus=_decimal(points.get("bonus")),
        max_deduction=_decimal(points.get("deduction")),
        max_deductions=DeductionCap(Decimal(cap["points"]), Period(cap["per"])) if cap else None,
        own_bonuses=own.get("bonus"),
        own_deductions=own.get("deduction"),
        own_points_each=_decimal(own.get("max_points_each")),
        forbidden_subjects=frozenset(document.get("forbidden_subjects", ())),
        forbidden_words=frozenset(document.get("forbidden_words", ())),
        deductions_need=frozenset(document.get("deductions_need", ())),
        max_veto_months=document.get("max_veto_months"),
        refused_effects=frozenset(document.get("refused_effects", ())),
        allow_household_deductions=document.get("allow_household_deductions"),
    )


def _decimal(number: int | Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _decimals(document: Json) -> Iterable[Finding]:
    for path in _POINTS:
        for place, number in matches(document, path.split(".")):
            if not is_exact(Decimal(number)):
                yield error(
                    "not_one_decimal",
                    place,
                    f"分值最多一位小数，{number} 不行。",
                    f"Points have one decimal place at most; {number} has more.",
                )


def merge(bodies: Sequence[tuple[str, GuardRails]]) -> MergedGuardRails:
    """The stricter wins field by field; of equals the first keeps it, so give the district first.

    ``bodies`` are (owner, guard-rails); the owner is what refusals call the body.
    """

    def least(field: Callable[[GuardRails], Amount | None]) -> Inherited[Amount] | None:
        strictest: Inherited[Amount] | None = None
        for owner, rails in bodies:
            value = field(rails)
            if value is not None and (strictest is None or value < strictest.value):
                strictest = Inherited(value, owner)
        return strictest

    def union(field: Callable[[GuardRails], Iterable[str]]) -> tuple[Inherited[str], ...]:
        owners: dict[str, str] = {}
        for owner, rails in bodies:
            for value in sorted(field(rails)):
                owners.setdefault(value, owner)
        return tuple(Inherited(value, owner) for value, owner in owners.items())

    refusing = [owner for owner, rails in bodies if rails.allow_household_deductions is False]
    return MergedGuardRails(
        max_bonus=least(lambda rails: rails.max_bonus),
        max_deduction=least(lambda rails: rails.max_deduction),
        max_deductions=_caps(bodies),
        own_bonuses=least(lambda rails: rails.own_bonuses),
        own_deductions=least(lambda rails: rails.own_deductions),
        own_points_each=least(lambda rails: rails.own_points_each),
        forbidden_subjects=union(lambda rails: rails.forbidden_subjects),
        forbidden_words=union(lambda rails: rails.forbidden_words),
        deductions_need=union(lambda rails: rails.deductions_need),
        max_veto_months=least(lambda rails: rails.max_veto_months),
        refused_effects=union(lambda rails: rails.refused_effects),
        household_deductions_refused=Inherited(True, refusing[0]) if refusing else None,
    )


def _caps(bodies: Sequence[tuple[str, GuardRails]]) -> tuple[Inherited[DeductionCap], ...]:
    """Caps that no earlier or stricter one implies."""
    kept: list[Inherited[DeductionCap]] = []
    for owner, rails in bodies:
        cap = rails.max_deductions
        if cap is None or any(each.value.implies(cap) for each in kept):
            continue
        kept = [each for each in kept if not cap.implies(each.value)]
        kept.append(Inherited(cap, owner))
    return tuple(kept)
