"""The API: a month from open to sealed over HTTP, and the board without a sign-in."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel import clock
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Unauthenticated
from points import months
from review.rules.digests import BlackedRow, Header, PrintedRow, verify
from tests.integration.review.world import (
    FROZEN,
    MONTH,
    ON_NOTICE,
    PUBLISHED,
    SEALED,
    ReviewWorld,
    scored_world,
)
from tests.support.backend import Backend

REPLY = "经核对签到表和照片，当天实际值守两小时，按细则予以更正，感谢您的监督。"


@dataclasses.dataclass
class Caller:
    """Calls as one of the world's people: the actor's account id is the token."""

    client: FlaskClient
    world: ReviewWorld
    actors: dict[str, Actor]

    def call(self, method: str, path: str, actor: Actor | None = None, **body: Any) -> Any:
        headers = {"Idempotency-Key": f"key-{len(self.actors)}-{path}"[-60:]}
        if actor is not None:
            self.actors[str(actor.account_id)] = actor
            headers["Authorization"] = f"Bearer {actor.account_id}"
        options = {"json": body} if method == "post" else {"query_string": body}
        return getattr(self.client, method)(f"/api/v1{path}", headers=headers, **options)

    def step(self, act: str, actor: Actor, **body: Any) -> Any:
        version = months.of(self.world.community_id, MONTH).version
        db.session.rollback()
        return self.call(
            "post", f"/communities/yijuyuan/months/{MONTH}/{act}", actor, version=version, **body
        )

    def public(self, path: str, **query: Any) -> Any:
        return self.call("get", f"/public/communities/yijuyuan/{path}", **query)


@pytest.fixture
def now() -> Iterator[Any]:
    """Set the clock of the process to an instant; it is set back afterwards."""

    def at(instant: dt.datetime) -> None:
        clock.set_offset(dt.timedelta(0))
        clock.set_offset(instant - clock.now())

    yield at
    clock.set_offset(dt.timedelta(0))


@pytest.fixture
def caller(backend: Backend, app: Flask, client: FlaskClient, session: Any) -> Iterator[Caller]:
    world = backend.remembered(scored_world)
    found = Caller(client, world, {})

    def authenticate(token: str) -> Actor:
        if token not in found.actors:
            raise Unauthenticated()
        return found.actors[token]

    before = app.extensions["linli"]
    app.extensions["linli"] = dataclasses.replace(before, authenticate=authenticate)
    yield found
    app.extensions["linli"] = before


def test_a_month_over_http(caller: Caller, now: Any) -> None:
    world = caller.world
    now(FROZEN)
    for act, actor, body in (
        ("freeze", world.admin, {}),
        ("signature", world.panelist, {}),
        ("return", world.supervisor, {"why": "两条值守时长与签到表不符，请再核"}),
        ("signature", world.panelist, {}),
        ("countersignature", world.supervisor, {}),
    ):
        answer = caller.step(act, actor, **body)
        assert answer.status_code == 200, answer.json
    now(PUBLISHED)
    assert caller.step("notice", world.admin).json["state"] == "on_notice"
    assert caller.step("seal", world.admin).json["code"] == "notice_running"
    now(SEALED)
    answer = caller.step("seal", world.admin)
    assert (answer.json["state"], answer.json["sheet_number"]) == ("sealed", 2)
    assert {need["state"] for need in answer.json["needs"] if need["blocks"]} == {"done"}
    review = caller.call("get", f"/communities/yijuyuan/months/{MONTH}/review", world.admin)
    assert [act["to_state"] for act in review.json["acts"]] == [
        "open", "frozen", "signed", "frozen", "signed", "countersigned", "on_notice", "sealed",
    ]  # fmt: skip
    sheet = caller.call(
        "get", f"/communities/yijuyuan/months/{MONTH}/sheet", world.admin, limit=2
    ).json
    assert (len(sheet["items"]), sheet["state"], bool(sheet["next"])) == (2, "sealed", True)


def test_refusals_over_http(caller: Caller, now: Any) -> None:
    world = caller.world
    now(FROZEN)
    path = f"/communities/yijuyuan/months/{MONTH}/freeze"
    assert caller.call("post", path, version=1).status_code == 401
    for actor, body, status, code in (
        (world.panelist, {"version": 1}, 403, "forbidden"),
        (world.admin, {"version": 2}, 409, "stale_version"),
        (world.admin, {}, 422, "invalid_input"),
        (world.admin, {"version": 1, "month": MONTH}, 422, "invalid_input"),
    ):
        answer = caller.call("post", path, actor, **body)
        assert (answer.status_code, answer.json["code"]) == (status, code)
    assert caller.public("notices/2026-10").json["code"] == "notice_missing"
    assert caller.public("notices/2026-13").json["code"] == "month_invalid"
    assert caller.public("notice").json == {"notice": None}


def test_an_objection_over_http(caller: Caller, now: Any) -> None:
    world = caller.world
    world.bring_to_notice()
    now(ON_NOTICE)
    row = caller.public("ranking", month=MONTH).json["rows"][0]
    objector = world.actor("member", member=world.people["0105"])
    filed = caller.call(
        "post", "/communities/yijuyuan/objections", objector, month=MONTH, kind="wrong",
        text="那天九点就收摊了，应当是两小时。", row_id=row["row_id"],
    )  # fmt: skip
    assert (filed.status_code, filed.json["side"]) == (201, "objector")
    own_line = world.last_line("0101")
    path = f"/communities/yijuyuan/objections/{filed.json['id']}"
    body: dict[str, Any] = {
        "version": 1, "outcome": "uphold", "reply": REPLY,
        "amend": {"line_id": str(own_line), "quantity": 2},
    }  # fmt: skip
    both = caller.call("post", f"{path}/reply", world.panelist, **body, strike={})
    assert (both.status_code, both.json["errors"][0]["field"]) == (422, "amend")
    first = caller.call("post", f"{path}/reply", world.panelist, **body)
    assert (first.status_code, first.json["state"]) == (200, "upheld"), first.json
    again = caller.call("post", f"{path}/reply", world.panelist, **body)
    assert again.json == first.json
    listed = caller.call(
        "get", "/communities/yijuyuan/objections", world.panelist, month=MONTH
    ).json["items"]
    assert [each["state"] for each in listed] == ["upheld"]
    mine = caller.call("get", "/communities/yijuyuan/objections/mine", objector).json["items"]
    assert [each["id"] for each in mine] == [filed.json["id"]]
    notice = caller.public("notice").json["notice"]
    assert (notice["state"], notice["sheet_number"]) == ("corrected", 2)
    [row] = notice["corrections"][0]["rows"]
    assert (row["household_code"], row["score_before"], row["score_after"]) == ("0101", 30, 28)


def test_withdrawing_over_http(caller: Caller, now: Any) -> None:
    world = caller.world
    world.bring_to_notice()
    now(ON_NOTICE)
    keyed = caller.call(
        "post", "/communities/yijuyuan/objections/counter", world.recorder, month=MONTH,
        kind="missing", text="楼道清洁我去了，公示里没有。",
        objector_member_id=str(world.people["0105"]),
    )  # fmt: skip
    assert keyed.status_code == 201
    path = f"/communities/yijuyuan/objections/{keyed.json['id']}/withdrawal"
    withdrawn = caller.call("post", path, world.recorder, version=1)
    assert withdrawn.json["state"] == "withdrawn"
    assert caller.call("post", path, world.recorder, version=1).json["code"] == "objection_closed"


def test_the_board_tells_no_secrets(caller: Caller, now: Any) -> None:
    world = caller.world
    world.bring_to_notice()
    now(ON_NOTICE)
    found = [
        caller.public("notice"),
        caller.public("notices"),
        caller.public(f"notices/{MONTH}"),
        caller.public(f"notices/{MONTH}/proof"),
        caller.public("ranking", month=MONTH),
        caller.public("ranking", month=MONTH, unit="household"),
        caller.public("ranking", month=MONTH, unit="grid"),
        caller.public("ranking", month=MONTH, over="year"),
        caller.public("own-row", month=MONTH, household_code="0101", surname="王"),
    ]
    assert {answer.status_code for answer in found} == {200}
    text = "".join(json.dumps(answer.json, ensure_ascii=False) for answer in found)
    for secret in ("0106", "孙", "王一", "member_id", "account_id", str(world.people["0101"])):
        assert secret not in text
    keys = set(_keys([answer.json for answer in found]))
    assert not keys & {"base", "name"}
    hidden = caller.public("own-row", month=MONTH, household_code="0106", surname="孙")
    unknown = caller.public("own-row", month=MONTH, household_code="0199", surname="孙")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json["detail"] == unknown.json["detail"]


def test_the_published_proof_verifies_with_a_row_blacked_out(caller: Caller, now: Any) -> None:
    caller.world.bring_to_notice()
    now(ON_NOTICE)
    paper = caller.public(f"notices/{MONTH}/proof").json
    rows = [PrintedRow(**{**row, "score": Decimal(str(row["score"]))}) for row in paper["rows"]]
    blacked = [BlackedRow(**row) for row in paper["blacked"]]
    header = Header(**paper["header"])
    assert (len(rows), len(blacked)) == (5, 1)
    assert verify(header=header, rows=[*rows, *blacked], expected=paper["digest"])
    assert not verify(header=header, rows=rows, expected=paper["digest"])


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)
