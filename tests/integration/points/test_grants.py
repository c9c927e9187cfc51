"""Base points: once for everybody entitled, in batches of a constant number of statements."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel.database import db
from kernel.errors import Forbidden
from points import accounts, grants, history, ledger_check, scores
from tests.integration.points import world as texts
from tests.integration.points.world import MONTH, NOW, World, empty_world

D = Decimal


def grant(world: World, month: str = MONTH, **values: Any) -> int:
    given = {"actor": world.admin, "now": NOW, **values}
    return grants.grant_base(community_id=world.community_id, month=month, **given)


def test_everybody_gets_it_once_in_score_and_balance(world: World) -> None:
    members = [world.member(name=f"张{n}") for n in range(3)]
    assert (grant(world), grant(world)) == (3, 0)
    rows = db.session.execute(scores.month_scores(world.community_id, MONTH)).all()
    assert {row.member_id: (row.base, row.score) for row in rows} == {
        member_id: (D(10), D(10)) for member_id in members
    }
    assert accounts.for_member(world.community_id, members[0]).balance == D(10)
    assert ledger_check.check(world.community_id) == []


def test_who_joins_during_the_month_gets_it_from_the_next(world: World) -> None:
    joiner = world.member(joined_on=dt.date(2026, 11, 2))
    world.member(name="李四", joined_on=dt.date(2026, 11, 1))
    assert grant(world) == 1
    world.open_month("2026-12")
    assert grant(world, "2026-12", now=NOW + dt.timedelta(days=15)) == 2
    assert accounts.for_member(world.community_id, joiner).balance == D(10)


def test_a_debt_is_repaid_first(world: World) -> None:
    member_id = world.member()
    world.record(member_id, "BAD")
    world.record(member_id, "CAP")
    grant(world)
    account = accounts.for_member(world.community_id, member_id)
    assert (account.balance, account.debt) == (D(2), D(0))
    assert ledger_check.check(world.community_id) == []


def test_full_joiners_and_an_audience(session: Any) -> None:
    world = empty_world()
    base = {
        "code": "once", "name": "开户分", "points": 5, "per": "once", "counts_in": ["score"],
        "joiners": "full", "audience": {"any": ["grid_worker"]},
    }  # fmt: skip
    world.adopt(base=[base])
    world.open_month()
    world.member()
    world.member(name="李四", kinds=("grid_worker",), joined_on=dt.date(2026, 11, 20))
    assert grant(world) == 1
    world.open_month("2026-12")
    assert grant(world, "2026-12", now=NOW + dt.timedelta(days=15)) == 0


def test_the_statements_do_not_grow_with_the_members(world: World, count_statements: Any) -> None:
    world.member()
    with count_statements() as one:
        grant(world)
    for n in range(12):
        world.member(name=f"李{n}")
    with count_statements() as many:
        assert grant(world) == 12
    assert len(many) <= len(one)


def test_only_those_who_may_open_a_month_grant(world: World) -> None:
    with pytest.raises(Forbidden):
        grant(world, actor=world.recorder)


def test_the_history_names_the_base(world: World) -> None:
    member_id = world.member()
    grant(world)
    row = history.history(actor=world.admin, community_id=world.community_id, member_id=member_id)[
        0
    ]
    assert (row.item_name, row.kind, row.points, row.fact_id) == ("基础分", "base", D(10), None)
    assert row.occurred_on == texts.TODAY.replace(day=1)
