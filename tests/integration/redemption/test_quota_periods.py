"""Limits per day, week and month turn at midnight of Asia/Shanghai: taken and given back there."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel import tenancy
from kernel.clock import SHANGHAI
from kernel.database import db
from kernel.errors import Refused
from merchants.models import QuotaUsage
from redemption import redemptions
from redemption.redemptions import Held
from tests.integration.redemption.world import AllianceWorld, Holder

#: Periods are named in Python: both engines store the same names.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

MICROSECOND = dt.timedelta(microseconds=1)


def shanghai(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


#: period, its first instant after the one before: a plain day, an ISO week that begins in the old
#: year, a month, and a year's turn that is no turn of the week
TURNS = [
    ("day", "2026-11-22T00:00"),
    ("day", "2027-01-01T00:00"),
    ("week", "2026-11-23T00:00"),
    ("week", "2026-12-28T00:00"),
    ("month", "2026-12-01T00:00"),
    ("month", "2027-01-01T00:00"),
]


@pytest.fixture(autouse=True)
def _long(world: AllianceWorld) -> None:
    world.agreement.valid_to = dt.date(2028, 1, 1)
    db.session.flush()


def ask(world: AllianceWorld, holder: Holder, offer: Any, at: dt.datetime) -> Held | Refused:
    return redemptions.issue(
        actor=holder.actor, now=at, community_id=world.community_id, offer_id=offer.id
    )


def used(world: AllianceWorld, code: str) -> dict[str, int]:
    """Period → used."""
    rows = db.session.execute(
        tenancy.columns(QuotaUsage, world.community_id, QuotaUsage.cell, QuotaUsage.used).where(
            QuotaUsage.quota_code.startswith(code)
        )
    )
    return {row.cell.split(":")[0]: row.used for row in rows}


@pytest.mark.parametrize(("per", "turn"), TURNS)
class TestTurns:
    def test_the_stock(self, world: AllianceWorld, holder: Holder, per: str, turn: str) -> None:
        offer = world.offer(stock=1, stock_period=per)
        last, first = shanghai(turn) - MICROSECOND, shanghai(turn)
        assert isinstance(ask(world, world.holder(), offer, last), Held)
        before = ask(world, holder, offer, last)
        assert isinstance(before, Refused)
        assert before.code == "sold_out"
        assert isinstance(ask(world, holder, offer, first), Held)

    def test_the_holders_limit(
        self, world: AllianceWorld, holder: Holder, per: str, turn: str
    ) -> None:
        offer = world.offer(per_holder_limit=1, per_holder_period=per)
        last, first = shanghai(turn) - MICROSECOND, shanghai(turn)
        assert isinstance(ask(world, holder, offer, last), Held)
        before = ask(world, holder, offer, last)
        assert isinstance(before, Refused)
        assert before.code == "limit_reached"
        assert isinstance(ask(world, holder, offer, first), Held)
        assert sorted(used(world, "holder").values()) == [1, 1]

    def test_what_expires_after_the_turn_goes_back_to_its_own_period(
        self, world: AllianceWorld, holder: Holder, per: str, turn: str
    ) -> None:
        offer = world.offer(stock=1, stock_period=per, per_holder_limit=1, per_holder_period=per)
        last, first = shanghai(turn) - MICROSECOND, shanghai(turn)
        ask(world, holder, offer, last)
        assert isinstance(ask(world, world.holder(), offer, first), Held)
        freed = redemptions.expire_holds(
            community_id=world.community_id, now=first + dt.timedelta(minutes=9, seconds=59),
            limit=9,
        )  # fmt: skip
        assert freed == 0
        redemptions.expire_holds(
            community_id=world.community_id, now=last + dt.timedelta(minutes=10), limit=9
        )
        assert sorted(used(world, "stock").values()) == [0, 1]


class TestTheMonthsCap:
    TURN = shanghai("2026-12-01T00:00")

    def test_a_cancellation_after_the_turn_frees_the_old_month(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        clerk, last = world.clerk(), self.TURN - MICROSECOND
        held = world.hold(holder, world.offer(), last)
        assert held.code is not None
        receipt = world.redeem(clerk, held.code.token, self.TURN)
        assert used(world, "takings") == {"2026-11": 80}
        redemptions.cancel(
            actor=clerk, now=self.TURN + dt.timedelta(minutes=5), redemption_id=receipt.id
        )
        assert used(world, "takings") == {"2026-11": 0}

    def test_a_full_month_ends_at_midnight(self, world: AllianceWorld, holder: Holder) -> None:
        world.agreement.monthly_cap = Decimal(8)
        offer = world.offer()
        world.hold(world.holder(), offer, self.TURN - MICROSECOND)
        before = ask(world, holder, offer, self.TURN - MICROSECOND)
        assert isinstance(before, Refused)
        assert before.extra["limit"] == "month_cap"
        assert isinstance(ask(world, holder, offer, self.TURN), Held)

    def test_a_new_edition_in_the_middle_of_the_month_counts_what_was_taken(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        """As agreed on the day: a lower cap ends at once, a higher one begins at once."""
        offer, at = world.offer(), shanghai("2026-11-20T12:00")
        for _ in range(3):
            world.hold(world.holder(), offer, at)
        world.agreement.monthly_cap = Decimal(31)
        db.session.flush()
        refused = ask(world, holder, offer, at)
        assert isinstance(refused, Refused)
        assert "本月 31 积分已满" in refused.zh
        world.agreement.monthly_cap = Decimal(9000)
        db.session.flush()
        assert isinstance(ask(world, holder, offer, at), Held)
        assert sum(self.shares(world)) == 90_000
        world.agreement.monthly_cap = Decimal(40)
        db.session.flush()
        assert isinstance(ask(world, holder, offer, at), Held)
        assert isinstance(ask(world, holder, offer, at), Refused)
        assert sum(self.shares(world)) == 400

    @staticmethod
    def shares(world: AllianceWorld) -> list[int]:
        rows = tenancy.columns(QuotaUsage, world.community_id, QuotaUsage.cap).where(
            QuotaUsage.quota_code.startswith("takings")
        )
        return list(db.session.scalars(rows))
