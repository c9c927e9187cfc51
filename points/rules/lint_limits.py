"""Limits nest like boxes: what cuts earlier lies inside what cuts later.

Otherwise one more good deed could lower a total: a deed cut late has already taken the room of
others early (rulebook-format.md section 7, Nesting).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from points.rules.compiled import Across, Item, ItemKind, Limit, Measure, Rulebook
from points.rules.compiling import resolve
from points.rules.findings import Finding, error
from points.rules.periods import Period

#: The order in which the evaluator cuts: quantity → over → times → points.
_STAGE = {Measure.QUANTITY: 0, Measure.TIMES: 2, Measure.POINTS: 3}
_OVER_STAGE = 1


@dataclass(frozen=True)
class _Box:
    """What one cut looks at together: these items, for this long."""

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


def limit_findings(rulebook: Rulebook, document: Mapping[str, Any]) -> list[Finding]:
    return [
        *_duplicates(rulebook),
        *_selectors(rulebook, document),
        *_kinds(rulebook),
        *_quantities(rulebook),
        *_times(rulebook),
        *_nesting(rulebook),
    ]


def _all_limits(rulebook: Rulebook) -> Iterator[Limit]:
    for item in rulebook.items:
        yield from item.limits
    yield from rulebook.shared_limits


def _items_of(rulebook: Rulebook, limit: Limit) -> list[Item]:
    return [item for item in rulebook.items if item.code in limit.items]


def _duplicates(rulebook: Rulebook) -> Iterator[Finding]:
    """Two limits with one code would share one row of usage."""
    times = Counter(limit.code for limit in _all_limits(rulebook))
    for limit in {limit.code: limit for limit in _all_limits(rulebook)}.values():
        if times[limit.code] > 1:
            yield error(
                "duplicate_limit",
                limit.where,
                "同样口径的封顶写了两次，请只留一个。",
                "The same limit stands twice; please keep one.",
            )


def _selectors(rulebook: Rulebook, document: Mapping[str, Any]) -> Iterator[Finding]:
    for raw in document.get("limits", ()):
        for selector in raw["items"]:
            if not resolve(selector, rulebook.items):
                yield error(
                    "selector_unknown",
                    f"limits[{raw['code']}].items",
                    f"“{selector}”没有对应的项目。",
                    f'"{selector}" means no item.',
                )


def _kinds(rulebook: Rulebook) -> Iterator[Finding]:
    for limit in rulebook.shared_limits:
        if len({item.kind for item in _items_of(rulebook, limit)}) > 1:
            yield error(
                "limit_mixes_kinds",
                limit.where,
                "一个封顶不能同时管加分和扣分。",
                "One limit cannot hold bonuses and deductions together.",
            )


def _quantities(rulebook: Rulebook) -> Iterator[Finding]:
    for limit in _all_limits(rulebook):
        if limit.measure is not Measure.QUANTITY:
            continue
        items = _items_of(rulebook, limit)
        if any(item.unit is None for item in items) or len({item.unit for item in items}) > 1:
            yield error(
                "quantity_limit_needs_unit",
                limit.where,
                "按数量封顶的项目要有单位，几个项目合并封顶时单位要相同。",
                "A limit on quantity needs a unit, and the same one for all of its items.",
            )
        if any(item.kind is not ItemKind.RECORD and item.over is None for item in items):
            yield error(
                "quantity_limit_needs_accumulation",
                limit.where,
                "逐次计分又按数量封顶会丢掉零头，请写明计算口径（如按月累计）。",
                "Cutting quantities deed by deed loses parts of units; please say over which "
                "period they add up.",
            )


def _times(rulebook: Rulebook) -> Iterator[Finding]:
    for limit in _all_limits(rulebook):
        if limit.measure is not Measure.TIMES:
            continue
        if any(item.over is not None for item in _items_of(rulebook, limit)):
            yield error(
                "times_on_accumulated",
                limit.where,
                "按累计量计分的项目不能按次数封顶。",
                "An item that accumulates cannot be limited by times.",
            )


def _boxes(rulebook: Rulebook) -> Iterator[_Box]:
    for limit in _all_limits(rulebook):
        # An interval has no cell.
        if limit.measure is not Measure.MIN_DAYS:
            yield _Box(_STAGE[limit.measure], limit.items, limit.per, limit.across, limit.where)
    for item in rulebook.items:
        if item.over is not None:
            place = f"items[{item.code}].award.over"
            yield _Box(_OVER_STAGE, frozenset({item.code}), item.over, Across.HOLDER, place)


def _nesting(rulebook: Rulebook) -> Iterator[Finding]:
    boxes = sorted(_boxes(rulebook), key=lambda box: box.stage)
    for earlier, later in combinations(boxes, 2):
        if not earlier.items & later.items or earlier.lies_in(later):
            continue
        if earlier.stage == later.stage and later.lies_in(earlier):
            continue
        yield error(
            "limits_cross",
            earlier.where,
            f"与 {later.where} 交叉：先算的封顶应包在后算的封顶之内（项目不多于、周期不长于它）。",
            f"Crosses {later.where}: what cuts first has to lie inside what cuts later "
            "(no more items, no longer period).",
        )
