"""Step 7: vetoes 一票否决, and the bonuses they hold or lose."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from points.rules.awards import Range
from points.rules.compiled import Veto, VetoBonuses, VetoEffect, VetoUntil
from points.rules.facts import WorthReason
from points.rules.periods import Period, cell_of, day_months_later
from points.rules.standing import Standing


@dataclass(frozen=True, kw_only=True)
class VetoSpan:
    """One veto of one holder, in force in [``starts_on``, ``ends_before``).

    ``ends_before`` is None while it waits for its correction.
    """

    fact_id: uuid.UUID
    item: str
    starts_on: dt.date
    ends_before: dt.date | None
    bonuses: VetoBonuses
    effects: frozenset[VetoEffect]
    tier: str | None

    def covers(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_before is None or day < self.ends_before)

    @property
    def can_suspend(self) -> bool:
        """Whether a bonus dated inside would be worth nothing now."""
        if self.bonuses is VetoBonuses.HELD:
            return self.ends_before is None
        return self.bonuses is VetoBonuses.LOST and self.starts_on != self.ends_before


Vetoes = Mapping[uuid.UUID, tuple[VetoSpan, ...]]


def veto_spans(standing: Iterable[Standing]) -> Vetoes:
    """The vetoes of each holder, past ones too, in canonical order; factors are set.

    A warning vetoes nothing, nor does what still awaits a decision.
    """
    spans: dict[uuid.UUID, tuple[VetoSpan, ...]] = {}
    for each in standing:
        if each.slice == 0 and each.item.veto and each.factor and _is_decided(each):
            holder = each.fact.holder
            spans[holder] = (*spans.get(holder, ()), _span(each, each.item.veto))
    return spans


def _is_decided(each: Standing) -> bool:
    award, decided = each.item.award, each.fact.decided
    return not isinstance(award, Range) or (decided is not None and award.allows(decided))


def _span(each: Standing, veto: Veto) -> VetoSpan:
    return VetoSpan(
        fact_id=each.fact.fact_id,
        item=each.item.code,
        starts_on=each.on,
        ends_before=_ends_before(each, veto),
        bonuses=veto.bonuses,
        effects=veto.effects,
        tier=veto.tier,
    )


def _ends_before(each: Standing, veto: Veto) -> dt.date | None:
    if veto.until is VetoUntil.CORRECTED:
        corrected_on = each.fact.corrected_on
        return None if corrected_on is None else max(corrected_on, each.on)
    if veto.until is VetoUntil.MONTHS:
        return day_months_later(each.on, veto.months or 0)
    end = cell_of(each.on, Period.YEAR, each.version.year_starts_month).ends_before
    if end and veto.until is VetoUntil.END_OF_NEXT_YEAR:
        end = cell_of(end, Period.YEAR, each.version.year_starts_month).ends_before
    return end


def mark_suspended(standing: Sequence[Standing], vetoes: Vetoes) -> None:
    """Bonuses dated inside a veto of their holder: lost always, held while it is not corrected."""
    if not vetoes:
        return
    for each in standing:
        spans = vetoes.get(each.fact.holder, ())
        each.is_suspended = each.is_bonus and any(
            span.can_suspend and span.covers(each.on) for span in spans
        )


def suspend(standing: Sequence[Standing]) -> None:
    """What would have been worth something says that it is suspended."""
    for each in standing:
        if each.is_suspended and (each.points or each.item.over is not None):
            each.nothing(WorthReason.SUSPENDED)


def effects_on(spans: Iterable[VetoSpan], day: dt.date) -> frozenset[VetoEffect]:
    """What the vetoes in force on ``day`` do."""
    return frozenset().union(*(span.effects for span in spans if span.covers(day)))


def barred_before(spans: Iterable[VetoSpan]) -> dt.date | None:
    """The day before which the vetoes bar redemption: 9999-12-31 while one awaits its correction.

    None where none ever did; a day that has passed bars nothing any more.
    """
    barring = (span for span in spans if VetoEffect.BAR_REDEMPTION in span.effects)
    return max((span.ends_before or dt.date.max for span in barring), default=None)


def is_repaired(each: Standing) -> bool:
    """Corrected, and promised where that is asked: worth ``repair.points`` from then on."""
    repair = each.item.veto.repair if each.item.veto else None
    if repair is None or each.fact.corrected_on is None:
        return False
    return each.fact.promised or not repair.needs_promise


def repair_points(each: Standing) -> Decimal:
    """Charged once: the later slices of what recurred are worth nothing then."""
    repair = each.item.veto.repair if each.item.veto else None
    return repair.points if repair and each.slice == 0 else Decimal(0)
