"""Random rulebooks of every construct that pass the linter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from points.rules.compiled import Item, Limit, Rulebook
from points.rules.compiling import rulebook_of
from points.rules.findings import errors_of
from points.rules.lint import lint, lint_document
from tests.support.soak import IS_SOAK
from tests.unit.points_rules.books import document, item

EXAMPLES = 1500 if IS_SOAK else 100
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)

PERIODS = ["deed", "activity", "day", "week", "month", "quarter", "half_year", "year", "ever"]
LONGER = ["month", "quarter", "half_year", "year", "ever"]
_longer = st.sampled_from(LONGER)
LEVELS = {"小": 1, "中": 3, "大": Decimal("5.5")}
STEPS = [{"at": 1, "points": 1}, {"at": Decimal("2.5"), "points": 4}, {"at": 6, "points": 5}]
BANDS = [{"from": 0, "per": 1, "points": 1}, {"from": 3, "per": 2, "points": Decimal("0.3")}]
_alone: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "fixed", "points": 2},
        {"type": "fixed", "points": 2},
        {"type": "fixed", "points": LEVELS},
        {"type": "range", "min": 1, "max": 6},
        {"type": "per_unit", "points": Decimal("0.7"), "per": 2},
        {"type": "per_unit", "points": 1, "per": 3, "whole": False},
        {"type": "milestones", "steps": STEPS},
        {"type": "bands", "bands": BANDS},
    ]
)
_added_up: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "per_unit", "points": 1, "per": 1},
        {"type": "per_unit", "points": 1, "per": 3, "whole": False},
        {"type": "bands", "bands": BANDS, "whole": False},
        {"type": "milestones", "steps": STEPS},
        {"type": "milestones", "steps": STEPS, "then_every": {"quantity": 2, "points": 1}},
    ]
)
_ranks: dict[str, Any] = {"type": "ranks", "points": [5, 3]}
_validity: st.SearchStrategy[dict[str, Any] | None] = st.sampled_from(
    [None, {"months": 1}, {"by_points": [{"up_to": 2, "months": 1}, {"months": 6}]}]
)
_escalation: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "factors": st.sampled_from(
            [[0, 1], [1, 2], [0, 0, 1, 2], [1, Decimal("1.5"), Decimal("0.5")]]
        )
    },
    optional={
        "within_months": st.sampled_from([1, 6]),
        "grace_days": st.sampled_from([0, 3]),
        "counts": st.sampled_from(["item", "group"]),
    },
)
_veto: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"until": "corrected", "bonuses": "held", "repair": {"points": 1, "needs_promise": True}},
        {"until": "corrected", "bonuses": "lost", "repair": {"points": 0}},
        {"until": "end_of_year", "bonuses": "lost"},
        {"until": "end_of_next_year", "bonuses": "kept"},
        {"until": {"months": 1}, "bonuses": "lost"},
    ]
).map(lambda veto: {**veto, "effects": ["score_zero"]})
_audience: st.SearchStrategy[dict[str, Any] | None] = st.sampled_from(
    [None, None, None, None, {"any": ["party_member"]}, {"none": ["student"]}]
)


_is_added_up = st.sampled_from([True, False, False])
_is_ranked = st.sampled_from([True] + [False] * 7)
_feeds = st.sampled_from([None, "hours"])
_group = st.sampled_from("甲乙")


@cache  # a strategy is examined when it is first drawn from
@st.composite
def _items(draw: st.DrawFn, code: str, kind: str) -> dict[str, Any]:
    award: dict[str, Any] | None = draw(_alone)
    if kind == "record":
        award = None
    elif draw(_is_added_up):
        award = {**draw(_added_up), "over": draw(_longer)}
    elif kind == "bonus" and draw(_is_ranked):
        award = {"type": "ranks", "points": [5, 3], "over": "quarter"}
    return item(
        code,
        kind=kind,
        unit="hour",
        feeds=draw(_feeds),
        group=draw(_group),
        award=award,
        audience=draw(_audience),
        validity=draw(_validity),
    )


_clauses: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"escalation": _escalation}),
    st.fixed_dictionaries({"recurs": st.sampled_from(["month", "quarter"])}),
    st.fixed_dictionaries({"veto": _veto}),
)


_across = st.sampled_from(["holder", "holder", "person", "household"])
_limits: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda measure, cap, per, across: {measure: cap, "per": per, "across": across},
    st.sampled_from(["max_points", "max_points", "max_times", "max_quantity"]),
    st.integers(1, 5),
    st.sampled_from(PERIODS),
    _across,
)
_intervals = st.fixed_dictionaries(
    {"min_days_between": st.sampled_from([2, 7, 35]), "across": _across}
)
_CONFLICTS = [
    [],
    [{"code": "one-deed", "items": ["*bonus", "*deduction"], "same": "deed", "keep": "highest"}],
    [{"code": "one-visit", "items": ["A", "B"], "same": "activity", "keep": "highest"}],
    [{"code": "zero", "items": ["A", "D"], "same": "activity", "cancelled_by": ["N"]}],
    [
        {"code": "one-deed", "items": ["*deduction"], "same": "deed", "keep": "highest"},
        {"code": "zero", "items": ["B", "C"], "same": "deed", "cancelled_by": ["N", "E"]},
    ],
]


def _passes(raw: dict[str, Any]) -> bool:
    """What the linter says; the shape of all of it is looked at in test_properties."""
    return not errors_of([*lint_document(raw), *lint(rulebook_of(raw), raw)])


def _changed(raw: dict[str, Any], which: int, **fields: Any) -> dict[str, Any]:
    """The document with other fields in one item."""
    items = raw["items"]
    return {**raw, "items": [*items[:which], {**items[which], **fields}, *items[which + 1 :]]}


def _limited(raw: dict[str, Any], which: int, limit: dict[str, Any]) -> dict[str, Any]:
    """The document with one more limit: of an item, or shared by several."""
    items = raw["items"]
    if which < len(items):
        return _changed(raw, which, limits=[*items[which].get("limits", ()), limit])
    selectors = [["*bonus"], ["A", "B"], ["group:甲"], ["*deduction"]][which - len(items)]
    shared = {"code": f"s{len(raw['limits'])}", "items": selectors, **limit}
    return {**raw, "limits": [*raw["limits"], shared]}


_KINDS = dict.fromkeys("ABC", "bonus") | dict.fromkeys("DE", "deduction") | {"N": "record"}
_holder = st.sampled_from(["member", "member", "household"])
_first_month = st.sampled_from([1, 1, 4])
_conflicts = st.sampled_from(_CONFLICTS)
_clauses_of = st.lists(st.tuples(st.sampled_from([3, 4]), _clauses), min_size=1, max_size=4)
_limits_of = st.lists(st.tuples(st.integers(0, 9), _limits), min_size=2, max_size=7)
_intervals_of = st.lists(st.tuples(st.integers(0, 4), _intervals), max_size=2)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Bonuses A, B, C, deductions D, E, a record N.

    Clauses, limits and conflicts are offered one by one; what the linter refuses is left out.
    """
    raw = document(
        *(draw(_items(code, kind)) for code, kind in _KINDS.items()),
        limits=[],
        counters=[{"code": "hours", "name": "时长", "unit": "hour"}],
        holder=draw(_holder),
        year_starts_month=draw(_first_month),
    )
    offers: list[Callable[[dict[str, Any]], dict[str, Any]]] = []
    conflicts = draw(_conflicts)
    offers.append(lambda raw: {**raw, "conflicts": conflicts})
    for which, clause in draw(_clauses_of):
        offers.append(partial(_changed, which=which, **clause))
    for which, limit in [*draw(_limits_of), *draw(_intervals_of)]:
        offers.append(partial(_limited, which=which, limit=limit))
    for offer in offers:
        offered = offer(raw)
        raw = offered if _passes(offered) else raw
    return raw


_documents = documents()


@cache
@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Compiled at once: what they are made of is examined in test_properties."""
    return rulebook_of(draw(_documents))


_cap = st.integers(1, 8)


@cache
@st.composite
def two_versions(draw: st.DrawFn) -> list[Rulebook]:
    """A rulebook, and from July a version of it with other caps, factors and conflicts."""
    first = draw(rulebooks())

    def recap(limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
        return tuple(replace(limit, cap=Decimal(draw(_cap))) for limit in limits)

    def reworked(each: Item) -> Item:
        milder = replace(each.escalation, grace_days=9) if each.escalation else None
        return replace(each, limits=recap(each.limits), escalation=milder)

    second = replace(
        first,
        version=2,
        effective_from=dt.date(2026, 7, 1),
        items=tuple(reworked(each) for each in first.items),
        shared_limits=recap(first.shared_limits),
        conflicts=draw(st.sampled_from([first.conflicts, ()])),
    )
    return [first, second]
