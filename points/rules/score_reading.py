"""The standing 得分 as tiers and rankings read it: over months of sheets, or over valid lines.

A month's score is its sheet, a longer period's the sum of its sheets; ``valid`` reads lines.
Floor and ceiling clamp what is read here, never a sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from kernel.points_value import ZERO
from points.rules.compiled import CountsIn, Rulebook, ScoreOver
from points.rules.facts import LineWorth
from points.rules.periods import Period, cell_of, first_day_of


def reading(rulebook: Rulebook, months: Mapping[str, Decimal]) -> Decimal:
    """The score of the given sheets, clamped.

    ``months`` holds the sheets of the period to read, as :func:`months_of` picks them.
    """
    return clamped(rulebook, sum(months.values(), ZERO))


def clamped(rulebook: Rulebook, score: Decimal) -> Decimal:
    """Between floor and ceiling, where the rulebook has them."""
    floor, ceiling = rulebook.score.floor, rulebook.score.ceiling
    if floor is not None:
        score = max(score, floor)
    if ceiling is not None:
        score = min(score, ceiling)
    return score


def months_of(
    rulebook: Rulebook, months: Mapping[str, Decimal], day: dt.date, over: Period
) -> dict[str, Decimal]:
    """Those of ``months`` (``2026-11`` → amount) in the period of ``day``.

    The same for sheets and for a counter.
    """
    cell = cell_of(day, over, rulebook.year_starts_month)
    return {
        month: amount
        for month, amount in months.items()
        if cell.starts_on <= first_day_of(month)
        and (cell.ends_before is None or first_day_of(month) < cell.ends_before)
    }


def score_on(
    rulebook: Rulebook,
    day: dt.date,
    *,
    sheets: Mapping[str, Decimal],
    lines: Iterable[LineWorth] = (),
    base: Decimal = ZERO,
    over: ScoreOver | None = None,
) -> Decimal:
    """The clamped score on ``day``, over the rulebook's own period unless ``over`` is given.

    ``sheets`` are all sealed months of the holder. Over ``valid`` they say nothing: there the
    ``lines`` still valid on that day count, and the ``base`` in force then.
    """
    period = (over or rulebook.score.over).period
    if period is None:
        return clamped(rulebook, base + valid_score(lines, day))
    return reading(rulebook, months_of(rulebook, sheets, day, period))


def valid_score(lines: Iterable[LineWorth], day: dt.date) -> Decimal:
    """The sum of the lines in the score whose record is valid on ``day``; not clamped."""
    return sum(
        (
            line.signed
            for line in lines
            if CountsIn.SCORE in line.counts_in and line.is_valid_on(day)
        ),
        ZERO,
    )


def score_per_head(score: Decimal, heads: int) -> Fraction:
    """The exact mean, compared unrounded. ``heads`` counts nobody with an excluded tag; with
    nobody left it is the score itself.
    """
    return Fraction(score) / max(heads, 1)
