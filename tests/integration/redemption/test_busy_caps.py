"""A busy cap in slots: used to the last tenth, never exceeded, whatever runs at once.

The caps' own rows stand in tests/integration/merchants/test_quotas.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func

from kernel import tenancy
from kernel.database import db
from kernel.errors import Refused
from kernel.ids import new_id
from merchants import quotas
from merchants.models import QuotaUsage
from merchants.quotas import Quota, Taken
from redemption import redemptions
from redemption.redemptions import Held
from tests.integration.redemption.test_races import at_once
from tests.integration.redemption.world import NOW, AllianceWorld

seen = threading.local()
HOLDERS = 12
POINTS = Decimal("7.3")


def used(world: AllianceWorld, code: str) -> int:
    total = tenancy.columns(QuotaUsage, world.community_id, func.sum(QuotaUsage.used)).where(
        QuotaUsage.quota_code.startswith(code)
    )
    return int(db.session.scalar(total) or 0)


class TestAtOnce:
    """Twelve holders at once; the month has room for nine of them and a bit."""

    @staticmethod
    def requests(world: AllianceWorld, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Any]]:
        monkeypatch.setattr(quotas, "BUSY_CAP", 1)
        world.agreement.monthly_cap = 9 * POINTS + Decimal("7.2")
        offer_id, community_id = world.offer(points=POINTS).id, world.community_id
        actors = [world.holder().actor for _ in range(HOLDERS)]
        db.session.commit()
        return [
            lambda actor=actor: redemptions.issue(
                actor=actor, now=NOW, community_id=community_id, offer_id=offer_id
            )
            for actor in actors
        ]

    @staticmethod
    def check(world: AllianceWorld, answers: list[Any]) -> None:
        assert sum(isinstance(answer, Held) for answer in answers) == 9
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert [answer.extra["limit"] for answer in refused] == ["month_cap"] * 3
        assert used(world, "takings") == 9 * 73

    def test_exactly_what_the_cap_covers_is_issued(
        self, app: Flask, world: AllianceWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        requests = self.requests(world, monkeypatch)
        self.check(world, at_once(app, requests))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, world: AllianceWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Reading what all slots have used, then writing to the own one."""
        guarded = quotas.take

        def read_first() -> None:
            seen.used = 0

        def write_later(*, quota: Quota, amount: int, **rest: Any) -> Taken | None:
            if quota.kind != "month_cap":
                return guarded(quota=quota, amount=amount, **rest)
            if seen.used + amount > quota.cap:
                return None
            return Taken(code=quota.code, cell=quota.cell, slot=0, amount=amount)

        requests = self.requests(world, monkeypatch)
        monkeypatch.setattr(quotas, "take", write_later)
        answers = at_once(app, requests, before=read_first)
        with pytest.raises(AssertionError):
            self.check(world, answers)


class TestSharesThatNeverMove:
    """Why what is free moves between slots: with fixed shares points would be left over."""

    @staticmethod
    def take_all(world: AllianceWorld) -> int:
        quota = Quota(kind="month_cap", code="takings:x", cell="2026-11", cap=100, slots=8)
        taken = [
            quotas.take(community_id=world.community_id, quota=quota, amount=25, first_slot=number)
            for number in range(5)
        ]
        return sum(one is not None for one in taken)

    def test_the_last_point_can_be_had(self, world: AllianceWorld) -> None:
        assert self.take_all(world) == 4

    def test_not_so_with_fixed_shares(
        self, world: AllianceWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(quotas.quota_slots, "share_out", lambda *_: False)
        assert self.take_all(world) == 0


_ACTS = st.lists(
    st.tuples(st.sampled_from(["take", "back", "edition"]), st.integers(1, 120), st.integers(0, 7)),
    max_size=30,
)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cap=st.integers(1, 400), acts=_ACTS)
def test_a_split_cap_is_one_number(
    world: AllianceWorld, cap: int, acts: list[tuple[str, int, int]]
) -> None:
    """Whatever is taken, given back and agreed anew: the slots together are a single counter."""
    code, taken, total = f"takings:{new_id()}", [], 0
    for act, number, slot in acts:
        if act == "edition":
            cap = number * 4
        elif act == "back" and taken:
            one = taken.pop(number % len(taken))
            quotas.give_back(community_id=world.community_id, taken=[one])
            total -= one.amount
        elif act == "take":
            quota = Quota(
                kind="month_cap", code=code, cell="2026-11", cap=cap, slots=8 if cap > 100 else 1
            )
            got = quotas.take(
                community_id=world.community_id, quota=quota, amount=number, first_slot=slot
            )
            assert (got is not None) == (total + number <= cap)
            if got is not None:
                taken.append(got)
                total += number
        assert used(world, code) == total
