"""Every rule of two persons compares persons: a second account of the same one is no second one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kernel.access import Actor
from kernel.errors import LinliError
from points import facts
from points.batches import deciding as batches
from points.reversals import acts as reversals
from tests.integration.points.claim_world import ClaimWorld
from tests.integration.points.test_batches import TWO, people, waiting
from tests.integration.points.test_reversals import ask, granted
from tests.integration.points.world import NOW, World
from tests.support.persons import one_person

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
__all__ = ["people"]

#: An act of a second account, ready to be taken: (the first account, what the second one does).
Case = tuple[Actor, Callable[[Actor], Any]]


def approve(world: World, fact: facts.FactView, actor: Actor) -> facts.FactView:
    return facts.approve(
        actor=actor, now=NOW, community_id=world.community_id, fact_id=fact.id, version=fact.version
    )


def own_recording(world: World, _: Path) -> Case:
    fact = world.record(world.member(), "CLAIM")
    return world.recorder, lambda second: approve(world, fact, second)


def second_approval(world: World, _: Path) -> Case:
    once = approve(world, world.record(world.member(), "TWO"), world.panelist)
    return world.panelist, lambda second: approve(world, once, second)


def own_claim(world: World, folder: Path) -> Case:
    claims = ClaimWorld(world, folder)
    claim = claims.submit()
    return claims.me, lambda second: claims.check(claim, second)


def own_batch(world: World, _: Path) -> Case:
    batch_id = waiting(world, TWO)
    given = {"now": NOW, "community_id": world.community_id, "batch_id": batch_id, "version": 1}
    return world.admin, lambda second: batches.confirm(actor=second, **given)


def own_reversal(world: World, _: Path) -> Case:
    asked = ask(world, granted(world, world.member()).id)
    given = {"now": NOW, "community_id": world.community_id, "version": 1}
    return world.admin, lambda second: reversals.confirm(
        actor=second, reversal_id=asked.id, **given
    )


@pytest.mark.parametrize(
    ("made", "role", "code"),
    [
        (own_recording, "panelist", "self_approval"),
        (second_approval, "panelist", "already_approved"),
        (own_claim, "grid_worker", "own_claim"),
        (own_batch, "supervisor", "same_body"),
        (own_reversal, "supervisor", "same_body"),
    ],
)
def test_a_second_account_is_no_second_person(
    world: World, people: Any, tmp_path: Path, made: Any, role: str, code: str
) -> None:
    first, act = made(world, tmp_path)
    second = world.actor(role)
    with pytest.raises(LinliError) as refused:
        act(one_person(first, second)[1])
    assert refused.value.code == code
    act(world.actor(role))


def test_nobody_records_for_the_household_of_the_other_account(world: World) -> None:
    """The login for work is bound to nobody; the same person's phone is a member at home."""
    relative = world.member(name="李四", household_id=world.household_id)
    phone = world.bound_actor("member", world.member(household_id=world.household_id))
    login, _ = one_person(world.recorder, phone)
    with pytest.raises(LinliError) as refused:
        world.record(relative, "CAP", actor=login)
    assert refused.value.code == "own_household"
