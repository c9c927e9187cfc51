"""Worth as a pure function of the set of facts (rulebook-format.md section 4).

``evaluate(versions, facts, as_of)``: no clock, no database, no arrival order. Each step is a
module of its own; they have the numbers of the specification, corrected where
docs/rulebook-format-corrections.md says so.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import ZERO, rounded
from points.rules.accumulating import accumulate
from points.rules.awards import Award, Range
from points.rules.cancelling import cancel
from points.rules.compiled import Item, Rulebook
from points.rules.cutting import cut_quantity
from points.rules.factors import set_factors, valid_until
from points.rules.facts import Fact, LineWorth, WorthReason
from points.rules.highest import keep_highest
from points.rules.limiting import limit_intervals, limit_points, limit_times
from points.rules.periods import month_of
from points.rules.standing import Standing, unfold, why_not_standing
from points.rules.suspending import (
    Vetoes,
    barred_before,
    is_repaired,
    mark_suspended,
    repair_points,
    suspend,
    veto_spans,
)
from points.rules.usage import CounterCell, LimitCell, Total, TotalCell, Usage, Used
from points.rules.versions import version_on


@dataclass(frozen=True)
class Evaluation:
    """Lines in canonical order, and the rows storage keeps beside them.

    A line that was there before and is not among ``lines`` (a later slice of a failing that was
    corrected or struck meanwhile) is worth nothing. ``vetoes`` holds past vetoes as well.
    """

    lines: tuple[LineWorth, ...]
    limits: Mapping[LimitCell, Used]
    totals: Mapping[TotalCell, Total]
    counters: Mapping[CounterCell, Decimal]
    vetoes: Vetoes

    def open_vetoes(self, holder: uuid.UUID) -> int:
        """How many vetoes of the holder could suspend a bonus; the fast path asks for none."""
        return sum(span.can_suspend for span in self.vetoes.get(holder, ()))

    def barred_before(self, holder: uuid.UUID) -> dt.date | None:
        """The day before which vetoes bar the holder's redemption, if any ever did."""
        return barred_before(self.vetoes.get(holder, ()))


def evaluate(
    versions: Collection[Rulebook], facts: Iterable[Fact], as_of: dt.date
) -> tuple[LineWorth, ...]:
    """What every fact of the holder(s) is worth on ``as_of``, one line per fact and slice."""
    return evaluation(versions, facts, as_of).lines


def evaluation(versions: Collection[Rulebook], facts: Iterable[Fact], as_of: dt.date) -> Evaluation:
    """The lines with what they took of limits and running totals.

    ``versions`` are those of one rulebook; ``facts`` all facts of one holder or of several, and
    where :func:`points.rules.versions.needs_household` says so of everybody who has a fact in the
    household. ``as_of`` bounds what unfolds with time (``recurs``).
    """
    standing, others = _stand(versions, facts, as_of)
    usage = Usage()
    left = cancel(standing)
    set_factors(left)
    vetoes = veto_spans(left)
    mark_suspended(left, vetoes)
    cut_quantity(left, usage)
    _value(left)
    suspend(left)
    keep_highest(left)
    accumulate(left, usage)
    limit_intervals(left)
    limit_times(left, usage)
    limit_points(left, usage)
    lines = [*others, *((each.order, _line_of(each)) for each in standing)]
    lines.sort(key=lambda keyed: keyed[0])
    return Evaluation(
        tuple(line for _, line in lines), usage.limits, usage.totals, usage.counters, vetoes
    )


_Keyed = tuple[tuple[object, ...], LineWorth]


def _stand(
    versions: Collection[Rulebook], facts: Iterable[Fact], as_of: dt.date
) -> tuple[list[Standing], list[_Keyed]]:
    """Steps 1 and 2, in canonical order; beside them the lines of facts that do not stand."""
    standing: list[Standing] = []
    others: list[_Keyed] = []
    for fact in facts:
        version = version_on(versions, fact.occurred_on)
        item = version.by_code.get(fact.item) if version else None
        reason = why_not_standing(fact, version)
        if reason is None and version is not None and item is not None:
            standing += unfold(fact, version, item, as_of)
        else:
            others.append((fact.canonical_key(), line(fact, item, ZERO, reason)))
    standing.sort(key=lambda each: each.order)
    return standing, others


def _value(standing: Sequence[Standing]) -> None:
    """Step 6, for facts that stand alone: award × factor, rounded."""
    for each in standing:
        award = each.item.award
        if award is None or award.over is not None:
            continue
        each.listed = award.worth(each.quantity, each.fact.level, each.fact.decided)
        if not each.factor:
            each.nothing(WorthReason.WARNING_ONLY)
        elif not each.listed:
            each.nothing(nothing_listed(award))
        elif is_repaired(each):
            each.points, each.reason = repair_points(each), WorthReason.REPAIRED
        else:
            each.points = rounded(each.listed * each.factor)
            if not each.points:
                each.reason = WorthReason.BELOW_FIRST_STEP


def nothing_listed(award: Award) -> WorthReason:
    """Why an award is worth nothing by itself."""
    is_range = isinstance(award, Range)
    return WorthReason.AWAITING_DECISION if is_range else WorthReason.BELOW_FIRST_STEP


def line(
    fact: Fact,
    item: Item | None,
    points: Decimal,
    reason: WorthReason | None,
    *,
    listed: Decimal = ZERO,
    number: int = 0,
    on: dt.date | None = None,
) -> LineWorth:
    """Step 12: one line per fact and slice, ``number`` 0 being the fact itself."""
    day = on or fact.occurred_on
    return LineWorth(
        fact_id=fact.fact_id,
        slice=number,
        on=day,
        points=points,
        kind=item.kind if item else None,
        reason=reason,
        belongs_month=month_of(day),
        counts_in=item.counts_in if item else frozenset(),
        valid_until=valid_until(item, fact, listed) if item else None,
    )


def _line_of(each: Standing) -> LineWorth:
    return line(
        each.fact,
        each.item,
        each.points,
        each.reason,
        listed=each.listed,
        number=each.slice,
        on=each.on,
    )
