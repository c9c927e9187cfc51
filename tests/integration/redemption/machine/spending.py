"""Three ways to the counter, and what the clerk does there."""

from __future__ import annotations

import uuid

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kernel.errors import Conflict
from redemption import redemptions, requests
from redemption.models import DeclineReason
from redemption.redemptions import Held, Preview, Receipt
from tests.integration.redemption.machine.model import CODE, MONTH_CAP, OFFERS, OVERLAP, Redeemed
from tests.integration.redemption.machine.month import BareMonth, holder, which

offer = st.integers(0, len(OFFERS) - 1)


class Spending(BareMonth):
    """By code, by request and by card; redeemed, looked at, renewed or declined."""

    @rule(number=holder, offered=offer)
    def issue(self, number: int, offered: int) -> None:
        answer = self.own(number, redemptions.issue, offer_id=self.base.offers[offered])
        if isinstance(answer, Held):
            assert answer.code is not None
            one = self.begun(answer.id, number, offered, "code")
            one.codes.append((answer.code.token, self.now + CODE))
        else:
            self.refused(answer, self.model.set_aside(number, offered, "code", self.now))

    @rule(number=holder, offered=offer)
    def ask(self, number: int, offered: int) -> None:
        answer = self.own(
            number, requests.ask, offer_id=self.base.offers[offered],
            merchant_id=self.base.world.shop.merchant.id,
        )  # fmt: skip
        if isinstance(answer, Receipt):
            self.begun(answer.id, number, offered, "request")
        else:
            self.refused(answer, self.model.set_aside(number, offered, "request", self.now))

    @rule(number=holder, offered=offer)
    def pay_by_card(self, number: int, offered: int) -> None:
        with self.undone_if_it_raises():
            answer = self.base.desk.pay(
                self.clerk, self.base.cards[number], self.base.offers[offered], now=self.now
            )
        if isinstance(answer, Receipt):
            self.begun(answer.id, number, offered, "card")
            self.model.redeem(answer.id, self.now)
        else:
            self.refused(answer, self.model.set_aside(number, offered, "card", self.now))

    # ---- at the counter

    @precondition(lambda self: self.has("code"))
    @rule(number=which, newest=st.sampled_from([True, True, False]))
    def redeem(self, number: int, newest: bool) -> None:
        key, one, token, expected = self.scan(number, newest)
        answer = self.do(redemptions.redeem, actor=self.clerk, code=token)
        if expected is not None:
            self.refused(answer, expected)
            return
        assert isinstance(answer, Receipt)
        assert (answer.id, answer.points * 10) == (key, one.price)
        self.model.redeem(key, self.now)

    @precondition(lambda self: self.has("code"))
    @rule(number=which, newest=st.sampled_from([True, True, False]))
    def preview(self, number: int, newest: bool) -> None:
        _, _, token, expected = self.scan(number, newest)
        answer = self.do(redemptions.preview, actor=self.clerk, code=token)
        if expected is not None:
            self.refused(answer, expected)
            return
        assert isinstance(answer, Preview)
        month = (self.today.year, self.today.month)
        left = MONTH_CAP - self.model.used["takings", *month]
        assert answer.left["month_cap"] * 10 == left

    def scan(self, number: int, newest: bool) -> tuple[uuid.UUID, Redeemed, str, str | None]:
        key, one = self.pick(number, "code")
        code = len(one.codes) - 1 if newest else 0
        return key, one, one.codes[code][0], self.model.scanned(one, code, self.now)

    @precondition(lambda self: self.has("code"))
    @rule(number=which)
    def rotate(self, number: int) -> None:
        key, one = self.pick(number, "code")
        try:
            code = self.own(one.holder, redemptions.show_code, redemption_id=key)
        except Conflict:
            assert one.state != "held" or one.dies <= self.now
            return
        assert one.state == "held"
        assert self.now < one.dies
        before = [(token, min(dies, self.now + OVERLAP)) for token, dies in one.codes]
        one.codes = [*before, (code.token, self.now + CODE)]

    @precondition(lambda self: self.has("request"))
    @rule(number=which)
    def accept(self, number: int) -> None:
        key, one = self.pick(number, "request")
        expected = self.model.asked(one, self.now)
        answer = self.do(requests.accept, actor=self.clerk, redemption_id=key)
        if expected is not None:
            self.refused(answer, expected)
            return
        assert isinstance(answer, Receipt)
        self.model.redeem(key, self.now)

    @precondition(lambda self: self.has("request"))
    @rule(number=which)
    def decline(self, number: int) -> None:
        key, one = self.pick(number, "request")
        expected = self.model.asked(one, self.now)
        try:
            self.do(
                requests.decline, actor=self.clerk, redemption_id=key, reason=DeclineReason.CLOSING
            )
        except Conflict:
            assert expected not in (None, "withdrawn")
            return
        if expected is None:
            self.model.end(one, "withdrawn")
        assert one.state == "withdrawn"
