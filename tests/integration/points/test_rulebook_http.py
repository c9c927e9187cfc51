"""A rulebook's life over HTTP: one call per endpoint; bad uploads answered with code and place."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from kernel import clock
from kernel.access import Actor, Place
from points import rulebook_excel
from points.rulebook_life import issuers
from tests.integration.points import world as texts
from tests.integration.points.rulebook_acts import AFTERWARDS
from tests.integration.points.world import World

Call = Callable[..., Any]


@pytest.fixture
def made(call: Call, world: World) -> dict[str, Any]:
    """A draft of version 2 as POST answers it."""
    answer = call(world.admin, "POST", "/rulebooks", {"text": texts.text(version=2)})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def workbook(content: bytes) -> dict[str, Any]:
    return {"file": (io.BytesIO(content), "rulebook.xlsx")}


def officer(world: World, level: str) -> Actor:
    place = world.place
    own = Place(
        district_id=place.district_id, street_id=place.street_id if level == "street" else None
    )
    actor = world.actor(f"{level}_officer")
    grants = tuple(type(grant)(role=grant.role, place=own) for grant in actor.grants)
    return Actor(account_id=actor.account_id, grants=grants, table=actor.table)


def test_versions_are_read_page_by_page(call: Call, world: World, made: dict[str, Any]) -> None:
    first = call(world.admin, "GET", "/rulebooks?limit=1")
    assert first.status_code == 200, first.text
    assert [first.json["next"]] == [row["id"] for row in first.json["items"]] == [made["id"]]
    rest = call(world.admin, "GET", f"/rulebooks?limit=1&after={made['id']}").json
    assert ([row["version"] for row in rest["items"]], rest["next"]) == ([1], None)


class TestEditing:
    def test_item_by_item(self, call: Call, world: World, made: dict[str, Any]) -> None:
        path = f"/rulebooks/{made['id']}"
        cap = call(world.admin, "GET", f"{path}/items/CAP").json
        assert cap["sentence"]["zh"].startswith("项目CAP，每次 2 分")
        item = {**cap["item"], "award": {"type": "fixed", "points": 2.5}}
        changed = call(world.admin, "PUT", f"{path}/items/CAP", {"version": 1, "item": item})
        assert (changed.status_code, changed.json["version_seen"]) == (200, 2)
        assert "每次 2.5 分" in changed.json["sentences"][0]["zh"]
        stale = call(world.admin, "DELETE", f"{path}/items/CAP?version=1")
        assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
        gone = call(world.admin, "DELETE", f"{path}/items/CAP?version=2")
        assert [each["code"] for each in gone.json["sentences"]][:1] == ["FREE"]
        added = call(
            world.admin, "POST", f"{path}/items", {"version": 3, "item": item, "position": 2}
        )
        assert (added.status_code, added.json["sentences"][1]["code"]) == (201, "CAP")
        page = call(world.admin, "GET", f"{path}/items?limit=2").json
        assert ([each["item"]["code"] for each in page["items"]], page["next"]) == (
            ["FREE", "CAP"], "CAP",
        )  # fmt: skip
        rest = call(world.admin, "GET", f"{path}/items?after=CAP&limit=100").json
        assert (rest["items"][0]["item"]["code"], rest["next"]) == ("TIMES", None)

    def test_part_by_part(self, call: Call, world: World, made: dict[str, Any]) -> None:
        path = f"/rulebooks/{made['id']}/parts"
        assert call(world.admin, "GET", f"{path}/limits").json["value"] is None
        limits = [{"code": "all", "items": ["*bonus"], "max_points": 0.55, "per": "month"}]
        wrong = call(world.admin, "PUT", f"{path}/limits", {"version": 1, "value": limits})
        assert wrong.status_code == 200
        assert wrong.json["findings"][0]["where"].startswith("limits[all]")
        cleared = call(world.admin, "PUT", f"{path}/limits", {"version": 2, "value": None})
        assert cleared.json["error_count"] == 0
        for part, status in (("code", 404), ("score", 422)):
            body = {"version": 3, "value": None}
            assert call(world.admin, "PUT", f"{path}/{part}", body).status_code == status

    def test_what_changed(self, call: Call, world: World, made: dict[str, Any]) -> None:
        path = f"/rulebooks/{made['id']}"
        (bad,) = texts.items("BAD")
        item = {**bad, "award": {"type": "fixed", "points": 4.5}}
        call(world.admin, "PUT", f"{path}/items/BAD", {"version": 1, "item": item})
        found = call(world.admin, "GET", f"{path}/difference").json
        assert (found["before"]["version"], found["after"]["version"]) == (1, 2)
        (change,) = found["items"]
        assert (change["code"], change["change"]) == ("BAD", "changed")
        assert change["fields"][0]["before"] == {"type": "fixed", "points": 10}
        assert change["fields"][0]["after"] == {"type": "fixed", "points": 4.5}
        acts = call(world.admin, "GET", f"{path}/acts?limit=1").json
        assert [each["place"] for each in acts["items"]] == ["items[BAD]"]
        assert acts["next"]


class TestStarting:
    def test_from_nothing_from_the_one_in_force_and_from_a_draft(
        self, call: Call, world: World, made: dict[str, Any]
    ) -> None:
        body = {"code": "family", "title": "家庭积分细则", "holder": "household"}
        empty = call(world.admin, "POST", "/rulebooks/empty", body)
        assert (empty.status_code, empty.json["error_count"]) == (201, 1)
        again = call(world.admin, "POST", "/rulebooks/again", {})
        assert (again.status_code, again.json["version"]) == (201, 3)
        third = call(world.admin, "POST", f"/rulebooks/{again.json['id']}/again")
        assert (third.status_code, third.json["version"]) == (201, 4)
        listed = call(world.admin, "GET", "/rulebooks?state=draft&holder=member").json["items"]
        assert [each["version"] for each in listed] == [4, 3, 2]
        assert call(world.admin, "GET", "/rulebooks?q=家庭").json["items"][0]["code"] == "family"
        assert call(world.recorder, "GET", "/rulebooks?state=draft").json["items"] == []

    def test_the_excel_of_a_version_is_read_back_as_the_same_text(
        self, call: Call, world: World, made: dict[str, Any]
    ) -> None:
        path = f"/rulebooks/{made['id']}"
        blank = call(world.admin, "GET", "/rulebooks/blank.xlsx")
        assert "项目" in openpyxl.load_workbook(io.BytesIO(blank.data)).sheetnames
        content = call(world.admin, "GET", f"{path}/document.xlsx")
        assert content.headers["Content-Disposition"].endswith('filename="test-book-2.xlsx"')
        back = call(world.admin, "PUT", f"{path}/workbook?version=1", files=workbook(content.data))
        assert back.status_code == 200
        assert call(world.admin, "GET", path).json["document"] == texts.document(version=2)
        taken = call(world.admin, "POST", "/rulebooks/workbook", files=workbook(content.data))
        assert (taken.status_code, taken.json["code"]) == (409, "draft_exists")

    def test_the_adopted_version_is_written_back_with_its_meeting(
        self, call: Call, world: World, made: dict[str, Any]
    ) -> None:
        path = f"/rulebooks/{made['id']}"
        body = {
            "version": 1, "meeting": "居民代表会议", "adopted_on": "2026-11-20",
            "effective_from": "2027-01-01",
        }  # fmt: skip
        assert call(world.admin, "POST", f"{path}/adoption", body).status_code == 201
        text = call(world.recorder, "GET", f"{path}/document.json")
        document = json.loads(text.data)
        assert document["adopted"] == {"meeting": "居民代表会议", "on": "2026-11-20"}
        assert document["effective_from"] == "2027-01-01"
        content = call(world.recorder, "GET", f"{path}/document.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(content.data))["总则"]
        assert "居民代表会议" in [cells[1] for cells in sheet.values]


class TestBadUploads:
    @pytest.mark.parametrize(
        ("text", "code", "where"),
        [
            ("{", "not_json", ""),
            ("[]", "not_an_object", ""),
            ('{"a": 1, "a": 2}', "duplicate_json_key", "a"),
            ('{"a": NaN}', "not_a_number", ""),
            ("[" * 30 + "]" * 30, "too_deep", ""),
            ("{}", "value_not_allowed", "format"),
            (texts.text(version=2, code="a b"), "wrong_shape", "code"),
            (texts.text(version=2, items=[{"name": "x"}]), "wrong_shape", "items[1].code"),
        ],
        ids=["broken", "list", "key twice", "nan", "deep", "empty", "code", "item"],
    )
    def test_json(self, call: Call, world: World, text: str, code: str, where: str) -> None:
        answer = call(world.admin, "POST", "/rulebooks", {"text": text})
        assert (answer.status_code, answer.json["code"]) == (422, "rulebook_refused")
        first = answer.json["findings"][0]
        assert (first["code"], first["where"]) == (code, where)

    def test_a_workbook_is_refused_by_sheet_row_and_column(
        self, call: Call, world: World, made: dict[str, Any]
    ) -> None:
        path = f"/rulebooks/{made['id']}/document.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(call(world.admin, "GET", path).data))
        header = [str(cell.value) for cell in book["项目"][1]]
        column = next(n for n, title in enumerate(header) if title.startswith("分值")) + 1
        book["项目"].cell(row=2, column=column).value = "很多分"
        book["项目"].cell(row=3, column=column).value = "=1+1"
        content = io.BytesIO()
        book.save(content)
        answer = call(
            world.admin, "POST", "/rulebooks/workbook", files=workbook(content.getvalue())
        )
        assert (answer.status_code, answer.json["code"]) == (422, "rulebook_refused")
        letter = openpyxl.utils.get_column_letter(column)
        assert [(each["code"], each["where"]) for each in answer.json["findings"]] == [
            ("cell_not_understood", f"项目!{letter}2"),
            ("formula_not_allowed", f"项目!{letter}3"),
        ]

    @pytest.mark.parametrize(
        "content",
        [b"", b"not a zip", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old"],
        ids=["empty", "text", "broken zip", "old excel"],
    )
    def test_what_is_no_workbook(
        self, call: Call, world: World, made: dict[str, Any], content: bytes
    ) -> None:
        for method, path in (
            ("POST", "/rulebooks/workbook"), ("PUT", f"/rulebooks/{made['id']}/workbook?version=1"),
        ):  # fmt: skip
            answer = call(world.admin, method, path, files=workbook(content))
            assert 400 <= answer.status_code < 500
            assert answer.json["code"]

    def test_a_zip_bomb(self, call: Call, world: World) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
        answer = call(world.admin, "POST", "/rulebooks/workbook", files=workbook(packed.getvalue()))
        assert (answer.status_code, answer.json["code"]) == (422, "xlsx_expands_too_much")

    def test_nobody_else_s_file_is_even_read(
        self, call: Call, world: World, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def must_not_read(*_: Any) -> dict[str, Any]:
            raise AssertionError("a stranger's upload was read")

        monkeypatch.setattr(rulebook_excel, "read", must_not_read)
        for method, path in (
            ("POST", "/rulebooks/workbook"), ("PUT", f"/rulebooks/{made['id']}/workbook?version=1"),
        ):  # fmt: skip
            answer = call(world.actor("member"), method, path, files=workbook(b"PK"))
            assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
        for method, path in (
            ("POST", "/rulebooks"), ("PUT", f"/rulebooks/{made['id']}/document"),
        ):  # fmt: skip
            body = {"text": "{", **({"version": 1} if method == "PUT" else {})}
            answer = call(world.actor("member"), method, path, body)
            assert (answer.status_code, answer.json["code"]) == (403, "forbidden")

    @pytest.mark.parametrize("code", [[], {}, ["CAP"], 7, None, True, ""])
    def test_an_item_whose_code_is_none(
        self, call: Call, world: World, made: dict[str, Any], code: object
    ) -> None:
        path = f"/rulebooks/{made['id']}/items"
        for method, where in (("POST", path), ("PUT", f"{path}/CAP")):
            body = {"version": 1, "item": {"code": code, "name": "无编号"}}
            answer = call(world.admin, method, where, body)
            assert (answer.status_code, answer.json["code"]) == (422, "rulebook_refused")

    @pytest.mark.parametrize("title", [" 　", "\u200b" * 4], ids=["spaces", "no width"])
    def test_a_title_of_blanks(self, call: Call, world: World, title: str) -> None:
        answer = call(world.admin, "POST", "/rulebooks/empty", {"code": "blank", "title": title})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "title")

    def test_no_file_at_all(self, call: Call, world: World) -> None:
        assert call(world.admin, "POST", "/rulebooks/workbook", files={}).status_code == 422


def test_a_consultation_over_http(call: Call, world: World, made: dict[str, Any]) -> None:
    path = f"/rulebooks/{made['id']}"
    body = {"version": 1, "starts_on": "2026-11-21", "last_on": "2026-11-30"}
    opened = call(world.admin, "POST", f"{path}/consultations", body)
    assert (opened.status_code, opened.json["standing"]) == (201, "open")
    comments = f"/consultations/{opened.json['id']}/comments"
    member = world.actor("member", member=world.member())
    said = call(member, "POST", comments, {"text": "分值太高", "item_code": "CAP"})
    assert (said.status_code, said.json["number"]) == (201, 1)
    assert call(member, "GET", comments).json["items"] == []
    assert call(member, "GET", f"{comments}?own=true").json["items"][0]["text"] == "分值太高"
    waiting = call(world.admin, "GET", f"{comments}?answered=false&q=分值").json["items"]
    assert set(waiting[0]) == {
        "id", "number", "channel", "item_code", "text", "at_utc", "answers",
    }  # fmt: skip
    adoption = {
        "version": 2, "meeting": "居民代表会议", "adopted_on": "2026-12-01",
        "effective_from": "2027-01-01",
    }  # fmt: skip
    clock.set_offset(AFTERWARDS - dt.datetime.now(dt.UTC))
    refused = call(world.admin, "POST", f"{path}/adoption", adoption)
    assert (refused.status_code, refused.json["code"]) == (409, "comments_unanswered")
    answer = {"outcome": "partly", "text": "改为 1.5 分"}
    answered = call(world.admin, "POST", f"/comments/{said.json['id']}/answers", answer)
    assert (answered.status_code, answered.json["outcome"]) == (201, "partly")
    assert call(world.admin, "POST", f"{path}/adoption", adoption).status_code == 201
    seen = call(member, "GET", f"{path}/consultations").json["consultations"]
    assert (seen[0]["comment_count"], seen[0]["answered_count"]) == (1, 1)


def test_a_text_is_taken_back_or_withdrawn(call: Call, world: World, made: dict[str, Any]) -> None:
    path = f"/rulebooks/{made['id']}"
    body = {"version": 1, "starts_on": "2026-11-21", "last_on": "2026-11-30"}
    call(world.admin, "POST", f"{path}/consultations", body)
    why = {"version": 2, "why": "有错字"}
    back = call(world.admin, "POST", f"{path}/revision", why)
    assert (back.status_code, back.json["state"]) == (201, "draft")
    gone = call(world.admin, "POST", f"{path}/withdrawal", {**why, "version": 3})
    assert (gone.status_code, gone.json["state"]) == (201, "withdrawn")
    assert call(world.recorder, "GET", path).status_code == 403


def test_a_dry_run_over_http(call: Call, world: World, made: dict[str, Any]) -> None:
    member_id = world.member(name="张三", household_id=world.household_id)
    fact = {"member_id": str(member_id), "item_code": "CAP", "occurred_on": "2026-10-15"}
    assert call(world.recorder, "POST", "/facts", fact).status_code == 201
    path = f"/rulebooks/{made['id']}"
    call(world.admin, "DELETE", f"{path}/items/CAP?version=1")
    supervisor = world.actor("supervisor")
    found = call(supervisor, "GET", f"{path}/dry-run?month=2026-10").json
    assert (found["before"]["score"], found["after"]["score"]) == (12, 10)
    assert (found["changed_count"], found["left_out_count"]) == (1, 1)
    solvency = found["solvency"]
    assert (solvency["issued_before"], solvency["issued_after"]) == (12, 10)
    assert (solvency["outstanding"], solvency["alliance"]["bearable"]) == (2, 0)
    assert (solvency["on"], solvency["outstanding_ratio"]) == ("2026-11-21", None)
    assert solvency["zh"].startswith("2026-11-21 全社区手中积分 2 分")
    holders = call(supervisor, "GET", f"{path}/dry-run/holders?month=2026-10&q=张").json["items"]
    assert [(each["household_code"], each["difference"]) for each in holders] == [("A0101", -2)]
    left = call(supervisor, "GET", f"{path}/dry-run/left-out?month=2026-10").json["items"]
    assert [(each["item_code"], each["before"]) for each in left] == [("CAP", 2)]
    book = call(supervisor, "GET", f"{path}/dry-run/workbook.xlsx?month=2026-10")
    assert openpyxl.load_workbook(io.BytesIO(book.data)).sheetnames[0] == "汇总"
    later = call(supervisor, "GET", f"{path}/dry-run?month=2026-11")
    assert (later.status_code, later.json["code"]) == (409, "month_not_over")


def test_guard_rails_over_http(call: Call, world: World, made: dict[str, Any]) -> None:
    district, _ = issuers.above(world.community_id)
    base = f"/api/v1/issuers/district/{district.id}"
    actor = officer(world, "district")
    document = {
        "format": "linli-guard-rails/1", "issuer": "区", "level": "district", "version": 1,
        "effective_from": "2026-11-21", "max_points": {"bonus": 3},
        "max_deductions": {"points": 40, "per": "year"},
    }  # fmt: skip
    body = {"version": 0, "reason": "区里的要求", "text": json.dumps(document)}
    issued = call(actor, "POST", f"{base}/guard-rails", body)
    assert (issued.status_code, issued.json["document"]["max_points"]) == (201, {"bonus": 3})
    stale = call(actor, "POST", f"{base}/guard-rails", body)
    assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
    assert len(call(actor, "GET", f"{base}/guard-rails").json["items"]) == 1
    rules = call(actor, "GET", f"{base}/guard-rails/in-force").json["rules"]
    assert {"field": "max_bonus", "value": 3.0, "owner": "区yijuyuan"} in rules
    named = call(actor, "GET", f"{base}/guard-rails/outside").json["items"]
    assert [each["community_code"] for each in named] == ["yijuyuan"]
    own = call(world.admin, "GET", "/guard-rails").json
    assert [each["rulebook_code"] for each in own["outside"]] == ["test-book"]
    reading = call(world.admin, "GET", f"/rulebooks/{made['id']}/reading").json
    assert {"where": "score", "zh": "得分按月计算。"}.items() <= reading["header"][2].items()
    assert "guard_rail_max_points" in {each["code"] for each in reading["findings"]}
    assert call(world.admin, "GET", f"{base}/guard-rails").status_code == 404
    assert (
        call(actor, "GET", f"/api/v1/issuers/county/{district.id}/guard-rails").status_code == 404
    )


def test_parents_over_http(call: Call, world: World) -> None:
    _, street = issuers.above(world.community_id)
    base = f"/api/v1/issuers/street/{street.id}/rulebooks"
    actor = officer(world, "street")
    text = {"text": texts.text(code="parent", items=texts.items("CAP"))}
    assert call(actor, "POST", base, text).status_code == 201
    again = call(actor, "POST", base, text)
    assert (again.status_code, again.json["code"]) == (409, "issued_version_taken")
    assert [row["code"] for row in call(actor, "GET", f"{base}?q=测试").json["items"]] == ["parent"]


def test_a_draft_begins_with_a_template(call: Call, world: World) -> None:
    listed = call(world.admin, "GET", "/rulebook-templates").json["templates"]
    assert len(listed) >= 12
    (merchants,) = call(world.admin, "GET", "/rulebook-templates?q=beixin").json["templates"]
    assert merchants["holder"] == "merchant"
    detail = call(world.admin, "GET", f"/rulebook-templates/{merchants['code']}").json
    assert detail["decisions"]
    body = {"template": merchants["code"], "title": "本社区商户细则"}
    started = call(world.admin, "POST", "/rulebooks/from-template", body)
    assert (started.status_code, started.json["version"]) == (201, 1)
    assert len(started.json["sentences"]) == merchants["item_count"]
    assert all(each["zh"] for each in started.json["sentences"])
    unknown = call(world.admin, "POST", "/rulebooks/from-template", {"template": "none"})
    assert (unknown.status_code, unknown.json["code"]) == (404, "template_unknown")


def test_a_template_is_a_parent(call: Call, world: World) -> None:
    (template,) = call(world.admin, "GET", "/rulebook-templates?q=hailin").json["templates"]
    parent = call(world.admin, "GET", f"/rulebook-templates/{template['code']}").json["document"]
    pin = {"code": parent["code"], "version": parent["version"]}
    child = texts.text(version=2, items=texts.items("FREE"), base=[], extends=pin)
    made = call(world.admin, "POST", "/rulebooks", {"text": child}).json
    assert "parent_missing" not in {each["code"] for each in made["findings"]}
    assert len(made["sentences"]) == template["item_count"] + 1
    later = {**pin, "version": parent["version"] + 1}
    body = {"version": 1, "value": later}
    other = call(world.admin, "PUT", f"/rulebooks/{made['id']}/parts/extends", body).json
    assert [each["code"] for each in other["findings"]] == ["parent_missing"]
