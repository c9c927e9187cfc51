"""One month of facts under a template, each with what it is worth by hand.

A row is written the way a clerk would check it: expected points first, signed, then the reason
where it is worth less than the award says.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from points.rulebook_templates import template
from points.rules.compiled import CountsIn, Rulebook, Tier
from points.rules.evaluate import Evaluation, evaluation
from points.rules.facts import Fact, LineWorth
from points.rules.reading import compile_rulebook
from points.rules.score_reading import reading
from points.rules.tiers import measures_needed, tier_of
from points.rules.versions import version_on
from tests.unit.points_rules.books import HOLDER, fact

MONTH = "2026-11"
LAST_DAY = dt.date(2026, 11, 30)


@dataclass(frozen=True)
class Row:
    """A fact of November 2026 and its expected line of slice 0."""

    fact: Fact
    points: str
    reason: str | None


def row(points: str, code: str, on: int, why: str | None = None, **fields: Any) -> Row:
    """``points`` signed as posted; ``why`` is the reason's word; amounts may be texts."""
    for amount in ("quantity", "decided"):
        if amount in fields:
            fields[amount] = Decimal(fields[amount])
    return Row(fact(code, f"11-{on:02}", **{"quantity": "1", **fields}), points, why)


def named(number: int) -> uuid.UUID:
    """A deed, an activity or a holder of its own; never the id of a fact, which begin at 100."""
    return uuid.UUID(int=number << 64)


@cache
def rulebook(code: str) -> Rulebook:
    return compile_rulebook(template(code).document)


def evaluated(code: str, rows: Sequence[Row]) -> Evaluation:
    return evaluation([rulebook(code)], [each.fact for each in rows], LAST_DAY)


def check(code: str, rows: Sequence[Row], *, total: str) -> Evaluation:
    """Every line as written, and their sum; the rulebook has to be in force already."""
    assert version_on([rulebook(code)], rows[0].fact.occurred_on) is not None
    found = evaluated(code, rows)
    lines = {line.fact_id: line for line in found.lines if line.slice == 0}
    found_rows = [(_named(each), *_worth(lines[each.fact.fact_id])) for each in rows]
    assert found_rows == [(_named(each), Decimal(each.points), each.reason) for each in rows]
    assert sum((line.signed for line in found.lines), Decimal(0)) == Decimal(total)
    return found


def _named(each: Row) -> str:
    """The item and day, so that a difference says which row it is."""
    return f"{each.fact.item} {each.fact.occurred_on}"


def _worth(line: LineWorth) -> tuple[Decimal, str | None]:
    return line.signed, line.reason and line.reason.value


def counted(found: Evaluation, where: CountsIn) -> Decimal:
    """The sum of what counts in the score, or in the balance."""
    return sum((line.signed for line in found.lines if where in line.counts_in), Decimal(0))


def score(code: str, found: Evaluation) -> Decimal:
    """The base of the period (granted apart from facts) with this month's lines, clamped."""
    book = rulebook(code)
    base = sum((each.points or Decimal(0) for each in book.base), Decimal(0))
    return reading(book, {MONTH: base + counted(found, CountsIn.SCORE)})


def tier(code: str, found: Evaluation, *, tags: Sequence[str] = ()) -> Tier:
    """The tier on the last day of the month, with the vetoes in force then; there is one."""
    book = rulebook(code)
    reached = tier_of(
        book,
        {needed: score(code, found) for needed in measures_needed(book)},
        tags=tags,
        vetoes=found.vetoes.get(HOLDER, ()),
        on=LAST_DAY,
    )
    assert reached is not None
    return reached
