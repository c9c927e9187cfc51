"""Solvency: points in people's hands and points that moved, added up by hand over a community."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from kernel import clock
from kernel.database import db
from kernel.ids import new_id
from points import grants, outstanding, rulebooks, transfers
from points.batches import deciding, uploading
from points.models import BatchKind, HolderKind
from points.rulebook_life import dry_runs
from tests.factories.points import PointsAccountFactory
from tests.integration.points.rulebook_acts import draft
from tests.integration.points.world import NOW, TODAY, World, items

D = Decimal
OCTOBER = "2026-10"
DAY = dt.date(2026, 10, 15)
SPENDING = {"spendable_from": "recorded", "deductions": "below_zero", "spend_above": 3}
FAMILY = {
    "code": "families", "holder": "household", "items": [{**items("FREE")[0], "code": "HOME"}],
    "base": [{"code": "family-base", "name": "户基础分", "points": 7, "per": "month",
              "counts_in": ["score", "balance"]}],
}  # fmt: skip


@pytest.fixture
def families(bare_world: World) -> World:
    """A members' rulebook that keeps 3 back, and beside it one of households; October is open."""
    bare_world.adopt(balance=SPENDING, base=[])
    bare_world.adopt(**FAMILY)
    for month in (OCTOBER, "2026-11"):
        bare_world.open_month(month)
    return bare_world


def account(world: World, kind: HolderKind, balance: int, **values: Any) -> Any:
    book = rulebooks.in_force(world.community_id, TODAY, kind)
    return PointsAccountFactory(
        community_id=world.community_id, rulebook_id=book.rulebook_id, holder_kind=kind,
        balance=D(balance), **values,
    )  # fmt: skip


def test_spendable_is_what_must_stay_less_and_held_is_beside_it(families: World) -> None:
    """Members 10 with 4 held: 3; 2: nothing; 8: 5; a debt: nothing. A household's 6: all of it."""
    for balance, values in ((10, {"held": D(4)}), (2, {}), (8, {}), (0, {"debt": D(5)})):
        account(families, HolderKind.MEMBER, balance, **values)
    account(families, HolderKind.HOUSEHOLD, 6)
    db.session.flush()
    assert outstanding.in_hands(families.community_id, TODAY) == (D(14), D(4))
    assert outstanding.in_hands(new_id(), TODAY) == (D(0), D(0))


def test_other_rulebooks_and_batches_are_issued_beside(families: World) -> None:
    """7 to the household and 5 by a batch belong to October; the member's 1.5 are the run's own."""
    member_id = families.member(name="张三", household_id=families.household_id)
    families.record(member_id, "FREE", occurred_on=DAY)
    for month, now in ((OCTOBER, clock.start_of_day(DAY)), ("2026-11", NOW)):
        grants.grant_base(
            community_id=families.community_id, month=month, now=now, actor=families.admin
        )
    post(families, "A0101,,张三,5,余额,台账,2026-10-20\n")
    book = rulebooks.in_force(families.community_id, DAY, HolderKind.MEMBER)
    beside = outstanding.issued_beside(families.community_id, OCTOBER, book.rulebook_id)
    assert beside == D(12)


def post(world: World, row: str) -> None:
    """A batch, confirmed by the other body."""
    content = f"户号,居民编号,姓名,积分,计入,事由,发生日期\n{row}".encode("utf-8-sig")
    batch = uploading.upload(
        actor=world.admin, now=NOW, community_id=world.community_id, kind=BatchKind.ENTRIES,
        filename="批量.csv", content=content,
    )  # fmt: skip
    assert batch.id is not None
    deciding.confirm(
        actor=world.actor("supervisor"), now=NOW, community_id=world.community_id,
        batch_id=batch.id, version=1,
    )  # fmt: skip


def test_a_month_of_redemptions_begins_at_midnight_in_shanghai(families: World) -> None:
    """Eight hours ahead: 16:00 is midnight there."""
    for points, at in (
        (1, "2026-09-30T15:59:59"), (2, "2026-09-30T16:00:00"), (4, "2026-10-31T15:59:59"),
        (8, "2026-10-31T16:00:00"),
    ):  # fmt: skip
        spend(families, points, dt.datetime.fromisoformat(f"{at}+00:00"))
    assert [
        outstanding.redeemed(families.community_id, month)
        for month in ("2026-09", OCTOBER, "2026-11", "2026-12")
    ] == [D(1), D(6), D(8), D(0)]


def test_what_came_back_is_not_redeemed(families: World) -> None:
    now = dt.datetime(2026, 10, 20, 4, 0, tzinfo=dt.UTC)
    spend(families, 6, now)
    of_the_second = spend(families, 4, now)
    transfers.back_to_holder(
        community_id=families.community_id, merchant_id=families.grid_id, points=D(4), now=now,
        **of_the_second,
    )  # fmt: skip
    assert outstanding.redeemed(families.community_id, OCTOBER) == D(6)


def spend(world: World, points: int, at: dt.datetime) -> dict[str, uuid.UUID]:
    """What redemption writes beside a capture; returns what a cancellation names of it."""
    given = {
        "account_id": account(world, HolderKind.MEMBER, 0).id, "redemption_id": new_id(),
    }  # fmt: skip
    reverses = transfers.to_merchant(
        community_id=world.community_id,
        merchant_id=world.grid_id,
        points=D(points),
        now=at,
        **given,
    )
    return {**given, "reverses": reverses}


def test_a_dry_run_stands_beside_what_can_be_borne(families: World) -> None:
    """FREE 1.5 before and 4.5 under the draft; without an alliance there is no ratio."""
    member_id = families.member(name="张三")
    families.record(member_id, "FREE", occurred_on=DAY)
    raised = [{**items("FREE")[0], "award": {"type": "fixed", "points": 4.5}}]
    row = draft(families, items=raised, base=[], balance=SPENDING)
    found = dry_runs.dry_run(
        actor=families.admin, now=NOW, community_id=families.community_id, version_id=row.id,
        month=OCTOBER,
    ).solvency  # fmt: skip
    assert (found.on, found.month, found.outstanding) == (TODAY, OCTOBER, D(0))
    assert (found.issued_before, found.issued_after) == (D("1.5"), D("4.5"))
    assert (found.alliance.bearable, found.outstanding_ratio) == (D(0), None)
