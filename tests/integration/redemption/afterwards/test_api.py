"""Over HTTP: a report from filing to the points' return, repeated requests, bad input."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from community import places, sign_in_sessions
from community.models import RoleGrant
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from redemption.models import RedemptionReport, ReversalRequest
from tests.integration.redemption.afterwards.stage import ANSWER, LATER, Afterwards
from tests.integration.redemption.world import JOINED, NOW

COMMUNITY = "/api/v1/communities/yjyx"
REPORTS, REVERSALS = f"{COMMUNITY}/redemption-reports", f"{COMMUNITY}/redemption-reversals"


class Caller:
    """A signed-in client with a grant for every role of the actor."""

    def __init__(self, client: FlaskClient, actor: Actor, community_id: Any) -> None:
        whole = places.place_of(community_id)
        for grant in actor.grants:
            if grant.role != "member":
                db.session.add(
                    RoleGrant(
                        account_id=actor.account_id, role=grant.role,
                        district_id=whole.district_id, street_id=whole.street_id,
                        community_id=whole.community_id, merchant_id=grant.place.merchant_id,
                        granted_from=JOINED, granted_by=new_id(), granted_at_utc=NOW,
                    )
                )  # fmt: skip
        issued = sign_in_sessions.issue(
            account_id=actor.account_id, is_staff=actor.counter is not None,
            counter=actor.counter, now=LATER,
        )  # fmt: skip
        db.session.commit()
        self.client = client
        self.headers = {"Authorization": f"Bearer {issued.token}"}

    def post(self, url: str, body: Any, status: int = 200, *, key: str | None = None) -> Any:
        sent = self.headers | {"Idempotency-Key": key or str(new_id())}
        answer = self.client.post(url, json=body, headers=sent)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def get(self, url: str, status: int = 200) -> Any:
        answer = self.client.get(url, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.get_json()


class Callers:
    def __init__(self, client: FlaskClient, stage: Afterwards) -> None:
        self.receipt = stage.redeemed()

        def call(actor: Actor) -> Caller:
            return Caller(client, actor, stage.community_id)

        self.member, self.owner, self.clerk = (
            call(actor) for actor in (stage.holder.actor, stage.owner, stage.clerk)
        )
        self.admin, self.supervisor, self.grid_worker = (
            call(actor) for actor in (stage.admin, stage.supervisor, stage.grid_worker)
        )

    @property
    def told(self) -> dict[str, Any]:
        return {"redemption_id": str(self.receipt.id), "kind": "refused", "text": "说早餐没了"}


@pytest.fixture
def callers(client: FlaskClient, stage: Afterwards, monkeypatch: pytest.MonkeyPatch) -> Callers:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    return Callers(client, stage)


def test_from_the_report_to_the_points(callers: Callers, stage: Afterwards) -> None:
    report = callers.member.post(REPORTS, callers.told, 201)
    url = f"{REPORTS}/{report['id']}"
    summary = {"version": 1, "summary": "请说明当天早餐供应情况。"}
    assert callers.admin.post(f"{url}/summary", summary)["version"] == 2
    shown = callers.clerk.get("/api/v1/counter/reports")["items"]
    assert [(each["kind"], each["receipt_number"]) for each in shown] == [
        ("refused", callers.receipt.receipt_number)
    ]
    at_shop = callers.clerk.get(f"/api/v1/counter/reports/{report['id']}")
    assert (at_shop["text"], at_shop["summary"]) == (None, summary["summary"])
    reply = {"version": 2, "text": "那天豆浆机坏了。"}
    callers.owner.post(f"/api/v1/counter/reports/{report['id']}/reply", reply)
    decision = {
        "version": 3, "outcome": "upheld", "answer": ANSWER, "warns": True, "asks_reversal": True,
    }  # fmt: skip
    decided = callers.admin.post(f"{url}/decision", decision)
    assert (decided["state"], decided["is_warned"], decided["reversal_state"]) == (
        "upheld", True, "asked",
    )  # fmt: skip
    request_url = f"{REVERSALS}/{decided['reversal_id']}"
    approve = {"version": 1, "approves": True, "why": "凭证属实"}
    assert callers.supervisor.post(f"{request_url}/decision", approve)["state"] == "approved"
    mine = callers.member.get(f"{COMMUNITY}/redemptions")["items"][0]
    assert (mine["report_state"], mine["reversal_state"]) == ("upheld", "approved")
    assert (mine["state"], mine["cancellable_until_utc"]) == ("redeemed", None)
    case = callers.member.get(url)
    assert [act["act"] for act in case["acts"]] == ["filed", "summarized", "replied", "upheld"]
    assert case["summary"] is None
    record = callers.supervisor.get(f"{REPORTS}/records")["items"][0]
    assert (record["upheld"], record["warnings"]) == (1, 1)
    db.session.rollback()
    assert stage.world.points_of(stage.holder) == (100, 0, 0)


def test_the_shop_asks(callers: Callers) -> None:
    asked = {"redemption_id": str(callers.receipt.id), "reason": "扫错了优惠"}
    request = callers.clerk.post("/api/v1/counter/reversals", asked, 201)
    assert "asked_by" not in request
    refused = {"version": 1, "approves": False, "why": "凭证不符"}
    callers.supervisor.post(f"{REVERSALS}/{request['id']}/decision", refused)
    listed = callers.owner.get("/api/v1/counter/reversals?state=declined")["items"]
    assert [(each["id"], each["why"]) for each in listed] == [(request["id"], "凭证不符")]
    detail = callers.admin.get(f"{REVERSALS}/{request['id']}")
    assert [act["to_state"] for act in detail["acts"]] == ["asked", "declined"]


def test_at_the_window(callers: Callers, stage: Afterwards) -> None:
    told = {
        "receipt_number": callers.receipt.receipt_number, "kind": "surcharge",
        "member_id": str(stage.holder.member_id),
    }  # fmt: skip
    key = str(new_id())
    report = callers.grid_worker.post(f"{REPORTS}/window", told, 201, key=key)
    # Asked again after the connection broke, the same is answered and nothing is written twice.
    assert callers.grid_worker.post(f"{REPORTS}/window", told, 201, key=key) == report
    callers.grid_worker.get(f"{REPORTS}/{report['id']}", 404)
    window = f"{REPORTS}/window?receipt_number={told['receipt_number']}"
    looked_up = callers.grid_worker.get(f"{window}&member_id={told['member_id']}")
    assert looked_up["id"] == report["id"]
    callers.grid_worker.get(f"{window}&member_id={new_id()}", 404)
    callers.grid_worker.get(window, 422)
    again = callers.grid_worker.post(f"{REPORTS}/window", told, 409)
    assert again["code"] == "already_reported"
    withdrawn = callers.grid_worker.post(f"{REPORTS}/{report['id']}/withdrawal", {"version": 1})
    assert withdrawn["state"] == "withdrawn"


def test_repeated_requests_have_one_effect(callers: Callers, stage: Afterwards) -> None:
    key = str(new_id())
    first = callers.member.post(REPORTS, callers.told, 201, key=key)
    assert callers.member.post(REPORTS, callers.told, 201, key=key) == first
    reply = f"/api/v1/counter/reports/{first['id']}/reply"
    said = {"version": 1, "text": "已经修好。"}
    assert callers.owner.post(reply, said, key=key) == callers.owner.post(reply, said, key=key)
    asked = {"redemption_id": str(callers.receipt.id), "reason": "店里承认"}
    request = callers.admin.post(REVERSALS, asked, 201, key=key)
    assert callers.admin.post(REVERSALS, asked, 201, key=key)["id"] == request["id"]
    url, body = f"{REVERSALS}/{request['id']}/decision", {
        "version": 1, "approves": True, "why": "属实",
    }  # fmt: skip
    decided = callers.supervisor.post(url, body, key=key)
    assert callers.supervisor.post(url, body, key=key) == decided
    db.session.rollback()
    assert stage.transfers() == ["redemption", "cancellation"]


def test_lists_are_narrowed_over_http(callers: Callers) -> None:
    number = callers.receipt.receipt_number
    callers.member.post(REPORTS, callers.told, 201)
    for caller, url in (
        (callers.member, f"{COMMUNITY}/redemptions?outcome=redeemed&number={number}"),
        (callers.clerk, f"/api/v1/counter/redemptions?number={number}"),
        (callers.clerk, "/api/v1/counter/redemptions?day=2026-11-21"),
        (callers.supervisor, f"{COMMUNITY}/receipts?state=redeemed&channel=code&number={number}"),
        (callers.admin, f"{REPORTS}?state=filed&kind=refused&number={number}"),
        (callers.member, f"{REPORTS}/mine"),
        (callers.owner, "/api/v1/counter/reports?is_open=true"),
    ):
        page = caller.get(url)
        assert [each["receipt_number"] for each in page["items"]] == [number], url
        assert page["next"] is None
    assert callers.clerk.get("/api/v1/counter/redemptions?day=2026-11-20")["items"] == []
    assert callers.admin.get(f"{REPORTS}?is_overdue=true")["items"] == []


QUERIES = (
    "receipts?day=0001-01-01", "receipts?day=9999-12-31", "receipts?day=2026-02-30",
    "receipts?state=lost", "receipts?channel=post", "receipts?merchant_id=7",
    "receipts?number=12345", "receipts?number=%00", "receipts?number=" + "A" * 31,
    "receipts?limit=101", "receipts?surprise=1", "redemption-reports?kind=mood",
    "redemption-reports?number=IIII", "redemption-reports?is_overdue=perhaps",
    "redemption-reversals?state=posted", "redemption-reversals?number=ü",
)  # fmt: skip
REPORT: tuple[dict[str, Any], ...] = (
    {"kind": "mood"}, {"kind": None}, {"text": "长" * 301}, {"text": "a\x00b"}, {"text": 5},
    {"redemption_id": "7"}, {"redemption_id": None}, {"shares_words": "maybe"},
    {"surprise": 1}, {"kind": "other", "text": None}, {"kind": "other", "text": "  "},
)  # fmt: skip
DECISION: tuple[dict[str, Any], ...] = (
    {"version": 0}, {"version": 10**30}, {"version": "1"}, {"outcome": "withdrawn"},
    {"answer": "太短"}, {"answer": " " * 40}, {"answer": "长" * 2001}, {"warns": "maybe"},
    {"surprise": 1}, {"outcome": "settled", "warns": True},
)  # fmt: skip
REQUEST: tuple[dict[str, Any], ...] = (
    {"redemption_id": "x"}, {"reason": ""}, {"reason": "  "}, {"reason": None},
    {"reason": "长" * 2001}, {"surprise": 1},
)  # fmt: skip


def test_what_cannot_be_is_refused_and_changes_nothing(callers: Callers, stage: Afterwards) -> None:
    """One shop for all of them: each is a request of its own, and none leaves anything behind."""
    told = {"invalid_input", "receipt_number_unreadable"}
    for query in QUERIES:
        problem = callers.supervisor.get(f"{COMMUNITY}/{query}", 422)
        assert problem["code"] in told, query
        assert problem["detail"]
    for broken in REPORT:
        problem = callers.member.post(REPORTS, callers.told | broken, 422)
        assert problem["code"] in ("invalid_input", "report_words_missing"), broken
    asked = {"redemption_id": str(callers.receipt.id), "reason": "店里承认"}
    for broken in REQUEST:
        for caller, url in (
            (callers.admin, REVERSALS), (callers.clerk, "/api/v1/counter/reversals"),
        ):  # fmt: skip
            problem = caller.post(url, asked | broken, 422)
            assert problem["code"] in ("invalid_input", "reversal_reason_missing"), broken
    report = callers.member.post(REPORTS, callers.told, 201)
    decision = {"version": 1, "outcome": "not_upheld", "answer": ANSWER}
    for broken in DECISION:
        problem = callers.admin.post(f"{REPORTS}/{report['id']}/decision", decision | broken, 422)
        expected = ("invalid_input", "answer_too_short", "only_when_upheld")
        assert problem["code"] in expected, broken
    db.session.rollback()
    (row,) = db.session.scalars(tenancy.select(RedemptionReport, stage.community_id)).all()
    assert (row.state, row.version) == ("filed", 1)
    assert db.session.scalars(tenancy.select(ReversalRequest, stage.community_id)).all() == []


def test_the_language_is_the_callers(callers: Callers) -> None:
    callers.member.post(REPORTS, callers.told, 201)
    callers.member.headers["Accept-Language"] = "en"
    problem = callers.member.post(REPORTS, callers.told, 409)
    assert problem["detail"].startswith("A report of this redemption")


def test_openapi_knows_all_of_it(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    paths = set(document["paths"])
    for path in (
        "/api/v1/communities/{community}/receipts",
        "/api/v1/communities/{community}/redemption-reports/{report_id}/decision",
        "/api/v1/communities/{community}/redemption-reversals/{request_id}/decision",
        "/api/v1/counter/reports/{report_id}/reply",
    ):
        assert path in paths
