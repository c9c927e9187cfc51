"""Random facts about a rulebook, and the acts in which they arrive."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from points.rules.compiled import Item, ItemKind, Rulebook
from points.rules.facts import Fact
from tests.unit.points_rules.books import HOLDER

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
        days=draw(_some(DAYS, 4)),
        deeds=draw(_some([None, *DEEDS, DEEDS[0]], 2)),
        activities=draw(_some([None, *ACTIVITIES, ACTIVITIES[0]], 2)),
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
