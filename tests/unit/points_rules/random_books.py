"""Random rulebooks that pass the linter, and random facts about them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from points.rules.compiled import Item, Limit, Rulebook
from points.rules.facts import Fact
from points.rules.findings import errors_of
from points.rules.reading import examine
from tests.unit.points_rules.books import HOLDER, document, item

PERIODS = ["day", "week", "month", "quarter", "half_year", "year", "ever"]
LONGER = ["month", "quarter", "half_year", "year", "ever"]
LEVELS = {"小": 1, "中": 3, "大": Decimal("5.5")}
STEPS = [{"at": 1, "points": 1}, {"at": Decimal("2.5"), "points": 4}, {"at": 6, "points": 5}]
FIRST = dt.date(2026, 1, 1)
#: Days after FIRST: crowded, so that cells fill up, and on both sides of each longer edge.
DAYS = [0, 0, 0, 1, 1, 2, 30, 31, 89, 90, 180, 181, 182]

_alone: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "fixed", "points": 2},
        {"type": "fixed", "points": LEVELS},
        {"type": "range", "min": 1, "max": 6},
        {"type": "per_unit", "points": Decimal("0.7"), "per": 2},
        {"type": "per_unit", "points": 1, "per": 3, "whole": False},
        {"type": "milestones", "steps": STEPS},
    ]
)
_added_up: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "per_unit", "points": 1, "per": 1},
        {"type": "per_unit", "points": 1, "per": 3, "whole": False},
        {"type": "milestones", "steps": STEPS},
        {"type": "milestones", "steps": STEPS, "then_every": {"quantity": 2, "points": 1}},
    ]
)


@st.composite
def _limits(draw: st.DrawFn) -> dict[str, Any]:
    measure = draw(st.sampled_from(["max_points", "max_times", "max_quantity"]))
    return {measure: draw(st.integers(1, 5)), "per": draw(st.sampled_from(PERIODS))}


@st.composite
def _items(draw: st.DrawFn, code: str, kind: str) -> dict[str, Any]:
    if draw(st.sampled_from([True, False, False])):
        award = {**draw(_added_up), "over": draw(st.sampled_from(LONGER))}
    else:
        award = draw(_alone)
    return item(code, kind=kind, unit="hour", group=draw(st.sampled_from("甲乙")), award=award)


def _passes(raw: dict[str, Any]) -> bool:
    return not errors_of(examine(raw).findings)


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Limits are offered one by one; those the linter refuses are left out."""
    items = [draw(_items(code, "bonus")) for code in "ABC"] + [draw(_items("D", "deduction"))]
    raw = document(*items, limits=[])
    for _ in range(draw(st.integers(2, 6))):
        limit, which = draw(_limits()), draw(st.integers(0, 6))
        if which < len(items):
            own = [*items[which].get("limits", ()), limit]
            changed = [*items[:which], {**items[which], "limits": own}, *items[which + 1 :]]
            offered = {**raw, "items": changed}
        else:
            selectors = ["*bonus"] if which == 4 else ["A", "B"] if which == 5 else ["group:甲"]
            shared = {"code": f"s{len(raw['limits'])}", "items": selectors, **limit}
            offered = {**raw, "limits": [*raw["limits"], shared]}
        if _passes(offered):
            raw, items = offered, offered["items"]
    rulebook = examine(raw).rulebook
    assert rulebook is not None
    return rulebook


def _recapped(limit: Limit, cap: Decimal) -> Limit:
    return replace(limit, cap=cap)


@st.composite
def two_versions(draw: st.DrawFn) -> list[Rulebook]:
    """A rulebook, and from July a version of it with other caps."""
    first = draw(rulebooks())

    def recap(limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
        return tuple(_recapped(limit, Decimal(draw(st.integers(1, 8)))) for limit in limits)

    items = tuple(replace(each, limits=recap(each.limits)) for each in first.items)
    second = replace(
        first,
        version=2,
        effective_from=dt.date(2026, 7, 1),
        items=items,
        shared_limits=recap(first.shared_limits),
    )
    return [first, second]


@st.composite
def facts_of(draw: st.DrawFn, rule: Item, holder: uuid.UUID = HOLDER) -> Fact:
    quantity = Decimal(draw(st.integers(1, 16))) / 2
    near = draw(st.sampled_from(DAYS))
    return Fact(
        fact_id=draw(st.uuids()),
        item=rule.code,
        holder=holder,
        occurred_on=FIRST + dt.timedelta(days=near),
        approved=draw(st.sampled_from([True] * 7 + [False])),
        struck=draw(st.sampled_from([False] * 7 + [True])),
        quantity=Decimal(1) if rule.levels else quantity,
        level=draw(st.sampled_from(sorted(rule.levels))) if rule.levels else None,
        decided=draw(st.sampled_from([None, Decimal(1), Decimal("3.5"), Decimal(6)])),
    )


def lists_of_facts(rulebook: Rulebook, most: int = 14) -> st.SearchStrategy[list[Fact]]:
    one = st.sampled_from(rulebook.items).flatmap(facts_of)
    return st.lists(one, min_size=4, max_size=most, unique_by=lambda each: each.fact_id)
