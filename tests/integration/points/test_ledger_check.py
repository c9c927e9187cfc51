"""Each part of the ledger is spoiled once, and the check names exactly that."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from points import accounts, ledger_check
from points.models import (
    AccountKind,
    Accumulation,
    LimitUsage,
    MonthlyScore,
    PointsAccount,
    PointsLine,
)
from tests.integration.points.conftest import ready_beside_noise
from tests.integration.points.world import NOW, World
from tests.support.backend import Backend

D = Decimal


def with_lines() -> tuple[World, uuid.UUID]:
    world = ready_beside_noise()
    member_id = world.member()
    for item, values in (
        ("CAP", {}), ("BAD", {}), ("HOURS", {"quantity": D(3)}), ("FREE", {}), ("HONOR", {}),
    ):  # fmt: skip
        world.record(member_id, item, **values)
    assert ledger_check.check(world.community_id) == []
    return world, member_id


@pytest.fixture
def posted(backend: Backend, session: Any) -> tuple[World, uuid.UUID]:
    return backend.remembered(with_lines)


@pytest.fixture
def world(posted: tuple[World, uuid.UUID]) -> World:
    return posted[0]


@pytest.fixture
def member_id(posted: tuple[World, uuid.UUID]) -> uuid.UUID:
    """A member with a line of every kind."""
    return posted[1]


def spoil(world: World, table: Any, **values: Any) -> None:
    where = [PointsAccount.kind == AccountKind.HOLDER] if table is PointsAccount else []
    statement = tenancy.update(table, world.community_id).where(*where).values(**values)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()


SPOILED: dict[str, tuple[set[str], Callable[[World], None]]] = {
    "balance": (
        {"balance", "debt", "lots"},
        lambda world: spoil(world, PointsAccount, balance=D(99), debt=D(0)),
    ),
    "debt": ({"debt"}, lambda world: spoil(world, PointsAccount, debt=D("0.1"))),
    "line": (
        {"line_posted", "line_entitled"},
        lambda world: spoil(world, PointsLine, posted=sa.literal(0)),
    ),
    "worth": (
        {"worth", "line_entitled"},
        lambda world: spoil(world, PointsLine, entitled=sa.literal(0)),
    ),
    "score": ({"monthly_score"}, lambda world: spoil(world, MonthlyScore, bonus=D(50))),
    "limit": ({"limit_usage"}, lambda world: spoil(world, LimitUsage, used=0)),
    "total": ({"accumulation"}, lambda world: spoil(world, Accumulation, granted=D(2))),
}


@pytest.mark.parametrize("part", SPOILED)
def test_a_spoiled_part_is_named(world: World, member_id: uuid.UUID, part: str) -> None:
    expected, spoil_it = SPOILED[part]
    spoil_it(world)
    assert {each.what for each in ledger_check.check(world.community_id)} == expected


def test_an_entry_without_its_transfer_is_named(world: World, factories: Any) -> None:
    member_id = world.member()
    fact = world.record(member_id, "CAP")
    factories.entry(
        community_id=world.community_id, line_id=fact.lines[0].id, month=fact.month,
        account_id=accounts.for_member(world.community_id, member_id).id,
    )  # fmt: skip
    found = {each.what for each in ledger_check.check(world.community_id)}
    assert found == {"entry_moved", "line_posted", "lots", "monthly_score"}


def test_what_is_held_is_compared_with_the_open_holds(world: World, member_id: uuid.UUID) -> None:
    for _ in range(6):
        world.record(member_id, "FREE")
    account = accounts.for_member(world.community_id, member_id)
    where = {"community_id": world.community_id, "account_id": account.id}
    assert accounts.reserve(**where, points=D(1), now=NOW)

    def check(held: Decimal) -> list[ledger_check.Mismatch]:
        return ledger_check.check(world.community_id, held_by_account=lambda _: {account.id: held})

    assert check(D(1)) == []
    assert [(each.what, each.row_id, each.found) for each in check(D(2))] == [
        ("held", account.id, "2")
    ]


def test_the_other_community_is_not_touched(world: World, bare_world: World) -> None:
    world.record(world.member(), "CAP")
    assert ledger_check.check(bare_world.community_id) == []
