"""Worth as a pure function of the set of facts (rulebook-format.md section 4).

``evaluate(versions, facts, as_of)``: no clock, no database, no arrival order. The steps have the
numbers of the specification; those of constructs that are still refused by name (2 unfold,
3 cancel, 5 factor, 7 suspend, 8 highest only) have nothing to do yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import ZERO
from points.rules.awards import Range
from points.rules.compiled import Item, Measure, Rulebook
from points.rules.facts import Fact, LineWorth, WorthReason
from points.rules.periods import month_of
from points.rules.usage import LimitCell, Total, TotalCell, Usage, Used, total_cell


@dataclass(frozen=True)
class Evaluation:
    """Lines in canonical order, and the rows storage keeps beside them."""

    lines: tuple[LineWorth, ...]
    limits: Mapping[LimitCell, Used]
    totals: Mapping[TotalCell, Total]


@dataclass
class _Standing:
    """A fact on its way through the steps. ``quantity`` is what limits on quantity left of it."""

    fact: Fact
    version: Rulebook
    item: Item
    quantity: Decimal
    points: Decimal = ZERO
    reason: WorthReason | None = None


def version_on(versions: Collection[Rulebook], day: dt.date) -> Rulebook | None:
    """The version in force on ``day``: the latest that has begun."""
    begun = [version for version in versions if version.effective_from <= day]
    return max(begun, key=lambda version: version.effective_from, default=None)


def evaluate(
    versions: Collection[Rulebook], facts: Iterable[Fact], as_of: dt.date
) -> tuple[LineWorth, ...]:
    """What every fact of the holder(s) is worth on ``as_of``, one line per fact and slice."""
    return evaluation(versions, facts, as_of).lines


def evaluation(versions: Collection[Rulebook], facts: Iterable[Fact], as_of: dt.date) -> Evaluation:
    """The lines with what they took of limits and running totals.

    ``versions`` are those of one rulebook; ``facts`` all facts of one holder or of several.
    ``as_of`` bounds what unfolds with time; no construct taken in so far does.
    """
    ordered = sorted(facts, key=Fact.canonical_key)
    standing: list[_Standing] = []
    answers: dict[object, _Standing | LineWorth] = {}
    for fact in ordered:
        answer = _stand(fact, version_on(versions, fact.occurred_on))
        answers[fact.fact_id] = answer
        if isinstance(answer, _Standing):
            standing.append(answer)
    usage = Usage()
    _cut_quantity(standing, usage)
    _value(standing)
    _accumulate(standing, usage)
    _times(standing, usage)
    _points(standing, usage)
    lines = (answers[fact.fact_id] for fact in ordered)
    return Evaluation(
        tuple(line if isinstance(line, LineWorth) else _line_of(line) for line in lines),
        usage.limits,
        usage.totals,
    )


def why_not_standing(fact: Fact, version: Rulebook | None) -> WorthReason | None:
    """Step 1: why a fact has no part in anything, None where it stands."""
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


def _stand(fact: Fact, version: Rulebook | None) -> _Standing | LineWorth:
    item = version.by_code.get(fact.item) if version else None
    reason = why_not_standing(fact, version)
    if reason is None and version is not None and item is not None:
        return _Standing(fact, version, item, fact.quantity)
    return line(fact, item, ZERO, reason)


def line(fact: Fact, item: Item | None, points: Decimal, reason: WorthReason | None) -> LineWorth:
    """Step 12: one line per fact and slice; slices other than 0 come with ``recurs``."""
    return LineWorth(
        fact_id=fact.fact_id,
        slice=0,
        points=points,
        kind=item.kind if item else None,
        reason=reason,
        belongs_month=month_of(fact.occurred_on),
        counts_in=item.counts_in if item else frozenset(),
    )


def _line_of(each: _Standing) -> LineWorth:
    return line(each.fact, each.item, each.points, each.reason)


def _cut_quantity(standing: Sequence[_Standing], usage: Usage) -> None:
    """Step 4, in canonical order: keep min(quantity, smallest room)."""
    for each in standing:
        room = usage.room(each.version, Measure.QUANTITY, each.fact)
        if room is not None and room < each.quantity:
            each.quantity = room
            each.reason = WorthReason.PARTLY_OVER_LIMIT if room else WorthReason.OVER_LIMIT
        usage.take(each.version, Measure.QUANTITY, each.fact, each.quantity)


def _value(standing: Sequence[_Standing]) -> None:
    """Step 6, for facts that stand alone."""
    for each in standing:
        award = each.item.award
        if award is None or award.over is not None:
            continue
        each.points = award.worth(each.quantity, each.fact.level, each.fact.decided)
        if not each.points:
            undecided = isinstance(award, Range)
            each.reason = (
                WorthReason.AWAITING_DECISION if undecided else WorthReason.BELOW_FIRST_STEP
            )


def _accumulate(standing: Sequence[_Standing], usage: Usage) -> None:
    """Step 9, in canonical order: f(total with this fact) − given so far, not below 0."""
    for each in standing:
        key = total_cell(each.version, each.item, each.fact)
        if key is None:
            continue
        total = added(usage.totals.get(key, Total()), each.item, each.fact, each.quantity)
        each.points = total.granted - usage.totals.get(key, Total()).granted
        usage.totals[key] = total
        if not each.points and each.quantity:
            each.reason = WorthReason.BELOW_NEXT_STEP


def added(so_far: Total, item: Item, fact: Fact, quantity: Decimal) -> Total:
    """The running total with ``quantity`` more; what was granted never falls."""
    reached = so_far.quantity + quantity
    worth = item.award.worth(reached, fact.level, None) if item.award else ZERO
    return Total(
        quantity=reached,
        granted=max(worth, so_far.granted),
        last_on=max(fact.occurred_on, so_far.last_on or fact.occurred_on),
    )


def _times(standing: Sequence[_Standing], usage: Usage) -> None:
    """Step 10: the greatest stay, ties in canonical order (the sort is stable).

    Taking the greatest that fits, again and again, is right for nested cells as well.
    """
    for each in sorted(standing, key=lambda each: -each.points):
        if not each.points:
            continue
        room = usage.room(each.version, Measure.TIMES, each.fact)
        if room is not None and room < 1:
            each.points, each.reason = ZERO, WorthReason.OVER_LIMIT
            continue
        usage.take(each.version, Measure.TIMES, each.fact, Decimal(1))


def _points(standing: Sequence[_Standing], usage: Usage) -> None:
    """Step 11, in canonical order: min(value, smallest room); the rest lapses."""
    for each in standing:
        room = usage.room(each.version, Measure.POINTS, each.fact)
        if room is not None and room < each.points:
            each.points = room
            each.reason = WorthReason.PARTLY_OVER_LIMIT if room else WorthReason.OVER_LIMIT
        usage.take(each.version, Measure.POINTS, each.fact, each.points)
