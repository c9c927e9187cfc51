"""The fast path: what one new fact takes, without reading any other fact.

It applies to a new approved bonus without range or interval that fits whole into all its cells,
names no deed or activity that a conflict looks at, whose holder has no veto on record
(``open_vetoes`` is 0) and that, if it accumulates, is dated after everything in its total
(rulebook-format.md section 6). The caller writes each claim with one conditional statement; no
row returned means: roll back to the savepoint and evaluate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from points.rules.accumulating import nothing_yet
from points.rules.awards import Range
from points.rules.compiled import Item, ItemKind, Measure, Rulebook, Same
from points.rules.evaluate import line, nothing_listed
from points.rules.facts import Fact, LineWorth
from points.rules.standing import why_not_standing
from points.rules.usage import (
    CounterCell,
    LimitCell,
    Total,
    TotalCell,
    added,
    counter_cell,
    limit_cell,
    total_cell,
)


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
    """What to write: the claims, the line, the running total after it (with its key).

    ``counters`` holds what is added to counters.
    """

    claims: tuple[LimitClaim, ...]
    line: LineWorth
    total_key: TotalCell | None = None
    total: Total | None = None
    counters: Mapping[CounterCell, Decimal] = field(default_factory=dict)


def total_needed(version: Rulebook, fact: Fact) -> TotalCell | None:
    """The running total to read (and lock) first, None where the fact stands alone."""
    item = version.by_code.get(fact.item)
    return total_cell(version, item, fact) if item else None


def fast_path(
    version: Rulebook, fact: Fact, so_far: Total | None = None, *, open_vetoes: int = 0
) -> FastPath | None:
    """None where the holder has to be evaluated.

    ``so_far`` is the row of :func:`total_needed`, None where there is no row yet; ``open_vetoes``
    is the account's number of vetoes that could suspend a bonus.
    """
    item = version.by_code.get(fact.item)
    if item is None or item.award is None or why_not_standing(fact, version):
        return None
    if open_vetoes or not _may_be_fast(version, item, fact, so_far):
        return None
    key = total_cell(version, item, fact)
    total = None
    if key is None:
        points = item.award.worth(fact.quantity, fact.level, fact.decided)
        reason = None if points else nothing_listed(item.award)
    else:
        before = so_far or Total()
        total = added(before, item, fact, fact.occurred_on, fact.quantity)
        points = total.granted - before.granted
        reason = None if points else nothing_yet(item.award)
    claims = (
        *_claims(version, fact, Measure.QUANTITY, fact.quantity),
        *_claims(version, fact, Measure.TIMES, Decimal(1 if points else 0)),
        *_claims(version, fact, Measure.POINTS, points),
    )
    return FastPath(
        claims=tuple(sorted(claims, key=lambda claim: claim.key)),
        line=line(fact, item, points, reason, listed=points),
        total_key=key,
        total=total,
        counters={counter_cell(item.feeds, fact): fact.quantity} if item.feeds else {},
    )


def _may_be_fast(version: Rulebook, item: Item, fact: Fact, so_far: Total | None) -> bool:
    if item.kind is not ItemKind.BONUS or isinstance(item.award, Range):
        return False
    if version.limits_of(item.code, Measure.MIN_DAYS) or _may_meet_another(version, fact):
        return False
    return so_far is None or so_far.last_on is None or so_far.last_on < fact.occurred_on


def _may_meet_another(version: Rulebook, fact: Fact) -> bool:
    """Whether it names a deed or an activity that a conflict of its item looks at."""
    return any(
        fact.names_deed if conflict.same is Same.DEED else fact.activity is not None
        for conflict in version.conflicts
        if fact.item in conflict.items or fact.item in conflict.cancelled_by
    )


def _claims(
    version: Rulebook, fact: Fact, measure: Measure, amount: Decimal
) -> Iterable[LimitClaim]:
    if not amount:
        return
    for limit in version.limits_of(fact.item, measure):
        yield LimitClaim(
            key=limit_cell(version, limit, fact), measure=measure, amount=amount, cap=limit.cap
        )
