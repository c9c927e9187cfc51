"""Quotas: taken while the cap covers them, given back exactly, split where they are busy."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from kernel.ids import new_id
from merchants import quotas
from merchants.quotas import Quota, Taken
from tests.factories.merchants import QuotaUsageFactory
from tests.integration.redemption.world import AllianceWorld

TODAY = dt.date(2026, 11, 21)
TOMORROW = dt.date(2026, 11, 22)


def quota(**changed: Any) -> Quota:
    return Quota(**({"kind": "stock", "code": "stock:x", "cell": "2026-11", "cap": 10} | changed))


def take(world: AllianceWorld, wanted: Quota, amount: int = 1, slot: int = 0) -> Taken | None:
    return quotas.take(
        community_id=world.community_id, quota=wanted, amount=amount, first_slot=slot
    )


def left(world: AllianceWorld, wanted: Quota) -> int:
    return quotas.left(community_id=world.community_id, wanted=[wanted])[wanted.kind]


class TestTake:
    def test_less_equal_and_more_than_is_left(self, world: AllianceWorld) -> None:
        assert take(world, quota(), 4) is not None
        assert take(world, quota(), 7) is None
        assert take(world, quota(), 6) is not None
        assert take(world, quota(), 1) is None
        assert left(world, quota()) == 0

    def test_more_than_the_whole_cap_is_refused_at_once(self, world: AllianceWorld) -> None:
        assert take(world, quota(), 11) is None
        assert left(world, quota()) == 10

    def test_cells_are_counted_apart(self, world: AllianceWorld) -> None:
        take(world, quota(), 10)
        assert take(world, quota(cell="2026-12"), 10) is not None

    def test_communities_are_counted_apart(self, world: AllianceWorld) -> None:
        QuotaUsageFactory(community_id=new_id(), used=10)
        assert take(world, quota(), 10) is not None

    def test_a_raised_cap_counts_what_was_used(self, world: AllianceWorld) -> None:
        take(world, quota(), 10)
        assert take(world, quota(cap=12), 2) is not None
        assert take(world, quota(cap=12), 1) is None

    def test_a_lowered_cap_refuses_and_breaks_nothing(self, world: AllianceWorld) -> None:
        first = take(world, quota(), 10)
        assert take(world, quota(cap=5), 1) is None
        assert left(world, quota(cap=5)) == 0
        assert first is not None
        quotas.give_back(community_id=world.community_id, taken=[first])
        assert take(world, quota(cap=5), 5) is not None


class TestGiveBack:
    def test_returns_exactly_what_was_taken(self, world: AllianceWorld) -> None:
        one, two = take(world, quota(), 3), take(world, quota(cell="2026-12"), 4)
        assert one is not None
        assert two is not None
        kept = quotas.from_json([one.as_json()])
        quotas.give_back(community_id=world.community_id, taken=kept)
        assert (left(world, quota()), left(world, quota(cell="2026-12"))) == (10, 6)

    def test_never_goes_below_nothing(self, world: AllianceWorld) -> None:
        one = take(world, quota(), 3)
        assert one is not None
        quotas.give_back(community_id=world.community_id, taken=[one, one])
        assert left(world, quota()) == 10


class TestSlots:
    def test_together_they_hold_the_whole_cap(self, world: AllianceWorld) -> None:
        busy = quota(slots=4)
        taken = [take(world, busy, slot=1) for _ in range(11)]
        assert [one.slot for one in taken if one] == [1, 1, 1, 2, 2, 3, 3, 0, 0, 0]
        assert taken[-1] is None

    def test_shares_add_up(self) -> None:
        for cap in range(30):
            busy = quota(cap=cap, slots=8)
            assert sum(busy.cap_of(slot) for slot in range(8)) == cap


class TestOfAnOffer:
    def test_stock_per_day(self, world: AllianceWorld) -> None:
        offer = world.offer(stock=40, stock_period="day")
        today, tomorrow = quotas.stock(offer, TODAY), quotas.stock(offer, TOMORROW)
        assert today is not None
        assert tomorrow is not None
        assert (today.cap, today.cell, tomorrow.cell) == (40, "2026-11-21", "2026-11-22")

    def test_a_large_stock_is_split(self, world: AllianceWorld) -> None:
        small, large = world.offer(stock=199), world.offer(stock=200)
        slots = [
            limited.slots for offer in (small, large) if (limited := quotas.stock(offer, TODAY))
        ]
        assert slots == [1, 8]

    def test_unlimited_is_none(self, world: AllianceWorld) -> None:
        offer = world.offer()
        assert quotas.stock(offer, TODAY) is None
        assert quotas.holder_limit(offer, new_id(), TODAY) is None

    def test_limits_of_two_holders_are_apart(self, world: AllianceWorld) -> None:
        offer = world.offer(per_holder_limit=1, per_holder_period="month")
        cells = {
            limit.cell for _ in range(2) if (limit := quotas.holder_limit(offer, new_id(), TODAY))
        }
        assert len(cells) == 2
        assert {cell.split(":")[0] for cell in cells} == {"2026-11"}

    def test_the_month_is_counted_in_tenths_by_merchant(self, world: AllianceWorld) -> None:
        cap = quotas.month_cap(world.merchant.id, Decimal("800.5"), TODAY)
        assert (cap.cap, cap.cell, cap.slots) == (8005, "2026-11", 1)


@pytest.mark.parametrize("broken", [{}, {"used": -1}, {"used": 11}, {"slot": -1}], ids=str)
def test_a_quota_row_that_cannot_be(world: AllianceWorld, broken: dict[str, Any]) -> None:
    QuotaUsageFactory(community_id=world.community_id)
    with pytest.raises(IntegrityError):
        QuotaUsageFactory(**({"community_id": world.community_id} | broken))


def test_quotas_are_given_back_in_the_order_they_are_taken(world: AllianceWorld) -> None:
    """Both lock rows; two orders would let issuing and expiring wait for each other."""
    offer = world.offer(stock=1, per_holder_limit=1)
    taken = [
        quotas.holder_limit(offer, new_id(), TODAY),
        quotas.stock(offer, TODAY),
        quotas.month_cap(world.merchant.id, Decimal(1), TODAY),
    ]
    codes = [one.code for one in taken if one is not None]
    assert codes == sorted(codes)
