"""The sandbox pushes verdicts by itself, as often and in the mode that WeChat would."""

from __future__ import annotations

import base64
import json
import queue
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask, request

from kernel.push_settings import PushMode, PushSettings
from kernel.settings import from_environ
from tests.support import wechat_pushes as documented
from tests.unit.wechat.conftest import APPID, SECRET
from wechat.client import WeChatClient
from wechat.sandbox import Sandbox, create_sandbox, openid_of, running, target_of
from wechat.sandbox_pushes import PushTarget, deliver, new_aes_key, query_and_body

TOKEN, AES_KEY = "a-token-of-the-push", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
EVENT = {"ToUserName": "gh_demo", "FromUserName": "o1", "Event": "wxa_media_check"}
ANNA = openid_of("anna")


def target(address: str = "http://linli.example/push", **changes: Any) -> PushTarget:
    usual = {"token": TOKEN, "aes_key": AES_KEY, "mode": PushMode.SAFE}
    settings = PushSettings(**{**usual, **changes})
    return PushTarget(address=address, appid=APPID, settings=settings, pause_seconds=0)


def text_of(encrypted: str) -> bytes:
    key = base64.b64decode(AES_KEY + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    return decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()


def test_plain_mode_is_signed_and_open() -> None:
    query, body = query_and_body(EVENT, target(mode=PushMode.PLAIN), timestamp=1_714_112_445)
    signature = documented.sha1_of(TOKEN, "1714112445", query["nonce"])
    assert (query["signature"], query["timestamp"]) == (signature, "1714112445")
    assert "encrypt_type" not in query
    assert json.loads(body) == EVENT


def test_safe_mode_is_signed_and_closed() -> None:
    query, body = query_and_body(EVENT, target(), timestamp=1_714_112_445)
    sent = json.loads(body)
    assert set(sent) == {"ToUserName", "Encrypt"}
    parts = (TOKEN, "1714112445", query["nonce"], sent["Encrypt"])
    assert query["msg_signature"] == documented.sha1_of(*parts)
    assert (query["encrypt_type"], query["openid"]) == ("aes", "o1")
    text = text_of(sent["Encrypt"])
    message = json.dumps(EVENT).encode()
    framed = documented.framed(message, APPID)
    assert text[16:] == documented.padded(framed)[16:]


@pytest.mark.parametrize(
    ("answers", "tries", "is_taken"),
    [
        ([200], 1, True),
        ([404, 200], 2, True),
        ([None, 503, 200], 3, True),
        ([403, 403, 403, 200], 3, False),
        ([None] * 4, 3, False),
    ],
    ids=["at once", "the second time", "the third time", "never", "nobody there"],
)
def test_an_event_is_sent_three_times_at_most(
    answers: list[int | None], tries: int, is_taken: bool
) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        status = answers[len(asked) - 1]
        if status is None:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(status, text="success" if status == 200 else "{}")

    assert deliver(EVENT, target(), transport=httpx.MockTransport(answer)) is is_taken
    assert len(asked) == tries


@pytest.fixture
def arrived() -> queue.SimpleQueue[tuple[dict[str, str], Any]]:
    return queue.SimpleQueue()


@pytest.fixture
def address(arrived: queue.SimpleQueue[tuple[dict[str, str], Any]]) -> Iterator[str]:
    """A server that takes what is pushed."""
    app = Flask("taker")

    @app.post("/push")
    def take() -> str:
        arrived.put((request.args.to_dict(), request.get_json()))
        return "success"

    with running(app) as base_url:
        yield f"{base_url}/push"


def test_a_content_check_is_answered_by_a_push(
    address: str, arrived: queue.SimpleQueue[tuple[dict[str, str], Any]]
) -> None:
    sandbox = Sandbox(pushes_to=target(address), verdict="risky")
    client = WeChatClient(APPID, SECRET, transport=httpx.WSGITransport(app=create_sandbox(sandbox)))
    trace_id = client.check_image(openid=ANNA, media_url="https://linli.example/photo")
    client.close()
    query, body = arrived.get(timeout=5)
    assert query["openid"] == ANNA
    text = text_of(body["Encrypt"])
    event = json.loads(text[20 : 20 + int.from_bytes(text[16:20], "big")])
    assert (event["trace_id"], event["result"]["suggest"]) == (trace_id, "risky")


def test_the_program_pushes_where_its_settings_say() -> None:
    assert target_of(from_environ({})) is None
    variables = {
        "PUBLIC_BASE_URL": "http://127.0.0.1:9001", "WECHAT_APPID": APPID,
        "WECHAT_PUSH_TOKEN": TOKEN, "WECHAT_PUSH_AES_KEY": AES_KEY,
    }  # fmt: skip
    found = target_of(from_environ(variables))
    assert found is not None
    assert (found.address, found.appid) == ("http://127.0.0.1:9001/api/v1/wechat/push", APPID)
    assert found.settings == target().settings


def test_a_new_key_is_one_that_the_settings_take() -> None:
    keys = {new_aes_key() for _ in range(3)}
    assert len(keys) == 3
    for key in keys:
        assert PushSettings(aes_key=key, mode=PushMode.SAFE).why_unusable() == []
