"""Limits nest like boxes: what cuts earlier lies inside what cuts later.

Otherwise one more good deed could lower a total: a deed cut late has already taken the room of
others early (rulebook-format.md section 7, Nesting).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from points.rules.compiled import Across, ItemKind, Measure, Rulebook
from points.rules.findings import Finding, error
from points.rules.periods import Period
from points.rules.readback_words import PER

#: The order in which the evaluator cuts: quantity → over → times → points.
_STAGE = {Measure.QUANTITY: 0, Measure.TIMES: 2, Measure.POINTS: 3}
_OVER_STAGE = 1
_MOST_NAMED = 5


@dataclass(frozen=True)
class _Box:
    """What one cut looks at together: these items, for this long, of these people."""

    stage: int
    items: frozenset[str]
    per: Period
    across: Across
    where: str

    def lies_in(self, other: _Box) -> bool:
        return (
            self.items <= other.items
            and self.per.lies_in(other.per)
            and self.across.rank <= other.across.rank
        )


def nesting_findings(rulebook: Rulebook) -> Iterator[Finding]:
    boxes = sorted(_boxes(rulebook), key=lambda box: box.stage)
    for earlier, later in combinations(boxes, 2):
        if not earlier.items & later.items or earlier.lies_in(later):
            continue
        if earlier.stage == later.stage and later.lies_in(earlier):
            continue
        zh, en = _mends(rulebook, earlier, later)
        yield error(
            "limits_cross",
            earlier.where,
            f"与 {later.where} 交叉：先算的封顶应包在后算的封顶之内，"
            f"否则多做一件好事反而可能少得分。可以{'；或'.join(zh)}。",
            f"Crosses {later.where}: what cuts first has to lie inside what cuts later, or one "
            f"more good deed could lower a total. Please {'; or '.join(en)}.",
        )


def _boxes(rulebook: Rulebook) -> Iterator[_Box]:
    """An interval looks at days, not at a cell: ``interval_may_shift`` speaks of it."""
    own = (limit for item in rulebook.items for limit in item.limits)
    for limit in (*own, *rulebook.shared_limits):
        if limit.measure in _STAGE:
            stage = _STAGE[limit.measure]
            yield _Box(stage, limit.items, limit.per, limit.across, limit.where)
    for item in rulebook.items:
        if item.over is not None:
            place = f"items[{item.code}].award.over"
            items = frozenset({item.code})
            yield _Box(_OVER_STAGE, items, item.over, Across.HOLDER, place)


def _mends(rulebook: Rulebook, earlier: _Box, later: _Box) -> tuple[list[str], list[str]]:
    """Ways out, one per dimension in which the boxes cross."""
    zh, en = [], []
    if not earlier.per.lies_in(later.per):
        shorter, longer = PER[later.per], PER[_longer(earlier.per)]
        zh.append(
            f"把 {earlier.where} 改为{shorter[0]}或更短，或把 {later.where} 改为{longer[0]}或更长"
        )
        en.append(
            f"make {earlier.where} {shorter[1]} or shorter, or {later.where} {longer[1]} or longer"
        )
    outside = sorted(earlier.items - later.items)
    if outside:
        codes = "、".join(outside[:_MOST_NAMED]) + (" 等" if len(outside) > _MOST_NAMED else "")
        zh.append(f"把 {codes} 也放进 {later.where}，或从 {earlier.where} 去掉")
        en.append(f"put {codes} into {later.where} as well, or take it out of {earlier.where}")
    if earlier.across.rank > later.across.rank:
        zh.append("把两处的范围（个人、账户、户）改成一样")
        en.append("give both the same across (person, holder, household)")
    if _holds_all_bonuses(rulebook, later):
        zh.append(f"用得分上限（score.ceiling）代替 {later.where}")
        en.append(f"use score.ceiling instead of {later.where}")
    return zh, en


def _longer(period: Period) -> Period:
    """A deed or an activity fits into months."""
    return Period.MONTH if period.is_event else period


def _holds_all_bonuses(rulebook: Rulebook, box: _Box) -> bool:
    bonuses = {item.code for item in rulebook.items if item.kind is ItemKind.BONUS}
    return box.stage == _STAGE[Measure.POINTS] and len(bonuses) > 1 and box.items >= bonuses
