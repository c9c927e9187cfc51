"""Batches, reversals and expiries over HTTP."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable
from typing import Any

import openpyxl

from kernel import tenancy
from kernel.database import db
from kernel.ids import new_id
from points.models import PointsLine
from tests.integration.points.test_batches import HEADER
from tests.integration.points.world import World

Call = Callable[..., Any]


def table(text: str) -> dict[str, Any]:
    return {"file": (io.BytesIO((HEADER + text).encode("utf-8-sig")), "批量.csv")}


def member(world: World, name: str = "王一") -> uuid.UUID:
    return world.member(name=name, household_id=world.household_id)


class TestBatches:
    def test_from_template_to_posting(self, call: Call, world: World) -> None:
        member_id = member(world)
        supervisor = world.actor("supervisor")
        template = call(world.admin, "GET", "/batches/template.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(template.data)).worksheets[0]
        assert [cell.value for cell in sheet[1]] == [
            "户号", "居民编号", "姓名", "积分*", "计入", "事由", "发生日期",
        ]  # fmt: skip
        text = "A0101,,王一,12.5,余额,纸质台账,2026-11-02\n"
        dry = call(world.admin, "POST", "/batches?kind=opening&is_dry_run=true", files=table(text))
        assert (dry.status_code, dry.json["id"], dry.json["after"]) == (201, None, 12.5)
        made = call(world.admin, "POST", "/batches?kind=opening", files=table(text))
        path = f"/batches/{made.json['id']}"
        rows = call(supervisor, "GET", f"{path}/rows").json["items"]
        assert [(row["name"], row["before"], row["after"]) for row in rows] == [("王一", 0, 12.5)]
        key = str(new_id())
        done = call(supervisor, "POST", f"{path}/confirmation", {"version": 1}, key=key)
        again = call(supervisor, "POST", f"{path}/confirmation", {"version": 1}, key=key)
        assert (done.status_code, done.json["state"], again.json) == (201, "posted", done.json)
        acts = call(world.admin, "GET", path).json["acts"]
        assert [act["act"] for act in acts] == ["uploaded", "confirmed"]
        listed = call(world.admin, "GET", "/batches?state=posted")
        assert [row["id"] for row in listed.json["items"]] == [made.json["id"]]
        me = world.actor("member", member=member_id)
        assert call(me, "GET", "/me/points").json["balance"] == 12.5
        row = call(me, "GET", "/me/history").json["items"][0]
        assert (row["item_name"], row["reason"]) == ("期初余额", "纸质台账")

    def test_bad_rows_are_named(self, call: Call, world: World) -> None:
        answer = call(
            world.admin, "POST", "/batches?kind=entries", files=table("A0101,,没有,1.25,,补记,\n")
        )
        assert answer.status_code == 422
        assert [(row["row"], row["column"], row["code"]) for row in answer.json["rows"]] == [
            (2, "户号", "name_mismatch"), (2, "积分", "not_one_decimal"),
        ]  # fmt: skip

    def test_rejected_and_withdrawn(self, call: Call, world: World) -> None:
        member(world)
        supervisor = world.actor("supervisor")
        for step, actor, body in (
            ("rejection", supervisor, {"version": 1, "why": "对不上"}),
            ("withdrawal", world.admin, {"version": 1}),
        ):
            made = call(
                world.admin, "POST", "/batches?kind=entries", files=table("A0101,,王一,1,,补记,\n")
            )
            done = call(actor, "POST", f"/batches/{made.json['id']}/{step}", body)
            assert done.status_code == 201
        wrong = call(world.admin, "POST", "/batches?kind=gift", files=table(""))
        assert wrong.status_code == 422


def test_a_grant_is_reversed(call: Call, world: World) -> None:
    member(world)
    call(world.admin, "PUT", "/months/2026-11/base-grants")
    line = db.session.scalars(
        tenancy.select(PointsLine, world.community_id).where(PointsLine.source == "base_grant")
    ).one()
    asked = call(world.admin, "POST", "/reversals", {"line_id": str(line.id), "reason": "发错了"})
    assert (asked.status_code, asked.json["points"]) == (201, 10)
    supervisor = world.actor("supervisor")
    path = f"/reversals/{asked.json['id']}"
    refused = call(world.admin, "POST", f"{path}/confirmation", {"version": 1})
    assert refused.status_code == 403
    rejected = call(supervisor, "POST", f"{path}/rejection", {"version": 1, "why": "没有发错"})
    assert rejected.json["state"] == "rejected"
    again = call(
        world.admin, "POST", "/reversals", {"line_id": str(line.id), "reason": "确实发错了"}
    )
    path = f"/reversals/{again.json['id']}"
    done = call(supervisor, "POST", f"{path}/confirmation", {"version": 1})
    assert done.json["state"] == "posted"
    assert len(call(supervisor, "GET", path).json["acts"]) == 2
    listed = call(supervisor, "GET", "/reversals?state=posted").json
    assert [row["id"] for row in listed["items"]] == [again.json["id"]]


def test_what_expires_next_and_when(call: Call, world: World) -> None:
    world.adopt(
        version=2, effective_from=dt.date(2026, 11, 1),
        balance={
            "spendable_from": "recorded", "deductions": "below_zero",
            "expiry": {"after_months": 1},
        },
    )  # fmt: skip
    member_id = member(world)
    world.record(member_id, "FREE")
    world.record(member_id, "CAP")
    me = world.actor("member", member=member_id)
    expected = [{"expires_on": "2026-12-21", "points": 3.5}]
    assert call(me, "GET", "/me/points/expiries").json == expected
    path = f"/members/{member_id}/points/expiries"
    assert call(world.panelist, "GET", path).json == expected
    stranger = world.actor("member", member=world.member(name="李四"))
    assert call(stranger, "GET", path).status_code == 404
    notice = call(world.admin, "GET", "/expiries?before=2026-12-22").json["items"]
    assert [(row["name"], row["points"], row["days"]) for row in notice] == [
        ("王一", 3.5, expected)
    ]
    assert call(world.admin, "GET", "/expiries?before=2026-12-21").json["items"] == []
