"""Points come back where they were: across expiry, seals, debts and departures."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from community import memberships
from community.models import Community, LeaveReason, LeavingBalance
from kernel import clock, tenancy
from kernel.database import db
from points import accounts, expiry, expiry_notices, ledger_check, months, sealed_spending
from points.models import LeftBalance, MonthState, PointsAccount, Transfer
from points.moving import settling
from redemption import holds, redemptions, reversals
from redemption.receipts import Receipt
from tests.integration.redemption.afterwards.stage import ON_SQLITE
from tests.integration.redemption.whole_world import WholeWorld, whole_world
from tests.integration.redemption.world import NOW, Holder

D = Decimal
DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 21)
MONTHS = ("2026-10", "2026-11", "2026-12", "2027-01", "2027-02")


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 4, tzinfo=dt.UTC)


class Town:
    """A holder whose points die, a shop, and the two who reverse a redemption."""

    def __init__(self, **balance: Any) -> None:
        self.world: WholeWorld = whole_world(months=MONTHS, **balance)
        self.holder: Holder = self.world.holder()
        self.clerk = self.world.shop.clerk()
        self.admin = self.world.shop.actor("community_admin")
        self.supervisor = self.world.shop.actor("supervisor")

    @property
    def community_id(self) -> uuid.UUID:
        return self.world.community_id

    def earn(self, times: int, on: dt.date = TODAY) -> None:
        """1.5 points each."""
        for _ in range(times):
            self.world.record(self.holder, "FREE", occurred_on=on, now=noon(max(on, TODAY)))

    def redeem(self, points: str, now: dt.datetime = NOW) -> Receipt:
        held = self.world.shop.hold(self.holder, self.world.offer(D(points)), now)
        assert held.code is not None
        return self.world.shop.redeem(self.clerk, held.code.token, now)

    def reverse(self, receipt: Receipt, now: dt.datetime) -> None:
        request = reversals.ask(
            actor=self.admin, now=now, community_id=self.community_id, reason="没有给早餐",
            redemption_id=receipt.id,
        )  # fmt: skip
        reversals.decide(
            actor=self.supervisor, now=now, community_id=self.community_id, approves=True,
            request_id=request.id, version=request.version, why="凭证属实",
        )  # fmt: skip

    def expire(self, now: dt.datetime) -> Decimal:
        settled = expiry.settle_page(community_id=self.community_id, now=now, after=None, limit=10)
        assert settled.disagreeing == ()
        return settled.points

    def standing(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.world.shop.points_of(self.holder)

    def dies(self) -> dict[dt.date, Decimal]:
        """What the notice of expiry says: day → points."""
        days = expiry_notices.of_member(
            actor=self.holder.actor, community_id=self.community_id,
            member_id=self.holder.member_id,
        )  # fmt: skip
        return {each.expires_on: each.points for each in days}

    def adds_up(self) -> bool:
        return (
            ledger_check.check(
                self.community_id, held_by_account=holds.held_by_account, today=TODAY
            )
            == []
        )


@pytest.fixture
def town(session: Any) -> Town:
    """Points live for a month."""
    return Town(expiry={"after_months": 1})


OLD, NEW = dt.date(2026, 11, 10), dt.date(2026, 11, 20)
OLD_DIES, NEW_DIES = dt.date(2026, 12, 10), dt.date(2026, 12, 20)


class TestExpiry:
    @pytest.fixture
    def both(self, town: Town) -> Town:
        """6 points that die on 10 December, 6 that die on the 20th."""
        town.earn(4, OLD)
        town.earn(4, NEW)
        return town

    def test_before_their_day_they_die_on_their_own(self, both: Town) -> None:
        receipt = both.redeem("9")
        assert both.dies() == {NEW_DIES: D(3)}
        both.reverse(receipt, noon(dt.date(2026, 12, 1)))
        assert both.dies() == {OLD_DIES: D(6), NEW_DIES: D(6)}
        assert both.expire(noon(OLD_DIES - DAY)) == 0
        assert both.expire(noon(OLD_DIES)) == 6
        assert both.expire(noon(NEW_DIES)) == 6
        assert both.standing() == (0, 0, 0)
        assert both.adds_up()

    def test_after_their_day_they_die_with_the_next_run_and_are_announced(self, both: Town) -> None:
        receipt = both.redeem("9")
        later = noon(dt.date(2026, 12, 15))
        assert both.expire(later) == 0
        both.reverse(receipt, later)
        assert both.standing() == (12, 0, 0)
        # Said to the holder and to the office until the command runs; not spendable any more.
        assert both.dies() == {OLD_DIES: D(6), NEW_DIES: D(6)}
        (told,) = expiry_notices.upcoming(
            actor=both.admin, community_id=both.community_id, before=dt.date(2026, 12, 16),
            after=None, limit=10,
        )  # fmt: skip
        assert (told.points, told.first_on) == (6, OLD_DIES)
        account = tenancy.get(PointsAccount, both.community_id, both.holder.account_id)
        assert accounts.spendable(account, later) == 6
        assert both.expire(later) == 6
        assert both.expire(later) == 0
        assert both.dies() == {NEW_DIES: D(6)}
        assert both.adds_up()

    def test_what_was_bought_elsewhere_meanwhile_took_the_old_points(self, both: Town) -> None:
        """Nobody loses living points because one shop's wrong was righted late."""
        receipt = both.redeem("6")
        both.redeem("6", noon(dt.date(2026, 12, 1)))
        later = noon(dt.date(2026, 12, 15))
        both.reverse(receipt, later)
        assert both.dies() == {NEW_DIES: D(6)}
        assert both.expire(later) == 0
        assert both.standing() == (6, 0, 0)
        assert both.adds_up()

    def test_what_was_bought_after_their_day_did_not(self, both: Town) -> None:
        """Nor does anything live longer by going through a shop."""
        receipt = both.redeem("6")
        both.redeem("4", noon(dt.date(2026, 12, 11)))
        later = noon(dt.date(2026, 12, 15))
        both.reverse(receipt, later)
        assert both.expire(later) == 6
        assert both.dies() == {NEW_DIES: D(2)}
        assert both.adds_up()

    def test_a_cancellation_past_midnight_gives_dead_points_back(self, both: Town) -> None:
        """Redeemed on the last evening, cancelled on the next day: gone, as without the shop."""
        eve = dt.datetime(2026, 12, 9, 15, 55, tzinfo=dt.UTC)
        receipt = both.redeem("6", eve)
        morning = eve + dt.timedelta(minutes=10)
        redemptions.cancel(actor=both.clerk, now=morning, redemption_id=receipt.id)
        assert both.expire(morning) == 6
        assert both.standing() == (6, 0, 0)
        assert both.adds_up()

    def test_many_reversed_in_another_order(self, both: Town) -> None:
        receipts = [both.redeem(points) for points in ("2", "3", "4")]
        later = noon(dt.date(2026, 12, 15))
        for receipt in (receipts[1], receipts[2], receipts[0]):
            both.reverse(receipt, later)
            assert both.adds_up()
        assert both.expire(later) == 6
        assert both.dies() == {NEW_DIES: D(6)}


@ON_SQLITE
def test_a_bonus_that_was_struck_meanwhile_stays_struck(town: Town) -> None:
    """Its points were spent, so others went for it; they are back, with their own day."""
    from points import facts

    fact = town.world.record(town.holder, "FREE", occurred_on=OLD, now=NOW)
    town.earn(1, NEW)
    receipt = town.redeem("1.5")
    facts.strike(
        actor=town.world.points.panelist, now=NOW, community_id=town.community_id,
        fact_id=fact.id, version=fact.version, reason="没有发生",
    )  # fmt: skip
    assert town.standing() == (0, 0, 0)
    town.reverse(receipt, noon(dt.date(2026, 12, 15)))
    assert town.dies() == {NEW_DIES: D("1.5")}
    assert town.adds_up()


@ON_SQLITE
def test_a_debt_is_repaid_first_and_the_rest_keeps_its_day(town: Town) -> None:
    town.earn(8, NEW)
    receipt = town.redeem("12")
    town.world.record(town.holder, "BAD", occurred_on=NEW, now=NOW)
    assert town.standing() == (0, 0, 10)
    town.reverse(receipt, noon(dt.date(2026, 12, 1)))
    assert town.standing() == (2, 0, 0)
    assert town.dies() == {NEW_DIES: D(2)}
    assert town.adds_up()


@ON_SQLITE
def test_points_that_came_with_a_sealed_sheet(session: Any) -> None:
    """They were spent after the seal of one month and come back after the seal of the next."""
    town = Town(expiry={"after_months": 2}, spendable_from="sealed", deductions="to_zero")
    october = dt.date(2026, 10, 20)
    town.earn(4, october)
    seal(town, "2026-10", NOW)
    receipt = town.redeem("6")
    town.earn(2, NEW)
    december = noon(dt.date(2026, 12, 5))
    seal(town, "2026-11", december)
    assert town.standing() == (3, 0, 0)
    town.reverse(receipt, december)
    assert town.dies() == {dt.date(2026, 12, 20): D(6), dt.date(2027, 1, 20): D(3)}
    assert town.adds_up()


def seal(town: Town, month: str, now: dt.datetime) -> None:
    states = (
        MonthState.FROZEN, MonthState.SIGNED, MonthState.COUNTERSIGNED, MonthState.ON_NOTICE,
        MonthState.SEALED,
    )  # fmt: skip
    for version, state in enumerate(states, start=1):
        months.step(
            community_id=town.community_id, month=month, to=state, actor=town.admin, now=now,
            version=version,
        )  # fmt: skip
    sealed_spending.apply(community_id=town.community_id, month=month, now=now)


@ON_SQLITE
class TestAfterLeaving:
    """The account is settled; what comes back goes where its balance went, at the next run."""

    LATER = NOW + 61 * DAY

    def leave(self, town: Town, choice: LeavingBalance, **given: Any) -> None:
        community = db.session.get_one(Community, town.community_id)
        community.leaving_balance, community.leaving_notice_days = choice, 60
        memberships.leave(
            actor=town.world.points.admin, now=NOW, community_id=town.community_id,
            member_id=town.holder.member_id, left_on=TODAY, **given,
        )  # fmt: skip

    def settle(self, town: Town) -> Decimal:
        left = db.session.scalars(tenancy.select(LeftBalance, town.community_id)).one()
        return settling.settle(
            actor=town.world.points.admin, now=self.LATER, community_id=town.community_id,
            left_balance_id=left.id,
        )  # fmt: skip

    def kinds(self, town: Town) -> list[str]:
        rows = tenancy.columns(Transfer, town.community_id, Transfer.kind).order_by(Transfer.id)
        return [kind for kind in db.session.scalars(rows) if kind != "award"]

    def test_they_stay_in_the_household(self, session: Any) -> None:
        town = Town()
        heir = town.world.shop.relative_of(town.holder)
        town.earn(8)
        receipt = town.redeem("9")
        self.leave(town, LeavingBalance.HOUSEHOLD, heir_id=heir.member_id)
        assert self.settle(town) == 3
        town.reverse(receipt, self.LATER)
        assert town.standing() == (9, 0, 0)
        assert self.settle(town) == 9
        assert town.standing() == (0, 0, 0)
        assert town.world.shop.points_of(heir) == (12, 0, 0)
        assert self.kinds(town) == ["redemption", "handed_on", "cancellation", "handed_on"]
        assert town.adds_up()

    def test_they_expire(self, session: Any) -> None:
        town = Town()
        town.earn(8)
        receipt = town.redeem("9")
        self.leave(town, LeavingBalance.EXPIRES)
        assert self.settle(town) == 3
        town.reverse(receipt, self.LATER)
        assert self.settle(town) == 9
        assert self.kinds(town)[-2:] == ["cancellation", "left_behind"]
        assert town.adds_up()

    def test_they_are_carried_over(self, session: Any) -> None:
        town = Town()
        away = whole_world()
        town.earn(8)
        receipt = town.redeem("9")
        self.leave(
            town, LeavingBalance.CARRIED_OVER, reason=LeaveReason.MOVED_WITHIN,
            to_community=away.code,
        )  # fmt: skip
        assert self.settle(town) == 3
        town.reverse(receipt, self.LATER)
        assert self.settle(town) == 9
        assert self.kinds(town) == ["redemption", "carried_out", "cancellation", "carried_out"]

    def test_what_is_dead_by_then_is_handed_on_to_nobody(self, session: Any) -> None:
        town = Town(expiry={"after_months": 1})
        heir = town.world.shop.relative_of(town.holder)
        town.earn(8)
        receipt = town.redeem("12")
        self.leave(town, LeavingBalance.HOUSEHOLD, heir_id=heir.member_id)
        town.reverse(receipt, self.LATER)
        assert self.settle(town) == 0
        assert town.world.shop.points_of(heir) == (0, 0, 0)
        assert self.kinds(town)[0:2] == ["redemption", "cancellation"]
        assert set(self.kinds(town)[2:]) == {"expiry"}
        assert town.adds_up()


def test_the_history_says_both_sides(town: Town, count_statements: Callable[[], Any]) -> None:
    """The statement of the month in which it came back has the return, not the redemption's."""
    from points import history

    town.earn(8, NEW)
    receipt = town.redeem("9")
    december = noon(dt.date(2026, 12, 1))
    town.reverse(receipt, december)

    def rows(month: str) -> list[tuple[str, Decimal, uuid.UUID | None]]:
        found = history.history(
            actor=town.holder.actor, community_id=town.community_id,
            member_id=town.holder.member_id, month=month, limit=3,
        )  # fmt: skip
        return [(row.kind, row.points, row.redemption_id) for row in found if row.redemption_id]

    assert rows("2026-11") == [("redemption", D(-9), receipt.id)]
    assert rows("2026-12") == [("cancellation", D(9), receipt.id)]
    assert clock.month_of(clock.business_date(december)) == "2026-12"
