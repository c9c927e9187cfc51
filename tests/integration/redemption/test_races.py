"""Two at once: one code at two counters, one balance in eight requests, one last piece.

Every race has a twin with the guard switched off: the same check on the same race, with the
conditional update replaced by "read, then write". The twin must fail, or the race proves nothing.
Its read happens before the write transaction begins, as it would in code that reads first: SQLite
lets only one write transaction run at a time, and a read inside it could not be stale.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from kernel import tenancy
from kernel.database import db
from kernel.errors import Refused
from merchants import quotas
from merchants.models import QuotaUsage
from merchants.quotas import Quota, Taken
from points import accounts
from points.models import PointsAccount
from redemption import codes, counter, redemptions
from redemption.models import Redemption, RedemptionState
from redemption.redemptions import Held, Receipt
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.support.at_once import at_once

EIGHT = 8
seen = threading.local()


class TestOneCodeTwoClerks:
    @pytest.fixture
    def held(self, world: AllianceWorld, holder: Holder) -> Held:
        offer = world.offer()
        # A second hold: without it the guard of the balance would hide a broken guard of the code.
        world.hold(holder, offer)
        held = world.hold(holder, offer)
        db.session.commit()
        return held

    @staticmethod
    def scans(world: AllianceWorld, held: Held) -> list[Callable[[], Any]]:
        clerks = [world.clerk(), world.clerk()]
        db.session.commit()
        assert held.code is not None
        token = held.code.token
        return [
            lambda clerk=clerk: redemptions.redeem(actor=clerk, now=NOW, code=token)
            for clerk in clerks
        ]

    @staticmethod
    def check(world: AllianceWorld, holder: Holder, answers: list[Any]) -> None:
        """Exactly one is redeemed; the other is told the receipt number."""
        receipts = [answer for answer in answers if isinstance(answer, Receipt)]
        refusals = [answer for answer in answers if isinstance(answer, Refused)]
        assert len(receipts) == 1
        assert [refusal.code for refusal in refusals] == ["already_redeemed"]
        assert refusals[0].extra["receipt_number"] == receipts[0].receipt_number
        assert world.points_of(holder) == (92, 8, 0)

    def test_exactly_one_redeems(
        self, app: Flask, world: AllianceWorld, holder: Holder, held: Held
    ) -> None:
        answers = at_once(app, self.scans(world, held))
        self.check(world, holder, answers)

    def test_the_check_fails_without_the_guard(
        self,
        app: Flask,
        world: AllianceWorld,
        holder: Holder,
        held: Held,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        look = codes.find
        assert held.code is not None
        offered = counter.reading.read(held.code.token)
        where = {"community_id": world.community_id, "merchant_id": world.merchant.id}

        def read_first() -> None:
            seen.code = look(offered=offered, now=NOW, **where)

        def write_whatever_stands(*, redemption_id: uuid.UUID, actor: Any, **_: Any) -> bool:
            db.session.execute(
                tenancy.update(Redemption, where["community_id"])
                .where(Redemption.id == redemption_id)
                .values(
                    state=RedemptionState.REDEEMED, resolved_at_utc=NOW,
                    resolved_by=actor.account_id,
                )
                .execution_options(synchronize_session=False)
            )  # fmt: skip
            return True

        scans = self.scans(world, held)
        monkeypatch.setattr(codes, "find", lambda **_: seen.code)
        monkeypatch.setattr(counter, "resolve", write_whatever_stands)
        answers = at_once(app, scans, before=read_first)
        with pytest.raises(AssertionError):
            self.check(world, holder, answers)


class TestOneBalanceEightRequests:
    @staticmethod
    def requests(world: AllianceWorld, holder: Holder) -> list[Callable[[], Any]]:
        """Eight codes asked for at once, each worth a quarter of the balance."""
        offer_id = world.offer(points=Decimal(25)).id
        community_id, actor = world.community_id, holder.actor
        db.session.commit()
        return [
            lambda: redemptions.issue(
                actor=actor, now=NOW, community_id=community_id, offer_id=offer_id
            )
        ] * EIGHT

    @staticmethod
    def check(world: AllianceWorld, holder: Holder, answers: list[Any]) -> None:
        """Exactly four are issued, four are refused for want of points."""
        assert sum(isinstance(answer, Held) for answer in answers) == 4
        codes = [answer.code for answer in answers if isinstance(answer, Refused)]
        assert codes == ["insufficient_points"] * 4
        assert world.points_of(holder) == (100, 100, 0)

    def test_exactly_four_are_issued(
        self, app: Flask, world: AllianceWorld, holder: Holder
    ) -> None:
        self.check(world, holder, at_once(app, self.requests(world, holder)))

    def test_the_check_fails_without_the_guard(
        self,
        app: Flask,
        world: AllianceWorld,
        holder: Holder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        community_id, account_id = world.community_id, holder.account_id
        held = tenancy.columns(PointsAccount, community_id, PointsAccount.held).where(
            PointsAccount.id == account_id
        )

        def read_first() -> None:
            seen.held = db.session.execute(held).scalar_one()

        def write_later(*, points: Decimal, **_: Any) -> bool:
            if seen.held + points > 100:
                return False
            db.session.execute(
                tenancy.update(PointsAccount, community_id)
                .where(PointsAccount.id == account_id)
                .values(held=seen.held + points, open_holds=PointsAccount.open_holds + 1)
                .execution_options(synchronize_session=False)
            )
            return True

        requests = self.requests(world, holder)
        monkeypatch.setattr(accounts, "reserve", write_later)
        answers = at_once(app, requests, before=read_first)
        with pytest.raises(AssertionError):
            self.check(world, holder, answers)


class TestOneLastPiece:
    @staticmethod
    def requests(world: AllianceWorld) -> list[Callable[[], Any]]:
        offer_id, community_id = world.offer(stock=1).id, world.community_id
        actors = [world.holder().actor for _ in range(4)]
        db.session.commit()
        return [
            lambda actor=actor: redemptions.issue(
                actor=actor, now=NOW, community_id=community_id, offer_id=offer_id
            )
            for actor in actors
        ]

    @staticmethod
    def check(answers: list[Any]) -> None:
        assert sum(isinstance(answer, Held) for answer in answers) == 1
        refused = [answer.code for answer in answers if isinstance(answer, Refused)]
        assert refused == ["sold_out"] * 3

    def test_one_holder_gets_it(self, app: Flask, world: AllianceWorld) -> None:
        self.check(at_once(app, self.requests(world)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, world: AllianceWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        guarded = quotas.take

        def read_first() -> None:
            seen.used = 0

        def write_later(*, quota: Quota, amount: int, **rest: Any) -> Taken | None:
            if quota.kind != "stock":
                return guarded(quota=quota, amount=amount, **rest)
            if seen.used + amount > quota.cap:
                return None
            db.session.execute(
                tenancy.update(QuotaUsage, rest["community_id"])
                .where(QuotaUsage.quota_code == quota.code)
                .values(used=seen.used + amount)
                .execution_options(synchronize_session=False)
            )
            return Taken(code=quota.code, cell=quota.cell, slot=0, amount=amount)

        requests = self.requests(world)
        monkeypatch.setattr(quotas, "take", write_later)
        answers = at_once(app, requests, before=read_first)
        with pytest.raises(AssertionError):
            self.check(answers)
