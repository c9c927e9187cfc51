"""Photos of claims: who sees them, what WeChat says of them, and that no file leaks or is lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from moto import mock_aws
from PIL import Image

from community.models import UserAccount
from kernel import clock, files, outbox, tenancy, unit_of_work
from kernel.database import db
from kernel.errors import Conflict, NotFound
from kernel.file_settings import FileSettings, StoreKind
from kernel.file_stores import FileGone, FolderStore, S3Store, new_name
from kernel.files import StoredFile
from kernel.ids import new_id
from kernel.outbox import Message
from ops import private_files
from points.claims import daily_quota, deciding, photos, screening
from points.claims.errors import PhotoUnknown, UploadQuotaReached
from points.models import ClaimPhoto, PhotoCheck, Screening
from tests.integration.points.claim_world import PER_DAY, ClaimWorld
from tests.integration.points.world import NOW, World, ready_world
from wechat import push
from wechat.sandbox import openid_of
from wechat.sandbox_state import media_check_event

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def claims(world: World, tmp_path: Path) -> ClaimWorld:
    return ClaimWorld(world, tmp_path / "files")


def read(claims: ClaimWorld, photo_id: uuid.UUID, actor: Any) -> bytes:
    chunks = photos.content(
        actor=actor, community_id=claims.community_id, photo_id=photo_id, store=claims.store
    )
    return b"".join(chunks)


def photo_of(claims: ClaimWorld, photo_id: uuid.UUID) -> ClaimPhoto:
    db.session.expire_all()
    return tenancy.get(ClaimPhoto, claims.community_id, photo_id)


def messages(claims: ClaimWorld, topic: str) -> list[Message]:
    rows = db.session.scalars(
        tenancy.select(outbox.OutboxMessage, claims.community_id).where(
            outbox.OutboxMessage.topic == topic
        )
    )
    return [
        Message(
            community_id=row.community_id, message_id=row.id, topic=row.topic,
            payload=row.payload, attempts=1,
        )
        for row in rows
    ]  # fmt: skip


class TestWhoSees:
    def test_the_claimant_and_the_deciders_of_the_community(self, claims: ClaimWorld) -> None:
        photo_id = claims.upload()
        claims.submit(photo_ids=[photo_id])
        db.session.commit()
        world = claims.world
        for actor in (claims.me, world.recorder, world.panelist, world.admin):
            shown = Image.open(io.BytesIO(read(claims, photo_id, actor)))
            assert (shown.format, dict(shown.getexif())) == ("JPEG", {})

    def test_nobody_else(self, claims: ClaimWorld) -> None:
        photo_id = claims.upload()
        claims.submit(photo_ids=[photo_id])
        db.session.commit()
        world, other = claims.world, ready_world("other")
        relative = world.bound_actor("member", world.member(household_id=world.household_id))
        neighbor = world.bound_actor("member", world.member())
        strangers = [other.panelist, other.recorder, other.admin, relative, neighbor]
        strangers += [world.actor(role) for role in ("supervisor", "auditor", "merchant_clerk")]
        for actor in strangers:
            with pytest.raises(NotFound):
                read(claims, photo_id, actor)
        with pytest.raises(NotFound):
            read(ClaimWorld(other, claims.folder), photo_id, other.panelist)

    def test_a_photo_without_a_claim_is_its_uploaders_alone(self, claims: ClaimWorld) -> None:
        photo_id = claims.upload()
        db.session.commit()
        assert read(claims, photo_id, claims.me)
        with pytest.raises(NotFound):
            read(claims, photo_id, claims.world.panelist)

    def test_no_transaction_stays_open_while_it_is_sent(self, claims: ClaimWorld) -> None:
        photo_id = claims.upload()
        db.session.commit()
        chunks = photos.content(
            actor=claims.me, community_id=claims.community_id, photo_id=photo_id,
            store=claims.store,
        )  # fmt: skip
        assert not db.session.registry().in_transaction()
        assert b"".join(chunks)

    def test_names_of_files_say_nothing(self, claims: ClaimWorld) -> None:
        claims.submit()
        (path,) = claims.files()
        row = db.session.scalars(tenancy.select(StoredFile, claims.community_id)).one()
        known = {claims.member_id.hex, claims.me.account_id.hex, row.id.hex}
        assert path.stem not in known
        assert path.parent.name == claims.community_id.hex
        assert len(row.sha256) == 64


class TestUploadQuota:
    def test_attempts_are_counted_whatever_becomes_of_them(self, claims: ClaimWorld) -> None:
        asked = {"actor": claims.me, "now": NOW, "community_id": claims.community_id}
        for _ in range(daily_quota.UPLOADS_PER_CLAIM):
            photos.admit(**asked, claims_per_day=1)
        with pytest.raises(UploadQuotaReached):
            photos.admit(**asked, claims_per_day=1)
        claims.submit("FREE", photo_ids=[], per_day=1)


class TestFilesComeAndGo:
    def test_the_file_of_a_rolled_back_upload_is_swept_after_an_hour(
        self, claims: ClaimWorld
    ) -> None:
        kept = claims.upload()
        db.session.commit()
        claims.upload()
        db.session.rollback()
        assert len(claims.files()) == 2
        now = dt.datetime.now(dt.UTC)
        sweep = {"store": claims.store, "community_id": claims.community_id}
        assert files.sweep(now=now, **sweep) == 0, "its unit of work may still be running"
        assert files.sweep(now=now + HOUR + HOUR, **sweep) == 1
        assert files.sweep(now=now + HOUR + HOUR, **sweep) == 0
        assert read(claims, kept, claims.me), "what a row keeps is never swept"

    def test_another_communitys_files_are_not_touched(self, claims: ClaimWorld) -> None:
        other = ClaimWorld(ready_world("other"), claims.folder)
        kept = other.upload()
        db.session.commit()
        later = dt.datetime.now(dt.UTC) + 5 * HOUR
        files.sweep(store=claims.store, community_id=claims.community_id, now=later)
        files.sweep(store=claims.store, community_id=other.community_id, now=later)
        assert read(other, kept, other.me)

    def test_many_orphans_go_in_one_sweep(
        self, claims: ClaimWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "_BATCH", 3)
        for _ in range(7):
            claims.store.put(new_name(claims.community_id), b"photo")
        later = dt.datetime.now(dt.UTC) + 5 * HOUR
        swept = files.sweep(store=claims.store, community_id=claims.community_id, now=later)
        assert (swept, claims.files()) == (7, [])

    def test_an_erased_file_goes_after_the_commit_and_not_before(self, claims: ClaimWorld) -> None:
        sent = claims.submit()
        db.session.commit()
        claims.withdraw(sent)
        db.session.rollback()
        assert len(claims.files()) == 1, "a withdrawal that did not happen erases nothing"
        assert messages(claims, files.ERASED_TOPIC) == []
        claims.withdraw(sent)
        db.session.commit()
        assert len(claims.files()) == 1
        (message,) = messages(claims, files.ERASED_TOPIC)
        for _ in range(2):
            files.remove_erased(message, store=claims.store)
        assert claims.files() == []

    def test_erased_bytes_are_gone_for_readers_at_once(self, claims: ClaimWorld) -> None:
        photo = photo_of(claims, claims.upload())
        files.erase(community_id=claims.community_id, file_id=photo.file_id, now=NOW)
        with pytest.raises(FileGone):
            files.chunks(
                store=claims.store, community_id=claims.community_id, file_id=photo.file_id
            )

    def test_a_lost_message_is_made_up_for_by_the_sweep(self, claims: ClaimWorld) -> None:
        claims.withdraw(claims.submit())
        db.session.commit()
        later = dt.datetime.now(dt.UTC) + 5 * HOUR
        assert files.sweep(store=claims.store, community_id=claims.community_id, now=later) == 1
        assert claims.files() == []

    def test_the_sweep_erases_what_no_claim_took_within_a_day(
        self, app: Flask, claims: ClaimWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.extensions, "files", claims.store)
        monkeypatch.setattr(private_files, "ERASED_AT_ONCE", 2)
        taken = claims.upload()
        claims.submit(photo_ids=[taken])
        left = [claims.upload() for _ in range(5)]
        fresh = claims.upload(now=NOW + dt.timedelta(hours=20))
        db.session.commit()
        swept = private_files.sweep(claims.community_id, NOW + dt.timedelta(hours=25))
        assert swept.erased == 5
        assert private_files.sweep(claims.community_id, NOW + dt.timedelta(hours=25)).erased == 0
        assert [photo_of(claims, each).erased_at_utc is None for each in (taken, fresh)] == [
            True, True,
        ]  # fmt: skip
        with pytest.raises(PhotoUnknown):
            claims.submit(photo_ids=[left[0]])

    def test_photos_are_not_kept_longer_than_the_installation_says(
        self, claims: ClaimWorld
    ) -> None:
        photo_id = claims.upload()
        claims.submit(photo_ids=[photo_id])
        asked = {"community_id": claims.community_id, "kept_days": 30, "limit": 10}
        assert photos.erase_due(now=NOW + dt.timedelta(days=29), **asked) == 0
        assert photos.erase_due(now=NOW + dt.timedelta(days=30), **asked) == 1
        assert photos.erase_due(now=NOW + dt.timedelta(days=31), **asked) == 0
        assert photo_of(claims, photo_id).erased_at_utc is not None


class TestInABucket:
    @pytest.fixture
    def bucket(self, claims: ClaimWorld) -> Iterator[ClaimWorld]:
        with mock_aws():
            store = S3Store(
                FileSettings(
                    store=StoreKind.S3, s3_bucket="photos", s3_access_key="k", s3_secret_key="s"
                )
            )
            store._client.create_bucket(Bucket="photos")
            claims.store = store
            yield claims

    def test_the_whole_life_of_a_photo(self, bucket: ClaimWorld) -> None:
        photo_id = bucket.upload()
        sent = bucket.submit(photo_ids=[photo_id])
        db.session.commit()
        assert bucket.files() == []
        shown = Image.open(io.BytesIO(read(bucket, photo_id, bucket.world.panelist)))
        assert shown.size == (40, 30)
        bucket.withdraw(sent)
        db.session.commit()
        (message,) = messages(bucket, files.ERASED_TOPIC)
        files.remove_erased(message, store=bucket.store)
        later = dt.datetime.now(dt.UTC) + 5 * HOUR
        assert list(bucket.store.names_before(bucket.community_id, later)) == []

    def test_orphans_are_swept(self, bucket: ClaimWorld) -> None:
        bucket.upload()
        db.session.rollback()
        later = dt.datetime.now(dt.UTC) + 5 * HOUR
        assert files.sweep(store=bucket.store, community_id=bucket.community_id, now=later) == 1


class Checker:
    """Keeps what it is asked to check, and answers with a trace id."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def check_image(self, *, openid: str, media_url: str) -> str:
        assert not db.session.registry().in_transaction(), "WeChat is slow"
        self.asked.append({"openid": openid, "media_url": media_url})
        return f"trace-{len(self.asked)}"


class TestScreening:
    BASE = "https://linli.example"

    @pytest.fixture
    def checker(self) -> Checker:
        return Checker()

    @pytest.fixture
    def photo_id(self, claims: ClaimWorld) -> uuid.UUID:
        """An upload of somebody who came from WeChat."""
        account = UserAccount(
            id=claims.me.account_id, openid=openid_of("zhang-san"), display_name="张",
            created_at_utc=NOW,
        )  # fmt: skip
        db.session.add(account)
        return claims.upload(is_screened=True)

    def ask(self, claims: ClaimWorld, checker: Checker) -> None:
        db.session.commit()
        (message,) = messages(claims, photos.UPLOADED_TOPIC)
        screening.ask(message, wechat_client=checker, public_base_url=self.BASE, now=NOW)

    def test_is_shown_with_a_note_until_the_answer(
        self, claims: ClaimWorld, checker: Checker, photo_id: uuid.UUID
    ) -> None:
        claims.submit(photo_ids=[photo_id])
        self.ask(claims, checker)
        assert checker.asked[0]["openid"] == openid_of("zhang-san")
        assert photo_of(claims, photo_id).screening == Screening.WAITING
        assert read(claims, photo_id, claims.world.panelist)

    @pytest.mark.parametrize(
        ("suggest", "outcome", "is_shown"),
        [
            ("pass", Screening.PASSED, True),
            ("review", Screening.REVIEW, True),
            ("risky", Screening.RISKY, False),
        ],
    )
    def test_the_answer_decides_whether_it_is_shown(
        self, claims: ClaimWorld, checker: Checker, photo_id: uuid.UUID,
        suggest: str, outcome: Screening, is_shown: bool,
    ) -> None:  # fmt: skip
        claims.submit(photo_ids=[photo_id])
        self.ask(claims, checker)
        event = media_check_event(trace_id="trace-1", openid="o", suggest=suggest)
        for _ in range(2):
            unit_of_work.run(screening.answered, event)
        assert photo_of(claims, photo_id).screening == outcome
        for actor in (claims.me, claims.world.panelist):
            if is_shown:
                assert read(claims, photo_id, actor)
            else:
                with pytest.raises(NotFound):
                    read(claims, photo_id, actor)

    def test_risky_stays_risky(
        self, claims: ClaimWorld, checker: Checker, photo_id: uuid.UUID
    ) -> None:
        self.ask(claims, checker)
        for suggest in ("risky", "pass"):
            event = media_check_event(trace_id="trace-1", openid="o", suggest=suggest)
            unit_of_work.run(screening.answered, event)
        assert photo_of(claims, photo_id).screening == Screening.RISKY

    @pytest.mark.parametrize(
        "event", [{}, {"trace_id": "unknown"}, {"trace_id": 7}, {"trace_id": None}]
    )
    def test_an_unknown_trace_id_is_sent_again(self, session: Any, event: dict[str, Any]) -> None:
        with pytest.raises(NotFound):
            screening.answered(event)

    @pytest.mark.parametrize("result", [None, [], {"suggest": "new word"}, {"suggest": None}])
    def test_an_answer_we_do_not_know_is_left_to_people(
        self, claims: ClaimWorld, checker: Checker, photo_id: uuid.UUID, result: Any
    ) -> None:
        self.ask(claims, checker)
        unit_of_work.run(screening.answered, {"trace_id": "trace-1", "result": result})
        assert photo_of(claims, photo_id).screening == Screening.REVIEW

    def test_without_an_answer_people_look(
        self, claims: ClaimWorld, checker: Checker, photo_id: uuid.UUID
    ) -> None:
        self.ask(claims, checker)
        asked = {"community_id": claims.community_id}
        early, late = NOW + dt.timedelta(minutes=59), NOW + screening.KEPT
        assert unit_of_work.run(screening.give_up_waiting, now=early, **asked) == 0
        assert unit_of_work.run(screening.give_up_waiting, now=late, **asked) == 1
        assert photo_of(claims, photo_id).screening == Screening.REVIEW
        assert db.session.query(PhotoCheck).count() == 0

    def test_an_account_without_wechat_is_not_checked(
        self, claims: ClaimWorld, checker: Checker
    ) -> None:
        account = UserAccount(
            id=claims.me.account_id, login_name="zhang", password_hash="x", display_name="张",
            created_at_utc=NOW,
        )  # fmt: skip
        db.session.add(account)
        photo_id = claims.upload(is_screened=True)
        self.ask(claims, checker)
        assert checker.asked == []
        assert photo_of(claims, photo_id).screening == Screening.NONE

    def test_wechat_fetches_by_an_address_that_ends_and_cannot_be_guessed(
        self, app: Flask, client: FlaskClient, claims: ClaimWorld, checker: Checker,
        photo_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setitem(app.extensions, "files", claims.store)
        clock.set_offset(NOW - clock.now())
        try:
            self.ask(claims, checker)
            db.session.rollback()
            url = checker.asked[0]["media_url"]
            assert url.startswith(f"{self.BASE}/api/v1/communities/")
            path = url.removeprefix(self.BASE)
            fetched = client.get(path)
            assert (fetched.status_code, fetched.content_type) == (200, "image/jpeg")
            assert Image.open(io.BytesIO(fetched.data)).format == "JPEG"
            for wrong in (
                path[:-1] + ("0" if path[-1] != "0" else "1"),
                path.replace("expires=1", "expires=2"),
                path.replace(str(photo_id), str(new_id())),
                path.split("&")[0] + "&signature=é",
                path.split("?")[0],
            ):
                assert client.get(wrong).status_code in (404, 422)
            clock.set_offset(dt.timedelta(0))
            clock.set_offset(NOW + 2 * HOUR - clock.now())
            assert client.get(path).status_code == 404
        finally:
            clock.set_offset(dt.timedelta(0))

    def test_the_address_does_not_open_once_wechat_has_answered(
        self, claims: ClaimWorld, checker: Checker, photo_id: uuid.UUID
    ) -> None:
        expires = int((NOW + HOUR).timestamp())
        asked = {
            "community_id": claims.community_id, "photo_id": photo_id, "expires": expires,
            "signature": screening._signature(claims.community_id, photo_id, expires),
            "store": claims.store,
        }  # fmt: skip
        self.ask(claims, checker)
        assert b"".join(screening.content_for_check(now=NOW, **asked))
        with pytest.raises(NotFound):
            screening.content_for_check(now=NOW + 2 * HOUR, **asked)
        event = media_check_event(trace_id="trace-1", openid="o", suggest="pass")
        unit_of_work.run(screening.answered, event)
        with pytest.raises(NotFound):
            screening.content_for_check(now=NOW, **asked)


class TestWhatWeChatPushes:
    TOKEN = "a-token-of-the-push"

    @pytest.fixture(autouse=True)
    def push_token(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = dataclasses.replace(app.config["LINLI"], wechat_push_token=self.TOKEN)
        monkeypatch.setitem(app.config, "LINLI", settings)

    def signed(self, **more: str) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), "12345"
        signature = push.signature_of(self.TOKEN, timestamp, nonce)
        return {"timestamp": timestamp, "nonce": nonce, "signature": signature, **more}

    def test_the_address_is_verified(self, client: FlaskClient) -> None:
        asked = self.signed(echostr="<b>hello</b>")
        answer = client.get("/api/v1/wechat/push", query_string=asked)
        assert (answer.status_code, answer.text) == (200, "<b>hello</b>")
        assert answer.content_type.startswith("text/plain")
        wrong = {**asked, "signature": "0" * 40}
        assert client.get("/api/v1/wechat/push", query_string=wrong).status_code == 403
        assert client.get("/api/v1/wechat/push").status_code == 403

    def test_an_answer_reaches_the_photo(self, client: FlaskClient, claims: ClaimWorld) -> None:
        photo_id = claims.upload(is_screened=True)
        db.session.add(
            PhotoCheck(
                trace_id="t", community_id=claims.community_id, photo_id=photo_id,
                asked_at_utc=NOW,
            )
        )  # fmt: skip
        db.session.commit()
        event = media_check_event(trace_id="t", openid="o", suggest="risky")
        answer = client.post("/api/v1/wechat/push", query_string=self.signed(), json=event)
        assert (answer.status_code, answer.text) == (200, "success")
        assert photo_of(claims, photo_id).screening == Screening.RISKY
        unknown = {**event, "trace_id": "other"}
        again = client.post("/api/v1/wechat/push", query_string=self.signed(), json=unknown)
        assert again.status_code == 404

    def test_what_is_not_signed_changes_nothing(self, client: FlaskClient) -> None:
        answer = client.post("/api/v1/wechat/push", json={"Event": "wxa_media_check"})
        assert answer.status_code == 403

    def test_without_a_token_nothing_is_believed(
        self, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = dataclasses.replace(app.config["LINLI"], wechat_push_token="")
        monkeypatch.setitem(app.config, "LINLI", settings)
        timestamp = str(int(time.time()))
        signature = push.signature_of("", timestamp, "1")
        asked = {"timestamp": timestamp, "nonce": "1", "signature": signature}
        assert client.post("/api/v1/wechat/push", query_string=asked, json={}).status_code == 403


def test_the_default_store_is_a_folder(app: Flask) -> None:
    assert isinstance(app.extensions["files"], FolderStore)
    assert app.config["LINLI"].claims_per_day == PER_DAY
    assert issubclass(UploadQuotaReached, Conflict)


def test_every_message_and_push_of_claims_has_its_handler(app: Flask) -> None:
    topics = {photos.UPLOADED_TOPIC, deciding.DECIDED_TOPIC, files.ERASED_TOPIC}
    assert topics <= set(app.extensions["outbox_handlers"])
    assert "wxa_media_check" in app.extensions["wechat_events"]
