"""The API of points over HTTP: one call per endpoint, refusals of form, idempotency."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.database import db
from kernel.ids import new_id
from points.models import Fact
from tests.integration.points import world as texts
from tests.integration.points.world import MONTH, World

Call = Callable[..., Any]


def fact_body(member_id: Any, item_code: str = "CAP", **values: Any) -> dict[str, Any]:
    return {
        "member_id": str(member_id), "item_code": item_code, "occurred_on": "2026-11-21", **values,
    }  # fmt: skip


class TestFacts:
    def test_the_life_of_a_fact(self, call: Call, world: World) -> None:
        member_id = world.member()
        me = world.actor("member", member=member_id)
        body = fact_body(member_id, "CLAIM", evidence=[{"kind": "photo", "note": "照片 3"}])
        refused = call(me, "POST", "/facts", body)
        assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
        made = call(world.recorder, "POST", "/facts", body)
        assert (made.status_code, made.json["state"]) == (201, "awaiting_approval")
        path = f"/facts/{made.json['id']}"
        approved = call(world.panelist, "POST", f"{path}/approvals", {"version": 1})
        assert (approved.status_code, approved.json["lines"][0]["posted"]) == (201, 2)
        struck = call(
            world.panelist, "POST", f"{path}/strike", {"version": 2, "reason": "重复申报"}
        )
        assert (struck.status_code, struck.json["state"]) == (201, "struck")
        detail = call(me, "GET", path)
        assert [act["act"] for act in detail.json["acts"]] == ["recorded", "approved", "struck"]
        listed = call(world.panelist, "GET", "/facts?state=struck&limit=1")
        assert [row["id"] for row in listed.json["items"]] == [made.json["id"]]
        assert listed.json["next"] is None

    def test_decision_and_amendment(self, call: Call, world: World) -> None:
        member_id = world.member()
        made = call(world.recorder, "POST", "/facts", fact_body(member_id, "RANGE")).json
        path = f"/facts/{made['id']}"
        call(world.panelist, "POST", f"{path}/approvals", {"version": 1})
        decided = call(world.panelist, "POST", f"{path}/decision", {"version": 2, "points": 7})
        assert decided.json["lines"][0]["posted"] == 7
        amended = call(
            world.panelist, "POST", f"{path}/amendment",
            {"version": 3, "decided": 5, "reason": "复核"},
        )  # fmt: skip
        assert (amended.status_code, amended.json["lines"][0]["posted"]) == (201, 5)

    def test_the_same_key_records_once_and_answers_alike(self, call: Call, world: World) -> None:
        body, key = fact_body(world.member()), str(new_id())
        first = call(world.recorder, "POST", "/facts", body, key=key)
        again = call(world.recorder, "POST", "/facts", body, key=key)
        assert (again.status_code, again.json) == (first.status_code, first.json)
        other = call(world.recorder, "POST", "/facts", {**body, "item_code": "FREE"}, key=key)
        assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
        db.session.rollback()
        rows = db.session.query(Fact).filter(Fact.community_id == world.community_id)
        assert rows.count() == 1

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"quantity": 0}, "quantity"),
            ({"quantity": -1}, "quantity"),
            ({"quantity": 1.255}, "quantity"),
            ({"quantity": 10**30}, "quantity"),
            ({"quantity": "1"}, "quantity"),
            ({"quantity": True}, "quantity"),
            ({"points": 5}, "points"),
            ({"evidence": [{"kind": "hearsay"}]}, "evidence"),
            ({"occurred_on": "2026-02-30"}, "occurred_on"),
            ({"reason": "长" * 2001}, "reason"),
        ],
    )
    def test_what_cannot_be_read_is_refused_by_field(
        self, call: Call, world: World, values: dict[str, Any], field: str
    ) -> None:
        answer = call(world.recorder, "POST", "/facts", fact_body(new_id(), **values))
        assert answer.status_code == 422
        assert field in answer.json["errors"][0]["field"]

    @pytest.mark.parametrize("points", [0, -1, 1.25, 100000.1, 10**40, "5", None, True])
    def test_points_of_a_decision_are_exact_and_bounded(
        self, call: Call, world: World, points: Any
    ) -> None:
        body = {"version": 1, "points": points}
        answer = call(world.panelist, "POST", f"/facts/{new_id()}/decision", body)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "points")

    def test_refusals_keep_their_codes(self, call: Call, world: World) -> None:
        member_id = world.member()
        late = call(
            world.recorder, "POST", "/facts", fact_body(member_id, occurred_on="2026-11-22")
        )
        assert (late.status_code, late.json["code"]) == (422, "occurred_in_future")
        made = call(world.recorder, "POST", "/facts", fact_body(member_id)).json
        stale = call(
            world.panelist, "POST", f"/facts/{made['id']}/strike", {"version": 9, "reason": "错"}
        )
        assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
        nobody = call(world.actor("auditor"), "POST", "/facts", fact_body(member_id))
        assert (nobody.status_code, nobody.json["code"]) == (403, "forbidden")


def test_points_and_history_of_a_member_and_of_me(call: Call, world: World) -> None:
    member_id = world.member()
    me = world.actor("member", member=member_id)
    call(world.recorder, "POST", "/facts", fact_body(member_id, "FREE"))
    assert call(me, "GET", "/me/points").json["balance"] == 1.5
    mine = call(me, "GET", "/me/history").json["items"]
    theirs = call(world.panelist, "GET", f"/members/{member_id}/history").json["items"]
    assert mine == theirs
    assert mine[0]["item_name"] == "项目FREE"
    assert call(me, "GET", f"/members/{new_id()}/points").status_code == 404
    assert call(world.panelist, "GET", "/me/points").status_code == 404
    past = call(world.panelist, "GET", f"/members/{member_id}/points?month=2026-10")
    assert past.json["score"] == 0


def test_months_are_opened_listed_and_given_their_base(call: Call, world: World) -> None:
    world.member()
    opened = call(world.admin, "PUT", "/months/2026-12")
    assert (opened.status_code, opened.json["state"]) == (200, "open")
    granted = [call(world.admin, "PUT", f"/months/{MONTH}/base-grants").json for _ in range(2)]
    assert granted == [{"granted": 1}, {"granted": 0}]
    listed = call(world.recorder, "GET", "/months?limit=2").json
    assert [row["month"] for row in listed["items"]] == ["2026-12", MONTH]
    rest = call(world.recorder, "GET", f"/months?after={listed['next']}").json
    assert [row["month"] for row in rest["items"]] == ["2026-10"]
    detail = call(world.recorder, "GET", f"/months/{MONTH}").json
    assert [act["to_state"] for act in detail["acts"]] == ["open"]
    assert call(world.recorder, "GET", "/months/2026-13").json["code"] == "month_invalid"


def test_a_rulebook_is_examined_drafted_adopted_and_read(call: Call, world: World) -> None:
    bad = {"text": texts.text(version=2, items=texts.items("CAP") * 2)}
    told = call(world.admin, "POST", "/rulebooks/findings", bad).json["findings"]
    assert [finding["code"] for finding in told] == ["duplicate_code"]
    twice = call(world.admin, "POST", "/rulebooks", bad)
    assert (twice.status_code, twice.json["code"]) == (422, "rulebook_refused")
    item = {**texts.items("CAP")[0], "limits": [{"max_points": 1, "per": "month"}]}
    wrong = {"text": texts.text(version=2, items=[item])}
    told = call(world.admin, "POST", "/rulebooks/findings", wrong).json["findings"]
    assert [finding["code"] for finding in told] == ["limit_below_award"]
    made = call(world.admin, "POST", "/rulebooks", wrong)
    assert (made.status_code, made.json["state"], made.json["error_count"]) == (201, "draft", 1)
    assert made.json["findings"] == told
    made = call(
        world.admin, "PUT", f"/rulebooks/{made.json['id']}/document",
        {"text": texts.text(version=2), "version": 1},
    )  # fmt: skip
    assert (made.status_code, made.json["error_count"]) == (200, 0)
    body = {
        "version": made.json["version_seen"], "meeting": "居民代表会议",
        "adopted_on": "2026-11-20", "effective_from": "2026-12-01",
    }  # fmt: skip
    adopted = call(world.admin, "POST", f"/rulebooks/{made.json['id']}/adoption", body)
    assert (adopted.status_code, adopted.json["effective_from"]) == (201, "2026-12-01")
    current = call(world.recorder, "GET", "/rulebooks/current").json
    assert (current["version"], current["effective_to"]) == (1, "2026-12-01")
    assert current["document"]["title"] == "测试细则"
    read = call(world.recorder, "GET", f"/rulebooks/{made.json['id']}").json
    assert read["sha256"] == made.json["sha256"]
    assert len(call(world.recorder, "GET", "/rulebooks").json["items"]) == 2
