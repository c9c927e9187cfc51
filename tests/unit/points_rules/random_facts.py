"""Random facts about a rulebook, and the acts in which they arrive."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
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


@lru_cache(4096, typed=True)
def one_of(*choices: Any) -> st.SearchStrategy[Any]:
    """One of ``choices``. A strategy is examined when it is first drawn from, so it is kept."""
    return st.sampled_from(choices)


@lru_cache(64, typed=True)
def _some(most: int, *choices: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(one_of(*choices), min_size=1, max_size=most)


@st.composite
def scenes(draw: st.DrawFn, holders: Sequence[uuid.UUID]) -> Scene:
    return Scene(
        holders=draw(_some(3, *holders)),
        persons=draw(_some(2, *PERSONS)),
        days=draw(_some(4, *DAYS)),
        deeds=draw(_some(2, None, *DEEDS, DEEDS[0])),
        activities=draw(_some(2, None, *ACTIVITIES, ACTIVITIES[0])),
    )


_EVERYWHERE = Scene()
_halves = st.integers(1, 16)
_ids = st.uuids()
_told = st.sampled_from([0, 0, 0, 5, None])
_corrected = st.sampled_from([None, None, 5, 20, 100])
_approved = st.sampled_from([True] * 15 + [False])
_struck = st.sampled_from([False] * 15 + [True])
_decided = st.sampled_from([Decimal(1), Decimal("3.5"), Decimal(6), None])
_tags = st.sampled_from([frozenset({"party_member"})] * 7 + [frozenset({"student"})])
_promised = st.booleans()


@st.composite
def facts_of(draw: st.DrawFn, rules: st.SearchStrategy[Item], scene: Scene = _EVERYWHERE) -> Fact:
    """Mostly approved, sometimes struck; told and corrected now and then."""
    rule = draw(rules)
    quantity = Decimal(draw(_halves)) / 2
    on = FIRST + dt.timedelta(days=draw(one_of(*scene.days)))
    told = draw(_told)
    corrected = draw(_corrected)
    charged = rule.kind is not ItemKind.BONUS
    holder = draw(one_of(*scene.holders))
    return Fact(
        fact_id=draw(_ids),
        item=rule.code,
        holder=holder,
        household=HOLDERS[holder],
        person=draw(one_of(*scene.persons)),
        occurred_on=on,
        approved=draw(_approved),
        struck=draw(_struck),
        quantity=Decimal(1) if rule.levels else quantity,
        level=draw(one_of(*sorted(rule.levels))) if rule.levels else None,
        decided=draw(_decided),
        deed=draw(one_of(*scene.deeds)),
        activity=draw(one_of(*scene.activities)),
        tags=draw(_tags),
        told_on=on + dt.timedelta(days=told) if charged and told is not None else None,
        corrected_on=(
            on + dt.timedelta(days=corrected) if charged and corrected is not None else None
        ),
        promised=draw(_promised),
    )


@st.composite
def lists_of_facts(
    draw: st.DrawFn, rulebook: Rulebook, most: int = 14, holders: Sequence[uuid.UUID] = (HOLDER,)
) -> list[Fact]:
    """Of two to four items, in one scene."""
    items = draw(st.lists(st.sampled_from(rulebook.items), min_size=2, max_size=4))
    one = facts_of(st.sampled_from(items), draw(scenes(holders)))
    return draw(st.lists(one, min_size=4, max_size=most, unique_by=lambda each: each.fact_id))


_days_later = st.sampled_from([0, 7, 40])


@st.composite
def reviewed(draw: st.DrawFn, fact: Fact) -> Fact:
    """The fact after one more act of the reviewers."""
    later = fact.occurred_on + dt.timedelta(days=draw(_days_later))
    acts: list[dict[str, Any]] = [
        {"approved": not fact.approved},
        {"struck": not fact.struck},
        {"decided": Decimal(2)},
        {"told_on": later if fact.told_on is None else None},
        {"corrected_on": later if fact.corrected_on is None else None},
    ]
    return replace(fact, **draw(st.sampled_from(acts)))


_is_reviewed = st.sampled_from([True, False, False, False])


@st.composite
def histories(
    draw: st.DrawFn, rulebook: Rulebook, most: int = 14, holders: Sequence[uuid.UUID] = (HOLDER,)
) -> list[Fact]:
    """Acts in the order in which they arrive: a new fact, or a known one changed."""
    acts: list[Fact] = []
    for new in draw(lists_of_facts(rulebook, most, holders)):
        acts.append(new)
        if draw(_is_reviewed):
            acts.append(draw(reviewed(draw(st.sampled_from(acts)))))
    return acts
