"""Requests over HTTP: asking, polling with tags, deciding, and what cannot be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel import clock
from kernel.database import db
from kernel.ids import new_id
from tests.integration.redemption.test_api import HOLDER_URL, Caller
from tests.integration.redemption.world import NOW, AllianceWorld, Holder, alliance_world

COUNTER_URL = "/api/v1/counter/requests"
Move = Callable[[dt.timedelta], None]


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Move:
    """The clock stands at NOW; calling the fixture moves it."""

    def move(by: dt.timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + by)

    move(dt.timedelta(0))
    return move


@pytest.fixture
def member(client: FlaskClient, holder: Holder) -> Caller:
    return Caller(client, holder.actor)


@pytest.fixture
def clerk(client: FlaskClient, world: AllianceWorld) -> Caller:
    return Caller(client, world.clerk())


@pytest.fixture
def shop_url(world: AllianceWorld) -> str:
    return f"/api/v1/communities/yjyx/merchants/{world.merchant.code}"


@pytest.fixture
def offer_id(world: AllianceWorld) -> str:
    offer_id = str(
        world.offer(kind="points_plus_cash", ordinary_price_cents=800, alliance_price_cents=300).id
    )
    db.session.commit()
    return offer_id


@pytest.fixture
def asked(member: Caller, shop_url: str, offer_id: str) -> dict[str, Any]:
    answer = member.post(f"{shop_url}/requests", {"offer_id": offer_id})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def poll(caller: Caller, url: str, tag: str) -> Any:
    return caller.client.get(url, headers=caller.headers | {"If-None-Match": tag})


def test_from_the_choice_to_the_receipt(
    member: Caller, clerk: Caller, shop_url: str, offer_id: str, at: Move
) -> None:
    (choice,) = member.get(f"{shop_url}/choices").get_json()["items"]
    assert (choice["id"], choice["code"], choice["detail"]) == (offer_id, None, None)
    asked = member.post(f"{shop_url}/requests", {"offer_id": choice["id"]}).get_json()
    assert (asked["state"], asked["channel"], asked["seconds_left"]) == ("held", "request", 180)
    at(dt.timedelta(seconds=30))
    (waits,) = clerk.get(COUNTER_URL).get_json()["items"]
    assert waits["receipt_number"] == asked["receipt_number"]
    assert (waits["points"], waits["cash_cents"], waits["seconds_left"]) == (8, 300, 150)
    done = clerk.post(f"{COUNTER_URL}/{waits['id']}/redeem")
    assert (done.status_code, done.get_json()["state"]) == (200, "redeemed")
    assert clerk.get(COUNTER_URL).get_json()["items"] == []
    seen = member.get(f"{HOLDER_URL}/{asked['id']}").get_json()
    assert done.get_json().items() <= seen.items()


def test_a_decline_is_told_in_words(member: Caller, clerk: Caller, asked: dict[str, Any]) -> None:
    answer = clerk.post(f"{COUNTER_URL}/{asked['id']}/decline", {"reason": "closing"})
    assert answer.status_code == 200
    seen = member.get(f"{HOLDER_URL}/{asked['id']}").get_json()
    assert (seen["state"], seen["decline_reason"]) == ("withdrawn", "closing")
    assert seen["decline_detail"] == "店里说要打烊了，积分已退回您的账户；请改天再来。"
    (listed,) = clerk.get("/api/v1/counter/redemptions").get_json()["items"]
    assert (listed["id"], listed["decline_detail"]) == (seen["id"], seen["decline_detail"])
    english = member.client.get(
        f"{HOLDER_URL}/{asked['id']}", headers=member.headers | {"Accept-Language": "en"}
    )
    assert english.get_json()["decline_detail"].startswith("The shop is closing")


def test_the_holder_takes_it_back(member: Caller, clerk: Caller, asked: dict[str, Any]) -> None:
    answer = member.post(f"{HOLDER_URL}/{asked['id']}/withdrawal")
    assert answer.get_json()["state"] == "withdrawn"
    refused = clerk.post(f"{COUNTER_URL}/{asked['id']}/redeem")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "withdrawn")


class TestNobodyIsNamed:
    def test_to_the_clerk_who_looks_at_requests(
        self, clerk: Caller, holder: Holder, asked: dict[str, Any]
    ) -> None:
        answer = clerk.get(COUNTER_URL)
        done = clerk.post(f"{COUNTER_URL}/{asked['id']}/redeem")
        for text in (answer.text, done.text):
            self.says_nothing_of(holder, text)

    def test_to_the_clerk_who_looks_at_a_code(
        self, clerk: Caller, member: Caller, holder: Holder, offer_id: str
    ) -> None:
        held = member.post(HOLDER_URL, {"offer_id": offer_id}).get_json()
        seen = clerk.post("/api/v1/counter/preview", {"code": held["code"]["digits"]})
        assert set(seen.get_json()) == {"receipt", "seconds_left", "hours", "left"}
        self.says_nothing_of(holder, seen.text)

    @staticmethod
    def says_nothing_of(holder: Holder, text: str) -> None:
        ids = (
            holder.member_id, holder.account_id, holder.household_id, holder.actor.account_id
        )  # fmt: skip
        assert not any(str(each) in text or each.hex in text for each in ids)
        assert not any(word in text for word in ("张三", "balance", "tags", "resident"))


class TestPolling:
    def test_the_counter_hears_of_changes_only(
        self, member: Caller, clerk: Caller, shop_url: str, offer_id: str, at: Move
    ) -> None:
        empty = clerk.get(COUNTER_URL)
        assert empty.headers["ETag"].startswith('W/"')
        assert (poll(clerk, COUNTER_URL, empty.headers["ETag"])).status_code == 304
        member.post(f"{shop_url}/requests", {"offer_id": offer_id})
        shown = poll(clerk, COUNTER_URL, empty.headers["ETag"])
        assert shown.status_code == 200
        at(dt.timedelta(seconds=2))
        again = poll(clerk, COUNTER_URL, shown.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == shown.headers["ETag"]
        # It runs out by itself: nobody wrote anything, and the list is another one.
        at(dt.timedelta(minutes=3))
        over = poll(clerk, COUNTER_URL, shown.headers["ETag"])
        assert (over.status_code, over.get_json()["items"]) == (200, [])

    def test_the_counter_asks_one_statement_beside_who_asks(
        self, clerk: Caller, asked: dict[str, Any], count_statements: Callable[[], Any]
    ) -> None:
        tag = clerk.get(COUNTER_URL).headers["ETag"]
        with count_statements() as signing_in:
            clerk.get("/api/v1/counter/requests/nothing-here")
        with count_statements() as seen:
            answer = poll(clerk, COUNTER_URL, tag)
        assert answer.status_code == 304
        signed_in = [one for one in seen if "sign_in_session" in one]
        assert len(seen) == len(signed_in) + 1 == 2, (seen, signing_in)

    def test_the_holder_hears_of_changes_only(
        self, member: Caller, clerk: Caller, asked: dict[str, Any], at: Move,
        count_statements: Callable[[], Any],
    ) -> None:  # fmt: skip
        url = f"{HOLDER_URL}/{asked['id']}"
        first = member.get(url)
        with count_statements() as seen:
            again = poll(member, url, first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
        assert len(seen) == 2, seen
        clerk.post(f"{COUNTER_URL}/{asked['id']}/redeem")
        changed = poll(member, url, first.headers["ETag"])
        assert (changed.status_code, changed.get_json()["state"]) == (200, "redeemed")

    def test_the_holder_hears_that_it_ran_out(
        self, member: Caller, asked: dict[str, Any], at: Move
    ) -> None:
        url = f"{HOLDER_URL}/{asked['id']}"
        tag = member.get(url).headers["ETag"]
        at(dt.timedelta(minutes=3))
        over = poll(member, url, tag)
        assert (over.status_code, over.get_json()["state"]) == (200, "expired")


class TestStatements:
    """Sign-in, the idempotency key and its answer are three of each."""

    def test_of_asking(
        self, member: Caller, world: AllianceWorld, shop_url: str, asked: dict[str, Any],
        count_statements: Callable[[], Any],
    ) -> None:  # fmt: skip
        """The merchant, who waits, account, expired holds, offer, points, three quotas, the row."""
        member.post(f"{HOLDER_URL}/{asked['id']}/withdrawal")
        limited = world.offer(stock=5, per_holder_limit=2)
        offer_id = str(limited.id)
        db.session.commit()
        with count_statements() as seen:
            answer = member.post(f"{shop_url}/requests", {"offer_id": offer_id})
        assert answer.status_code == 201
        assert len(seen) <= 14, seen

    def test_of_accepting(
        self, clerk: Caller, asked: dict[str, Any], count_statements: Callable[[], Any]
    ) -> None:
        """The request, the update, capture, transfer, outbox."""
        with count_statements() as seen:
            answer = clerk.post(f"{COUNTER_URL}/{asked['id']}/redeem")
        assert answer.status_code == 200
        assert len(seen) == 8, seen


class TestAgain:
    def test_the_same_asking_asks_once(
        self, member: Caller, clerk: Caller, shop_url: str, offer_id: str
    ) -> None:
        body = {"offer_id": offer_id}
        answers = [member.post(f"{shop_url}/requests", body, key="ask-key-1") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].get_json() == answers[1].get_json()
        assert len(clerk.get(COUNTER_URL).get_json()["items"]) == 1

    def test_a_second_asking_is_told_the_first(
        self, member: Caller, shop_url: str, asked: dict[str, Any], offer_id: str
    ) -> None:
        answers = [
            member.post(f"{shop_url}/requests", {"offer_id": offer_id}, key="ask-key-2")
            for _ in range(2)
        ]
        bodies = [answer.get_json() for answer in answers]
        for body in bodies:
            del body["request_id"]
        assert [answer.status_code for answer in answers] == [409, 409]
        assert bodies[0] == bodies[1]
        assert bodies[0]["code"] == "request_waiting"
        assert bodies[0]["receipt_number"] == asked["receipt_number"]

    def test_accepting_again_is_answered_alike_and_a_new_key_is_told_the_receipt(
        self, clerk: Caller, asked: dict[str, Any]
    ) -> None:
        url = f"{COUNTER_URL}/{asked['id']}/redeem"
        answers = [clerk.post(url, key="accept-key-1").get_json() for _ in range(2)]
        assert answers[0] == answers[1]
        fresh = clerk.post(url)
        assert (fresh.status_code, fresh.get_json()["code"]) == (409, "already_redeemed")
        assert fresh.get_json()["receipt_number"] == asked["receipt_number"]
        assert fresh.get_json()["redeemed_at_utc"] == NOW.isoformat()


class TestWhoMayNot:
    def test_a_clerk_of_another_shop_finds_nothing(
        self, client: FlaskClient, world: AllianceWorld, asked: dict[str, Any]
    ) -> None:
        other = Caller(client, world.clerk(shop=world.other_shop()))
        assert other.get(COUNTER_URL).get_json()["items"] == []
        url = f"{COUNTER_URL}/{asked['id']}"
        assert other.post(f"{url}/redeem").status_code == 404
        assert other.post(f"{url}/decline", {"reason": "closing"}).status_code == 404

    def test_nor_one_of_another_community(self, client: FlaskClient, asked: dict[str, Any]) -> None:
        other = Caller(client, alliance_world("longgang").clerk())
        assert other.get(COUNTER_URL).get_json()["items"] == []
        assert other.post(f"{COUNTER_URL}/{asked['id']}/redeem").status_code == 404

    def test_a_holder_has_no_counter(self, member: Caller, asked: dict[str, Any]) -> None:
        for answer in (
            member.get(COUNTER_URL),
            member.post(f"{COUNTER_URL}/{asked['id']}/redeem"),
            member.post(f"{COUNTER_URL}/{asked['id']}/decline", {"reason": "closing"}),
        ):
            assert (answer.status_code, answer.get_json()["code"]) == (422, "no_counter")

    def test_a_clerk_is_no_holder(self, clerk: Caller, shop_url: str, offer_id: str) -> None:
        assert clerk.get(f"{shop_url}/choices").status_code in (403, 404)
        answer = clerk.post(f"{shop_url}/requests", {"offer_id": offer_id})
        assert answer.status_code in (403, 404)

    def test_nobody_is_asked_to_sign_in(
        self, client: FlaskClient, shop_url: str, asked: dict[str, Any]
    ) -> None:
        assert client.get(COUNTER_URL).status_code == 401
        assert client.get(f"{shop_url}/choices").status_code == 401
        assert client.post(f"{shop_url}/requests", json={}).status_code == 401


class TestBadInput:
    def test_an_unknown_offer(self, member: Caller, shop_url: str) -> None:
        answer = member.post(f"{shop_url}/requests", {"offer_id": str(new_id())})
        assert (answer.status_code, answer.get_json()["code"]) == (404, "offer_unknown")
        assert answer.get_json()["errors"][0]["field"] == "offer_id"

    def test_an_offer_of_another_shop(
        self, member: Caller, world: AllianceWorld, shop_url: str
    ) -> None:
        offer_id = str(world.another_shop().offer().id)
        db.session.commit()
        answer = member.post(f"{shop_url}/requests", {"offer_id": offer_id})
        assert (answer.status_code, answer.get_json()["code"]) == (404, "offer_unknown")

    def test_an_offer_of_another_community(self, member: Caller, shop_url: str) -> None:
        offer_id = str(alliance_world("longgang").offer().id)
        db.session.commit()
        answer = member.post(f"{shop_url}/requests", {"offer_id": offer_id})
        assert (answer.status_code, answer.get_json()["code"]) == (404, "offer_unknown")

    def test_a_shop_of_another_community(self, member: Caller, offer_id: str) -> None:
        other = alliance_world("longgang")
        db.session.commit()
        url = f"/api/v1/communities/yjyx/merchants/{other.merchant.code}/requests"
        assert member.post(url, {"offer_id": offer_id}).status_code == 404

    def test_somebody_who_gave_no_grant(
        self, member: Caller, world: AllianceWorld, shop_url: str, offer_id: str
    ) -> None:
        stranger = str(world.holder().member_id)
        db.session.commit()
        answer = member.post(f"{shop_url}/requests", {"offer_id": offer_id, "member_id": stranger})
        assert answer.status_code == 404
        assert member.get(f"{shop_url}/choices?member_id={stranger}").status_code == 404

    def test_an_unknown_request(self, clerk: Caller) -> None:
        answer = clerk.post(f"{COUNTER_URL}/{new_id()}/redeem")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "redemption_unknown")

    def test_asking_for_nonsense(self, member: Caller, shop_url: str) -> None:
        for body in (
            {},
            [],
            {"offer_id": "eggs"},
            {"offer_id": None},
            {"offer_id": str(new_id()), "price": 1},
            {"offer_id": str(new_id()), "pays": "merchant"},
        ):
            answer = member.post(f"{shop_url}/requests", body)
            assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_input"), body

    def test_a_shop_that_is_none(self, member: Caller, offer_id: str) -> None:
        for code in ("no-such-shop", "..", "%00", "a" * 300):
            url = f"/api/v1/communities/yjyx/merchants/{code}"
            assert member.get(f"{url}/choices").status_code == 404, code
            answer = member.post(f"{url}/requests", {"offer_id": offer_id})
            assert answer.status_code == 404, code

    def test_a_query_that_is_none(self, member: Caller, shop_url: str) -> None:
        for query in ("member_id=eggs", "limit=0", "after=1", "pays=shop", "x=1"):
            assert member.get(f"{shop_url}/choices?{query}").status_code == 422, query

    def test_an_id_that_is_none(self, clerk: Caller) -> None:
        for request_id in ("eggs", "0", "019" * 11):
            assert clerk.post(f"{COUNTER_URL}/{request_id}/redeem").status_code == 404

    def test_a_decline_without_a_reason(
        self, clerk: Caller, member: Caller, asked: dict[str, Any]
    ) -> None:
        for body in ({}, {"reason": "mood"}, {"reason": None}, {"why": "x"}):
            answer = clerk.post(f"{COUNTER_URL}/{asked['id']}/decline", body)
            assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_input"), body
        assert member.get(f"{HOLDER_URL}/{asked['id']}").get_json()["state"] == "held"

    def test_points_need_a_key(
        self, clerk: Caller, member: Caller, shop_url: str, asked: dict[str, Any]
    ) -> None:
        for caller, url, body in (
            (clerk, f"{COUNTER_URL}/{asked['id']}/redeem", None),
            (member, f"{shop_url}/requests", {"offer_id": asked["offer_id"]}),
        ):
            answer = caller.client.post(url, json=body, headers=caller.headers)
            assert answer.status_code == 422
            assert answer.get_json()["code"] == "idempotency_key_missing"

    def test_a_tag_that_is_none(self, clerk: Caller, asked: dict[str, Any]) -> None:
        for tag in ("eggs", '"eggs"', 'W/"', "," * 50):
            assert poll(clerk, COUNTER_URL, tag).status_code == 200, tag
