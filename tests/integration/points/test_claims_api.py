"""Claims over HTTP as a mini-program sends them: upload, claim, follow; check and decide."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from kernel import clock, images
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from points.models import Claim, ClaimPhoto
from tests.integration.points.claim_world import ClaimWorld, photo_bytes
from tests.integration.points.world import NOW, World, ready_world

Call = Callable[..., Any]
ROOT = "/api/v1/communities/yijuyuan/claims"


@pytest.fixture(autouse=True)
def fixed_clock() -> Any:
    clock.set_offset(NOW - clock.now())
    yield
    clock.set_offset(NOW - NOW)


@pytest.fixture
def claims(world: World, tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch) -> ClaimWorld:
    made = ClaimWorld(world, tmp_path / "files")
    monkeypatch.setitem(app.extensions, "files", made.store)
    return made


@pytest.fixture
def call(app: Flask, client: FlaskClient, claims: ClaimWorld, monkeypatch: Any) -> Call:
    """``call(actor, "POST", "/<path below claims>", json={…})`` signed in as ``actor``."""
    signed_in: dict[str, Actor] = {}
    hooks = dataclasses.replace(app.extensions["linli"], authenticate=signed_in.__getitem__)
    monkeypatch.setitem(app.extensions, "linli", hooks)

    def send(
        actor: Actor, method: str, path: str, *, key: str | None = None, **options: Any
    ) -> Any:
        db.session.commit()
        signed_in["token"] = actor
        headers = {"Authorization": "Bearer token", "Idempotency-Key": key or str(new_id())}
        headers |= options.pop("headers", {})
        answer = client.open(ROOT + path, method=method, headers=headers, **options)
        db.session.rollback()
        return answer

    return send


def upload(call: Call, actor: Actor, content: bytes, name: str = "IMG_0001.JPG") -> Any:
    """What wx.uploadFile sends: one file, multipart."""
    form = {"photo": FileStorage(io.BytesIO(content), filename=name)}
    # Encoded here, since the test client would leave the temporary file of a large one open.
    boundary, encoded = encode_multipart(form)
    content_type = f"multipart/form-data; boundary={boundary}"
    return call(actor, "POST", "/photos", data=encoded, content_type=content_type)


def body(*photo_ids: str, **values: Any) -> dict[str, Any]:
    return {
        "item_code": "CLAIM", "occurred_on": "2026-11-21", "text": "清扫楼道两小时",
        "photos": [{"id": each} for each in photo_ids], **values,
    }  # fmt: skip


class TestWholeLife:
    def test_from_the_phone_to_the_points(self, call: Call, claims: ClaimWorld) -> None:
        world = claims.world
        before = call(claims.me, "POST", "/preview", json={k: v for k, v in body().items()
                      if k in ("item_code", "occurred_on")})  # fmt: skip
        assert (before.status_code, before.json["worth"]["points"]) == (200, 2)
        assert (before.json["alike"], before.json["left_today"]) == ([], 5)
        assert before.json["worth"]["text"].startswith("项目CLAIM")
        photo = upload(call, claims.me, photo_bytes())
        assert (photo.status_code, photo.json["screening"]) == (201, "none")
        sent = call(claims.me, "POST", "", json=body(photo.json["id"]))
        assert (sent.status_code, sent.json["state"]) == (201, "submitted")
        path = f"/{sent.json['id']}"
        waiting = call(world.recorder, "GET", "?state=submitted&q=张")
        assert [row["id"] for row in waiting.json["items"]] == [sent.json["id"]]
        checked = call(world.recorder, "POST", f"{path}/check", json={"version": 1, "note": "看过"})
        assert (checked.status_code, checked.json["state"]) == (201, "checked")
        accepted = call(world.panelist, "POST", f"{path}/acceptance", json={"version": 2})
        assert (accepted.status_code, accepted.json["state"]) == (201, "accepted")
        detail = call(claims.me, "GET", path).json
        assert detail["text"] == "清扫楼道两小时"
        assert [act["act"] for act in detail["acts"]] == ["submitted", "checked", "accepted"]
        assert detail["worth"] is None
        counted = call(world.panelist, "GET", "/counts").json
        assert (counted["accepted"], counted["submitted"]) == (1, 0)
        mine = call(claims.me, "GET", "/mine").json
        assert [row["fact_id"] for row in mine["items"]] == [accepted.json["fact_id"]]

    def test_a_refusal_is_read_by_the_claimant(self, call: Call, claims: ClaimWorld) -> None:
        sent = call(claims.me, "POST", "", json=body(item_code="FREE")).json
        path = f"/{sent['id']}"
        missing = call(claims.world.panelist, "POST", f"{path}/refusal", json={"version": 1})
        assert (missing.status_code, missing.json["errors"][0]["field"]) == (422, "reason")
        refused = call(
            claims.world.panelist, "POST", f"{path}/refusal",
            json={"version": 1, "reason": "那天没有这项活动"},
        )  # fmt: skip
        assert refused.json["state"] == "declined"
        assert call(claims.me, "GET", path).json["acts"][-1]["reason"] == "那天没有这项活动"

    def test_taking_it_back(self, call: Call, claims: ClaimWorld) -> None:
        photo = upload(call, claims.me, photo_bytes()).json
        sent = call(claims.me, "POST", "", json=body(photo["id"])).json
        back = call(claims.me, "POST", f"/{sent['id']}/withdrawal", json={"version": 1})
        assert (back.status_code, back.json["state"]) == (201, "withdrawn")
        assert call(claims.me, "GET", f"/photos/{photo['id']}").status_code == 404

    def test_the_same_key_claims_once(self, call: Call, claims: ClaimWorld) -> None:
        photo, key = upload(call, claims.me, photo_bytes()).json["id"], str(new_id())
        first = call(claims.me, "POST", "", json=body(photo), key=key)
        again = call(claims.me, "POST", "", json=body(photo), key=key)
        assert (again.status_code, again.json) == (201, first.json)
        other = call(claims.me, "POST", "", json=body(photo, text="另一件"), key=key)
        assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
        assert db.session.query(Claim).filter_by(community_id=claims.community_id).count() == 1

    def test_without_a_key_nothing_is_claimed(self, call: Call, claims: ClaimWorld) -> None:
        answer = call(
            claims.me, "POST", "", json=body(item_code="FREE"), headers={"Idempotency-Key": ""}
        )
        assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_missing")


class TestPhotos:
    def test_is_a_private_jpeg_of_our_own(self, call: Call, claims: ClaimWorld) -> None:
        made = upload(call, claims.me, photo_bytes(), name="张三家门口.png").json
        shown = call(claims.me, "GET", f"/photos/{made['id']}")
        assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
        assert shown.headers["Cache-Control"] == "private, no-store"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "张三" not in str(shown.headers)
        picture = Image.open(io.BytesIO(shown.data))
        assert (picture.format, dict(picture.getexif())) == ("JPEG", {})

    def test_is_not_there_for_anybody_else(self, call: Call, claims: ClaimWorld) -> None:
        made = upload(call, claims.me, photo_bytes()).json
        call(claims.me, "POST", "", json=body(made["id"]))
        other = ready_world("other")
        path = f"/photos/{made['id']}"
        assert call(claims.world.panelist, "GET", path).data.startswith(b"\xff\xd8\xff")
        for actor in (
            claims.world.actor("member", member=claims.world.member()),
            claims.world.actor("auditor"), claims.world.actor("merchant_clerk"),
            other.panelist, other.actor("member", member=other.member()),
        ):  # fmt: skip
            answer = call(actor, "GET", path)
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "image_missing"),
            (b"not a photo at all", "not_an_image"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image_svg"),
            (b"GIF89a" + bytes(50), "image_gif"),
            (b"\x00\x00\x00\x18ftypheic" + bytes(50), "image_heic"),
            (photo_bytes() + b"<html><script>1</script>", "image_polyglot"),
            (photo_bytes()[:200], "image_damaged"),
        ],
        ids=["empty", "text", "svg", "gif", "heic", "polyglot", "truncated"],
    )
    def test_what_is_no_photo_is_refused_by_name(
        self, call: Call, claims: ClaimWorld, content: bytes, code: str
    ) -> None:
        answer = upload(call, claims.me, content, name="photo.jpg")
        assert (answer.status_code, answer.json["code"]) == (422, code)
        assert answer.json["errors"][0]["field"] == "photo"
        assert claims.files() == []
        assert db.session.query(ClaimPhoto).filter_by(community_id=claims.community_id).count() == 0

    def test_too_large_is_said_so(self, call: Call, claims: ClaimWorld) -> None:
        answer = upload(call, claims.me, photo_bytes() + bytes(images.MOST_BYTES))
        assert (answer.status_code, answer.json["code"]) == (422, "image_too_large")
        answer = upload(call, claims.me, bytes(images.MOST_BYTES * 2))
        assert (answer.status_code, answer.json["code"]) == (413, "too_large")

    @pytest.mark.parametrize("form", ["json", "raw", "a text", "another field"])
    def test_another_form_is_refused(self, call: Call, claims: ClaimWorld, form: str) -> None:
        multipart = {"content_type": "multipart/form-data"}
        options: dict[str, Any] = {
            "json": {"json": {}},
            "raw": {"data": photo_bytes(), "content_type": "image/jpeg"},
            "a text": {"data": {"photo": "text"}, **multipart},
            "another field": {"data": {"other": (io.BytesIO(b"x"), "x.jpg")}, **multipart},
        }[form]
        answer = call(claims.me, "POST", "/photos", **options)
        assert answer.status_code == 422

    def test_members_upload_and_nobody_else(self, call: Call, claims: ClaimWorld) -> None:
        assert upload(call, claims.world.panelist, photo_bytes()).status_code == 403
        stranger = ready_world("other").actor("member", member=new_id())
        assert upload(call, stranger, photo_bytes()).status_code == 404
        assert claims.files() == []


class TestForms:
    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"text": ""}, "text"),
            ({"text": "长" * 2001}, "text"),
            ({"text": "\x00"}, "text"),
            ({"quantity": -1}, "quantity"),
            ({"quantity": 0}, "quantity"),
            ({"quantity": 1.234}, "quantity"),
            ({"occurred_on": "2026-13-01"}, "occurred_on"),
            ({"photos": [{"id": str(new_id())}] * 4}, "photos"),
            ({"photos": [{"id": "x"}]}, "photos.0.id"),
            ({"photos": [{"id": str(new_id()), "kind": "painting"}]}, "photos.0.kind"),
            ({"state": "accepted"}, "state"),
            ({"member_id": str(new_id())}, "member_id"),
        ],
        ids=[
            "no text", "long text", "nul", "negative", "zero", "three decimals", "no date",
            "four photos", "no id", "unknown kind", "state", "somebody else",
        ],
    )  # fmt: skip
    def test_names_the_field(
        self, call: Call, claims: ClaimWorld, values: dict[str, Any], field: str
    ) -> None:
        answer = call(claims.me, "POST", "", json=body(**{"item_code": "FREE", **values}))
        assert answer.status_code == 422
        assert field in [each["field"] for each in answer.json["errors"]]

    @pytest.mark.parametrize(
        ("values", "code", "status"),
        [
            ({"item_code": "NOPE"}, "item_not_in_force", 422),
            ({"item_code": "BAD"}, "not_open_to_claims", 422),
            ({"item_code": "HOURS", "quantity": 25}, "quantity_out_of_range", 422),
            ({"photos": []}, "evidence_missing", 422),
            ({"item_code": "FREE", "photos": [{"id": "0" * 32}]}, "photo_unknown", 422),
            ({"item_code": "FREE", "occurred_on": "2026-09-03"}, "no_open_month", 409),
        ],
        ids=["unknown", "not open", "25 hours", "no photo", "no such photo", "no month"],
    )
    def test_what_the_door_refuses(
        self, call: Call, claims: ClaimWorld, values: dict[str, Any], code: str, status: int
    ) -> None:
        answer = call(claims.me, "POST", "", json=body(**values))
        assert (answer.status_code, answer.json["code"]) == (status, code)

    def test_the_quota_is_told(self, call: Call, claims: ClaimWorld) -> None:
        for _ in range(5):
            assert call(claims.me, "POST", "", json=body(item_code="FREE")).status_code == 201
        answer = call(claims.me, "POST", "", json=body(item_code="FREE"))
        assert (answer.status_code, answer.json["code"]) == (409, "claim_quota_reached")
        assert answer.json["per_day"] == 5

    def test_english_is_english(self, call: Call, claims: ClaimWorld) -> None:
        answer = call(
            claims.me, "POST", "/preview", headers={"Accept-Language": "en"},
            json={"item_code": "RANGE", "occurred_on": "2026-11-21"},
        )  # fmt: skip
        assert "The panel decides between 1 and 20 points." in answer.json["worth"]["text"]
