"""The fast path: what one new fact takes, without reading any other fact.

It applies to a new approved bonus without range that fits whole into all its cells and, if it
accumulates, is dated after everything in its total (rulebook-format.md section 6). The caller
writes each claim with one conditional statement; no row returned means: roll back to the
savepoint and evaluate all facts of the holder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from points.rules.awards import Range
from points.rules.compiled import Item, ItemKind, Measure, Rulebook
from points.rules.evaluate import added, line, why_not_standing
from points.rules.facts import Fact, LineWorth, WorthReason
from points.rules.usage import LimitCell, Total, TotalCell, limit_cell, total_cell


@dataclass(frozen=True, kw_only=True)
class LimitClaim:
    """``amount`` is to fit whole into the cell under ``cap``; both in the measure's unit."""

    key: LimitCell
    measure: Measure
    amount: Decimal
    cap: Decimal

    @property
    def amount_stored(self) -> int:
        return self.measure.stored(self.amount)

    @property
    def cap_stored(self) -> int:
        return self.measure.stored(self.cap)


@dataclass(frozen=True, kw_only=True)
class FastPath:
    """What to write: the claims, the line, and the running total after it (with its key)."""

    claims: tuple[LimitClaim, ...]
    line: LineWorth
    total_key: TotalCell | None = None
    total: Total | None = None


def total_needed(version: Rulebook, fact: Fact) -> TotalCell | None:
    """The running total to read (and lock) first, None where the fact stands alone."""
    item = version.by_code.get(fact.item)
    return total_cell(version, item, fact) if item else None


def fast_path(version: Rulebook, fact: Fact, so_far: Total | None = None) -> FastPath | None:
    """None where the holder has to be evaluated.

    ``so_far`` is the row of :func:`total_needed`, None where there is no row yet.
    """
    item = version.by_code.get(fact.item)
    if item is None or why_not_standing(fact, version) or not _may_be_fast(item, fact, so_far):
        return None
    if item.award is None:
        return None
    key = total_cell(version, item, fact)
    if key is None:
        points, total = item.award.worth(fact.quantity, fact.level, fact.decided), None
        reason = None if points else WorthReason.BELOW_FIRST_STEP
    else:
        before = so_far or Total()
        total = added(before, item, fact, fact.quantity)
        points = total.granted - before.granted
        reason = None if points else WorthReason.BELOW_NEXT_STEP
    claims = (
        *_claims(version, fact, Measure.QUANTITY, fact.quantity),
        *_claims(version, fact, Measure.TIMES, Decimal(1 if points else 0)),
        *_claims(version, fact, Measure.POINTS, points),
    )
    return FastPath(
        claims=tuple(sorted(claims, key=lambda claim: (claim.key.limit_code, claim.key.cell))),
        line=line(fact, item, points, reason),
        total_key=key,
        total=total,
    )


def _may_be_fast(item: Item, fact: Fact, so_far: Total | None) -> bool:
    if item.kind is not ItemKind.BONUS or isinstance(item.award, Range):
        return False
    return so_far is None or so_far.last_on is None or so_far.last_on < fact.occurred_on


def _claims(
    version: Rulebook, fact: Fact, measure: Measure, amount: Decimal
) -> Iterable[LimitClaim]:
    if not amount:
        return
    for limit in version.limits_of(fact.item, measure):
        yield LimitClaim(
            key=limit_cell(version, limit, fact), measure=measure, amount=amount, cap=limit.cap
        )
