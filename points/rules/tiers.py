"""Tiers 等级: bands of one or more measures, in order, the first match wins.

No memory: a tier is left on the line where it is entered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from points.rules.compiled import Condition, Rulebook, ScoreOver, Tier, VetoEffect
from points.rules.header import BALANCE, SCORE, SCORE_PER_HEAD
from points.rules.suspending import VetoSpan, effects_on


class MeasureOver(NamedTuple):
    """A measure and over what it is read; None for the balance, which is read on the day."""

    measure: str
    over: ScoreOver | None


Measured = Mapping[MeasureOver, Decimal | Fraction]


def measure_of(rulebook: Rulebook, condition: Condition) -> MeasureOver:
    """What a condition reads: over the rulebook's own score period unless it says otherwise."""
    if condition.measure == BALANCE:
        return MeasureOver(BALANCE, None)
    return MeasureOver(condition.measure, condition.over or rulebook.score.over)


def measures_needed(rulebook: Rulebook) -> frozenset[MeasureOver]:
    """Everything that :func:`tier_of` may ask for."""
    return frozenset(
        measure_of(rulebook, condition) for tier in rulebook.tiers for condition in tier.when
    )


def meets(condition: Condition, value: Decimal | Fraction) -> bool:
    """Whether a value lies in the band of the condition; exact, nothing is rounded."""
    exact = Fraction(value)
    return (
        (condition.at_least is None or exact >= Fraction(condition.at_least))
        and (condition.above is None or exact > Fraction(condition.above))
        and (condition.at_most is None or exact <= Fraction(condition.at_most))
        and (condition.below is None or exact < Fraction(condition.below))
    )


def tier_of(
    rulebook: Rulebook,
    measures: Measured,
    *,
    tags: Collection[str] = (),
    vetoes: Iterable[VetoSpan] = (),
    on: dt.date | None = None,
) -> Tier | None:
    """The tier of a holder, None where none matches or a tag excludes the holder.

    ``measures`` holds every one of :func:`measures_needed` (KeyError otherwise); ``tags`` are
    those on the last day of the period. ``vetoes`` in force on the day ``on`` (not given: none)
    may set a tier by name, and may show the score as 0.
    """
    held = frozenset(tags)
    if rulebook.excluded_tags & held:
        return None
    spans = [span for span in vetoes if on is not None and span.covers(on)]
    named = {span.tier for span in spans}
    for tier in rulebook.tiers:
        if tier.name in named:
            return tier
    is_zero = on is not None and VetoEffect.SCORE_ZERO in effects_on(spans, on)
    for tier in rulebook.tiers:
        if tier.audience.has(held) and all(
            meets(condition, _value(rulebook, condition, measures, is_zero))
            for condition in tier.when
        ):
            return tier
    return None


def _value(
    rulebook: Rulebook, condition: Condition, measures: Measured, is_zero: bool
) -> Decimal | Fraction:
    if is_zero and condition.measure in (SCORE, SCORE_PER_HEAD):
        return Decimal(0)
    return measures[measure_of(rulebook, condition)]
