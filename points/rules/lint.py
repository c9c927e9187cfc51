"""The linter: everything that crosses fields and that JSON Schema cannot say.

Rules that need defaults filled in work on the compiled rulebook. Rules about limits stand in
``points.rules.lint_limits``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from kernel.points_value import is_exact
from points.rules.awards import Fixed, Milestones, PerUnit, Range
from points.rules.compiled import Item, Rulebook
from points.rules.findings import Finding, error
from points.rules.lint_limits import limit_findings
from points.rules.places import matches

_MEASURES = frozenset({"score", "score_per_head", "balance"})
_HUNDREDTH = Decimal("0.01")

#: Every place that holds points; one decimal place, because the ledger counts tenths.
_POINTS = (
    "base.*.points",
    "items.*.award.points",
    "items.*.award.points.*",
    "items.*.award.min",
    "items.*.award.max",
    "items.*.award.step",
    "items.*.award.steps.*.points",
    "items.*.award.then_every.points",
    "items.*.limits.*.max_points",
    "defaults.*.limits.*.max_points",
    "limits.*.max_points",
)
#: Every place that holds a quantity; two decimal places.
_QUANTITIES = (
    "items.*.quantity.min",
    "items.*.quantity.max",
    "items.*.award.per",
    "items.*.award.steps.*.at",
    "items.*.award.then_every.quantity",
    "items.*.limits.*.max_quantity",
    "defaults.*.limits.*.max_quantity",
    "limits.*.max_quantity",
)


def lint_document(document: Mapping[str, Any]) -> list[Finding]:
    """Rules that read the document alone, whatever constructs it uses."""
    return [*_decimals(document), *_codes(document), *_measures(document)]


def lint(rulebook: Rulebook, document: Mapping[str, Any]) -> list[Finding]:
    """Rules about items and limits, with defaults filled in."""
    return [
        *(finding for item in rulebook.items for finding in _award(item)),
        *limit_findings(rulebook, document),
    ]


def _decimals(document: Mapping[str, Any]) -> Iterator[Finding]:
    for place, number in _numbers(document, _POINTS):
        if not is_exact(number):
            yield error(
                "not_one_decimal",
                place,
                f"分值最多一位小数，{number} 不行。",
                f"Points have one decimal place at most; {number} has more.",
            )
    for place, number in _numbers(document, _QUANTITIES):
        if number != number.quantize(_HUNDREDTH):
            yield error(
                "quantity_not_two_decimals",
                place,
                f"数量最多两位小数，{number} 不行。",
                f"Quantities have two decimal places at most; {number} has more.",
            )


def _numbers(document: Mapping[str, Any], paths: Iterable[str]) -> Iterator[tuple[str, Decimal]]:
    for path in paths:
        for place, value in matches(document, path.split(".")):
            if isinstance(value, int | Decimal):
                yield place, Decimal(value)


def _codes(document: Mapping[str, Any]) -> Iterator[Finding]:
    for table in ("base", "items", "rankings"):
        codes = Counter(entry["code"] for entry in document.get(table, ()))
        for code, times in codes.items():
            if times > 1:
                yield error(
                    "duplicate_code",
                    f"{table}[{code}]",
                    f"编号“{code}”用了 {times} 次。",
                    f'The code "{code}" is used {times} times.',
                )


def _measures(document: Mapping[str, Any]) -> Iterator[Finding]:
    known = _MEASURES | {counter["code"] for counter in document.get("counters", ())}
    for place, measure in matches(document, ("rankings", "*", "measure")):
        if measure not in known:
            yield error(
                "measure_unknown",
                place,
                f"“{measure}”不是得分、余额或累计量。",
                f'"{measure}" is no score, balance or counter.',
            )


def _award(item: Item) -> Iterator[Finding]:
    place = f"items[{item.code}].award"
    award = item.award
    bounds = item.quantity
    if bounds.least is not None and bounds.most is not None and bounds.least > bounds.most:
        yield _reversed(f"items[{item.code}].quantity", bounds.least, bounds.most)
    if isinstance(award, Range) and award.least > award.most:
        yield _reversed(place, award.least, award.most)
    if isinstance(award, Milestones):
        yield from _steps(award, place)
    if isinstance(award, PerUnit) and award.levels and award.over is not None:
        yield error(
            "levels_on_accumulated",
            f"{place}.points",
            "分档次的分值不能按累计量计算，请拆成几个项目。",
            "Levels cannot be accumulated; please write one item per level.",
        )
    if isinstance(award, Fixed) and not _may_be_one(item):
        yield error(
            "quantity_is_one",
            f"items[{item.code}].quantity",
            "固定分值的项目数量只能是 1。",
            "The quantity of an item with fixed points is 1.",
        )


def _may_be_one(item: Item) -> bool:
    bounds = item.quantity
    return (bounds.least is None or bounds.least <= 1) and (bounds.most is None or bounds.most >= 1)


def _reversed(place: str, least: Decimal, most: Decimal) -> Finding:
    return error(
        "range_reversed",
        place,
        f"最小 {least} 大于最大 {most}。",
        f"The least, {least}, is more than the most, {most}.",
    )


def _steps(award: Milestones, place: str) -> Iterator[Finding]:
    for lower, higher in pairwise(award.steps):
        if higher.at <= lower.at or higher.points <= lower.points:
            yield error(
                "steps_not_rising",
                f"{place}.steps",
                f"每一档的数量和分值都应比前一档高：{lower.at}={lower.points}，"
                f"{higher.at}={higher.points}。",
                "Each step has to be higher than the one before, in quantity and points: "
                f"{lower.at}={lower.points}, {higher.at}={higher.points}.",
            )
