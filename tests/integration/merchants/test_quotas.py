"""Quotas: taken while the cap covers them, given back exactly, split where they are busy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from kernel.ids import new_id
from merchants import quotas
from merchants.quotas import Quota, Taken
from merchants.rules.quotas import shares
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
        taken = [take(world, busy, slot=number % 3) for number in range(11)]
        assert [one.slot for one in taken if one] == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
        assert taken[-1] is None

    def test_what_no_slot_covers_is_taken_from_all(self, world: AllianceWorld) -> None:
        busy = quota(cap=100, slots=8)
        assert take(world, busy, 4, slot=3) is not None
        assert take(world, busy, 60, slot=5) is not None
        assert take(world, busy, 37, slot=7) is None
        assert take(world, busy, 36, slot=7) is not None
        assert left(world, busy) == 0

    def test_what_was_taken_from_all_is_given_back_to_all(self, world: AllianceWorld) -> None:
        busy = quota(cap=100, slots=8)
        first = take(world, busy, 90)
        assert first is not None
        quotas.give_back(community_id=world.community_id, taken=[first])
        assert all(take(world, busy, 10, slot=slot) for slot in range(8))
        assert take(world, busy, 20) is not None
        assert left(world, busy) == 0

    def test_the_common_case_is_one_statement(
        self, world: AllianceWorld, count_statements: Callable[[], Any]
    ) -> None:
        busy = quota(cap=800, slots=8)
        take(world, busy)
        for slot in range(8):
            with count_statements() as seen:
                assert take(world, busy, 80, slot=slot)
            assert len(seen) == 1

    @pytest.mark.parametrize(
        ("first", "second"),
        [((800, 8), (400, 1)), ((400, 1), (800, 8)), ((800, 8), (480, 8)), ((480, 8), (800, 8))],
        ids=str,
    )
    def test_a_new_edition_of_the_agreement_in_the_middle_of_a_month(
        self, world: AllianceWorld, first: tuple[int, int], second: tuple[int, int]
    ) -> None:
        """Whatever the slots held, the new cap counts what was used, exactly."""
        before = quota(cap=first[0], slots=first[1])
        after = quota(cap=second[0], slots=second[1])
        assert take(world, before, 90)
        assert take(world, before, 60, slot=1)
        assert left(world, after) == second[0] - 150
        assert take(world, after, second[0] - 150 + 1, slot=2) is None
        assert take(world, after, second[0] - 150, slot=2)
        assert take(world, after, 1) is None

    def test_a_cap_below_what_is_used_waits_for_what_comes_back(self, world: AllianceWorld) -> None:
        taken = [take(world, quota(cap=800, slots=8), 60, slot=slot) for slot in range(8)]
        lowered = quota(cap=470, slots=8)
        assert take(world, lowered) is None
        assert taken[5] is not None
        quotas.give_back(community_id=world.community_id, taken=[taken[5]])
        assert take(world, lowered, 51) is None
        assert take(world, lowered, 50, slot=3)


class TestShares:
    """The rule alone, for any usage."""

    @given(
        cap=st.integers(0, 500),
        slots=st.integers(1, 9),
        used=st.lists(st.integers(0, 60), min_size=9, max_size=12),
        amount=st.integers(1, 200),
        data=st.data(),
    )
    def test_shares_add_up_to_the_cap(
        self, cap: int, slots: int, used: list[int], amount: int, data: st.DataObject
    ) -> None:
        slot = data.draw(st.integers(0, slots - 1))
        caps = shares(quota(cap=cap, slots=slots), dict(enumerate(used)), slot=slot, amount=amount)
        if sum(used) + amount > cap:
            assert caps == {}
            return
        assert sum(caps.values()) == cap
        after = {one: count + (amount if one == slot else 0) for one, count in enumerate(used)}
        assert all(after[one] <= caps[one] for one in after)


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

    def test_a_large_cap_of_the_month_is_split(self, world: AllianceWorld) -> None:
        caps = [Decimal("4999.9"), Decimal(5000)]
        split = [quotas.month_cap(world.merchant.id, cap, TODAY).slots for cap in caps]
        assert split == [1, 8]


@pytest.mark.parametrize(
    "broken", [{}, {"used": -1}, {"used": 11}, {"slot": -1}, {"slot": 1, "whole": 9}], ids=str
)
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
