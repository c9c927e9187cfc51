"""Asking for the content check of a picture."""

from __future__ import annotations

import pytest

from wechat.client import WeChatClient
from wechat.errors import WeChatRefused
from wechat.sandbox import Sandbox, openid_of
from wechat.sandbox_state import media_check_event

URL = "https://linli.example/photo"


def test_the_trace_id_is_what_the_answer_will_name(wechat: WeChatClient, sandbox: Sandbox) -> None:
    openid = openid_of("zhang-san")
    trace_id = wechat.check_image(openid=openid, media_url=URL)
    (asked,) = sandbox.checks
    assert asked["trace_id"] == trace_id
    assert (asked["media_url"], asked["openid"]) == (URL, openid)
    assert (asked["media_type"], asked["version"], asked["scene"]) == (2, 2, 2)
    event = media_check_event(trace_id=trace_id, openid=openid, suggest="risky")
    assert (event["Event"], event["trace_id"]) == ("wxa_media_check", trace_id)
    assert event["result"]["suggest"] == "risky"


def test_a_wrong_openid_is_refused(wechat: WeChatClient) -> None:
    with pytest.raises(WeChatRefused):
        wechat.check_image(openid="nobody", media_url=URL)


def test_a_url_that_is_none_is_refused(wechat: WeChatClient) -> None:
    with pytest.raises(WeChatRefused):
        wechat.check_image(openid=openid_of("zhang-san"), media_url="file:///etc/passwd")


def test_an_expired_token_is_fetched_anew(wechat: WeChatClient, sandbox: Sandbox) -> None:
    wechat.check_image(openid=openid_of("zhang-san"), media_url=URL)
    sandbox.revoke_tokens()
    assert wechat.check_image(openid=openid_of("zhang-san"), media_url=URL)
