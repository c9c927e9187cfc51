"""What balances are made of is re-added: lots, expiries, sealed sheets and batches."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kernel import tenancy
from kernel.database import db
from points import accounts, counterparts, expiry, ledger_check
from points.models import (
    AccountingMonth,
    AccountKind,
    Entry,
    MonthNet,
    PointsAccount,
    PointsBatch,
    PointsLine,
    TransferKind,
)
from tests.integration.points import test_batches as batches
from tests.integration.points import test_expiry as expiring
from tests.integration.points import test_sealed_spending as sealing
from tests.integration.points.world import NOW, World

D = Decimal


def spoil(world: World, table: Any, *where: Any, **values: Any) -> None:
    statement = tenancy.update(table, world.community_id).where(*where).values(**values)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()


def named(world: World) -> set[str]:
    return {each.what for each in ledger_check.check(world.community_id)}


def test_case_9_the_account_whose_balance_moved_otherwise_is_named(world: World) -> None:
    """The ledger says 20, the balance moved 10."""
    member_id = world.member()
    for _ in range(14):
        world.record(member_id, "FREE")
    account = accounts.for_member(world.community_id, member_id)
    assert account.balance == D(21)
    spoil(world, PointsAccount, PointsAccount.id == account.id, balance=D(10))
    found = ledger_check.check(world.community_id)
    assert {(each.what, each.row_id, each.stored, each.found) for each in found} == {
        ("balance", account.id, "10.0", "21.0"), ("lots", account.id, "10.0", "21.0"),
    }  # fmt: skip


def test_a_day_of_expiry_that_was_forgotten_is_named(session: Any) -> None:
    world = expiring.expiring({"end_of": "year"})
    member_id = world.member()
    expiring.earn(world, member_id, 2)
    assert named(world) == set()
    spoil(world, PointsAccount, PointsAccount.kind == AccountKind.HOLDER, next_expiry_on=None)
    assert named(world) == {"next_expiry"}


def test_points_that_died_early_or_twice_are_named(session: Any, factories: Any) -> None:
    world = expiring.expiring({"end_of": "year"})
    member_id = world.member()
    expiring.earn(world, member_id, 1)
    account = accounts.for_member(world.community_id, member_id)
    expiry.settle(community_id=world.community_id, account_ids=[account.id], now=expiring.NEW_YEAR)
    entry = db.session.scalars(tenancy.select(Entry, world.community_id)).one()
    assert account.rulebook_id is not None
    gone = counterparts.expired(world.community_id, account.rulebook_id)
    factories.transfer(
        community_id=world.community_id, kind=TransferKind.EXPIRY, from_kind=AccountKind.HOLDER,
        from_account_id=account.id, to_kind=AccountKind.EXPIRED, to_account_id=gone,
        points=D(1), lot_entry_id=entry.id, expires_on=dt.date(2027, 1, 1),
        at_utc=expiring.YEAR_END,
    )  # fmt: skip
    assert {"expired_early", "expired_twice", "balance", "lots"} <= named(world)


def sealed_world() -> World:
    world = sealing.sealing()
    member_id = world.member()
    sealing.give(world, member_id, 7, sealing.OCTOBER)
    sealing.seal(world, sealing.OCTOBER)
    assert named(world) == set()
    return world


SPOILED: dict[str, tuple[set[str], Callable[[World], None]]] = {
    "net": (
        {"sealed_net"},
        lambda world: spoil(world, MonthNet, net=D(8), let_off=D(-1), before_floor=D(1)),
    ),
    "moved": (
        {"sealed_moved", "balance", "debt", "lots"},
        lambda world: spoil(world, MonthNet, moved=D(6), debt_change=D(-1)),
    ),
}


@pytest.mark.parametrize("part", SPOILED)
def test_a_sealed_sheet_that_was_changed_is_named(session: Any, part: str) -> None:
    world = sealed_world()
    expected, spoil_it = SPOILED[part]
    spoil_it(world)
    assert named(world) & expected


def test_a_sheet_sealed_without_its_points_is_named(session: Any) -> None:
    world = sealing.sealing()
    sealing.give(world, world.member(), 7, sealing.OCTOBER)
    spoil_months(world)
    assert named(world) == {"sealed_missing"}


def spoil_months(world: World) -> None:
    spoil(
        world, AccountingMonth, AccountingMonth.month == sealing.OCTOBER,
        state="sealed", frozen_at_utc=NOW, sealed_at_utc=NOW,
    )  # fmt: skip


def posted_batch(world: World) -> uuid.UUID:
    world.member(name="王一", household_id=world.household_id)
    batch_id = batches.waiting(world, "A0101,,王一,5,得分、余额,补记,2026-11-02\n")
    batches.confirm(world, world.actor("supervisor"), batch_id)
    assert named(world) == set()
    return batch_id


def test_a_line_of_a_batch_nobody_confirmed_is_named(world: World) -> None:
    batch_id = posted_batch(world)
    spoil(world, PointsBatch, PointsBatch.id == batch_id, state="waiting")
    assert named(world) == {"batch_row"}


def test_a_row_that_was_posted_otherwise_is_named(world: World) -> None:
    posted_batch(world)
    adjusted = PointsLine.source == "adjustment"
    spoil(world, PointsLine, adjusted, entitled=D(4), posted=D(4))
    assert named(world) == {"batch_row", "line_posted"}


def test_the_other_community_is_not_touched(world: World, bare_world: World) -> None:
    posted_batch(world)
    assert ledger_check.check(bare_world.community_id) == []
