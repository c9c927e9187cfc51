"""What may happen in a month, done to the product and to the model; afterwards they agree.

Everything runs in one transaction that is never committed: the world is made once, each example
begins at a savepoint and goes back to it, each act has a savepoint of its own, because a unit of
work that raises undoes what it did.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kernel.database import db
from kernel.errors import Conflict, Refused
from points import expiry, facts, ledger_check
from redemption import holds, redemptions, requests, reversals
from redemption.models import DeclineReason
from redemption.redemptions import Held, Preview, Receipt
from tests.integration.redemption.machine import seen
from tests.integration.redemption.machine.base import AT_FIRST, Base
from tests.integration.redemption.machine.model import (
    CANCEL,
    CODE,
    MONTH_CAP,
    OFFERS,
    OVERLAP,
    Model,
    Redeemed,
    day_of,
)
from tests.integration.redemption.machine.purse import Purse
from tests.integration.redemption.world import NOW

T = TypeVar("T")
#: What facts are worth.
WORTH = {"WORK": 50, "BAD": -100}
LAST_DAY = dt.date(2027, 3, 1)
EARLIEST = dt.date(2026, 10, 1)
#: Mostly what matters to a code, a hold or a cancellation; seldom what kills points.
WAITS = st.sampled_from([1, 9, 10, 59, 70, 179, 300, 601, 901, 9 * 86_400, 30 * 86_400])
which = st.integers(0, 999)
holder = st.integers(0, 1)
offer = st.integers(0, len(OFFERS) - 1)


class Month(RuleBasedStateMachine):
    """Two holders, a clerk, a shop, a supervisor, and the clock."""

    base: ClassVar[Base]

    @initialize()
    def begin(self) -> None:
        self.example = db.session.begin_nested()
        self.now = NOW
        self.clerk = self.base.clerk
        self.model = Model((Purse(self.base.dies), Purse(self.base.dies)))
        self.standing: dict[uuid.UUID, tuple[int, str, dt.date]] = {}
        for number in range(2):
            for nth in range(AT_FIRST):
                self.earned(number, "WORK", day_of(NOW), origin=("base", nth))

    # ---- how an act is done

    def do(self, act: Callable[..., T], **given: Any) -> T:
        with db.session.begin_nested():
            return act(now=self.now, **given)

    def own(self, number: int, act: Callable[..., T], **given: Any) -> T:
        actor = self.base.holders[number].actor
        return self.do(act, actor=actor, community_id=self.community_id, **given)

    @property
    def community_id(self) -> uuid.UUID:
        return self.base.world.community_id

    @property
    def today(self) -> dt.date:
        return day_of(self.now)

    def pick(self, number: int, *ways: str) -> tuple[uuid.UUID, Redeemed]:
        """By position: ids are random, and a failing run must be repeatable to be shrunk."""
        found = [(key, one) for key, one in self.known if not ways or one.way in ways]
        return found[number % len(found)]

    @property
    def known(self) -> list[tuple[uuid.UUID, Redeemed]]:
        return [
            (key, one) for key, one in self.model.redemptions.items() if isinstance(key, uuid.UUID)
        ]

    def has(self, *ways: str) -> bool:
        return any(not ways or one.way in ways for _, one in self.known)

    # ---- earning

    @rule(number=holder, item=st.sampled_from(["WORK", "BAD"]), ago=st.integers(0, 20))
    def record(self, number: int, item: str, ago: int) -> None:
        day = max(self.today - dt.timedelta(days=ago), EARLIEST)
        with db.session.begin_nested():
            fact = self.base.world.record(
                self.base.holders[number], item, occurred_on=day, now=self.now
            )
        self.standing[fact.id] = (number, item, day)
        self.earned(number, item, day, origin=fact.id)

    def earned(self, number: int, item: str, day: dt.date, *, origin: object) -> None:
        points, purse = WORTH[item], self.model.purses[number]
        self.model.score[number] += points
        if points > 0:
            purse.earn(points, dated=day, origin=origin)
        else:
            purse.lose(-points, self.today)

    @precondition(lambda self: self.standing)
    @rule(number=which)
    def strike(self, number: int) -> None:
        fact_id = list(self.standing)[number % len(self.standing)]
        whose, item, day = self.standing.pop(fact_id)
        self.do(
            facts.strike, actor=self.base.world.points.panelist, community_id=self.community_id,
            fact_id=fact_id, version=1, reason="没有发生",
        )  # fmt: skip
        points, purse = WORTH[item], self.model.purses[whose]
        self.model.score[whose] -= points
        if points > 0:
            purse.lose_again(points, self.today, origin=fact_id)
        else:
            purse.earn(-points, dated=day, origin=("struck", fact_id))

    # ---- three ways to the counter

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
        with db.session.begin_nested():
            answer = self.base.desk.pay(
                self.clerk, self.base.cards[number], self.base.offers[offered], now=self.now
            )
        if isinstance(answer, Receipt):
            self.begun(answer.id, number, offered, "card")
            self.model.redeem(answer.id, self.now)
        else:
            self.refused(answer, self.model.set_aside(number, offered, "card", self.now))

    def begun(self, key: uuid.UUID, number: int, offered: int, way: str) -> Redeemed:
        taken = self.model.set_aside(number, offered, way, self.now)
        assert not isinstance(taken, str), f"the model refuses: {taken}"
        return self.model.begin(key, number, offered, way, taken, self.now)

    @staticmethod
    def refused(answer: object, expected: object) -> None:
        assert isinstance(answer, Refused)
        assert answer.code == expected, f"{answer.code}, expected {expected}"

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
        _, one, token, expected = self.scan(number, newest)
        answer = self.do(redemptions.preview, actor=self.clerk, code=token)
        if expected is not None:
            self.refused(answer, expected)
            return
        assert isinstance(answer, Preview)
        quota = next(quota for quota, _ in one.taken if quota[0] == "takings")
        month = (self.today.year, self.today.month)
        left = MONTH_CAP - self.model.used["takings", *month]
        assert quota[0] == "takings"
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

    # ---- taken back

    @precondition(lambda self: self.has("code", "request"))
    @rule(number=which)
    def withdraw(self, number: int) -> None:
        key, one = self.pick(number, "code", "request")
        try:
            self.own(one.holder, redemptions.withdraw, redemption_id=key)
        except Conflict:
            assert one.state in ("redeemed", "expired")
            return
        if one.state == "held":
            self.model.end(one, "withdrawn")
        assert one.state == "withdrawn"

    @precondition(lambda self: self.has())
    @rule(number=which)
    def cancel(self, number: int) -> None:
        key, one = self.pick(number)
        may = one.at is not None and not one.is_back and self.now <= one.at + CANCEL
        try:
            self.do(redemptions.cancel, actor=self.clerk, redemption_id=key)
        except Conflict:
            assert not may
            return
        assert may
        self.model.take_back(key)

    @precondition(lambda self: self.has())
    @rule(number=which, approves=st.booleans())
    def reverse(self, number: int, approves: bool) -> None:
        key, one = self.pick(number)
        may = one.at is not None and not one.is_back and self.now > one.at + CANCEL
        office, panel = self.base.desk.office, self.base.supervisor
        where = {"community_id": self.community_id}
        try:
            asked = self.do(
                reversals.ask, actor=office, redemption_id=key, reason="货不对", **where
            )
        except Conflict:
            assert not may
            return
        assert may
        self.do(
            reversals.decide, actor=panel, request_id=asked.id, version=asked.version,
            approves=approves, why="查过了", **where,
        )  # fmt: skip
        if approves:
            self.model.take_back(key)

    # ---- time

    @rule(seconds=WAITS)
    def wait(self, seconds: int) -> None:
        if self.today < LAST_DAY:
            self.now += dt.timedelta(seconds=seconds)

    @rule()
    def sweep(self) -> None:
        freed = self.do(redemptions.expire_holds, community_id=self.community_id, limit=100)
        assert freed == self.model.expire(self.now)

    @rule()
    def let_points_die(self) -> None:
        ids = list(self.base.account_ids)
        settled = self.do(expiry.settle, community_id=self.community_id, account_ids=ids)
        assert settled.disagreeing == ()
        for purse in self.model.purses:
            purse.settle(self.today)

    # ---- they agree

    @invariant()
    def the_books_agree(self) -> None:
        if hasattr(self, "model"):
            wanted = seen.in_model(self.model, self.base.account_ids)
            found = seen.in_database(self.community_id)
            assert found == wanted, {
                what: (found.get(what), wanted.get(what))
                for what in found.keys() | wanted.keys()
                if found.get(what) != wanted.get(what)
            }

    def teardown(self) -> None:
        if not hasattr(self, "example"):
            return
        try:
            found = ledger_check.check(
                self.community_id, held_by_account=holds.held_by_account, today=self.today
            )
        finally:
            self.example.rollback()
            db.session.expunge_all()
        assert found == [], found
