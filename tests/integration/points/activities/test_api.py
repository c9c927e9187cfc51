"""Activities over HTTP: one day from the plan to the settlement, and refusals of form."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from kernel.ids import new_id
from tests.integration.points.activities.stage import Stage

Call = Callable[..., Any]
PLAN = {
    "title": "周末清洁", "place": "一号楼前", "starts_at_utc": "2026-11-21T03:30:00+00:00",
    "ends_at_utc": "2026-11-21T06:00:00+00:00", "item_code": "CAP", "capacity": 30,
}  # fmt: skip


def running(call: Call, organiser: Any, **values: Any) -> str:
    """The address of an activity that runs."""
    made = call(organiser, "POST", "/activities", {**PLAN, **values})
    assert made.status_code == 201, made.json
    path = f"/activities/{made.json['activity']['id']}"
    call(organiser, "POST", f"{path}/opening", {"version": 1})
    assert call(organiser, "POST", f"{path}/start", {"version": 2}).status_code == 201
    return path


def test_a_day_from_the_plan_to_the_settlement(call: Call, stage: Stage) -> None:
    organiser, person = stage.organiser, stage.person()
    path = running(call, organiser)
    mine = call(person, "POST", f"{path}/enrolments", {})
    assert (mine.status_code, mine.json["state"]) == (201, "enrolled")
    shown = call(organiser, "GET", f"{path}/code")
    assert shown.json["payload"].startswith("http://127.0.0.1:8000/a/yijuyuan/")
    assert 1 <= shown.json["seconds_left"] <= 20
    came = call(person, "POST", "/activity-scans", {"code": shown.json["payload"]})
    assert (came.status_code, came.json["attendee_id"]) == (201, str(stage.id_of(person)))
    old = call(organiser, "POST", f"{path}/attendances", {"member_id": str(stage.id_of(person))})
    assert (old.status_code, old.json["code"]) == (409, "already_checked_in")
    listed = call(organiser, "GET", f"{path}/attendances?limit=1")
    assert [row["name"] for row in listed.json["items"]] == ["张三"]
    assert call(organiser, "GET", f"{path}/enrolments?state=enrolled").json["next"] is None
    key = str(new_id())
    settled = call(organiser, "POST", f"{path}/settlement", {"version": 3}, key=key)
    again = call(organiser, "POST", f"{path}/settlement", {"version": 3}, key=key)
    assert (settled.status_code, settled.json["activity"]["state"]) == (201, "settled")
    assert again.json == settled.json
    other = call(organiser, "POST", f"{path}/settlement", {"version": 3})
    assert (other.status_code, other.json["code"]) == (409, "illegal_activity_step")
    found = call(person, "GET", "/activities?mine=true&state=settled").json["items"]
    assert [row["own"] for row in found] == ["enrolled"]
    sheet = call(organiser, "GET", f"{path}/sheet.xlsx")
    assert sheet.data.startswith(b"PK")


def test_the_picture_says_what_the_json_says(call: Call, stage: Stage) -> None:
    path = running(call, stage.organiser)
    said = call(stage.organiser, "GET", f"{path}/code?purpose=come").json["payload"]
    picture = call(stage.organiser, "GET", f"{path}/code.png")
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.data)))
    later = call(stage.organiser, "GET", f"{path}/code?purpose=come").json["payload"]
    assert read[0].text in (said, later)
    drawn = call(stage.organiser, "GET", f"{path}/code.svg")
    assert drawn.data.startswith(b"<svg")
    assert drawn.headers["Cache-Control"] == "no-store"


def test_leaving_is_asked_for_where_hours_count(call: Call, stage: Stage) -> None:
    organiser, person = stage.organiser, stage.person()
    path = running(call, organiser, item_code="HOURS", counts_hours=True)
    came = call(organiser, "POST", f"{path}/attendances", {"member_id": str(stage.id_of(person))})
    assert came.json["came_by"] == "organiser"
    code = call(organiser, "GET", f"{path}/code?purpose=leave").json["payload"]
    left = call(person, "POST", "/activity-scans", {"code": code})
    assert left.json["left_at_utc"] is not None
    twice = call(organiser, "POST", f"{path}/leavings", {"member_id": str(stage.id_of(person))})
    assert twice.json["code"] == "already_checked_out"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"), ({"title": None}, "title"), ({"capacity": 0}, "capacity"),
        ({"capacity": 1001}, "capacity"),
        ({"starts_at_utc": "2026-11-21T03:30:00"}, "starts_at_utc"),
        ({"starts_at_utc": "0001-01-01T00:00:00+14:00"}, "starts_at_utc"),
        ({"ends_at_utc": "9999-12-31T23:59:59+00:00"}, "ends_at_utc"),
        ({"audience": "cats"}, "audience"), ({"points": 5}, "points"),
        ({"organiser_ids": ["x"]}, "organiser_ids"), ({"note": "\u0000"}, "note"),
    ],
    ids=[
        "blank", "none", "no room", "too much", "no zone", "year 1", "year 9999", "audience",
        "points", "ids", "nul",
    ],
)  # fmt: skip
def test_what_was_typed_wrong_is_named(
    call: Call, stage: Stage, values: dict[str, Any], field: str
) -> None:
    answer = call(stage.organiser, "POST", "/activities", {**PLAN, **values})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"].startswith(field)


@pytest.mark.parametrize("asked", ["from_on=0001-01-01", "before_on=0001-01-01"])
def test_days_before_every_instant(call: Call, stage: Stage, asked: str) -> None:
    assert call(stage.organiser, "GET", f"/activities?{asked}").status_code == 422


@pytest.mark.parametrize("code", ["", "x" * 301, "hello", "码" * 50], ids=["", "long", "x", "zh"])
def test_a_scan_of_anything_else(call: Call, stage: Stage, code: str) -> None:
    answer = call(stage.person(), "POST", "/activity-scans", {"code": code})
    assert answer.status_code == 422


def test_others_find_nothing(call: Call, stage: Stage) -> None:
    path = running(call, stage.organiser)
    stranger = stage.world.actor("member")
    for address in (path, f"{path}/code"):
        assert call(stage.person(), "GET", address).status_code in (200, 403)
        outsider = type(stranger)(account_id=new_id(), grants=(), table=stranger.table, members={})
        assert call(outsider, "GET", address).status_code == 404
