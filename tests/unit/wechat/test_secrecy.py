"""The app secret, the code, the session_key and the access token reach no log."""

from __future__ import annotations

import logging

import httpx
import pytest
from flask import Flask

from kernel.errors import LinliError
from tests.unit.wechat.conftest import APPID, SECRET
from wechat.client import WeChatClient
from wechat.sandbox import Sandbox, create_sandbox, openid_of, running
from wechat.secrecy import redact_httpx_log

CODE = "demo-anna.the-code"


def visit_everything(client: WeChatClient) -> None:
    """A success and a failure of each call, over a real socket, so httpcore logs as well."""
    client.code_to_session(CODE)
    with pytest.raises(LinliError):
        client.code_to_session(CODE)
    for template in ("receipt", "unknown"):
        try:
            client.send_subscribe_message(
                openid=openid_of("anna"), template_id=template, data={"thing1": "理发"}
            )
        except LinliError:
            assert template == "unknown"


def test_nothing_secret_is_logged_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    sandbox = Sandbox()
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "linli.wechat"):
        caplog.set_level(logging.DEBUG, logger=name)
    with running(create_sandbox(sandbox)) as base_url:
        client = WeChatClient(APPID, SECRET, base_url)
        visit_everything(client)
        client.close()
    written = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    token, _ = sandbox.token(is_forced=False)
    for secret in (SECRET, CODE, token, "session_key"):
        assert secret not in written
    # The log is there and says where: this test would notice if it were merely empty.
    assert "/sns/jscode2session?…" in written
    assert "/cgi-bin/message/subscribe/send?…" in written
    assert "errcode 40163, rid " in written


def test_without_the_filter_the_secret_would_be_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Proves that the test above looks where the danger is."""
    redact_httpx_log()
    log = logging.getLogger("httpx")
    kept, log.filters = log.filters, []
    caplog.set_level(logging.INFO, logger="httpx")
    try:
        with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
            client.get("https://api.weixin.qq.com/sns/jscode2session", params={"secret": SECRET})
    finally:
        log.filters = kept
    assert SECRET in caplog.text


def test_the_filter_is_put_on_once() -> None:
    redact_httpx_log()
    before = list(logging.getLogger("httpx").filters)
    redact_httpx_log()
    assert logging.getLogger("httpx").filters == before


def test_the_client_does_not_show_its_secret(wechat: WeChatClient) -> None:
    assert SECRET not in repr(wechat)


def test_the_sandbox_server_logs_no_addresses(
    sandbox_app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    with running(sandbox_app) as base_url:
        client = WeChatClient(APPID, SECRET, base_url)
        client.code_to_session(CODE)
        client.close()
    captured = capfd.readouterr()
    assert SECRET not in captured.out + captured.err
