"""At the counter: what a clerk sees, redeems, is refused, and takes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func

from kernel import tenancy
from kernel.database import db
from kernel.errors import Forbidden, Refused
from kernel.outbox import OutboxMessage
from merchants.models import QuotaUsage
from merchants.rules.offers import HoursText
from points.models import Transfer
from redemption import guessing, redemptions
from redemption.errors import (
    AlreadyCancelled,
    CodeUnreadable,
    GuessingPaused,
    NoCounter,
    NotRedeemed,
    OwnHousehold,
    RedemptionUnknown,
    TooLateToCancel,
)
from redemption.guessing import CLERK_GUESSES, SHOP_GUESSES
from redemption.models import GuessingAlarm, RefusedScan
from redemption.redemptions import Preview
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.support.persons import one_person

SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


def code_of(world: AllianceWorld, holder: Holder, **terms: Any) -> str:
    held = world.hold(holder, world.offer(**terms))
    assert held.code is not None
    return held.code.token


def transfers(world: AllianceWorld) -> list[tuple[str, Decimal]]:
    rows = db.session.execute(
        tenancy.columns(Transfer, world.community_id, Transfer.kind, Transfer.points).order_by(
            Transfer.id
        )
    )
    return [(row.kind, row.points) for row in rows]


class TestRedeem:
    def test_moves_the_points_to_the_merchant(self, world: AllianceWorld, holder: Holder) -> None:
        receipt = world.redeem(world.clerk(), code_of(world, holder))
        assert world.points_of(holder) == (92, 0, 0)
        assert transfers(world) == [("redemption", 8)]
        assert (receipt.state, receipt.points, receipt.resolved_at_utc) == ("redeemed", 8, NOW)
        assert receipt == redemptions.receipt(
            actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=receipt.id
        )

    def test_tells_the_outbox(self, world: AllianceWorld, holder: Holder) -> None:
        receipt = world.redeem(world.clerk(), code_of(world, holder))
        message = db.session.scalars(tenancy.select(OutboxMessage, world.community_id)).one()
        assert message.topic == "redemption.redeemed"
        assert message.payload == {"redemption_id": str(receipt.id)}

    @pytest.mark.parametrize("form", ["url", "token", "digits", "spaced", "full width"])
    def test_takes_every_form_of_a_code(
        self, world: AllianceWorld, holder: Holder, form: str
    ) -> None:
        code = world.hold(holder, world.offer()).code
        assert code is not None
        url = redemptions.payload(
            public_base_url="https://linli.example", community_code="yjyx", token=code.token
        )
        wide = "".join(chr(ord(digit) + 0xFF10 - ord("0")) for digit in code.digits)
        text = {
            "url": url,
            "token": code.token,
            "digits": code.digits,
            "spaced": f" {code.digits[:4]} {code.digits[4:]}\n",
            "full width": wide,
        }[form]
        assert world.redeem(world.clerk(), text).state == "redeemed"

    def test_honours_what_was_agreed_when_the_code_was_issued(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        held = world.hold(holder, world.offer())
        world.agreement.state = "suspended"
        db.session.flush()
        assert held.code is not None
        assert world.redeem(world.clerk(), held.code.token).state == "redeemed"

    def test_what_is_no_code_is_told_apart(self, world: AllianceWorld) -> None:
        with pytest.raises(CodeUnreadable):
            redemptions.redeem(actor=world.clerk(), now=NOW, code="4827153")

    def test_needs_a_session_at_a_shop(self, world: AllianceWorld, holder: Holder) -> None:
        with pytest.raises(NoCounter):
            redemptions.redeem(actor=holder.actor, now=NOW, code="12345678")

    def test_needs_a_grant_at_that_shop(self, world: AllianceWorld) -> None:
        clerk = world.clerk()
        elsewhere = type(clerk)(
            account_id=clerk.account_id, grants=world.clerk(shop=world.other_shop()).grants,
            table=clerk.table, counter=clerk.counter,
        )  # fmt: skip
        with pytest.raises(Exception, match="not_found"):
            redemptions.redeem(actor=elsewhere, now=NOW, code="12345678")

    def test_needs_ten_statements_at_most(
        self, world: AllianceWorld, holder: Holder, count_statements: Callable[[], Any]
    ) -> None:
        """Authentication (1) and idempotency (2) come on top; together they are ten."""
        held = world.hold(holder, world.offer())
        clerk = world.clerk(of=world.holder())
        assert held.code is not None
        with count_statements() as seen:
            world.redeem(clerk, held.code.digits)
        assert len(seen) == 7, seen


class TestARefusedScan:
    """One test per reason a clerk can meet; each is kept, and nothing else is written."""

    def check(self, world: AllianceWorld, holder: Holder, answer: Refused, code: str) -> None:
        kept = tenancy.get(RefusedScan, world.community_id, answer.row_id)  # type: ignore[arg-type]
        assert (kept.reason, kept.merchant_id, kept.stage) == (code, world.merchant.id, "redeem")
        assert answer.code == code
        assert holder.member_id.hex not in repr(answer)
        assert "张" not in answer.zh

    def test_code_unknown(self, world: AllianceWorld, holder: Holder) -> None:
        answer = world.refused(world.clerk(), "A" * 22)
        self.check(world, holder, answer, "code_unknown")

    def test_code_expired(self, world: AllianceWorld, holder: Holder) -> None:
        code = code_of(world, holder)
        answer = world.refused(world.clerk(), code, NOW + 70 * SECOND)
        self.check(world, holder, answer, "code_expired")
        assert world.points_of(holder) == (100, 8, 0)

    def test_already_redeemed_names_receipt_and_time(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        code = code_of(world, holder)
        receipt = world.redeem(world.clerk(), code)
        answer = world.refused(world.clerk(), code, NOW + 5 * SECOND)
        self.check(world, holder, answer, "already_redeemed")
        assert answer.extra["receipt_number"] == receipt.receipt_number
        assert answer.extra["redeemed_at_utc"] == NOW.isoformat()
        assert receipt.receipt_number in answer.zh
        assert transfers(world) == [("redemption", 8)]

    def test_withdrawn(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer())
        redemptions.withdraw(
            actor=holder.actor, now=NOW, community_id=world.community_id, redemption_id=held.id
        )
        assert held.code is not None
        answer = world.refused(world.clerk(), held.code.token)
        self.check(world, holder, answer, "withdrawn")

    def test_wrong_merchant(self, world: AllianceWorld, holder: Holder) -> None:
        code = code_of(world, holder)
        answer = world.refused(world.clerk(shop=world.other_shop()), code)
        assert answer.code == "wrong_merchant"
        assert "receipt_number" not in answer.extra

    def test_digits_at_the_wrong_merchant(self, world: AllianceWorld, holder: Holder) -> None:
        code = world.hold(holder, world.offer()).code
        assert code is not None
        answer = world.refused(world.clerk(shop=world.other_shop()), code.digits)
        assert answer.code == "wrong_merchant"

    def test_self_dealing(self, world: AllianceWorld, holder: Holder) -> None:
        code = code_of(world, holder)
        answer = world.refused(world.clerk(of=holder), code)
        self.check(world, holder, answer, "self_dealing")
        assert world.redeem(world.clerk(of=world.holder()), code).state == "redeemed"

    def test_self_dealing_of_a_clerk_who_is_a_member_by_another_account(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        """The login of the till is bound to nobody; the holder's own phone is the same person's."""
        code = code_of(world, holder)
        till, _ = one_person(world.clerk(), holder.actor)
        self.check(world, holder, world.refused(till, code), "self_dealing")

    def test_of_another_community_is_unknown(self, world: AllianceWorld) -> None:
        from tests.integration.redemption.world import alliance_world

        other = alliance_world("longgang")
        code = code_of(other, other.holder())
        assert world.refused(world.clerk(), code).code == "code_unknown"


class TestPreview:
    def test_shows_what_is_needed_and_no_person(self, world: AllianceWorld, holder: Holder) -> None:
        offer = world.offer(stock=5, stock_period="day", from_time=dt.time(11), to_time=dt.time(14))
        code = world.hold(holder, offer).code
        assert code is not None
        seen = redemptions.preview(actor=world.clerk(), now=NOW + 6 * SECOND, code=code.token)
        assert isinstance(seen, Preview)
        assert seen.seconds_left == 64
        assert seen.hours == HoursText(zh="11:00–14:00", en="11:00–14:00")
        assert seen.left == {"stock": 4, "month_cap": 792}
        assert (seen.receipt.offer_title, seen.receipt.points) == ("早餐一份", 8)
        assert holder.member_id.hex not in repr(seen).replace("-", "")

    def test_writes_nothing_when_all_is_well(self, world: AllianceWorld, holder: Holder) -> None:
        code = code_of(world, holder)
        redemptions.preview(actor=world.clerk(), now=NOW, code=code)
        assert world.points_of(holder) == (100, 8, 0)
        assert world.redeem(world.clerk(), code).state == "redeemed"

    def test_keeps_a_refusal(self, world: AllianceWorld) -> None:
        answer = redemptions.preview(actor=world.clerk(), now=NOW, code="A" * 22)
        assert isinstance(answer, Refused)
        kept = tenancy.get(RefusedScan, world.community_id, answer.row_id)  # type: ignore[arg-type]
        assert kept.stage == "preview"


class TestGuessing:
    """Digits that nobody has, typed at a counter."""

    WRONG = "00000000"

    def guess(self, world: AllianceWorld, clerk: Any, now: dt.datetime = NOW) -> None:
        assert world.refused(clerk, self.WRONG, now).code == "code_unknown"

    def alarms(self, world: AllianceWorld) -> list[tuple[Any, int, dt.datetime]]:
        rows = db.session.scalars(
            tenancy.select(GuessingAlarm, world.community_id).order_by(GuessingAlarm.id)
        )
        return [(row.clerk_id, row.guesses, row.resumes_at_utc) for row in rows]

    def test_pauses_the_clerk_and_keeps_one_alarm(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        clerk = world.clerk()
        code = world.hold(holder, world.offer()).code
        assert code is not None
        for second in range(CLERK_GUESSES):
            self.guess(world, clerk, NOW + second * SECOND)
        last = NOW + (CLERK_GUESSES - 1) * SECOND
        for _ in range(3):
            with pytest.raises(GuessingPaused) as paused:
                redemptions.redeem(actor=clerk, now=last, code=code.digits)
            assert paused.value.retry_after == 601
        assert self.alarms(world) == [(clerk.account_id, CLERK_GUESSES, last + 10 * MINUTE)]
        # A scanned token cannot be guessed, and another clerk has not guessed.
        assert world.redeem(clerk, code.token, NOW).state == "redeemed"
        self.guess(world, world.clerk())

    def test_looking_counts_as_typing(self, world: AllianceWorld) -> None:
        clerk = world.clerk()
        for _ in range(CLERK_GUESSES):
            redemptions.preview(actor=clerk, now=NOW, code=self.WRONG)
        with pytest.raises(GuessingPaused):
            redemptions.redeem(actor=clerk, now=NOW, code=self.WRONG)

    def test_pauses_the_shop_when_its_clerks_share_the_guesses(self, world: AllianceWorld) -> None:
        clerks = [world.clerk() for _ in range(5)]
        for number in range(SHOP_GUESSES):
            self.guess(world, clerks[number % 5])
        with pytest.raises(GuessingPaused):
            redemptions.redeem(actor=world.clerk(), now=NOW, code=self.WRONG)
        assert self.alarms(world) == [(None, SHOP_GUESSES, NOW + 10 * MINUTE)]
        elsewhere = world.clerk(shop=world.other_shop())
        self.guess(world, elsewhere)

    def test_ends_with_the_pause_and_the_next_one_alarms_again(self, world: AllianceWorld) -> None:
        clerk = world.clerk()
        for now in (NOW, NOW + 10 * MINUTE):
            for _ in range(CLERK_GUESSES):
                self.guess(world, clerk, now)
        assert [alarm[2] for alarm in self.alarms(world)] == [NOW + 10 * MINUTE, NOW + 20 * MINUTE]

    def test_is_listed_for_the_community_with_the_clerk(self, world: AllianceWorld) -> None:
        clerk = world.clerk()
        for _ in range(CLERK_GUESSES):
            self.guess(world, clerk)
        listed = guessing.alarms(
            actor=world.actor("community_admin"), community_id=world.community_id
        )
        assert [(one.merchant_name, one.clerk_name, one.guesses) for one in listed] == [
            (world.merchant.name, "演示", CLERK_GUESSES)
        ]
        with pytest.raises(Forbidden):
            guessing.alarms(actor=world.actor("grid_worker"), community_id=world.community_id)


class TestCancel:
    def cancel(self, clerk: Any, redemption_id: Any, now: dt.datetime = NOW) -> Any:
        return redemptions.cancel(actor=clerk, now=now, redemption_id=redemption_id)

    def test_brings_points_and_quotas_back(self, world: AllianceWorld, holder: Holder) -> None:
        clerk = world.clerk()
        receipt = world.redeem(clerk, code_of(world, holder, stock=5))
        cancelled = self.cancel(clerk, receipt.id, NOW + 15 * MINUTE)
        assert world.points_of(holder) == (100, 0, 0)
        assert transfers(world) == [("redemption", 8), ("cancellation", 8)]
        assert (cancelled.state, cancelled.cancelled_at_utc) == ("redeemed", NOW + 15 * MINUTE)
        used = db.session.scalar(
            tenancy.columns(QuotaUsage, world.community_id, func.sum(QuotaUsage.used))
        )
        assert used == 0

    def test_pays_a_debt_first(self, world: AllianceWorld) -> None:
        holder = world.holder(balance=8)
        clerk = world.clerk()
        receipt = world.redeem(clerk, code_of(world, holder))
        from points import balances

        balances.debit(
            community_id=world.community_id,
            account_id=holder.account_id,
            points=Decimal(5),
            now=NOW,
        )
        self.cancel(clerk, receipt.id)
        assert world.points_of(holder) == (3, 0, 0)

    def test_works_once(self, world: AllianceWorld, holder: Holder) -> None:
        clerk = world.clerk()
        receipt = world.redeem(clerk, code_of(world, holder))
        self.cancel(clerk, receipt.id)
        with pytest.raises(AlreadyCancelled):
            self.cancel(clerk, receipt.id)

    def test_is_too_late_after_fifteen_minutes(self, world: AllianceWorld, holder: Holder) -> None:
        clerk = world.clerk()
        receipt = world.redeem(clerk, code_of(world, holder))
        with pytest.raises(TooLateToCancel):
            self.cancel(clerk, receipt.id, NOW + 15 * MINUTE + SECOND)

    def test_is_for_what_was_redeemed(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer())
        with pytest.raises(NotRedeemed):
            self.cancel(world.clerk(), held.id)

    def test_is_for_the_own_counter(self, world: AllianceWorld, holder: Holder) -> None:
        receipt = world.redeem(world.clerk(), code_of(world, holder))
        with pytest.raises(RedemptionUnknown):
            self.cancel(world.clerk(shop=world.other_shop()), receipt.id)

    def test_is_not_for_the_own_household(self, world: AllianceWorld, holder: Holder) -> None:
        receipt = world.redeem(world.clerk(), code_of(world, holder))
        with pytest.raises(OwnHousehold):
            self.cancel(world.clerk(of=holder), receipt.id)

    def test_needs_the_permission(self, world: AllianceWorld, holder: Holder) -> None:
        receipt = world.redeem(world.clerk(), code_of(world, holder))
        clerk = world.clerk()
        reader = type(clerk)(
            account_id=clerk.account_id, grants=clerk.grants, counter=clerk.counter,
            table={"merchant_clerk": frozenset()},
        )  # fmt: skip
        with pytest.raises(Forbidden):
            self.cancel(reader, receipt.id)


class TestLists:
    def test_a_counter_sees_its_own_day(self, world: AllianceWorld, holder: Holder) -> None:
        clerk = world.clerk()
        yesterday = NOW - dt.timedelta(days=1)
        old = world.hold(holder, world.offer(), yesterday).code
        assert old is not None
        world.redeem(clerk, old.token, yesterday)
        receipt = world.redeem(clerk, code_of(world, holder))
        world.refused(clerk, "A" * 22)
        assert redemptions.at_counter(actor=clerk, now=NOW) == [receipt]
        refused = redemptions.refused_scans(actor=clerk, now=NOW)
        assert [one.code for one in refused] == ["code_unknown"]
        totals = redemptions.today(actor=clerk, now=NOW)
        assert (totals.redeemed, totals.points, totals.refused) == (1, 8, 1)
        assert (totals.month_taken, totals.month_cap) == (16, 800)
        elsewhere = world.clerk(shop=world.other_shop())
        assert redemptions.at_counter(actor=elsewhere, now=NOW) == []
        assert redemptions.refused_scans(actor=elsewhere, now=NOW) == []

    def test_a_holder_sees_the_own_ones_by_pages(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        world.hold(world.holder(), world.offer())
        ids = [world.hold(holder, world.offer()).id for _ in range(3)]
        first = redemptions.mine(
            actor=holder.actor, now=NOW, community_id=world.community_id, limit=2
        )
        rest = redemptions.mine(
            actor=holder.actor,
            now=NOW,
            community_id=world.community_id,
            after=first[-1].id,
            limit=2,
        )
        assert [one.id for one in first + rest] == ids[::-1]
