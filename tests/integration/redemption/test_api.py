"""Over HTTP: keys, replays, pictures, problems, and how many statements a redeem takes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from community import bindings, places, sign_in_sessions
from community.models import BindingWay, RoleGrant, UserAccount
from kernel import clock
from kernel.access import Actor, Place
from kernel.database import Base, db
from kernel.ids import new_id
from tests.integration.redemption.world import JOINED, NOW, AllianceWorld, Holder

HOLDER_URL = "/api/v1/communities/yjyx/redemptions"


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.timedelta], None]:
    """The clock stands at NOW; calling the fixture moves it."""

    def move(by: dt.timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + by)

    move(dt.timedelta(0))
    return move


class Caller:
    """A signed-in client; every POST gets a new Idempotency-Key unless one is given."""

    def __init__(self, client: FlaskClient, actor: Actor) -> None:
        counter = actor.counter
        account = db.session.get_one(UserAccount, actor.account_id)
        if counter is not None:
            whole = places.place_of(counter.community_id or new_id())
            db.session.add(
                RoleGrant(
                    account_id=account.id, role="merchant_clerk",
                    district_id=whole.district_id, street_id=whole.street_id,
                    community_id=counter.community_id, merchant_id=counter.merchant_id,
                    granted_from=JOINED, granted_by=new_id(), granted_at_utc=NOW,
                )
            )  # fmt: skip
        issued = sign_in_sessions.issue(
            account_id=account.id, is_staff=counter is not None, counter=counter, now=NOW
        )
        db.session.commit()
        self.client = client
        self.headers = {"Authorization": f"Bearer {issued.token}"}

    def post(self, url: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        sent = self.headers | {"Idempotency-Key": key or str(new_id())} | headers
        return self.client.post(url, json=body, headers=sent)

    def get(self, url: str) -> Any:
        return self.client.get(url, headers=self.headers)


@pytest.fixture
def member(client: FlaskClient, holder: Holder) -> Caller:
    return Caller(client, holder.actor)


@pytest.fixture
def clerk(client: FlaskClient, world: AllianceWorld) -> Caller:
    return Caller(client, world.clerk())


@pytest.fixture
def offer_id(world: AllianceWorld) -> str:
    offer_id = str(world.offer().id)
    db.session.commit()
    return offer_id


@pytest.fixture
def held(member: Caller, offer_id: str) -> dict[str, Any]:
    answer = member.post(HOLDER_URL, {"offer_id": offer_id})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


class TestHolder:
    def test_who_lost_the_binding_replays_no_living_code(
        self, client: FlaskClient, world: AllianceWorld, holder: Holder, member: Caller,
        offer_id: str,
    ) -> None:  # fmt: skip
        key, body = str(new_id()), {"offer_id": offer_id}
        held = member.post(HOLDER_URL, body, key=key).get_json()
        successor = world.actor("member")
        bindings.bind(
            actor=successor, now=NOW, community_id=world.community_id, way=BindingWay.SLIP,
            member_id=holder.member_id, account_id=successor.account_id,
        )  # fmt: skip
        shown = Caller(client, successor).post(f"{HOLDER_URL}/{held['id']}/code")
        assert shown.status_code == 201, shown.text
        again = Caller(client, holder.actor).post(HOLDER_URL, body, key=key)
        assert again.status_code == 404, again.text
        assert "payload" not in again.text

    def test_gets_a_code(self, held: dict[str, Any]) -> None:
        assert held["state"] == "held"
        assert held["points"] == 8
        assert held["code"]["payload"].startswith("http://127.0.0.1:8000/r/yjyx/")
        assert held["code"]["seconds_left"] == 70
        assert held["code"]["refresh_after_seconds"] == 55

    def test_a_repeated_request_holds_once(self, member: Caller, offer_id: str) -> None:
        answers = [
            member.post(HOLDER_URL, {"offer_id": offer_id}, key="one-and-the-same")
            for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].get_json() == answers[1].get_json()
        assert len(member.get(HOLDER_URL).get_json()["items"]) == 1

    def test_a_refusal_is_answered_alike_again(self, member: Caller, world: AllianceWorld) -> None:
        offer_id = str(world.offer(points=500).id)
        db.session.commit()
        answers = [
            member.post(HOLDER_URL, {"offer_id": offer_id}, key="one-and-the-same")
            for _ in range(2)
        ]
        bodies = [answer.get_json() for answer in answers]
        for body in bodies:
            del body["request_id"]
        assert [answer.status_code for answer in answers] == [409, 409]
        assert bodies[0] == bodies[1]
        assert bodies[0]["code"] == "insufficient_points"
        assert bodies[0]["missing"] == "400"

    def test_needs_an_idempotency_key(self, member: Caller, offer_id: str) -> None:
        answer = member.client.post(HOLDER_URL, json={"offer_id": offer_id}, headers=member.headers)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_missing")

    def test_sees_the_state_and_the_next_code(self, member: Caller, held: dict[str, Any]) -> None:
        url = f"{HOLDER_URL}/{held['id']}"
        assert member.get(url).get_json()["state"] == "held"
        code = member.post(f"{url}/code").get_json()
        assert code["digits"] != held["code"]["digits"]

    def test_draws_the_code(self, member: Caller, held: dict[str, Any]) -> None:
        url = f"{HOLDER_URL}/{held['id']}"
        png = member.get(f"{url}/code.png")
        assert png.mimetype == "image/png"
        picture = Image.open(io.BytesIO(png.data))
        assert zxingcpp.read_barcodes(picture)[0].text == held["code"]["payload"]
        svg = member.get(f"{url}/code.svg")
        assert svg.mimetype == "image/svg+xml"
        assert svg.text.startswith("<svg")
        assert svg.headers["Cache-Control"] == "no-store"

    def test_takes_it_back(self, member: Caller, held: dict[str, Any]) -> None:
        answer = member.post(f"{HOLDER_URL}/{held['id']}/withdrawal")
        assert answer.get_json()["state"] == "withdrawn"
        assert member.get(f"{HOLDER_URL}/{held['id']}/code.png").status_code == 409

    def test_does_not_see_what_is_somebody_elses(
        self, client: FlaskClient, world: AllianceWorld, held: dict[str, Any]
    ) -> None:
        other = Caller(client, world.holder().actor)
        assert other.get(f"{HOLDER_URL}/{held['id']}").status_code == 404
        assert other.post(f"{HOLDER_URL}/{held['id']}/code").status_code == 404
        assert other.post(f"{HOLDER_URL}/{held['id']}/withdrawal").status_code == 404

    def test_of_another_community_is_nobody_here(self, client: FlaskClient, offer_id: str) -> None:
        from tests.integration.redemption.world import alliance_world

        stranger = Caller(client, alliance_world("longgang").holder().actor)
        assert stranger.post(HOLDER_URL, {"offer_id": offer_id}).status_code == 404


class TestCounter:
    def test_previews_then_redeems(self, clerk: Caller, held: dict[str, Any]) -> None:
        seen = clerk.post("/api/v1/counter/preview", {"code": held["code"]["digits"]})
        assert seen.status_code == 200
        assert seen.get_json()["left"] == {"month_cap": 792}
        done = clerk.post("/api/v1/counter/redeem", {"code": held["code"]["payload"]})
        assert done.status_code == 200
        assert done.get_json()["state"] == "redeemed"
        assert done.get_json()["cancellable_until_utc"] == "2026-11-21T04:15:00+00:00"

    def test_the_same_request_again_gets_the_same_answer(
        self, clerk: Caller, member: Caller, held: dict[str, Any], at: Any
    ) -> None:
        body = {"code": held["code"]["payload"]}
        first = clerk.post("/api/v1/counter/redeem", body, key="redeem-key-1")
        at(dt.timedelta(minutes=5))
        again = clerk.post("/api/v1/counter/redeem", body, key="redeem-key-1")
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.get_json() == again.get_json()
        assert len(clerk.get("/api/v1/counter/redemptions").get_json()["items"]) == 1

    def test_another_body_under_the_same_key_is_refused(
        self, clerk: Caller, held: dict[str, Any]
    ) -> None:
        clerk.post("/api/v1/counter/redeem", {"code": held["code"]["payload"]}, key="redeem-key-1")
        answer = clerk.post("/api/v1/counter/redeem", {"code": "12345678"}, key="redeem-key-1")
        assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused")

    def test_a_refused_scan_is_answered_alike_again_and_kept_once(
        self, clerk: Caller, held: dict[str, Any]
    ) -> None:
        body = {"code": held["code"]["payload"]}
        clerk.post("/api/v1/counter/redeem", body)
        answers = [
            clerk.post("/api/v1/counter/redeem", body, key="redeem-key-2").get_json()
            for _ in range(2)
        ]
        for answer in answers:
            del answer["request_id"]
        assert answers[0] == answers[1]
        assert answers[0]["code"] == "already_redeemed"
        assert answers[0]["receipt_number"] == held["receipt_number"]
        assert len(clerk.get("/api/v1/counter/refused-scans").get_json()["items"]) == 1

    def test_is_told_in_the_language_asked_for(self, clerk: Caller) -> None:
        answer = clerk.post(
            "/api/v1/counter/redeem", {"code": "A" * 22}, **{"Accept-Language": "en"}
        )
        assert answer.get_json()["detail"].startswith("This code is not known")

    def test_cancels(self, clerk: Caller, member: Caller, held: dict[str, Any]) -> None:
        clerk.post("/api/v1/counter/redeem", {"code": held["code"]["payload"]})
        url = f"/api/v1/counter/redemptions/{held['id']}/cancellation"
        answers = [clerk.post(url, {}, key="cancel-key-1") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].get_json() == answers[1].get_json()
        assert clerk.post(url, {}).get_json()["code"] == "already_cancelled"
        seen = member.get(f"{HOLDER_URL}/{held['id']}").get_json()
        assert seen["cancelled_at_utc"] is not None
        today = clerk.get("/api/v1/counter/today").get_json()
        assert (today["redeemed"], today["cancelled"], today["month_taken"]) == (1, 1, 0)

    def test_needs_a_session_at_a_shop(self, member: Caller, held: dict[str, Any]) -> None:
        answer = member.post("/api/v1/counter/redeem", {"code": held["code"]["payload"]})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "no_counter")

    def test_a_redeem_takes_ten_statements_at_most(
        self,
        client: FlaskClient,
        world: AllianceWorld,
        held: dict[str, Any],
        count_statements: Callable[[], Any],
    ) -> None:
        """The dearest way: typed digits, and a clerk who is a member here, too."""
        clerk = Caller(client, world.clerk(of=world.holder()))
        with count_statements() as seen:
            answer = clerk.post("/api/v1/counter/redeem", {"code": held["code"]["digits"]})
        assert answer.status_code == 200
        assert len(seen) == 10, seen

    def test_a_scan_takes_eight(
        self, clerk: Caller, held: dict[str, Any], count_statements: Callable[[], Any]
    ) -> None:
        with count_statements() as seen:
            clerk.post("/api/v1/counter/redeem", {"code": held["code"]["payload"]})
        assert len(seen) == 8, seen


def test_no_table_keeps_a_code(
    client: FlaskClient, world: AllianceWorld, member: Caller, clerk: Caller, offer_id: str
) -> None:
    """Shown, scanned in the wrong shop, looked at, redeemed, offered again: HMACs at most."""
    held = member.post(HOLDER_URL, {"offer_id": offer_id}).get_json()
    shown = member.post(f"{HOLDER_URL}/{held['id']}/code").get_json()
    wrong = Caller(client, world.clerk(shop=world.other_shop()))
    for caller, act in (
        (wrong, "redeem"),
        (clerk, "preview"),
        (clerk, "redeem"),
        (clerk, "redeem"),
    ):
        for code in (shown["payload"], shown["digits"]):
            caller.post(f"/api/v1/counter/{act}", {"code": code})
    secrets = [
        secret
        for code in (held["code"], shown)
        for secret in (code["payload"].rsplit("/", 1)[1], code["digits"])
    ]
    kept = 0
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)):
            kept += 1
            assert not any(secret in repr(row) for secret in secrets), table.name
    assert kept > 20


def test_places_of_counters_are_whole(world: AllianceWorld) -> None:
    counter = world.clerk().counter
    assert counter == Place(community_id=world.community_id, merchant_id=world.merchant.id)
