"""What cannot be right is refused with its stable code and changes nothing; it is never a 500."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from kernel import clock
from kernel.access import Actor, Grant
from kernel.database import Base, db
from kernel.ids import new_id
from points.facts import EvidenceGiven, FactView, approve, decide
from points.models import EvidenceKind, MonthState
from tests.integration.points.world import items, text
from tests.integration.redemption.world import AllianceWorld, alliance_world
from tests.integration.review.world import MONTH, RECORDED, ReviewWorld, scored_world
from tests.support.backend import Backend

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
TODAY = "2026-11-21"
#: Where a refusal at the counter leaves its trace.
SCAN_TRACES = frozenset({"refused_scan", "idempotency_key"})
HUGE = 10**30
#: One question for all tables: a hundred of them cost more than the call they surround.
COUNTS = sa.text(
    " UNION ALL ".join(
        f"SELECT '{table.name}', count(*) FROM \"{table.name}\""
        for table in Base.metadata.sorted_tables
    )
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@dataclasses.dataclass
class Desk:
    """Calls as anybody, and what the calls left in the database."""

    client: FlaskClient
    signed_in: dict[str, Actor]
    engine: sa.Engine

    def call(
        self, actor: Actor, method: str, path: str, body: Any = None, **sent: Any
    ) -> tuple[int, dict[str, Any]]:
        """Status and body; ``path`` below /api/v1."""
        db.session.commit()
        self.signed_in["token"] = actor
        headers = {"Authorization": "Bearer token", "Idempotency-Key": str(new_id())}
        if body is not None:
            sent["json"] = body
        answer = self.client.open(f"/api/v1{path}", method=method, headers=headers, **sent)
        db.session.rollback()
        if answer.is_json or answer.status_code < 400:
            assert (answer.content_type == "application/problem+json") == (
                answer.status_code >= 400
            )
        return answer.status_code, answer.get_json(force=True)

    def rows(self) -> dict[str, int]:
        """Table → number of rows."""
        with self.engine.connect() as connection:
            return {name: rows for name, rows in connection.execute(COUNTS)}  # noqa: C416

    @contextmanager
    def nothing_changes(self, *, but: frozenset[str] = frozenset()) -> Iterator[None]:
        """No table but those in ``but`` has more or fewer rows afterwards."""
        db.session.commit()
        before = self.rows()
        yield
        after = self.rows()
        assert {name for name in before if before[name] != after[name]} == but

    def refuses(
        self, expected: tuple[int, str], actor: Actor, method: str, path: str, body: Any = None,
        *, but: frozenset[str] = frozenset(), **sent: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """The call is answered with ``expected`` (status, code) and changes nothing."""
        with self.nothing_changes(but=but):
            status, problem = self.call(actor, method, path, body, **sent)
        assert (status, problem["code"]) == expected, problem
        assert problem["detail"]
        return problem


@pytest.fixture
def desk(
    backend: Backend, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    signed_in: dict[str, Actor] = {}
    hooks = dataclasses.replace(app.extensions["linli"], authenticate=signed_in.__getitem__)
    monkeypatch.setitem(app.extensions, "linli", hooks)
    url = backend.settings.migration_database_url
    engine = sa.create_engine(url)
    yield Desk(client, signed_in, engine)
    engine.dispose()


@dataclasses.dataclass
class Town:
    """A community whose October is sealed and whose November is open."""

    desk: Desk
    world: ReviewWorld
    gift: FactView
    admin: Actor
    recorder: Actor
    panelist: Actor

    @property
    def member_id(self) -> uuid.UUID:
        return self.world.people["0101"]

    def fact(self, **values: Any) -> dict[str, Any]:
        plain = {"member_id": str(self.member_id), "item_code": "FREE", "occurred_on": TODAY}
        return plain | values

    def refuses(self, expected: tuple[int, str], actor: Actor, *call: Any, **sent: Any) -> Any:
        method, path, *body = call
        return self.desk.refuses(
            expected, actor, method, f"/communities/yijuyuan{path}", *body, **sent
        )


def sealed_with_a_gift() -> tuple[ReviewWorld, FactView]:
    world = scored_world()
    gift = world.record(
        world.people["0102"], "RANGE", occurred_on=dt.date(2026, 10, 15),
        now=RECORDED,
        evidence=[EvidenceGiven(kind=EvidenceKind.RECEIPT)],
    )  # fmt: skip
    gift = approve(
        actor=world.panelist, now=RECORDED, community_id=world.community_id, fact_id=gift.id,
        version=gift.version,
    )  # fmt: skip
    gift = decide(
        actor=world.panelist, now=RECORDED, community_id=world.community_id, fact_id=gift.id,
        version=gift.version, points=Decimal(6),
    )  # fmt: skip
    world.bring(MonthState.SEALED)
    return world, gift


@pytest.fixture
def town(backend: Backend, session: Any, desk: Desk) -> Town:
    world, gift = backend.remembered(sealed_with_a_gift)
    return Town(desk, world, gift, world.admin, world.recorder, world.panelist)


INVALID = (422, "invalid_input")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"member_id": 5}, INVALID, id="wrong type"),
        pytest.param({"evidence": "photo"}, INVALID, id="text for a list"),
        pytest.param({"surprise": 1}, INVALID, id="unknown field"),
        pytest.param({"quantity": HUGE}, INVALID, id="over-long integer"),
        pytest.param({"quantity": 0}, INVALID, id="zero"),
        pytest.param({"quantity": -1}, INVALID, id="negative"),
        pytest.param({"quantity": 1.005}, INVALID, id="three decimals of a quantity"),
        pytest.param({"item_code": "a\x00b"}, INVALID, id="NUL in a text"),
        pytest.param({"occurred_on": "2026-13-01"}, INVALID, id="no such date"),
        pytest.param({"occurred_on": "2026-11-22"}, (422, "occurred_in_future"), id="future"),
        pytest.param(
            {"item_code": "SOON", "occurred_on": "2026-11-17"}, (422, "too_late"), id="too late"
        ),
        pytest.param({"item_code": "NOPE"}, (422, "item_not_in_force"), id="item unknown"),
        pytest.param({"occurred_on": "2026-08-31"}, (422, "item_not_in_force"), id="before it"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be(
    town: Town, values: dict[str, Any], expected: tuple[int, str]
) -> None:
    town.refuses(expected, town.recorder, "POST", "/facts", town.fact(**values))


def test_what_is_wrong_with_a_quantity_is_said(town: Town) -> None:
    problem = town.refuses(INVALID, town.recorder, "POST", "/facts", town.fact(quantity=1.005))
    assert problem["errors"] == [{"field": "quantity", "detail": "数量最多两位小数。"}]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("9" * 5000, id="more digits than Python reads"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="deeper than the stack"),
    ],
)
def test_json_that_no_reader_survives(town: Town, value: str) -> None:
    body = json.dumps(town.fact()).removesuffix("}") + f', "quantity": {value}}}'
    with town.desk.nothing_changes():
        status, problem = town.desk.call(
            town.recorder, "POST", "/communities/yijuyuan/facts",
            data=body, content_type="application/json",
        )  # fmt: skip
    assert (status, problem["code"]) == (400, "bad_request")


def test_points_and_versions_that_cannot_be(town: Town) -> None:
    path = f"/facts/{town.gift.id}/decision"
    wrong = [("points", value) for value in (0, -3, 1.25, HUGE, "5", True, None, 100_001)]
    wrong += [("version", value) for value in (0, HUGE, "1", 1.5)]
    for name, value in wrong:
        body = {"version": 1, "points": 5} | {name: value}
        problem = town.refuses(INVALID, town.panelist, "POST", path, body)
        assert problem["errors"][0]["field"] == name, value


def test_a_month_that_does_not_exist(town: Town) -> None:
    town.refuses((422, "month_invalid"), town.admin, "PUT", "/months/2026-13")
    town.refuses(INVALID, town.panelist, "GET", "/facts?month=2026-13")
    objection = {"month": "2026-13", "kind": "missing", "text": "漏记了一次扫雪"}
    member = dataclasses.replace(
        town.admin,
        grants=(Grant(role="member", place=town.world.place),),
        members={town.world.community_id: town.member_id},
    )
    town.refuses(INVALID, member, "POST", "/objections", objection)


def test_a_decision_on_a_line_of_a_sealed_month(town: Town) -> None:
    town.refuses(
        (409, "month_sealed"), town.panelist, "POST", f"/facts/{town.gift.id}/decision",
        {"version": town.gift.version, "points": 4},
    )  # fmt: skip


def test_a_late_fact_belongs_to_its_sealed_month(town: Town) -> None:
    status, late = town.desk.call(
        town.recorder, "POST", "/communities/yijuyuan/facts", town.fact(occurred_on="2026-10-20")
    )
    assert status == 201
    assert (late["belongs_month"], late["month"]) == (MONTH, "2026-11")
    assert late["lines"][0]["belongs_month"] == MONTH


def _csv(encoding: str) -> bytes:
    return "姓名*,类别*\n王建国,居民\n".encode(encoding)


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        pytest.param(_csv("gbk"), "members.csv", "csv_not_utf8", id="GBK"),
        pytest.param(b"not a workbook", "members.xlsx", "xlsx_unreadable", id="text as Excel"),
        pytest.param(b"PK\x03\x04broken", "members.xlsx", "xlsx_unreadable", id="broken zip"),
        pytest.param(b"", "members.csv", "no_rows", id="empty"),
    ],
)
def test_a_table_that_cannot_be_read(town: Town, content: bytes, filename: str, code: str) -> None:
    town.refuses(
        (422, code), town.admin, "POST", "/members/import",
        data={"file": (io.BytesIO(content), filename, XLSX)}, content_type="multipart/form-data",
    )  # fmt: skip


def _twice(words: str) -> str:
    return words.replace('"version": 2', '"version": 2, "version": 2', 1)


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        pytest.param(
            lambda: text(version=2, items=[*items(), items()[0]]), "duplicate_code", id="item"
        ),
        pytest.param(lambda: _twice(text(version=2)), "duplicate_json_key", id="JSON key"),
    ],
)
def test_a_rulebook_that_says_something_twice(
    town: Town, words: Callable[[], str], finding: str
) -> None:
    problem = town.refuses(
        (422, "rulebook_refused"), town.admin, "POST", "/rulebooks", {"text": words()}
    )
    assert finding in {found["code"] for found in problem["findings"]}


@pytest.fixture
def alliance(backend: Backend, session: Any) -> AllianceWorld:
    return backend.remembered(alliance_world)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"valid_from": "0001-01-01"}, "valid_from", id="from the year 1"),
        pytest.param({"valid_to": "9999-12-31"}, "valid_to", id="to the year 9999"),
        pytest.param({"monthly_cap": 8.15}, "monthly_cap", id="two decimals"),
        pytest.param({"monthly_cap": 0}, "monthly_cap", id="no points"),
        pytest.param({"monthly_cap": -1}, "monthly_cap", id="negative"),
        pytest.param({"merchant_percent": 101}, "merchant_percent", id="more than all"),
        pytest.param({"represented_by": " 　"}, "represented_by", id="blanks"),
    ],
)
def test_an_agreement_that_cannot_be(
    alliance: AllianceWorld, desk: Desk, values: dict[str, Any], field: str
) -> None:
    terms = {
        "merchant_id": str(alliance.other_shop().merchant_id), "represented_by": "赵晓丽",
        "monthly_cap": 300, "valid_from": "2026-11-01", "valid_to": "2027-11-01",
    }  # fmt: skip
    problem = desk.refuses(
        INVALID, alliance.actor("community_admin"), "POST", "/communities/yjyx/agreements",
        terms | values,
    )  # fmt: skip
    assert problem["errors"][0]["field"] == field


def test_an_agreement_signed_twice(alliance: AllianceWorld, desk: Desk) -> None:
    shop = alliance.other_shop()
    admin = alliance.actor("community_admin")
    owner = alliance.actor("merchant_owner", shop)
    path = "/communities/yjyx/agreements"
    _, draft = desk.call(admin, "POST", path, {
        "merchant_id": str(shop.merchant_id), "represented_by": "赵晓丽", "monthly_cap": 300,
        "valid_from": "2026-11-01", "valid_to": "2027-11-01",
    })  # fmt: skip
    assert "text_sha256" in draft, draft
    signature = {"party": "merchant", "text_sha256": draft["text_sha256"]}
    status, _ = desk.call(owner, "POST", f"{path}/{draft['id']}/signatures", signature)
    assert status == 201
    desk.refuses(
        (409, "already_signed"), owner, "POST", f"{path}/{draft['id']}/signatures", signature
    )


def test_a_code_of_another_merchant(alliance: AllianceWorld, desk: Desk) -> None:
    holder = alliance.holder()
    clerk = alliance.clerk(shop=alliance.other_shop())
    offer = alliance.offer()
    _, held = desk.call(
        holder.actor, "POST", "/communities/yjyx/redemptions", {"offer_id": str(offer.id)}
    )
    for code in (held["code"]["payload"], "https://linli.example/r/yjyx/"):
        expected = "wrong_merchant" if code == held["code"]["payload"] else "code_unreadable"
        but = SCAN_TRACES if expected == "wrong_merchant" else frozenset()
        status = 409 if expected == "wrong_merchant" else 422
        desk.refuses((status, expected), clerk, "POST", "/counter/redeem", {"code": code}, but=but)
