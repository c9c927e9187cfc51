"""What recording answers without reading back is what reading says, field by field."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from points import facts
from tests.integration.points.every_construct import full_world, put, seen
from tests.integration.points.world import NOW, World
from tests.support.backend import Backend

D = Decimal


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(full_world)


@pytest.mark.parametrize("item", ["GOOD", "CAPPED", "HOURS", "LITTER", "WARNED", "YARD"])
def test_the_answer_is_what_a_reader_sees(world: World, item: str) -> None:
    member_id = world.member(household_id=world.household_id)
    answer = put(world, member_id, item)
    # Only the answer itself knows what recording changed.
    assert replace(answer, total_change=None) == seen(world, answer)


def test_the_answer_says_what_recording_changed_in_total(world: World) -> None:
    member_id = world.member(household_id=world.household_id)
    late = put(world, member_id, "CAPPED")
    assert late.total_change == D(2)
    # The earlier one takes 2 of 3 points by its date, and leaves 1 to the later.
    early = put(world, member_id, "CAPPED", occurred_on=dt.date(2026, 11, 2))
    assert (early.lines[0].posted, early.total_change) == (D(2), D(1))
    assert put(world, member_id, "WARNED").total_change == D(0)
    assert put(world, member_id, "LITTER").total_change == D(0)
    world.member(name="李四", household_id=world.household_id)
    shared = put(
        world, None, "FOR-ALL", household_id=world.household_id, now=NOW + dt.timedelta(seconds=1)
    )
    assert (len(shared.also), shared.total_change) == (1, D(2))
    again = facts.replay_recorded(community_id=world.community_id, result_id=shared.id)
    assert again == shared


def test_recording_costs_as_many_statements_whatever_is_on_record(
    world: World, count_statements: Any
) -> None:
    member_id = world.member()
    put(world, member_id, "CAPPED")
    with count_statements() as few:
        put(world, member_id, "GOOD")
    for _ in range(5):
        put(world, member_id, "GOOD")
    with count_statements() as many:
        put(world, member_id, "GOOD")
    assert len(many) == len(few) <= 14


def test_a_full_evaluation_costs_as_many_statements_whatever_is_on_record(
    world: World, count_statements: Any
) -> None:
    member_id = world.member()
    put(world, member_id, "WARNED")
    with count_statements() as few:
        put(world, member_id, "WARNED")
    for _ in range(5):
        put(world, member_id, "WARNED")
    with count_statements() as many:
        put(world, member_id, "WARNED")
    assert len(many) == len(few)
    assert len(facts.search(actor=world.admin, community_id=world.community_id)) == 8
