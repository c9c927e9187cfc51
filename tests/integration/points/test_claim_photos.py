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

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
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
from kernel.push_settings import PushMode, PushSettings
from ops import private_files
from points.claims import daily_quota, deciding, photos, screening
from points.claims.errors import PhotoUnknown, UploadQuotaReached
from points.models import ClaimPhoto, PhotoCheck, Screening
from tests.integration.points.claim_world import PER_DAY, ClaimWorld
from tests.integration.points.world import NOW, World, ready_world
from tests.support import wechat_pushes
from wechat import push
from wechat.client import WeChatClient
from wechat.sandbox import Sandbox, create_sandbox, openid_of
from wechat.sandbox_pushes import PushTarget, deliver
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
        from moto import mock_aws

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


def upload_from_wechat(claims: ClaimWorld) -> uuid.UUID:
    """A photo of somebody who came from WeChat, so that it can be checked."""
    account = UserAccount(
        id=claims.me.account_id, openid=openid_of("zhang-san"), display_name="张",
        created_at_utc=NOW,
    )  # fmt: skip
    db.session.add(account)
    return claims.upload(is_screened=True)


class TestScreening:
    BASE = "https://linli.example"

    @pytest.fixture
    def checker(self) -> Checker:
        return Checker()

    @pytest.fixture
    def photo_id(self, claims: ClaimWorld) -> uuid.UUID:
        return upload_from_wechat(claims)

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
        "event",
        [
            {},
            {"trace_id": "unknown"},
            {"trace_id": 7},
            {"trace_id": None},
            {"trace_id": "\x00"},
            {"trace_id": "\ud83d"},
        ],
        ids=["none", "unknown", "number", "null", "nul", "half a pair"],
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
    ADDRESS = "/api/v1/wechat/push"
    TOKEN, AES_KEY, APPID = "a-token-of-the-push", "Key4" * 10 + "abc", "wx0000000000000001"

    @pytest.fixture(autouse=True, params=list(PushMode))
    def mode(
        self, app: Flask, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> PushMode:
        mode: PushMode = request.param
        self.use(app, monkeypatch, mode=mode)
        return mode

    def use(self, app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
        usual = {"token": self.TOKEN, "aes_key": self.AES_KEY}
        settings = dataclasses.replace(
            app.config["LINLI"], wechat_appid=self.APPID, push=PushSettings(**{**usual, **changes})
        )
        monkeypatch.setitem(app.config, "LINLI", settings)

    def pushed(
        self, mode: PushMode, event: Any, *, late: int = 0, **changes: str
    ) -> tuple[dict[str, str], bytes]:
        """Query and body, as the documentation of WeChat says."""
        given: dict[str, Any] = {"token": self.TOKEN, "timestamp": int(time.time()) - late}
        if mode is PushMode.PLAIN:
            return wechat_pushes.plain_push(event, **{**given, **changes})
        given |= {"aes_key": self.AES_KEY, "appid": self.APPID}
        return wechat_pushes.safe_push(event, **{**given, **changes})

    def send(self, client: FlaskClient, query: dict[str, str], body: bytes) -> tuple[int, str]:
        """Status, and the problem's code or the text."""
        answer = client.post(
            self.ADDRESS, query_string=query, data=body, content_type="application/json"
        )
        if answer.content_type == "application/problem+json":
            return answer.status_code, answer.get_json(force=True)["code"]
        return answer.status_code, answer.text

    @pytest.fixture
    def photo_id(self, claims: ClaimWorld) -> uuid.UUID:
        """A photo that WeChat was asked about, with the trace id ``t``."""
        photo_id = claims.upload(is_screened=True)
        db.session.add(
            PhotoCheck(
                trace_id="t", community_id=claims.community_id, photo_id=photo_id,
                asked_at_utc=NOW,
            )
        )  # fmt: skip
        db.session.commit()
        return photo_id

    def test_the_address_is_verified(self, client: FlaskClient) -> None:
        """With the plain signature in safe mode, too: there is nothing to encrypt yet."""
        signed, _ = self.pushed(PushMode.PLAIN, {})
        asked = {**signed, "echostr": "<b>hello</b>"}
        answer = client.get(self.ADDRESS, query_string=asked)
        assert (answer.status_code, answer.text) == (200, "<b>hello</b>")
        assert answer.content_type.startswith("text/plain")
        wrong = {**asked, "signature": "0" * 40}
        assert client.get(self.ADDRESS, query_string=wrong).status_code == 403
        assert client.get(self.ADDRESS).status_code == 403

    def test_an_answer_reaches_the_photo(
        self, client: FlaskClient, claims: ClaimWorld, photo_id: uuid.UUID, mode: PushMode
    ) -> None:
        event = media_check_event(trace_id="t", openid="o", suggest="risky")
        for _ in range(2):
            assert self.send(client, *self.pushed(mode, event)) == (200, "success")
        assert photo_of(claims, photo_id).screening == Screening.RISKY
        for trace_id in ("other", "\x00", "\ud83d"):
            unknown = {**event, "trace_id": trace_id}
            assert self.send(client, *self.pushed(mode, unknown)) == (404, "not_found")

    def test_what_is_not_as_it_should_be_changes_nothing(
        self, client: FlaskClient, claims: ClaimWorld, photo_id: uuid.UUID, mode: PushMode,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        event = media_check_event(trace_id="t", openid="o", suggest="risky")
        other = next(each for each in PushMode if each is not mode)
        query, body = self.pushed(mode, event)
        refusals: list[tuple[int, str, tuple[dict[str, str], bytes]]] = [
            (403, "push_not_signed", ({}, body)),
            (403, "push_not_signed", ({**query, "nonce": "1"}, body)),
            (403, "push_not_signed", self.pushed(mode, event, token="another-token")),
            (403, "push_not_signed", self.pushed(mode, event, late=400)),
            (422, "push_mode_differs", self.pushed(other, event)),
            (422, "push_too_long", (query, body + b" " * push.MOST_BYTES)),
        ]
        if mode is PushMode.SAFE:
            wrong_key = self.pushed(mode, event, aes_key=self.AES_KEY[::-1])
            refusals += [
                (403, "push_of_another_app", self.pushed(mode, event, appid="wx2")),
                (422, "push_undecipherable", wrong_key),
            ]
        for status, code, refused in refusals:
            caplog.clear()
            assert self.send(client, *refused) == (status, code)
            # Who runs this reads which setting is wrong, and nothing that was sent or is secret.
            written = [record.getMessage() for record in caplog.records]
            assert written == [f"a push was refused: {code}"]
        assert photo_of(claims, photo_id).screening == Screening.WAITING
        assert self.send(client, query, body) == (200, "success")

    def test_without_a_token_nothing_is_believed(
        self, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, mode: PushMode
    ) -> None:
        self.use(app, monkeypatch, token="", mode=mode)
        refused = (403, "push_not_signed")
        assert self.send(client, *self.pushed(mode, {}, token="")) == refused

    def test_the_sandbox_pushes_what_it_was_asked(
        self, app: Flask, claims: ClaimWorld, mode: PushMode
    ) -> None:
        """From the upload to the verdict, over HTTP there and back."""
        target = PushTarget(
            address=f"http://linli.example{self.ADDRESS}", appid=self.APPID,
            settings=app.config["LINLI"].push, pause_seconds=0,
        )  # fmt: skip
        sandbox = Sandbox()
        wechat_client = WeChatClient(
            self.APPID, "secret", transport=httpx.WSGITransport(app=create_sandbox(sandbox))
        )
        photo_id = upload_from_wechat(claims)
        db.session.commit()
        (message,) = messages(claims, photos.UPLOADED_TOPIC)
        screening.ask(
            message, wechat_client=wechat_client, public_base_url="https://linli.example", now=NOW
        )
        wechat_client.close()
        (asked,) = sandbox.checks
        event = media_check_event(
            trace_id=asked["trace_id"], openid=asked["openid"], suggest="pass"
        )
        assert deliver(event, target, transport=httpx.WSGITransport(app=app))
        assert photo_of(claims, photo_id).screening == Screening.PASSED


def test_the_default_store_is_a_folder(app: Flask) -> None:
    assert isinstance(app.extensions["files"], FolderStore)
    assert app.config["LINLI"].claims_per_day == PER_DAY
    assert issubclass(UploadQuotaReached, Conflict)


def test_every_message_and_push_of_claims_has_its_handler(app: Flask) -> None:
    topics = {photos.UPLOADED_TOPIC, deciding.DECIDED_TOPIC, files.ERASED_TOPIC}
    assert topics <= set(app.extensions["outbox_handlers"])
    assert "wxa_media_check" in app.extensions["wechat_events"]
