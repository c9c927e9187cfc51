"""Leaving over HTTP: from the departure to the points in another community."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from community.models import LeavingBalance
from kernel.ids import new_id
from tests.integration.points.moving.stage import Stage, deliver_all

Call = Callable[..., Any]


def test_from_the_departure_to_the_other_community(call: Call, stage: Stage) -> None:
    admin = stage.home.admin
    stage.choose(LeavingBalance.CARRIED_OVER)
    stage.earn()
    gone = call(
        admin, "POST", f"/members/{stage.zhang}/departure",
        {"left_on": "2026-11-21", "reason": "moved_within", "to_community": "away"},
    )  # fmt: skip
    assert (gone.status_code, gone.json["left_reason"]) == (201, "moved_within")
    row = call(admin, "GET", "/left-balances?choice=carried_over").json["items"][0]
    assert (row["member_name"], row["balance"], row["settle_on"]) == ("张三", 3, "2026-11-21")
    stage.settle()
    person = stage.home.actor("member")
    former = type(person)(
        account_id=stage.phone.account_id, grants=(), table=person.table, members={}
    )
    mine = call(former, "GET", "/api/v1/me/former-memberships").json["items"][0]
    assert (mine["community_code"], mine["in_transit"]) == ("yijuyuan", 3)
    read = call(former, "GET", f"/members/{stage.zhang}/history").json["items"]
    assert (read[0]["kind"], read[0]["points"]) == ("carried_out", -3)
    deliver_all()
    there = stage.away.member(name="张三")
    body = {"number": mine["number"], "member_id": str(there)}
    key = str(new_id())
    address = "/api/v1/communities/away/carried-in"
    got = call(stage.away.admin, "POST", address, body, key=key)
    again = call(stage.away.admin, "POST", address, body, key=key)
    assert (got.status_code, got.json["points"], got.json["member_id"]) == (201, 3, str(there))
    assert again.json == got.json
    stage.check()


def test_an_undecided_balance_is_decided(call: Call, stage: Stage) -> None:
    stage.earn()
    stage.leave()
    row = call(stage.home.admin, "GET", "/left-balances").json["items"][0]
    path = f"/left-balances/{row['id']}/decision"
    assert row["choice"] == "undecided"
    body = {"version": 1, "choice": "household", "heir_id": str(stage.li)}
    assert call(stage.home.admin, "POST", path, body).json["choice"] == "household"
    for actor in (stage.home.panelist, stage.home.recorder):
        assert call(actor, "POST", path, {**body, "version": 2}).status_code == 403
    wrong = call(stage.home.admin, "POST", path, {**body, "choice": "thrown away"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "choice")


def test_settings_say_what_becomes_of_the_points(call: Call, stage: Stage) -> None:
    body = {
        "committee": "居民委员会", "phone": "0350-3000000", "office": "一号楼", "hours": "9—17",
        "alliance_name": "红色商业联盟", "notice_working_days": 5, "leaving_balance": "household",
        "leaving_notice_days": 30,
    }  # fmt: skip
    assert call(stage.home.admin, "PUT", "/settings", body).status_code == 200
    stage.leave(heir_id=stage.li)
    row = call(stage.home.admin, "GET", "/left-balances").json["items"][0]
    assert (row["choice"], row["settle_on"]) == ("household", "2026-12-21")
    for wrong in ({"leaving_balance": "lost"}, {"leaving_notice_days": 0}):
        assert call(stage.home.admin, "PUT", "/settings", {**body, **wrong}).status_code == 422


@pytest.mark.parametrize("missing", ["tag", "reason", "ends_on"])
def test_an_exclusion_names_what_is_missing(call: Call, stage: Stage, missing: str) -> None:
    body = {
        "member_id": str(stage.zhang), "tag": "student", "starts_on": "2026-11-21",
        "ends_on": "2027-02-01", "reason": "会议决定",
    }  # fmt: skip
    del body[missing]
    answer = call(stage.home.admin, "POST", "/exclusions", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, missing)


def test_a_proxy_reads_the_grantors_points(call: Call, stage: Stage) -> None:
    stage.earn()
    relative = stage.home.bound_actor("member", stage.li)
    path = f"/members/{stage.zhang}/points"
    assert call(relative, "GET", path).status_code == 404
    made = call(stage.phone, "POST", "/proxies", {"proxy_id": str(stage.li)})
    assert made.status_code == 201
    assert call(relative, "GET", path).json["balance"] == 3
    call(stage.phone, "POST", f"/proxies/{made.json['id']}/revocation")
    assert call(relative, "GET", path).status_code == 404
    child = call(stage.phone, "POST", "/children", {"nickname": "豆豆"})
    assert call(stage.phone, "GET", "/children").json["items"] == [child.json]


def test_the_office_erases_who_has_left_and_asks(call: Call, stage: Stage) -> None:
    path, body = f"/members/{stage.zhang}/erasure", {"name": "张三", "reason": "本人书面申请"}
    early = call(stage.home.admin, "POST", path, body)
    assert (early.status_code, early.json["code"]) == (409, "still_member")
    stage.leave()
    seen = call(stage.home.admin, "GET", path).json
    assert (seen["due_on"], seen["still_open"], seen["way"]) == ("2027-05-20", [], None)
    wrong = call(stage.home.admin, "POST", path, {**body, "name": "李梅"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "name")
    done = call(stage.home.admin, "POST", path, body)
    assert (done.status_code, done.json["way"]) == (201, "request")
    assert call(stage.home.admin, "GET", f"/members/{stage.zhang}").json["name"] == "已离开的居民"
    assert call(stage.home.admin, "POST", path, body).json["code"] == "erased_already"
    assert call(stage.home.recorder, "GET", path).status_code == 403
