"""Paying by card: keypad, PIN, limits of the day, refusals that are kept, no person shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Refused
from kernel.ids import new_id
from merchants.errors import OfferUnknown
from merchants.models import Offer, QuotaUsage
from points.ledger_check import Mismatch
from redemption import holds, redemptions, stops
from redemption.cards import at_counter, tokens
from redemption.cards.errors import (
    CardsPaused,
    CardUnreadable,
    PressesWrong,
    StoppedMeanwhile,
)
from redemption.guessing import CLERK_GUESSES
from redemption.models import Redemption, RefusedScan
from redemption.receipts import Receipt
from redemption.rules import card_numbers
from tests.integration.redemption.cards.desk import ON_SQLITE, PIN, WRONG, Desk, positions
from tests.integration.redemption.world import NOW, AllianceWorld, Holder


def code(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


class TestPaying:
    def test_moves_the_points_at_once(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        receipt = desk.paid(clerk, line.number, offer.id)
        assert (receipt.state, receipt.channel, receipt.points) == ("redeemed", "card", Decimal(8))
        assert desk.world.points_of(holder) == (92, 0, 0)
        row = tenancy.get(Redemption, desk.community_id, receipt.id)
        assert (row.card_id, row.member_id, row.resolved_by, row.acted_by) == (
            line.card_id, holder.member_id, clerk.account_id, None,
        )  # fmt: skip
        assert [each.id for each in redemptions.at_counter(actor=clerk, now=NOW)] == [receipt.id]

    @pytest.mark.parametrize("scanned", [True, False], ids=["scanned", "typed"])
    def test_the_screen_says_nothing_about_the_holder(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer, scanned: bool
    ) -> None:
        line = desk.card(holder)
        card = line.number
        if scanned:
            card = tokens.payload(
                public_base_url="https://linli.example", community_code="yjyx",
                token=tokens.token_of(line.card_id),
            )  # fmt: skip
        use = desk.start(clerk, card, offer.id)
        assert use.seconds_left == 120
        assert set(dataclasses.asdict(use)) == {
            "keypad_id", "keys", "expires_at_utc", "seconds_left", "card_number", "offer_id",
            "offer_title", "points", "cash_cents",
        }  # fmt: skip
        assert (use.offer_id, use.points, use.card_number) == (offer.id, 8, line.number)

    def test_a_cancellation_gives_the_days_limits_back(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        receipt = desk.paid(clerk, line.number, offer.id)
        redemptions.cancel(actor=clerk, now=NOW, redemption_id=receipt.id)
        used = db.session.scalars(
            tenancy.columns(QuotaUsage, desk.community_id, QuotaUsage.used).where(
                QuotaUsage.quota_code.startswith("card-")
            )
        ).all()
        assert used == [0, 0]
        assert desk.world.points_of(holder) == (100, 0, 0)
        desk.paid(clerk, line.number, offer.id)

    def test_an_offer_of_another_shop(self, desk: Desk, holder: Holder, clerk: Actor) -> None:
        line, other = desk.card(holder), desk.world.another_shop()
        with pytest.raises(OfferUnknown):
            at_counter.start(actor=clerk, now=NOW, card=line.number, offer_id=other.offer().id)

    def test_what_is_no_card(self, clerk: Actor, offer: Offer) -> None:
        with pytest.raises(CardUnreadable):
            at_counter.start(actor=clerk, now=NOW, card="12345678", offer_id=offer.id)


class TestDayLimits:
    def test_one_use_in_a_shop_and_day(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        desk.paid(clerk, line.number, offer.id)
        assert code(desk.pay(clerk, line.number, offer.id)) == "card_used_here_today"
        assert desk.world.points_of(holder) == (92, 0, 0)
        tomorrow = NOW + dt.timedelta(days=1)
        assert isinstance(desk.pay(clerk, line.number, offer.id, now=tomorrow), Receipt)

    def test_a_low_amount_in_all_shops_together(
        self, desk: Desk, holder: Holder, clerk: Actor
    ) -> None:
        line, there = desk.card(holder), desk.world.another_shop()
        desk.paid(clerk, line.number, desk.world.offer(points=Decimal(15)).id)
        refused = desk.pay(there.clerk(), line.number, there.offer(points=Decimal(6)).id)
        assert code(refused) == "card_day_amount"
        assert isinstance(refused, Refused)
        assert (refused.extra["cap"], refused.extra["left"]) == ("20", "5")
        assert desk.world.points_of(holder) == (85, 0, 0)
        desk.paid(there.clerk(), line.number, there.offer(points=Decimal(5)).id)

    def test_a_new_card_does_not_begin_anew(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        from redemption.cards import handover

        line = desk.card(holder)
        desk.paid(clerk, line.number, offer.id)
        new = handover.replace(
            actor=desk.office, now=NOW, card_id=line.card_id, version=desk.version(line.card_id),
            card=desk.numbers.pop(0), **desk.where,
        )  # fmt: skip
        desk.choose(new.card_id)
        assert code(desk.pay(clerk, new.number, offer.id)) == "card_used_here_today"

    def test_the_community_sets_the_amount(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        places.community(desk.community_id).card_daily_points = Decimal("7.5")
        db.session.flush()
        assert code(desk.pay(clerk, line.number, offer.id)) == "card_day_amount"

    def test_a_phone_is_not_limited_by_the_card(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        desk.paid(clerk, line.number, offer.id)
        held = desk.world.hold(holder, desk.world.offer(points=Decimal(50)))
        assert held.code is not None
        desk.world.redeem(clerk, held.code.digits)


class TestWrongPins:
    def test_three_block_the_card(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        answers: list[Any] = [desk.pay(clerk, line.number, offer.id, pin=WRONG) for _ in range(3)]
        assert [code(each) for each in answers] == ["pin_wrong", "pin_wrong", "card_blocked"]
        assert [each.extra.get("tries_left") for each in answers] == [2, 1, None]
        assert answers[2].zh.startswith("密码错 3 次，卡已锁")
        assert (desk.state(line.card_id), desk.misses(line.card_id)) == ("blocked", 3)
        assert desk.ways(line.card_id)[-1] == ("blocked", "counter")
        refused = at_counter.start(actor=clerk, now=NOW, card=line.number, offer_id=offer.id)
        assert code(refused) == "card_blocked"
        assert desk.world.points_of(holder) == (100, 0, 0)

    def test_a_right_one_clears_them(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        for _ in range(2):
            desk.pay(clerk, line.number, offer.id, pin=WRONG)
        desk.paid(clerk, line.number, offer.id)
        assert (desk.state(line.card_id), desk.misses(line.card_id)) == ("active", 0)

    def test_a_right_one_clears_them_even_where_the_points_lack(
        self, desk: Desk, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(desk.world.holder(balance=3))
        desk.pay(clerk, line.number, offer.id, pin=WRONG)
        assert code(desk.pay(clerk, line.number, offer.id)) == "insufficient_points"
        assert desk.misses(line.card_id) == 0

    def test_two_tries_on_many_cards_add_up(self, desk: Desk, clerk: Actor, offer: Offer) -> None:
        desk.batch(CLERK_GUESSES)
        numbers = [desk.card(desk.world.holder()).number for _ in range(CLERK_GUESSES // 2)]
        for number in numbers:
            for _ in range(2):
                assert code(desk.pay(clerk, number, offer.id, pin=WRONG)) == "pin_wrong"
        with pytest.raises(CardsPaused):
            at_counter.start(actor=clerk, now=NOW, card=numbers[0], offer_id=offer.id)
        desk.paid(desk.world.clerk(), numbers[0], offer.id)

    def test_keypads_opened_before_do_not_help(
        self, desk: Desk, clerk: Actor, offer: Offer
    ) -> None:
        desk.batch(CLERK_GUESSES)
        cards = [desk.card(desk.world.holder()).number for _ in range(CLERK_GUESSES // 2 + 1)]
        uses = [desk.start(clerk, number, offer.id) for number in cards for _ in range(2)]
        for use in uses[:CLERK_GUESSES]:
            wrong = positions(use.keys, WRONG)
            at_counter.redeem(actor=clerk, now=NOW, keypad_id=use.keypad_id, presses=wrong)
        last = uses[-1]
        with pytest.raises(CardsPaused):
            at_counter.redeem(
                actor=clerk, now=NOW, keypad_id=last.keypad_id, presses=positions(last.keys, PIN)
            )

    def test_every_refusal_is_a_row(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        refused = desk.pay(clerk, line.number, offer.id, pin=WRONG)
        assert isinstance(refused, Refused)
        row = db.session.scalars(tenancy.select(RefusedScan, desk.community_id)).one()
        assert (row.id, row.stage, row.reason, row.offer_id) == (
            refused.row_id, "redeem", "pin_wrong", offer.id,
        )  # fmt: skip
        assert row.facts == {"card_number": line.number, "tries_left": 2}
        assert WRONG not in str(vars(row))
        assert redemptions.replay(
            community_id=desk.community_id, result_id=row.id
        ) == refused  # fmt: skip

    def test_a_refusal_of_the_shop_is_a_row_of_the_counter(
        self, desk: Desk, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(desk.world.holder(balance=3))
        refused = desk.pay(clerk, line.number, offer.id)
        row = db.session.scalars(tenancy.select(RefusedScan, desk.community_id)).one()
        assert (row.stage, row.reason) == ("redeem", "card_points_lack")
        assert row.offered_hmac is not None
        # What is missing would tell the clerk, and later the shop, the balance.
        assert isinstance(refused, Refused)
        assert (refused.code, row.facts) == ("insufficient_points", {})
        assert set(refused.extra) == {"refusal_id"}
        assert not any(sign.isdigit() for sign in refused.zh + refused.en)


@ON_SQLITE
class TestKeypad:
    def test_is_answered_once(self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer) -> None:
        use = desk.start(clerk, desk.card(holder).number, offer.id)
        act = {"actor": clerk, "now": NOW, "keypad_id": use.keypad_id}
        wrong = at_counter.redeem(**act, presses=positions(use.keys, WRONG))
        assert code(wrong) == "pin_wrong"
        assert code(at_counter.redeem(**act, presses=positions(use.keys, PIN))) == "keypad_expired"

    def test_runs_out(self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer) -> None:
        line = desk.card(holder)
        use = desk.start(clerk, line.number, offer.id)
        late = at_counter.redeem(
            actor=clerk, now=use.expires_at_utc, keypad_id=use.keypad_id,
            presses=positions(use.keys, PIN),
        )  # fmt: skip
        assert code(late) == "keypad_expired"
        assert desk.misses(line.card_id) == 0

    @pytest.mark.parametrize("whose", ["a colleague", "another shop"])
    def test_belongs_to_one_clerk_at_one_counter(
        self, desk: Desk, world: AllianceWorld, holder: Holder, clerk: Actor, offer: Offer,
        whose: str,
    ) -> None:  # fmt: skip
        use = desk.start(clerk, desk.card(holder).number, offer.id)
        other = world.clerk() if whose == "a colleague" else world.another_shop().clerk()
        if whose == "another shop":
            other = dataclasses.replace(other, account_id=clerk.account_id)
        answer = at_counter.redeem(
            actor=other, now=NOW, keypad_id=use.keypad_id, presses=positions(use.keys, PIN)
        )
        assert code(answer) == "keypad_expired"

    def test_is_shuffled_anew(self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer) -> None:
        number = desk.card(holder).number
        layouts = {tuple(desk.start(clerk, number, offer.id).keys) for _ in range(5)}
        assert len(layouts) == 5

    def test_wants_six_keys(self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer) -> None:
        use = desk.start(clerk, desk.card(holder).number, offer.id)
        with pytest.raises(PressesWrong):
            at_counter.redeem(actor=clerk, now=NOW, keypad_id=use.keypad_id, presses=[1, 2, 3])


@ON_SQLITE
class TestCardsOutOfService:
    @pytest.mark.parametrize(
        ("state", "told"),
        [("handed", "card_not_active"), ("stock", "card_not_active"), ("lost", "card_lost"),
         ("closed", "card_closed"), ("blocked", "card_blocked")],
    )  # fmt: skip
    def test_are_told_with_what_to_do(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer, state: str, told: str
    ) -> None:
        from redemption.cards import stopping

        number = desk.numbers[0]
        if state != "stock":
            line = desk.hand(holder) if state == "handed" else desk.card(holder)
            act: dict[str, Any] = {
                "actor": desk.office, "now": NOW, "card_id": line.card_id, **desk.where,
            }  # fmt: skip
            if state == "lost":
                stopping.report_lost(**act)
            if state == "blocked":
                stopping.block(**act)
            if state == "closed":
                stopping.close(**act, version=desk.version(line.card_id), why="不用了")
        refused = at_counter.start(actor=clerk, now=NOW, card=number, offer_id=offer.id)
        assert code(refused) == told
        assert isinstance(refused, Refused)
        assert "密码错" not in refused.zh

    def test_an_unknown_number_is_told_and_not_guessed_for_long(
        self, desk: Desk, clerk: Actor, offer: Offer
    ) -> None:
        for number in range(100, 100 + CLERK_GUESSES):
            answer = at_counter.start(
                actor=clerk, now=NOW, card=card_numbers.printed(number), offer_id=offer.id
            )
            assert code(answer) == "card_unknown"
        with pytest.raises(CardsPaused):
            at_counter.start(actor=clerk, now=NOW, card=card_numbers.printed(99), offer_id=offer.id)

    def test_a_card_of_another_community(self, desk: Desk, holder: Holder) -> None:
        from tests.integration.redemption.world import alliance_world

        other = alliance_world("longgang")
        token = tokens.token_of(desk.card(holder).card_id)
        refused = at_counter.start(
            actor=other.clerk(), now=NOW, card=token, offer_id=other.offer().id
        )
        assert code(refused) == "card_unknown"


@ON_SQLITE
class TestTheOffer:
    def start(self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer) -> Any:
        number = desk.card(holder).number
        return at_counter.start(actor=clerk, now=NOW, card=number, offer_id=offer.id)

    @pytest.mark.parametrize(
        ("terms", "told"),
        [({"state": "paused", "paused_by": "merchant"}, "offer_not_available"),
         ({"valid_to": dt.date(2026, 11, 20)}, "offer_not_available"),
         ({"from_time": dt.time(6, 30), "to_time": dt.time(9, 30)}, "outside_hours")],
        ids=["paused", "over", "hours"],
    )  # fmt: skip
    def test_what_nobody_can_have_is_told_before_the_pin(
        self, desk: Desk, holder: Holder, clerk: Actor, terms: dict[str, Any], told: str
    ) -> None:
        assert code(self.start(desk, holder, clerk, desk.world.offer(**terms))) == told

    def test_a_stop_of_the_community_as_well(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        stops.note_check(
            actor=desk.world.actor("operator"), began=NOW, now=NOW,
            mismatches=(Mismatch(what="balance", row_id=new_id(), stored="8.0", found="9.0"),),
            **desk.where,
        )  # fmt: skip
        assert code(self.start(desk, holder, clerk, offer)) == "redemption_stopped"

    def test_a_stop_that_comes_while_the_card_pays(
        self,
        desk: Desk,
        holder: Holder,
        clerk: Actor,
        offer: Offer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        line = desk.card(holder)
        held = holds.hold

        def held_then_stopped(**values: Any) -> Receipt | Refused:
            receipt = held(**values)
            stops.note_check(
                actor=desk.world.actor("operator"), began=NOW, now=NOW,
                mismatches=(Mismatch(what="balance", row_id=new_id(), stored="8.0", found="9.0"),),
                **desk.where,
            )  # fmt: skip
            return receipt

        monkeypatch.setattr(holds, "hold", held_then_stopped)
        with pytest.raises(StoppedMeanwhile) as refused:
            desk.pay(clerk, line.number, offer.id)
        assert refused.value.code == "redemption_stopped"

    def test_what_a_person_cannot_have_is_told_after_it(
        self, desk: Desk, holder: Holder, clerk: Actor
    ) -> None:
        """Or the clerk would learn a stranger's tags from a card alone."""
        offer = desk.world.offer(audience=["party_member"])
        line = desk.card(holder)
        assert code(desk.pay(clerk, line.number, offer.id, pin=WRONG)) == "pin_wrong"
        assert code(desk.pay(clerk, line.number, offer.id)) == "not_in_audience"


@ON_SQLITE
class TestOwnHousehold:
    def test_a_clerk_takes_neither_the_own_card_nor_a_relatives(
        self, desk: Desk, holder: Holder, offer: Offer
    ) -> None:
        clerk = desk.world.clerk(of=holder)
        line = desk.card(holder)
        refused = at_counter.start(actor=clerk, now=NOW, card=line.number, offer_id=offer.id)
        assert code(refused) == "self_dealing"

    def test_nor_after_moving_in_while_the_keypad_is_open(
        self, desk: Desk, holder: Holder, clerk: Actor, offer: Offer
    ) -> None:
        line = desk.card(holder)
        relative = desk.world.clerk(of=holder)
        moving = dataclasses.replace(clerk, account_id=relative.account_id)
        use = desk.start(moving, line.number, offer.id)
        answer = at_counter.redeem(
            actor=relative, now=NOW, keypad_id=use.keypad_id, presses=positions(use.keys, PIN)
        )
        assert code(answer) == "self_dealing"
        assert desk.misses(line.card_id) == 0
