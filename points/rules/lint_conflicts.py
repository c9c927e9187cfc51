"""Conflicts: several items for one deed, or one that cancels another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from points.rules.compiled import Conflict, ItemKind, Measure, Rulebook
from points.rules.compiling import resolve
from points.rules.findings import Finding, error, warning


def conflict_findings(rulebook: Rulebook, document: Mapping[str, Any]) -> list[Finding]:
    return [
        *_overlaps(rulebook),
        *_accumulated(rulebook, document),
        *_circles(rulebook),
        *_limits_differ(rulebook),
    ]


def _keeping_highest(rulebook: Rulebook) -> list[Conflict]:
    return [conflict for conflict in rulebook.conflicts if conflict.keeps_highest]


def _overlaps(rulebook: Rulebook) -> Iterator[Finding]:
    for first, second in combinations(_keeping_highest(rulebook), 2):
        shared = sorted(first.items & second.items)
        if shared:
            yield error(
                "conflicts_overlap",
                f"conflicts[{second.code}].items",
                f"与“{first.code}”都管 {'、'.join(shared)}：一项只能归一条“只取最高”，"
                "请合并或分开。",
                f'Shares {", ".join(shared)} with "{first.code}": an item belongs to one '
                '"highest only"; please join or part them.',
            )


def _accumulated(rulebook: Rulebook, document: Mapping[str, Any]) -> Iterator[Finding]:
    """``*bonus`` may hold such items, which then take no part; naming them alone is a mistake."""
    for raw in document.get("conflicts", ()):
        for selector in raw["items"] if "keep" in raw else ():
            codes = resolve(selector, rulebook.items)
            if codes and not selector.startswith("*"):
                items = [rulebook.by_code[code] for code in sorted(codes)]
                if all(item.over is not None for item in items):
                    yield error(
                        "conflict_on_accumulated",
                        f"conflicts[{raw['code']}].items",
                        f"“{selector}”按累计量计分，一次没有单独的分值，不能参加“只取最高”；"
                        "请从这里去掉。",
                        f'"{selector}" accumulates, so that one deed has no value to compare; '
                        "please take it out here.",
                    )


def _circles(rulebook: Rulebook) -> Iterator[Finding]:
    cancelled_by: dict[str, set[str]] = {}
    for conflict in rulebook.conflicts:
        for code in conflict.items if not conflict.keeps_highest else ():
            cancelled_by.setdefault(code, set()).update(conflict.cancelled_by)
    circular = {code for code in cancelled_by if _reaches(code, code, cancelled_by)}
    for conflict in rulebook.conflicts:
        inside = [] if conflict.keeps_highest else sorted(conflict.items & circular)
        if inside:
            yield error(
                "cancels_in_circle",
                f"conflicts[{conflict.code}].cancelled_by",
                f"{'、'.join(inside)} 转一圈又作废自己，请去掉其中一条。",
                f"{', '.join(inside)} cancels itself in a circle; please take one clause out.",
            )


def _reaches(start: str, goal: str, edges: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        for code in edges.get(ahead.pop(), ()):
            if code == goal:
                return True
            if code not in seen:
                seen.add(code)
                ahead.append(code)
    return False


def _limits_differ(rulebook: Rulebook) -> Iterator[Finding]:
    """The highest is chosen before limits: a lower one with room left would have been paid."""
    for conflict in _keeping_highest(rulebook):
        for kind in (ItemKind.BONUS, ItemKind.DEDUCTION):
            limits = {
                frozenset(
                    limit.code for measure in Measure for limit in rulebook.limits_of(code, measure)
                )
                for code in conflict.items
                if rulebook.by_code[code].kind is kind and rulebook.by_code[code].over is None
            }
            if len(limits) > 1:
                yield warning(
                    "conflict_limits_differ",
                    f"conflicts[{conflict.code}]",
                    "这些项目的封顶不同：先取最高、再封顶，取中的一项若已封顶，另一项也不再计。"
                    "请确认这样可以，或给它们同一个共用封顶。",
                    "These items have different limits: the highest is chosen first, and where its "
                    "limit is full the other does not count either. Please make sure that this is "
                    "meant, or give them one shared limit.",
                )
                break
