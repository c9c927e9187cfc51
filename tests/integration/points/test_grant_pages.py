"""Grants page by page: stopped anywhere and run again, nobody is forgotten and nobody doubled."""

from __future__ import annotations

import datetime as dt
import gc
import tracemalloc
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from community.models import Community
from kernel import clock, unit_of_work
from kernel.database import db
from kernel.ids import new_id
from points import grants, ledger_check
from points.grants import base as base_grants
from points.models import BaseGrant, PointsAccount
from tests.factories.merchants import AllianceMerchantFactory, MerchantFactory
from tests.integration.points.world import MONTH, NOW, World, empty_world, ready_world

D = Decimal
HOUSEHOLD_BASE = {
    "code": "home", "name": "基础分", "points": 100, "per": "quarter", "counts_in": ["score"],
    "joiners": "full",
}  # fmt: skip


def granted(world: World) -> int:
    rows = sa.select(sa.func.count()).select_from(BaseGrant)
    found = db.session.execute(rows.where(BaseGrant.community_id == world.community_id))
    return int(found.scalar_one())


def page(world: World, at: grants.Page | None) -> grants.Granted:
    return grants.grant_page(
        community_id=world.community_id, month=MONTH, now=NOW, actor=world.admin, page=at
    )


def test_a_run_killed_after_any_page_is_finished_by_the_next(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_grants, "BATCH", 2)
    world = ready_world()
    for n in range(5):
        world.member(name=f"张{n}")
    db.session.commit()
    at: grants.Page | None = None
    for _ in range(2):
        done = unit_of_work.run(page, world, at)
        at = done.next
    assert granted(world) == 4
    # The third page is killed: what it had written is not there.
    with pytest.raises(RuntimeError, match="killed"):
        unit_of_work.run(_killed, world, at)
    assert granted(world) == 4
    # The next run begins at the beginning, as a new process would.
    again = grants.grant_base(
        community_id=world.community_id, month=MONTH, now=NOW, actor=world.admin
    )
    assert (again, granted(world)) == (1, 5)
    assert ledger_check.check(world.community_id) == []


def _killed(world: World, at: grants.Page | None) -> None:
    assert page(world, at).granted == 1
    raise RuntimeError("killed")


def test_a_household_rulebook_grants_to_households_beside_that_of_members(session: Any) -> None:
    world = ready_world()
    world.adopt(
        code="home-book", holder="household", base=[HOUSEHOLD_BASE], balance=None,
        effective_from=dt.date(2026, 10, 1),
    )  # fmt: skip
    for n in range(3):
        world.member(name=f"张{n}", household_id=world.household_id)
    world.member(name="李四")
    assert (
        grants.grant_base(community_id=world.community_id, month=MONTH, now=NOW, actor=world.admin)
        == 5
    )
    account = db.session.scalars(
        sa.select(PointsAccount).where(
            PointsAccount.community_id == world.community_id,
            PointsAccount.holder_kind == "household",
        )
    ).one()
    assert (account.holder_id, account.balance) == (world.household_id, D(0))
    assert ledger_check.check(world.community_id) == []


def test_merchants_hold_a_score_and_no_balance(session: Any) -> None:
    world = empty_world()
    base = [{**HOUSEHOLD_BASE, "per": "year"}]
    world.adopt(code="shops", holder="merchant", base=base, balance=None)
    world.open_month()
    merchant = MerchantFactory()
    AllianceMerchantFactory(community_id=world.community_id, merchant_id=merchant.id)
    db.session.flush()
    assert page(world, None).granted == 1
    assert page(world, None).granted == 0


def test_the_memory_does_not_grow_with_the_members(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The largest page decides, not the community: 600,000 members are only more pages."""
    monkeypatch.setattr(base_grants, "BATCH", 20)
    # What is there already is not searched again after each page.
    gc.collect()
    gc.freeze()
    # The first community is not measured: it fills the caches of statements.
    _peak("first", 1)
    smaller, larger = _peak("small", 20), _peak("large", 100)
    assert larger < 1.5 * smaller


def _peak(code: str, count: int) -> int:
    """The most bytes in use at a time while a new community of ``count`` gets its grants."""
    world = ready_world(code)
    _crowd(world, count)
    db.session.commit()
    tracemalloc.start()
    at: grants.Page | None = None
    while True:
        done = unit_of_work.run(page, world, at)
        gc.collect()  # circles that wait for it are no growth
        at = done.next
        if at is None:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert granted(world) == count
    return peak


def _crowd(world: World, count: int) -> None:
    from community.models import Member, Membership

    ids = [new_id() for _ in range(count)]
    shared = {"community_id": world.community_id}
    day = clock.first_day("2026-01")
    db.session.execute(
        sa.insert(Member),
        [
            {**shared, "id": each, "name": "王众", "sort_key": "wang", "joined_on": day}
            for each in ids
        ],
    )
    db.session.execute(
        sa.insert(Membership),
        [
            {
                **shared, "id": new_id(), "member_id": each, "kinds": ["resident"],
                "valid_from": day,
            }
            for each in ids
        ],
    )  # fmt: skip


def test_the_command_grants_everywhere_and_says_how_many(app: Flask, session: Any) -> None:
    world = ready_world()
    world.member()
    bare = empty_world("bare")
    db.session.commit()
    clock.set_offset(NOW - clock.now())
    try:
        done = app.test_cli_runner().invoke(args=["ops", "grant-base"])
        assert done.exit_code == 0, done.output
        assert f"yijuyuan: 1 base grants made in {MONTH}" in done.output
        assert "bare: no rulebook is in force" in done.output
        wrong = app.test_cli_runner().invoke(args=["ops", "grant-base", "--month", "2026-13"])
    finally:
        clock.set_offset(NOW - NOW)
    assert wrong.exit_code == 2
    assert "2026-13" in wrong.output
    assert db.session.get(Community, bare.community_id) is not None


def test_the_month_is_opened_everywhere_and_ranks_need_a_frozen_one(
    app: Flask, session: Any
) -> None:
    world = ready_world()
    world.member()
    empty_world("bare")
    db.session.commit()
    clock.set_offset(NOW - clock.now())
    runner = app.test_cli_runner()
    try:
        opened = runner.invoke(args=["ops", "open-month"]).output
        again = runner.invoke(args=["ops", "open-month"]).output
        ranks = runner.invoke(args=["ops", "award-ranks", "--month", MONTH]).output
    finally:
        clock.set_offset(NOW - NOW)
    assert f"yijuyuan: {MONTH} is open, 1 base grants made" in opened
    assert f"yijuyuan: {MONTH} is open, 0 base grants made" in again
    assert f"bare: {MONTH} is open, no rulebook is in force" in opened
    assert f"yijuyuan: {MONTH} is not frozen" in ranks
