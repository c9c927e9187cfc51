"""Who tries to get something twice, elsewhere, or not at all entitled: nothing moves, and the
refusal says what happened. What guesses digits stands in test_counter.py.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func

from community.models import RoleGrant, SignInSession
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Refused
from kernel.ids import new_id
from redemption import counter, guessing, redemptions
from redemption.models import GuessingAlarm, Redemption
from redemption.redemptions import Held, Receipt
from tests.integration.redemption.test_api import HOLDER_URL, Caller
from tests.integration.redemption.test_races import at_once
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

SECOND = dt.timedelta(seconds=1)
seen = threading.local()


def shown(held: Held) -> Any:
    assert held.code is not None
    return held.code


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
class TestAScreenshot:
    """A picture of a code, scanned later, elsewhere, or by somebody else."""

    @pytest.mark.parametrize("form", ["token", "digits"])
    def test_dies_ten_seconds_after_the_next_code(
        self, world: AllianceWorld, holder: Holder, form: str
    ) -> None:
        held = world.hold(holder, world.offer())
        picture = getattr(shown(held), form)
        redemptions.show_code(
            actor=holder.actor, now=NOW + 20 * SECOND, community_id=world.community_id,
            redemption_id=held.id,
        )  # fmt: skip
        clerk = world.clerk()
        assert world.refused(clerk, picture, NOW + 30 * SECOND).code == "code_expired"
        assert world.points_of(holder) == (100, 8, 0)

    def test_after_the_redemption_says_receipt_and_time(
        self, world: AllianceWorld, holder: Holder
    ) -> None:
        code = shown(world.hold(holder, world.offer()))
        receipt = world.redeem(world.clerk(), code.token)
        for picture in (code.token, code.digits):
            refused = world.refused(world.clerk(), picture, NOW + 5 * SECOND)
            assert refused.code == "already_redeemed"
            assert refused.extra["receipt_number"] == receipt.receipt_number
            assert refused.extra["redeemed_at_utc"] == NOW.isoformat()
        assert world.points_of(holder) == (92, 0, 0)

    @pytest.mark.parametrize("form", ["token", "digits"])
    def test_in_another_shop_tells_nothing(
        self, world: AllianceWorld, holder: Holder, form: str
    ) -> None:
        held = world.hold(holder, world.offer())
        refused = world.refused(world.clerk(shop=world.other_shop()), getattr(shown(held), form))
        assert refused.code == "wrong_merchant"
        assert held.receipt.receipt_number not in repr(refused)
        assert world.points_of(holder) == (100, 8, 0)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
class TestAfterTheHold:
    """What arrives too late takes nothing, freed or not."""

    @pytest.mark.parametrize("is_freed", [False, True])
    def test_a_scan_is_refused(self, world: AllianceWorld, holder: Holder, is_freed: bool) -> None:
        held = world.hold(holder, world.offer())
        over = held.receipt.hold_expires_at_utc
        last = redemptions.show_code(
            actor=holder.actor, now=over - 5 * SECOND, community_id=world.community_id,
            redemption_id=held.id,
        )  # fmt: skip
        if is_freed:
            redemptions.expire_holds(community_id=world.community_id, now=over, limit=9)
        assert world.refused(world.clerk(), last.token, over).code == "code_expired"
        assert world.points_of(holder) == (100, 0 if is_freed else 8, 0)

    def test_a_moment_before_it_is_taken(self, world: AllianceWorld, holder: Holder) -> None:
        held = world.hold(holder, world.offer())
        over = held.receipt.hold_expires_at_utc
        last = redemptions.show_code(
            actor=holder.actor, now=over - 5 * SECOND, community_id=world.community_id,
            redemption_id=held.id,
        )  # fmt: skip
        just = over - dt.timedelta(microseconds=1)
        assert world.redeem(world.clerk(), last.token, just).state == "redeemed"


class TestTwoShopsOneCode:
    @staticmethod
    def scans(world: AllianceWorld, token: str) -> list[Callable[[], Any]]:
        clerks = [world.clerk(), world.clerk(shop=world.another_shop().shop)]
        db.session.commit()
        return [
            lambda clerk=clerk: redemptions.redeem(actor=clerk, now=NOW, code=token)
            for clerk in clerks
        ]

    @staticmethod
    def check(world: AllianceWorld, holder: Holder, answers: list[Any]) -> None:
        own, other = answers
        assert isinstance(own, Receipt), own
        assert isinstance(other, Refused), other
        assert other.code == "wrong_merchant"
        assert world.points_of(holder) == (92, 0, 0)

    def test_only_its_own_shop_redeems_it(
        self, app: Flask, world: AllianceWorld, holder: Holder
    ) -> None:
        token = shown(world.hold(holder, world.offer())).token
        self.check(world, holder, at_once(app, self.scans(world, token)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, world: AllianceWorld, holder: Holder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A counter that redeems whatever code it finds, wherever it was issued for."""
        token = shown(world.hold(holder, world.offer())).token
        community_id = world.community_id

        def redeem_anywhere(*, redemption_id: uuid.UUID, actor: Actor, **_: Any) -> bool:
            row = db.session.execute(
                tenancy.update(Redemption, community_id)
                .where(Redemption.id == redemption_id, Redemption.state == "held")
                .values(state="redeemed", resolved_at_utc=NOW, resolved_by=actor.account_id)
                .returning(Redemption.id)
                .execution_options(synchronize_session=False)
            ).first()
            return row is not None

        scans = self.scans(world, token)
        monkeypatch.setattr(counter, "resolve", redeem_anywhere)
        monkeypatch.setattr(counter, "_judge", lambda **_: None)
        answers = at_once(app, [scans[1]])
        with pytest.raises(AssertionError):
            self.check(world, holder, [*at_once(app, [scans[0]]), *answers])


class TestGuessesAtOnce:
    """Twelve wrong numbers at the same moment by one clerk: all counted, one alarm."""

    @staticmethod
    def guesses(world: AllianceWorld) -> list[Callable[[], Any]]:
        clerk = world.clerk()
        db.session.commit()
        return [lambda: redemptions.redeem(actor=clerk, now=NOW, code="00000000")] * 12

    @staticmethod
    def check(world: AllianceWorld, answers: list[Any]) -> None:
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert len(refused) >= guessing.CLERK_GUESSES
        counted = tenancy.columns(
            GuessingAlarm, world.community_id, func.count(GuessingAlarm.id)
        ).where(GuessingAlarm.clerk_id.is_not(None))
        assert db.session.scalar(counted) == 1

    def test_make_one_alarm(self, app: Flask, world: AllianceWorld) -> None:
        self.check(world, at_once(app, self.guesses(world)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, world: AllianceWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Reading the number of guesses first lets several believe they made the last one."""

        def read_first() -> None:
            seen.failures = guessing.CLERK_GUESSES - 1

        def count_later(**_: Any) -> Any:
            return guessing.throttle.Counted(
                failures=seen.failures + 1, until=NOW + dt.timedelta(minutes=10)
            )

        guesses = self.guesses(world)
        monkeypatch.setattr(guessing.throttle, "note_failure", count_later)
        answers = at_once(app, guesses, before=read_first)
        with pytest.raises(AssertionError):
            self.check(world, answers)


@pytest.fixture
def stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("stands")
class TestOverHttp:
    @pytest.fixture
    def token(self, world: AllianceWorld, holder: Holder) -> str:
        token: str = shown(world.hold(holder, world.offer())).token
        db.session.commit()
        return token

    def test_a_reload_with_a_new_key_names_receipt_and_time(
        self, client: FlaskClient, world: AllianceWorld, token: str
    ) -> None:
        clerk = Caller(client, world.clerk())
        first = clerk.post("/api/v1/counter/redeem", {"code": token})
        again = clerk.post("/api/v1/counter/redeem", {"code": token})
        assert (first.status_code, again.status_code) == (200, 409)
        problem = again.get_json()
        assert problem["code"] == "already_redeemed"
        assert problem["receipt_number"] == first.get_json()["receipt_number"]
        assert dt.datetime.fromisoformat(problem["redeemed_at_utc"]) == NOW

    def test_a_clerk_whose_grant_ended_is_refused_at_the_next_request(
        self, client: FlaskClient, world: AllianceWorld, holder: Holder, token: str
    ) -> None:
        clerk = Caller(client, world.clerk())
        other = shown(world.hold(holder, world.offer())).token
        db.session.commit()
        first = clerk.post("/api/v1/counter/redeem", {"code": token}, key="of-the-first")
        assert first.status_code == 200
        grant = db.session.query(RoleGrant).filter_by(merchant_id=world.merchant.id).one()
        grant.granted_to = clock.business_date(NOW)
        db.session.commit()
        for code, key in ((other, str(new_id())), (token, "of-the-first")):
            answer = clerk.post("/api/v1/counter/redeem", {"code": code}, key=key)
            assert answer.status_code in (400, 403, 404, 422), answer.text
            assert first.get_json()["receipt_number"] not in answer.text
        assert world.points_of(holder) == (92, 8, 0)

    def test_a_clerk_who_works_elsewhere_now_replays_nothing_of_there(
        self, client: FlaskClient, world: AllianceWorld, token: str
    ) -> None:
        """The grant at the first shop has ended, the one at the second stands."""
        actor = world.clerk()
        clerk = Caller(client, actor)
        first = clerk.post("/api/v1/counter/redeem", {"code": token}, key="of-the-first")
        assert first.status_code == 200
        next_shop = world.another_shop().merchant.id
        db.session.query(RoleGrant).update({"merchant_id": next_shop})
        db.session.query(SignInSession).filter_by(account_id=actor.account_id).update(
            {"counter_merchant_id": next_shop}
        )
        db.session.commit()
        answer = clerk.post("/api/v1/counter/redeem", {"code": token}, key="of-the-first")
        assert answer.status_code == 422
        assert answer.get_json()["code"] == "idempotency_key_reused"
        assert first.get_json()["receipt_number"] not in answer.text

    def test_anothers_key_gives_the_own_answer(
        self, client: FlaskClient, world: AllianceWorld, holder: Holder
    ) -> None:
        body = {"offer_id": str(world.offer().id)}
        db.session.commit()
        first, second = (Caller(client, each.actor) for each in (holder, world.holder()))
        answers = [each.post(HOLDER_URL, body, key="guessed-by-both") for each in (first, second)]
        held = [answer.get_json() for answer in answers]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert held[0]["id"] != held[1]["id"]
        assert held[0]["code"]["digits"] not in answers[1].text

    def test_another_clerks_key_gives_a_refusal_not_the_receipt(
        self, client: FlaskClient, world: AllianceWorld, token: str
    ) -> None:
        clerks = [Caller(client, world.clerk()) for _ in range(2)]
        answers = [
            each.post("/api/v1/counter/redeem", {"code": token}, key="guessed-by-both")
            for each in clerks
        ]
        assert [answer.status_code for answer in answers] == [200, 409]
        assert answers[1].get_json()["code"] == "already_redeemed"
