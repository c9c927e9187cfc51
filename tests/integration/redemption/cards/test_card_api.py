"""Cards over HTTP: from the order to the receipt, replays, and what never travels."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from community.models import RoleGrant
from kernel import clock, qr, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from redemption.models import RefusedScan
from tests.integration.redemption.cards.desk import ON_SQLITE, PIN, WRONG, positions
from tests.integration.redemption.scenes import Scene, shop_scene
from tests.integration.redemption.test_api import Caller
from tests.integration.redemption.world import JOINED, NOW, AllianceWorld, Holder

pytestmark = ON_SQLITE

HERE = "/api/v1/communities/yjyx"
COUNTER = "/api/v1/counter/cards"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def begins_with() -> Callable[[], Scene]:
    """The office orders its cards itself."""
    return shop_scene


@pytest.fixture
def office(client: FlaskClient, world: AllianceWorld) -> Caller:
    actor: Actor = world.actor("community_admin")
    place = world.place
    db.session.add(
        RoleGrant(
            account_id=actor.account_id, role="community_admin", district_id=place.district_id,
            street_id=place.street_id, community_id=place.community_id, granted_from=JOINED,
            granted_by=new_id(), granted_at_utc=NOW,
        )
    )  # fmt: skip
    return Caller(client, actor)


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


def ok(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


@pytest.fixture
def card(office: Caller, holder: Holder) -> dict[str, Any]:
    """Ordered, printed, received, handed over: the line of the book with the card's payload."""
    db.session.commit()
    batch = ok(office.post(f"{HERE}/card-batches", {"size": 2}), 201)
    url = f"{HERE}/card-batches/{batch['id']}"
    sheet = ok(office.post(f"{url}/print", {"version": batch["version"]}))
    ok(office.post(f"{url}/receipt", {"version": sheet["batch"]["version"]}))
    printed = sheet["cards"][0]
    handed = {"card": printed["payload"], "member_id": str(holder.member_id)}
    line = ok(office.post(f"{HERE}/card-handovers", handed), 201)
    return line | {"payload": printed["payload"], "spare": sheet["cards"][1]["number"]}


def choose(caller: Caller, card: dict[str, Any], pin: str = PIN) -> Any:
    pad = ok(caller.post(f"{HERE}/cards/{card['card_id']}/keypads"), 201)
    body = {
        "keypad_id": pad["keypad_id"],
        "presses": positions(pad["keys"], pin),
        "presses_again": positions(pad["keys_again"], pin),
    }
    return caller.post(f"{HERE}/card-pins", body)


class TestFromOrderToReceipt:
    def test_the_printed_code_pays_once(
        self, member: Caller, clerk: Caller, card: dict[str, Any], offer_id: str,
        world: AllianceWorld, holder: Holder,
    ) -> None:  # fmt: skip
        assert ok(choose(member, card))["state"] == "active"
        drawn = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr.png(card["payload"]))))[0].text
        use = ok(clerk.post(f"{COUNTER}/start", {"card": drawn, "offer_id": offer_id}))
        assert (use["points"], use["card_number"]) == (8, card["number"])
        assert "张三" not in str(use)
        body = {"keypad_id": use["keypad_id"], "presses": positions(use["keys"], PIN)}
        answers = [clerk.post(f"{COUNTER}/redeem", body, key="card-key-1") for _ in range(2)]
        assert ok(answers[0]) == ok(answers[1])
        assert (ok(answers[0])["state"], ok(answers[0])["channel"]) == ("redeemed", "card")
        db.session.rollback()
        assert world.points_of(holder) == (92, 0, 0)
        [own] = ok(member.get(f"{HERE}/own-cards"))["items"]
        assert (own["left_today"], own["is_own"]) == (12, True)
        [used] = ok(member.get(f"{HERE}/cards/{card['card_id']}/uses"))["items"]
        assert used["receipt_number"] == ok(answers[0])["receipt_number"]

    def test_takes_a_bounded_number_of_statements(
        self, member: Caller, clerk: Caller, card: dict[str, Any], offer_id: str,
        count_statements: Callable[[], Any],
    ) -> None:  # fmt: skip
        ok(choose(member, card))
        with count_statements() as seen:
            use = ok(
                clerk.post(f"{COUNTER}/start", {"card": card["payload"], "offer_id": offer_id})
            )
        assert len(seen) <= 6, seen
        body = {"keypad_id": use["keypad_id"], "presses": positions(use["keys"], PIN)}
        with count_statements() as seen:
            ok(clerk.post(f"{COUNTER}/redeem", body))
        assert len(seen) <= 25, seen

    def test_a_wrong_pin_counts_once_however_often_it_is_asked(
        self, office: Caller, clerk: Caller, card: dict[str, Any], offer_id: str,
        world: AllianceWorld,
    ) -> None:  # fmt: skip
        ok(choose(office, card))
        use = ok(clerk.post(f"{COUNTER}/start", {"card": card["number"], "offer_id": offer_id}))
        body = {"keypad_id": use["keypad_id"], "presses": positions(use["keys"], WRONG)}
        answers = [clerk.post(f"{COUNTER}/redeem", body, key="card-key-1") for _ in range(3)]
        told = [(each.status_code, each.get_json()["code"]) for each in answers]
        assert told == [(409, "pin_wrong")] * 3
        assert {each.get_json()["tries_left"] for each in answers} == {2}
        assert ok(office.get(f"{HERE}/cards/{card['card_id']}"))["tries_left"] == 2
        rows = db.session.scalars(tenancy.select(RefusedScan, world.community_id)).all()
        assert [row.reason for row in rows] == ["pin_wrong"]

    @pytest.mark.parametrize("presses", [[1, 2, 3], [10] * 6, ["1"] * 6, "482715", [1] * 7])
    def test_positions_only(self, clerk: Caller, presses: Any) -> None:
        answer = clerk.post(f"{COUNTER}/redeem", {"keypad_id": str(new_id()), "presses": presses})
        assert answer.status_code == 422
        assert clerk.post(
            f"{COUNTER}/redeem", {"keypad_id": str(new_id()), "presses": [1] * 6, "pin": PIN}
        ).status_code == 422  # fmt: skip

    def test_a_weak_pin_says_why(self, member: Caller, card: dict[str, Any]) -> None:
        answer = choose(member, card, "111111")
        assert answer.status_code == 422
        assert (answer.get_json()["code"], answer.get_json()["why"]) == ("pin_too_weak", "repeated")


class TestAtTheWindow:
    def test_every_act_of_a_card(
        self, office: Caller, member: Caller, card: dict[str, Any]
    ) -> None:
        ok(choose(office, card))
        url = f"{HERE}/cards/{card['card_id']}"
        seen = ok(member.post(f"{url}/block", {}))
        seen = ok(office.post(f"{url}/unblocking", {"version": seen["version"]}))
        seen = ok(office.post(f"{url}/pin-reset", {"version": seen["version"], "why": "忘了"}))
        seen = ok(office.post(f"{url}/loss", {"by_phone": True}))
        seen = ok(office.post(f"{url}/found", {"version": seen["version"]}))
        new = {"version": seen["version"], "card": card["spare"], "why": "折断了"}
        line = ok(office.post(f"{url}/replacement", new), 201)
        assert line["replaces_number"] == card["number"]
        last = f"{HERE}/cards/{line['card_id']}/closing"
        assert ok(office.post(last, {"version": line["version"], "why": "不用了"}))["state"] == (
            "closed"
        )
        acts = ok(office.get(f"{url}/acts"))["items"]
        assert [each["to_state"] for each in acts] == [
            "handed", "active", "blocked", "active", "handed", "lost", "handed", "replaced",
        ]  # fmt: skip
        assert [each["way"] for each in acts][2:6] == ["app", "window", "window", "phone"]

    def test_the_book_and_its_paper(
        self, office: Caller, member: Caller, card: dict[str, Any]
    ) -> None:
        [line] = ok(office.get(f"{HERE}/card-handovers?q={card['number']}&since=2026-11-21"))[
            "items"
        ]
        assert line["id"] == card["id"]
        paper = office.get(f"{HERE}/card-handovers.xlsx?until=2026-11-21")
        book = openpyxl.load_workbook(io.BytesIO(paper.data))
        assert book["发放登记簿"].max_row == 2
        assert member.get(f"{HERE}/card-handovers.xlsx").status_code == 403
        [found] = ok(office.get(f"{HERE}/cards?state=handed"))["items"]
        assert found["id"] == card["card_id"]

    def test_batches_and_notices(self, office: Caller, card: dict[str, Any]) -> None:
        [batch] = ok(office.get(f"{HERE}/card-batches?state=received"))["items"]
        assert batch["cards"] == {"handed": 1, "stock": 1}
        url = f"{HERE}/card-batches/{batch['id']}"
        voided = ok(office.post(f"{url}/voiding", {"version": batch["version"], "why": "丢了"}))
        assert ok(office.get(url)) == voided
        acts = ok(office.get(f"{url}/acts"))["items"]
        assert [each["act"] for each in acts] == ["ordered", "printed", "received", "voided"]
        assert ok(office.get(f"{HERE}/card-notices"))["items"] == []
        assert office.post(f"{HERE}/card-notices/{new_id()}/call").status_code == 404

    @pytest.mark.parametrize("size", [0, 501, "10", None])
    def test_a_batch_has_one_to_five_hundred(self, office: Caller, size: Any) -> None:
        assert office.post(f"{HERE}/card-batches", {"size": size}).status_code == 422

    def test_the_community_sets_what_a_card_may_spend(self, office: Caller) -> None:
        settings = {
            "committee": "怡居苑西社区居民委员会", "phone": "0350-555 0101", "office": "窗口",
            "hours": "9–17", "alliance_name": "红色商业联盟", "notice_working_days": 5,
            "card_daily_points": 30,
        }  # fmt: skip
        url = f"{HERE}/settings"
        ok(office.client.put(url, json=settings, headers=office.headers))
        assert ok(office.get(HERE))["card_daily_points"] == 30
        refused = settings | {"card_daily_points": 0}
        assert office.client.put(url, json=refused, headers=office.headers).status_code == 422
