"""Random rulebooks of every construct that pass the linter, and random facts about them."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from points.rules.compiled import Item, ItemKind, Limit, Rulebook
from points.rules.facts import Fact
from points.rules.findings import errors_of
from points.rules.reading import examine
from tests.unit.points_rules.books import HOLDER, document, item

#: LINLI_SOAK=1 searches for minutes instead of seconds.
EXAMPLES = 1500 if os.environ.get("LINLI_SOAK") else 60
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)

PERIODS = ["deed", "activity", "day", "week", "month", "quarter", "half_year", "year", "ever"]
LONGER = ["month", "quarter", "half_year", "year", "ever"]
LEVELS = {"小": 1, "中": 3, "大": Decimal("5.5")}
STEPS = [{"at": 1, "points": 1}, {"at": Decimal("2.5"), "points": 4}, {"at": 6, "points": 5}]
BANDS = [{"from": 0, "per": 1, "points": 1}, {"from": 3, "per": 2, "points": Decimal("0.3")}]
FIRST = dt.date(2026, 1, 1)
#: Days after FIRST: crowded, so that cells fill up, and on both sides of each longer edge.
DAYS = [0, 0, 0, 1, 1, 2, 9, 30, 31, 40, 89, 90, 180, 181, 182]

#: Two members of one household, one of another, and one who lives alone.
HOME = uuid.UUID(int=50)
HOLDERS = {
    HOLDER: HOME,
    uuid.UUID(int=2): HOME,
    uuid.UUID(int=3): uuid.UUID(int=51),
    uuid.UUID(int=4): None,
}
PERSONS = [None, None, uuid.UUID(int=60), uuid.UUID(int=61)]
DEEDS = [uuid.UUID(int=70), uuid.UUID(int=71)]
ACTIVITIES = [uuid.UUID(int=80), uuid.UUID(int=81)]

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


@st.composite
def _items(draw: st.DrawFn, code: str, kind: str) -> dict[str, Any]:
    award: dict[str, Any] | None = draw(_alone)
    if kind == "record":
        award = None
    elif draw(st.sampled_from([True, False, False])):
        award = {**draw(_added_up), "over": draw(st.sampled_from(LONGER))}
    elif kind == "bonus" and draw(st.sampled_from([True] + [False] * 7)):
        award = {"type": "ranks", "points": [5, 3], "over": "quarter"}
    return item(
        code,
        kind=kind,
        unit="hour",
        feeds=draw(st.sampled_from([None, "hours"])),
        group=draw(st.sampled_from("甲乙")),
        award=award,
        audience=draw(_audience),
        validity=draw(_validity),
    )


_clauses: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"escalation": _escalation}),
    st.fixed_dictionaries({"recurs": st.sampled_from(["month", "quarter"])}),
    st.fixed_dictionaries({"veto": _veto}),
)


@st.composite
def _limits(draw: st.DrawFn) -> dict[str, Any]:
    measure = draw(st.sampled_from(["max_points", "max_points", "max_times", "max_quantity"]))
    return {
        measure: draw(st.integers(1, 5)),
        "per": draw(st.sampled_from(PERIODS)),
        "across": draw(_across),
    }


_across = st.sampled_from(["holder", "holder", "person", "household"])
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
    return not errors_of(examine(raw).findings)


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


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Bonuses A, B, C, deductions D, E, a record N.

    Clauses, limits and conflicts are offered one by one; what the linter refuses is left out.
    """
    kinds = dict.fromkeys("ABC", "bonus") | dict.fromkeys("DE", "deduction") | {"N": "record"}
    raw = document(
        *(draw(_items(code, kind)) for code, kind in kinds.items()),
        limits=[],
        counters=[{"code": "hours", "name": "时长", "unit": "hour"}],
        holder=draw(st.sampled_from(["member", "member", "household"])),
        year_starts_month=draw(st.sampled_from([1, 1, 4])),
    )
    offers: list[Callable[[dict[str, Any]], dict[str, Any]]] = []
    conflicts = draw(st.sampled_from(_CONFLICTS))
    offers.append(lambda raw: {**raw, "conflicts": conflicts})
    for which, clause in draw(
        st.lists(st.tuples(st.sampled_from([3, 4]), _clauses), min_size=1, max_size=4)
    ):
        offers.append(partial(_changed, which=which, **clause))
    for which, limit in draw(
        st.lists(st.tuples(st.integers(0, 9), _limits()), min_size=2, max_size=7)
    ):
        offers.append(partial(_limited, which=which, limit=limit))
    for which, limit in draw(st.lists(st.tuples(st.integers(0, 4), _intervals), max_size=2)):
        offers.append(partial(_limited, which=which, limit=limit))
    for offer in offers:
        offered = offer(raw)
        raw = offered if _passes(offered) else raw
    return raw


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    rulebook = examine(draw(documents())).rulebook
    assert rulebook is not None
    return rulebook


@st.composite
def two_versions(draw: st.DrawFn) -> list[Rulebook]:
    """A rulebook, and from July a version of it with other caps, factors and conflicts."""
    first = draw(rulebooks())

    def recap(limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
        return tuple(replace(limit, cap=Decimal(draw(st.integers(1, 8)))) for limit in limits)

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


@dataclass(frozen=True)
class Scene:
    """Few holders, persons, days and deeds, so that facts meet each other."""

    holders: Sequence[uuid.UUID] = (HOLDER,)
    persons: Sequence[uuid.UUID | None] = tuple(PERSONS)
    days: Sequence[int] = tuple(DAYS)
    deeds: Sequence[uuid.UUID | None] = (None, *DEEDS)
    activities: Sequence[uuid.UUID | None] = (None, *ACTIVITIES)


def _some(choices: Sequence[Any], most: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(choices), min_size=1, max_size=most)


@st.composite
def scenes(draw: st.DrawFn, holders: Sequence[uuid.UUID]) -> Scene:
    return Scene(
        holders=draw(_some(holders, 3)),
        persons=draw(_some(PERSONS, 2)),
        days=draw(_some(DAYS, 5)),
        deeds=draw(_some([None, *DEEDS], 2)),
        activities=draw(_some([None, *ACTIVITIES], 2)),
    )


_EVERYWHERE = Scene()


@st.composite
def facts_of(draw: st.DrawFn, rule: Item, scene: Scene = _EVERYWHERE) -> Fact:
    """Mostly approved, sometimes struck; told and corrected now and then."""
    quantity = Decimal(draw(st.integers(1, 16))) / 2
    on = FIRST + dt.timedelta(days=draw(st.sampled_from(scene.days)))
    told = draw(st.sampled_from([0, 0, 0, 5, None]))
    corrected = draw(st.sampled_from([None, None, 5, 20, 100]))
    charged = rule.kind is not ItemKind.BONUS
    holder = draw(st.sampled_from(scene.holders))
    party = frozenset({"party_member"})
    return Fact(
        fact_id=draw(st.uuids()),
        item=rule.code,
        holder=holder,
        household=HOLDERS[holder],
        person=draw(st.sampled_from(scene.persons)),
        occurred_on=on,
        approved=draw(st.sampled_from([True] * 15 + [False])),
        struck=draw(st.sampled_from([False] * 15 + [True])),
        quantity=Decimal(1) if rule.levels else quantity,
        level=draw(st.sampled_from(sorted(rule.levels))) if rule.levels else None,
        decided=draw(st.sampled_from([Decimal(1), Decimal("3.5"), Decimal(6), None])),
        deed=draw(st.sampled_from(scene.deeds)),
        activity=draw(st.sampled_from(scene.activities)),
        tags=draw(st.sampled_from([party] * 7 + [frozenset({"student"})])),
        told_on=on + dt.timedelta(days=told) if charged and told is not None else None,
        corrected_on=(
            on + dt.timedelta(days=corrected) if charged and corrected is not None else None
        ),
        promised=draw(st.booleans()),
    )


@st.composite
def lists_of_facts(
    draw: st.DrawFn, rulebook: Rulebook, most: int = 14, holders: Sequence[uuid.UUID] = (HOLDER,)
) -> list[Fact]:
    """Of two to four items, in one scene."""
    items = draw(st.lists(st.sampled_from(rulebook.items), min_size=2, max_size=4))
    scene = draw(scenes(holders))
    one = st.sampled_from(items).flatmap(lambda rule: facts_of(rule, scene))
    return draw(st.lists(one, min_size=4, max_size=most, unique_by=lambda each: each.fact_id))


@st.composite
def reviewed(draw: st.DrawFn, fact: Fact) -> Fact:
    """The fact after one more act of the reviewers."""
    later = fact.occurred_on + dt.timedelta(days=draw(st.sampled_from([0, 7, 40])))
    acts: list[dict[str, Any]] = [
        {"approved": not fact.approved},
        {"struck": not fact.struck},
        {"decided": Decimal(2)},
        {"told_on": later if fact.told_on is None else None},
        {"corrected_on": later if fact.corrected_on is None else None},
    ]
    return replace(fact, **draw(st.sampled_from(acts)))


@st.composite
def histories(
    draw: st.DrawFn, rulebook: Rulebook, most: int = 14, holders: Sequence[uuid.UUID] = (HOLDER,)
) -> list[Fact]:
    """Acts in the order in which they arrive: a new fact, or a known one changed."""
    acts: list[Fact] = []
    for new in draw(lists_of_facts(rulebook, most, holders)):
        acts.append(new)
        if draw(st.sampled_from([True, False, False, False])):
            acts.append(draw(reviewed(draw(st.sampled_from(acts)))))
    return acts
