"""Limits: what they may hold together, and what they need (nesting: ``lint_nesting``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from points.rules.awards import Fixed
from points.rules.compiled import Item, ItemKind, Limit, Measure, Rulebook
from points.rules.compiling import resolve
from points.rules.findings import Finding, error, warning
from points.rules.lint_nesting import nesting_findings

#: One limit too many crosses hundreds; nobody mends them from one answer.
_MOST_CROSSINGS = 200


def limit_findings(rulebook: Rulebook, document: Mapping[str, Any]) -> list[Finding]:
    return [
        *_duplicates(rulebook),
        *_selectors(rulebook, document),
        *_kinds(rulebook),
        *_quantities(rulebook),
        *_times(rulebook),
        *_intervals(rulebook),
        *islice(nesting_findings(rulebook), _MOST_CROSSINGS),
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
    for table in ("limits", "conflicts"):
        for raw in document.get(table, ()):
            for key in ("items", "cancelled_by"):
                for selector in raw.get(key, ()):
                    if not resolve(selector, rulebook.items):
                        yield error(
                            "selector_unknown",
                            f"{table}[{raw['code']}].{key}",
                            f"“{selector}”没有对应的项目，请核对编号或分组名。",
                            f'"{selector}" means no item; please check the code or group.',
                        )


def _kinds(rulebook: Rulebook) -> Iterator[Finding]:
    for limit in rulebook.shared_limits:
        if len({item.kind for item in _items_of(rulebook, limit)}) > 1:
            yield error(
                "limit_mixes_kinds",
                limit.where,
                "一个封顶不能同时管加分和扣分，请分成两个。",
                "One limit cannot hold bonuses and deductions together; please write two.",
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
                "按累计量计分的项目不能按次数封顶，请改按分数或数量封顶。",
                "An item that accumulates cannot be limited by times; please limit its points or "
                "its quantity.",
            )


def _intervals(rulebook: Rulebook) -> Iterator[Finding]:
    for item in rulebook.items:
        for position, limit in enumerate(rulebook.limits_of(item.code, Measure.MIN_DAYS)):
            if position:
                yield error(
                    "duplicate_limit",
                    limit.where,
                    "一个项目只能有一个间隔天数：两个间隔会互相错开，多做一次反而可能少计。请只留一个。",
                    "An item has one interval at most: two push each other's days, and one more "
                    "deed could lower a total. Please keep one.",
                )
            if item.award is not None and not (isinstance(item.award, Fixed) and not item.levels):
                yield error(
                    "interval_needs_fixed_award",
                    limit.where,
                    "间隔天数只能用于一个固定分值的项目：间隔内留的是先做的一次，不是分高的一次。",
                    "An interval needs one fixed number of points: it keeps the earlier deed, not "
                    "the one worth more.",
                )
            elif _others(rulebook, item):
                yield warning(
                    "interval_may_shift",
                    limit.where,
                    "补录更早的一次会把后面计分的日子往后推，可能换到另一个封顶周期；请确认这样可以。",
                    "An earlier deed recorded late moves the days that count, perhaps into another "
                    "period of a limit; please make sure that this is meant.",
                )


def _others(rulebook: Rulebook, item: Item) -> bool:
    """Whether the item has limits beside its interval."""
    return any(
        rulebook.limits_of(item.code, measure) for measure in Measure if measure != Measure.MIN_DAYS
    )
