"""A shop over HTTP: it joins, proposes, both sides sign, the offer is accepted, everybody reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient

from community import sign_in_sessions
from community.models import RoleGrant
from kernel import clock
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from tests.integration.redemption.world import JOINED, NOW, AllianceWorld

API = "/api/v1/communities/yjyx"
PUBLIC = "/api/v1/public/communities/yjyx/merchants"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def headers(actor: Actor) -> dict[str, str]:
    """Sign the actor in, with the grants in the database as well."""
    for grant in actor.grants:
        db.session.add(
            RoleGrant(
                account_id=actor.account_id, role=grant.role, **vars(grant.place),
                granted_from=JOINED, granted_by=new_id(), granted_at_utc=NOW,
            )
        )  # fmt: skip
    issued = sign_in_sessions.issue(
        account_id=actor.account_id, is_staff=True, counter=None, now=NOW
    )
    db.session.commit()
    return {"Authorization": f"Bearer {issued.token}"}


@pytest.fixture
def admin(world: AllianceWorld) -> dict[str, str]:
    return headers(world.actor("community_admin"))


@pytest.fixture
def entered(client: FlaskClient, admin: dict[str, str]) -> dict[str, Any]:
    answer = client.post(
        f"{API}/merchants",
        json={
            "code": "jinxian", "name": "晋鲜果蔬", "trade": "果蔬店", "address": "北门 3 号",
            "joined_on": "2026-11-01",
        },
        headers=admin,
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


@pytest.fixture
def owner(world: AllianceWorld, entered: dict[str, Any]) -> dict[str, str]:
    import dataclasses
    import uuid

    shop = dataclasses.replace(world.place, merchant_id=uuid.UUID(entered["merchant"]["id"]))
    return headers(world.actor("merchant_owner", shop))


def proposed(client: FlaskClient, owner: dict[str, str], entered: dict[str, Any]) -> Any:
    return client.post(
        f"{API}/offers",
        json={
            "merchant_id": entered["merchant"]["id"], "title": "满 20 元减 5 元",
            "kind": "amount_off", "ordinary_price_cents": 2000, "alliance_price_cents": 1500,
            "points": 5, "per_holder_limit": 1, "per_holder_period": "day",
            "from_time": "07:00", "to_time": "11:00", "valid_from": "2026-11-01",
        },
        headers=owner,
    )  # fmt: skip


def drafted(client: FlaskClient, admin: dict[str, str], entered: dict[str, Any]) -> Any:
    return client.post(
        f"{API}/agreements",
        json={
            "merchant_id": entered["merchant"]["id"], "represented_by": "郭俊平",
            "valid_from": "2026-11-01", "valid_to": "2027-11-01", "monthly_cap": 500.5,
            "merchant_percent": 70, "pool_name": "工会爱心资金池",
        },
        headers=admin,
    ).get_json()  # fmt: skip


def test_a_shop_from_joining_to_the_board(
    client: FlaskClient, admin: dict[str, str], owner: dict[str, str], entered: dict[str, Any]
) -> None:
    offer = proposed(client, owner, entered).get_json()
    assert (offer["state"], offer["hours_text"]) == ("proposed", "7:00–11:00")
    draft = drafted(client, admin, entered)
    assert "500.5 积分" in draft["text"]
    signing = f"{API}/agreements/{draft['id']}/signatures"
    for party, who in (("community", admin), ("merchant", owner)):
        signed = client.post(
            signing, json={"party": party, "text_sha256": draft["text_sha256"]}, headers=who
        )
        assert signed.status_code == 201, signed.text
    assert signed.get_json()["state"] == "signed"
    assert [one["party"] for one in signed.get_json()["signatures"]] == ["community", "merchant"]
    accepted = client.post(
        f"{API}/offers/{offer['id']}/acceptance", json={"version": 1}, headers=admin
    )
    assert accepted.get_json()["state"] == "accepted"

    shown = client.get(f"{PUBLIC}/jinxian").get_json()
    assert shown["monthly_cap"] == 500.5
    assert [one["title"] for one in shown["offers"]] == ["满 20 元减 5 元"]
    assert "version" not in shown["offers"][0]
    listed = client.get(f"{PUBLIC}?search=果蔬&limit=1").get_json()
    assert [one["merchant"]["code"] for one in listed["items"]] == ["jinxian"]

    suspended = client.post(
        f"{API}/agreements/{draft['id']}/suspension",
        json={"version": signed.get_json()["version"], "why": "装修"},
        headers=admin,
    )
    assert suspended.get_json()["state"] == "suspended"
    assert client.get(f"{PUBLIC}/jinxian").status_code == 404
    acts = client.get(f"{API}/agreements/{draft['id']}/acts", headers=admin).get_json()
    assert [act["to_state"] for act in acts] == ["draft", "signed_by_one", "signed", "suspended"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"text_sha256": "0" * 64}, "text_changed"),
        ({"party": "community"}, "forbidden"),
    ],
)
def test_a_wrong_signature(
    client: FlaskClient,
    admin: dict[str, str],
    owner: dict[str, str],
    entered: dict[str, Any],
    changed: dict[str, str],
    code: str,
) -> None:
    draft = drafted(client, admin, entered)
    body = {"party": "merchant", "text_sha256": draft["text_sha256"]} | changed
    answer = client.post(f"{API}/agreements/{draft['id']}/signatures", json=body, headers=owner)
    assert answer.get_json()["code"] in (code, "not_found")
    assert answer.status_code in (403, 404, 409)


def test_an_owner_reads_the_own_shop_only(
    client: FlaskClient, world: AllianceWorld, owner: dict[str, str], entered: dict[str, Any]
) -> None:
    own = f"{API}/offers?merchant_id={entered['merchant']['id']}"
    other = f"{API}/offers?merchant_id={world.merchant.id}"
    assert client.get(own, headers=owner).status_code == 200
    assert client.get(other, headers=owner).status_code in (403, 404)
    assert client.get(f"{API}/merchants", headers=owner).status_code in (403, 404)


def test_leaving_is_for_the_community(
    client: FlaskClient, admin: dict[str, str], owner: dict[str, str], entered: dict[str, Any]
) -> None:
    url = f"{API}/merchants/{entered['merchant']['id']}/leaving"
    body = {"left_on": dt.date(2026, 11, 21).isoformat(), "version": 1, "why": "歇业"}
    assert client.post(url, json=body, headers=owner).status_code in (403, 404)
    assert client.post(url, json=body, headers=admin).get_json()["state"] == "left"
