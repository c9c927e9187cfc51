"""What recording answers without reading back is what reading says, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from points import facts
from tests.integration.points.every_construct import full_world, put, seen
from tests.integration.points.world import World


@pytest.fixture
def world(session: Any) -> World:
    return full_world()


@pytest.mark.parametrize("item", ["GOOD", "CAPPED", "HOURS", "LITTER", "WARNED", "YARD"])
def test_the_answer_is_what_a_reader_sees(world: World, item: str) -> None:
    member_id = world.member(household_id=world.household_id)
    answer = put(world, member_id, item)
    assert answer == seen(world, answer)


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
