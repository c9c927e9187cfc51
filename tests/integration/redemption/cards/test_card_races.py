"""Two at once with one card: the amount of the day, the shop, three wrong PINs, one keypad.

Every race has a twin with the guard switched off, as in test_races.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Refused
from merchants import quotas
from merchants.quotas import Quota, Taken
from redemption.cards import at_counter, handover, keypads, pins
from redemption.models import CardKeypad, CardState, RedemptionCard
from redemption.receipts import Receipt
from redemption.rules import pins as rules
from tests.integration.redemption.cards.desk import PIN, WRONG, Desk, positions
from tests.integration.redemption.test_races import at_once, seen
from tests.integration.redemption.world import NOW, Holder

Acts = list[Callable[[], Any]]


def presses(desk: Desk, clerks: list[tuple[Actor, uuid.UUID]], number: str, pin: str) -> Acts:
    """One keypad for each clerk and offer, opened beforehand; the acts press it."""
    acts: Acts = []
    for clerk, offer_id in clerks:
        use = desk.start(clerk, number, offer_id)
        acts.append(
            lambda clerk=clerk, use=use: at_counter.redeem(
                actor=clerk, now=NOW, keypad_id=use.keypad_id, presses=positions(use.keys, pin)
            )
        )
    db.session.commit()
    return acts


def refusals(answers: list[Any]) -> list[str]:
    return [answer.code for answer in answers if isinstance(answer, Refused)]


class TestOneCardTwoClerks:
    """``card_day``: in two shops, where 20 a day cover one of two uses; ``card_here``: in one."""

    @staticmethod
    def acts(desk: Desk, holder: Holder, kind: str) -> Acts:
        line, points = desk.card(holder), Decimal(15 if kind == "card_day" else 8)
        there = desk.world.another_shop() if kind == "card_day" else desk.world
        clerks = [(each.clerk(), each.offer(points=points).id) for each in (desk.world, there)]
        return presses(desk, clerks, line.number, PIN)

    @staticmethod
    def check(desk: Desk, holder: Holder, answers: list[Any], kind: str) -> None:
        """Exactly one is paid."""
        receipts = [answer for answer in answers if isinstance(answer, Receipt)]
        assert len(receipts) == 1
        told = "card_day_amount" if kind == "card_day" else "card_used_here_today"
        assert refusals(answers) == [told]
        assert desk.world.points_of(holder) == (100 - receipts[0].points, 0, 0)

    @pytest.mark.parametrize("kind", ["card_day", "card_here"])
    def test_exactly_one_pays(self, app: Flask, desk: Desk, holder: Holder, kind: str) -> None:
        self.check(desk, holder, at_once(app, self.acts(desk, holder, kind)), kind)

    @pytest.mark.parametrize("kind", ["card_day", "card_here"])
    def test_the_check_fails_without_the_guard(
        self, app: Flask, desk: Desk, holder: Holder, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        guarded = quotas.take

        def read_first() -> None:
            seen.used = 0

        def look_back(*, quota: Quota, amount: int, **rest: Any) -> Taken | None:
            if quota.kind != kind:
                return guarded(quota=quota, amount=amount, **rest)
            if seen.used + amount > quota.cap:
                return None
            return Taken(code=quota.code, cell=quota.cell, slot=0, amount=amount)

        acts = self.acts(desk, holder, kind)
        monkeypatch.setattr(quotas, "take", look_back)
        answers = at_once(app, acts, before=read_first)
        with pytest.raises(AssertionError):
            self.check(desk, holder, answers, kind)


class TestWrongPinsAtOnce:
    GUESSES = 6

    def acts(self, desk: Desk, holder: Holder) -> Acts:
        number, offer_id = desk.card(holder).number, desk.world.offer().id
        clerks = [(desk.world.clerk(), offer_id) for _ in range(self.GUESSES)]
        return presses(desk, clerks, number, WRONG)

    def check(self, desk: Desk, holder: Holder, answers: list[Any]) -> None:
        """The third blocks it, whatever comes after is not looked at."""
        codes = sorted(refusals(answers))
        assert codes == ["card_blocked"] * (self.GUESSES - 2) + ["pin_wrong"] * 2
        left = {answer.extra.get("tries_left") for answer in answers}
        assert left == {2, 1, None}
        row = db.session.scalars(
            tenancy.select(RedemptionCard, desk.community_id).where(
                RedemptionCard.member_id == holder.member_id
            )
        ).one()
        db.session.refresh(row)
        assert (row.state, row.misses) == (CardState.BLOCKED, rules.MOST_MISSES)
        assert [to for to, _ in desk.ways(row.id)].count("blocked") == 1

    def test_all_count(self, app: Flask, desk: Desk, holder: Holder) -> None:
        self.check(desk, holder, at_once(app, self.acts(desk, holder)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, desk: Desk, holder: Holder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        community_id, member_id = desk.community_id, holder.member_id
        card = tenancy.columns(
            RedemptionCard, community_id, RedemptionCard.number, RedemptionCard.member_id,
            RedemptionCard.pin_hmac, (RedemptionCard.misses + 1).label("misses"),
        ).where(RedemptionCard.member_id == member_id)  # fmt: skip

        def read_first() -> None:
            seen.card = db.session.execute(card).one()

        def write_later(community_id: uuid.UUID, card_id: uuid.UUID) -> Any:
            db.session.execute(
                tenancy.update(RedemptionCard, community_id)
                .where(RedemptionCard.id == card_id)
                .values(misses=seen.card.misses)
                .execution_options(synchronize_session=False)
            )
            return seen.card

        acts = self.acts(desk, holder)
        monkeypatch.setattr(pins, "take_try", write_later)
        answers = at_once(app, acts, before=read_first)
        with pytest.raises(AssertionError):
            self.check(desk, holder, answers)


class TestOneKeypadTwice:
    @staticmethod
    def acts(desk: Desk, holder: Holder) -> Acts:
        """The same presses, sent twice under different keys."""
        clerk, offer_id = desk.world.clerk(), desk.world.offer().id
        return presses(desk, [(clerk, offer_id)], desk.card(holder).number, PIN) * 2

    @staticmethod
    def check(answers: list[Any]) -> None:
        assert sum(isinstance(answer, Receipt) for answer in answers) == 1
        assert refusals(answers) == ["keypad_expired"]

    def test_is_read_once(self, app: Flask, desk: Desk, holder: Holder) -> None:
        self.check(at_once(app, self.acts(desk, holder)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, desk: Desk, holder: Holder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        acts = self.acts(desk, holder)
        unused = tenancy.columns(
            CardKeypad, desk.community_id, CardKeypad.card_id, CardKeypad.offer_id
        ).where(CardKeypad.used_at_utc.is_(None), CardKeypad.purpose == "use")

        def read_first() -> None:
            seen.keypad = db.session.execute(unused).one()

        monkeypatch.setattr(keypads, "claim", lambda **_: seen.keypad)
        answers = at_once(app, acts, before=read_first)
        with pytest.raises(AssertionError):
            self.check(answers)


class TestTwoCardsForOneMember:
    @staticmethod
    def acts(desk: Desk, holder: Holder) -> Acts:
        """Two windows hand the same member a card."""
        windows = [(desk.world.actor("community_admin"), number) for number in desk.numbers[:2]]
        acts: Acts = [
            lambda window=window: handover.hand_over(
                actor=window[0], now=NOW, card=window[1], member_id=holder.member_id, **desk.where
            )
            for window in windows
        ]
        db.session.commit()
        return acts

    @staticmethod
    def check(answers: list[Any]) -> None:
        assert sorted(type(answer).__name__ for answer in answers) == ["HandoverView", "HasCard"]

    def test_one_is_handed_over(self, app: Flask, desk: Desk, holder: Holder) -> None:
        self.check(at_once(app, self.acts(desk, holder)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, desk: Desk, holder: Holder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both looked before either wrote; the unique index is what is left."""
        acts = self.acts(desk, holder)
        monkeypatch.setattr(handover, "_live_number", lambda *_: None)
        with pytest.raises((AssertionError, IntegrityError)):
            self.check(at_once(app, acts))
