"""The client and the sandbox together, in one process and over a real socket."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from kernel.errors import LinliError
from tests.unit.wechat.conftest import APPID, SECRET, Clock
from wechat.client import WeChatClient, WeChatIdentity
from wechat.errors import (
    WeChatCodeInvalid,
    WeChatRefused,
    WeChatTooFrequent,
    WeChatUnavailable,
    WeChatUserBlocked,
)
from wechat.messages import MessageResult
from wechat.sandbox import (
    CODE_VALID_SECONDS,
    Sandbox,
    create_sandbox,
    openid_of,
    running,
    start_in_background,
)

ROOT = Path(__file__).resolve().parents[3]
ANNA = WeChatIdentity(openid=openid_of("anna"), unionid=None)
IMPATIENT = httpx.Timeout(0.3)


@pytest.fixture
def address() -> Iterator[str]:
    with running(create_sandbox(Sandbox(slow_seconds=1.0))) as base_url:
        yield base_url


def test_the_name_alone_decides_the_openid(wechat: WeChatClient) -> None:
    assert wechat.code_to_session("demo-anna") == ANNA
    assert wechat.code_to_session("demo-anna.2") == ANNA
    assert wechat.code_to_session("demo-王秀英") != ANNA
    # Demo rows hold it, so it must never change.
    assert openid_of("anna") == "o0Yue36z3wS3pvwWWS5yYU-sUlxl"
    assert len(openid_of("王秀英")) == 28


def test_a_bound_app_gives_a_unionid_too() -> None:
    transport = httpx.WSGITransport(app=create_sandbox(Sandbox(has_unionid=True)))
    client = WeChatClient(APPID, SECRET, transport=transport)
    found = client.code_to_session("demo-anna")
    client.close()
    assert found.openid == ANNA.openid
    assert found.unionid
    assert found.unionid != found.openid


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("invalid", WeChatCodeInvalid),
        ("", WeChatCodeInvalid),
        ("demo-", WeChatCodeInvalid),
        ("anna", WeChatCodeInvalid),
        ("busy", WeChatUnavailable),
        ("blocked", WeChatUserBlocked),
        ("frequent", WeChatTooFrequent),
    ],
)
def test_codes_that_fail(wechat: WeChatClient, code: str, error: type[LinliError]) -> None:
    with pytest.raises(LinliError) as caught:
        wechat.code_to_session(code)
    assert type(caught.value) is error


def test_a_code_works_once(wechat: WeChatClient, sandbox_app: Flask) -> None:
    wechat.code_to_session("demo-anna")
    with pytest.raises(WeChatCodeInvalid):
        wechat.code_to_session("demo-anna")
    wanted = {
        "appid": APPID, "secret": SECRET, "js_code": "demo-anna",
        "grant_type": "authorization_code",
    }  # fmt: skip
    answer = sandbox_app.test_client().get("/sns/jscode2session", query_string=wanted)
    assert answer.status_code == 200
    assert '"errcode": 40163' in answer.text


def test_an_issued_code_works_for_five_minutes(
    wechat: WeChatClient, sandbox: Sandbox, clock: Clock
) -> None:
    in_time, too_late = sandbox.issue_code("anna"), sandbox.issue_code("anna")
    clock.seconds += CODE_VALID_SECONDS - 1
    assert wechat.code_to_session(in_time) == ANNA
    clock.seconds += 1
    with pytest.raises(WeChatCodeInvalid):
        wechat.code_to_session(too_late)


def test_a_code_can_be_issued_over_http(wechat: WeChatClient, sandbox_app: Flask) -> None:
    page = sandbox_app.test_client()
    answer = page.post("/sandbox/codes", json={"name": "anna"})
    assert wechat.code_to_session(answer.get_json(force=True)["code"]) == ANNA
    refusals: list[object] = [{"name": ""}, {"name": "a.b"}, {}, []]
    for refused in refusals:
        text = page.post("/sandbox/codes", json=refused).text
        assert '"errcode": 47001' in text


def test_success_has_no_errcode_and_every_answer_is_typed_as_text(sandbox_app: Flask) -> None:
    wanted = {"appid": APPID, "secret": SECRET, "js_code": "demo-anna"}
    wanted["grant_type"] = "authorization_code"
    answer = sandbox_app.test_client().get("/sns/jscode2session", query_string=wanted)
    assert answer.mimetype == "text/plain"
    assert set(answer.get_json(force=True)) == {"session_key", "openid"}


@pytest.mark.parametrize(
    ("appid", "secret", "errcode"), [("", SECRET, 40013), (APPID, "wrong", 40125)]
)
def test_a_wrong_setting_is_refused(
    sandbox_app: Flask, appid: str, secret: str, errcode: int
) -> None:
    client = WeChatClient(appid, secret, transport=httpx.WSGITransport(app=sandbox_app))
    with pytest.raises(WeChatRefused) as caught:
        client.code_to_session("demo-anna")
    client.close()
    assert caught.value.errcode == errcode


def test_a_message_arrives(wechat: WeChatClient, sandbox: Sandbox) -> None:
    result = wechat.send_subscribe_message(
        openid=ANNA.openid, template_id="receipt", data={"thing1": "理发一次", "number2": "20"}
    )
    assert result is MessageResult.SENT
    assert [message["touser"] for message in sandbox.sent] == [ANNA.openid]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"template_id": "unknown"}, 40037),
        ({"template_id": ""}, 40037),
        ({"openid": "nobody"}, 40003),
        ({"data": {}}, 47003),
        ({"state": "published"}, 47003),
    ],
)
def test_a_wrong_message_is_refused(
    wechat: WeChatClient, sandbox: Sandbox, changes: dict[str, Any], errcode: int
) -> None:
    wanted: dict[str, Any] = {"openid": ANNA.openid, "template_id": "receipt"}
    wanted["data"] = {"thing1": "理发"}
    if "state" in changes:
        changes = {"state": type("Other", (), {"value": changes["state"]})}
    with pytest.raises(WeChatRefused) as caught:
        wechat.send_subscribe_message(**(wanted | changes))
    assert caught.value.errcode == errcode
    assert not sandbox.sent


def test_a_value_beyond_its_limit_is_refused_by_the_sandbox_too(
    sandbox_app: Flask, sandbox: Sandbox
) -> None:
    token, _ = sandbox.token(is_forced=False)
    body = {
        "touser": ANNA.openid, "template_id": "receipt", "lang": "zh_CN",
        "miniprogram_state": "formal", "data": {"thing1": {"value": "一" * 21}},
    }  # fmt: skip
    answer = sandbox_app.test_client().post(
        f"/cgi-bin/message/subscribe/send?access_token={token}", json=body
    )
    assert "data.thing1.value invalid" in answer.text


def test_not_subscribed(wechat: WeChatClient) -> None:
    result = wechat.send_subscribe_message(
        openid=ANNA.openid, template_id="not-subscribed", data={"thing1": "理发"}
    )
    assert result is MessageResult.NOT_SUBSCRIBED


def test_a_token_revoked_by_somebody_else_is_replaced(
    wechat: WeChatClient, sandbox: Sandbox
) -> None:
    for _ in range(2):
        wechat.send_subscribe_message(
            openid=ANNA.openid, template_id="receipt", data={"thing1": "理发"}
        )
        sandbox.revoke_tokens()
    assert len(sandbox.sent) == 2


def test_the_sandbox_keeps_its_token_until_it_is_renewed_or_forced(clock: Clock) -> None:
    sandbox = Sandbox(now=clock)
    first, seconds = sandbox.token(is_forced=False)
    assert seconds == 7200
    clock.seconds += 6899
    assert sandbox.token(is_forced=False) == (first, 301)
    clock.seconds += 1
    second, _ = sandbox.token(is_forced=False)
    assert second != first
    assert sandbox.accepts_token(first)
    clock.seconds += 300
    assert not sandbox.accepts_token(first)
    third, _ = sandbox.token(is_forced=True)
    assert third != second
    assert not sandbox.accepts_token(second)


def test_stable_token_takes_json_only(sandbox_app: Flask) -> None:
    form = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
    answer = sandbox_app.test_client().post("/cgi-bin/stable_token", data=form)
    assert '"errcode": 47001' in answer.text


def test_over_a_real_socket(address: str) -> None:
    client = WeChatClient(APPID, SECRET, address)
    assert client.code_to_session("demo-anna") == ANNA
    client.close()


def test_a_slow_answer_times_out(address: str) -> None:
    client = WeChatClient(APPID, SECRET, address, IMPATIENT)
    started = time.monotonic()
    with pytest.raises(WeChatUnavailable):
        client.code_to_session("slow")
    assert 0.2 < time.monotonic() - started < 0.9
    assert client.code_to_session("demo-anna") == ANNA
    client.close()


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = WeChatClient(
            APPID, SECRET, f"http://127.0.0.1:{unused.getsockname()[1]}", IMPATIENT
        )
        with pytest.raises(WeChatUnavailable):
            client.code_to_session("demo-anna")
        client.close()


def test_of_two_who_use_a_code_at_once_one_signs_in(address: str) -> None:
    client = WeChatClient(APPID, SECRET, address)

    def sign_in(_: int) -> str:
        try:
            return client.code_to_session("demo-anna").openid
        except WeChatCodeInvalid as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(sign_in, range(8)))
    client.close()
    assert outcomes == sorted([ANNA.openid] + ["wechat_code_invalid"] * 7)


def test_a_proxy_of_the_environment_does_not_come_between(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    client = WeChatClient(APPID, SECRET, address)
    assert client.code_to_session("demo-anna") == ANNA
    client.close()


def test_in_the_background() -> None:
    client = WeChatClient(APPID, SECRET, start_in_background())
    assert client.code_to_session("demo-anna") == ANNA
    client.close()


def test_as_a_program_its_first_line_is_its_address() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "wechat.sandbox", "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        assert program.stdout is not None
        assert program.stderr is not None
        try:
            client = WeChatClient(APPID, SECRET, program.stdout.readline().strip())
            assert client.code_to_session("demo-anna") == ANNA
            client.close()
        finally:
            program.terminate()
        assert program.stderr.read() == ""
