"""Grants and adjustments taken back: asked for by one body, confirmed by another, once."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound, StaleVersion
from points import accounts, grants, history, ledger_check
from points.models import PointsLine
from points.reversals import acts, views
from points.reversals.errors import (
    AlreadyReversed,
    IllegalReversalStep,
    NothingToReverse,
    NotReversible,
    ReversalOwnHousehold,
    ReversalWhyMissing,
)
from tests.integration.points.world import MONTH, NOW, World

D = Decimal


@pytest.fixture
def supervisor(world: World) -> Actor:
    return world.actor("supervisor")


def granted(world: World, member_id: uuid.UUID) -> PointsLine:
    """The base of the month, 10 points."""
    grants.grant_base(community_id=world.community_id, month=MONTH, now=NOW, actor=world.admin)
    statement = tenancy.select(PointsLine, world.community_id).where(
        PointsLine.member_id == member_id, PointsLine.source == "base_grant"
    )
    return db.session.scalars(statement).one()


def ask(world: World, line_id: uuid.UUID, **values: Any) -> views.ReversalView:
    given = {"actor": world.admin, "now": NOW, "reason": "已搬走，发错了", **values}
    return acts.ask(community_id=world.community_id, line_id=line_id, **given)


def confirm(
    world: World, actor: Actor, reversal_id: uuid.UUID, **values: Any
) -> views.ReversalView:
    given = {"now": NOW, "version": 1, **values}
    return acts.confirm(
        actor=actor, community_id=world.community_id, reversal_id=reversal_id, **given
    )


def signed(world: World, member_id: uuid.UUID) -> Decimal:
    account = accounts.for_member(world.community_id, member_id)
    return account.balance - account.debt


def test_a_grant_is_taken_back_by_a_second_person(world: World, supervisor: Actor) -> None:
    member_id = world.member()
    line = granted(world, member_id)
    asked = ask(world, line.id)
    assert (signed(world, member_id), asked.state, asked.points) == (D(10), "waiting", D(10))
    with pytest.raises(Forbidden):
        confirm(world, world.admin, asked.id)
    done = confirm(world, supervisor, asked.id)
    assert (done.state, done.points, signed(world, member_id)) == ("posted", D(10), D(0))
    row = history.history(actor=world.admin, community_id=world.community_id, member_id=member_id)[
        0
    ]
    assert (row.points, row.mark, row.cause) == (D(-10), "reversal", "reversed")
    assert ledger_check.check(world.community_id) == []


def test_what_was_spent_is_left_as_a_debt(world: World, supervisor: Actor) -> None:
    member_id = world.member()
    line = granted(world, member_id)
    account = accounts.for_member(world.community_id, member_id)
    where = {"community_id": world.community_id, "account_id": account.id}
    assert accounts.reserve(**where, points=D(7), now=NOW)
    accounts.capture(**where, points=D(7))
    world.to_merchant(account.id, D(7))
    confirm(world, supervisor, ask(world, line.id).id)
    assert signed(world, member_id) == D(-7)
    assert ledger_check.check(world.community_id) == []


def test_once(world: World, supervisor: Actor) -> None:
    member_id = world.member()
    line = granted(world, member_id)
    asked = ask(world, line.id)
    with pytest.raises(AlreadyReversed):
        ask(world, line.id)
    with pytest.raises(StaleVersion):
        confirm(world, supervisor, asked.id, version=2)
    confirm(world, supervisor, asked.id)
    with pytest.raises(IllegalReversalStep):
        confirm(world, supervisor, asked.id, version=2)
    with pytest.raises(NothingToReverse):
        ask(world, line.id)
    # The grant was made: the next run does not make it again.
    assert grants.grant_base(
        community_id=world.community_id, month=MONTH, now=NOW, actor=world.admin
    ) == 0  # fmt: skip
    assert signed(world, member_id) == D(0)


def test_a_rejected_one_may_be_asked_for_again(world: World, supervisor: Actor) -> None:
    line = granted(world, world.member())
    asked = ask(world, line.id)
    given = {
        "actor": supervisor, "now": NOW, "community_id": world.community_id,
        "reversal_id": asked.id, "version": 1,
    }  # fmt: skip
    with pytest.raises(ReversalWhyMissing):
        acts.reject(why="  ", **given)
    acts.reject(why="人还在", **given)
    detail = views.detail(actor=supervisor, community_id=world.community_id, reversal_id=asked.id)
    assert [(act.to_state, act.role, act.why) for act in detail.acts] == [
        ("waiting", "community_admin", None), ("rejected", "supervisor", "人还在"),
    ]  # fmt: skip
    again = ask(world, line.id)
    listed = views.listed(
        actor=world.admin, community_id=world.community_id, state=None, after=None, limit=5
    )
    assert [row.id for row in listed] == [again.id, asked.id]


def test_a_fact_is_struck_instead(world: World) -> None:
    fact = world.record(world.member(), "FREE")
    with pytest.raises(NotReversible):
        ask(world, fact.lines[0].id)
    with pytest.raises(ReversalWhyMissing):
        ask(world, fact.lines[0].id, reason=" ")


def test_nobody_for_the_own_household(world: World) -> None:
    member_id = world.member(household_id=world.household_id)
    relatives = [
        world.member(name=name, household_id=world.household_id) for name in ("李四", "王五")
    ]
    line = granted(world, member_id)
    with pytest.raises(ReversalOwnHousehold):
        ask(world, line.id, actor=world.bound_actor("community_admin", relatives[0]))
    asked = ask(world, line.id)
    with pytest.raises(ReversalOwnHousehold):
        confirm(world, world.bound_actor("supervisor", relatives[1]), asked.id)


def test_other_communities_have_no_such_line(world: World, bare_world: World) -> None:
    line = granted(world, world.member())
    with pytest.raises(NotFound):
        ask(bare_world, line.id)
