"""Signing in against answers that WeChat may give, one row per errcode."""

from __future__ import annotations

import dataclasses
import itertools
import traceback
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import respx

from kernel.errors import Forbidden, Invalid, LinliError, TooMany, Unavailable
from tests.unit.wechat.conftest import APPID, SECRET
from wechat.client import BASE_URL, TIMEOUT, WeChatClient, WeChatIdentity
from wechat.errors import (
    WeChatCodeInvalid,
    WeChatRefused,
    WeChatTooFrequent,
    WeChatUnavailable,
    WeChatUserBlocked,
)

PATH = "/sns/jscode2session"
CODE = "a-code-of-wx-login"
SESSION_KEY = "a-session-key"
GOOD = {"openid": "o-1", "session_key": SESSION_KEY}


@pytest.fixture
def client() -> Iterator[WeChatClient]:
    made = WeChatClient(APPID, SECRET)
    yield made
    made.close()


@pytest.fixture
def route(respx_mock: respx.MockRouter) -> respx.Route:
    return respx_mock.get(f"{BASE_URL}{PATH}")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (GOOD, WeChatIdentity(openid="o-1", unionid=None)),
        (GOOD | {"errcode": 0, "errmsg": "ok"}, WeChatIdentity(openid="o-1", unionid=None)),
        (GOOD | {"unionid": "u-1"}, WeChatIdentity(openid="o-1", unionid="u-1")),
        (GOOD | {"unionid": ""}, WeChatIdentity(openid="o-1", unionid=None)),
    ],
    ids=["errcode absent", "errcode 0", "unionid", "empty unionid"],
)
def test_success(
    client: WeChatClient, route: respx.Route, answer: dict[str, Any], expected: WeChatIdentity
) -> None:
    route.respond(json=answer)
    assert client.code_to_session(CODE) == expected
    assert dict(route.calls.last.request.url.params) == {
        "appid": APPID,
        "secret": SECRET,
        "js_code": CODE,
        "grant_type": "authorization_code",
    }


def test_the_session_key_is_nowhere_in_the_identity(
    client: WeChatClient, route: respx.Route
) -> None:
    route.respond(json=GOOD)
    identity = client.code_to_session(CODE)
    assert set(dataclasses.asdict(identity)) == {"openid", "unionid"}
    assert SESSION_KEY not in repr(vars(client))


ERRCODES = [
    (40029, WeChatCodeInvalid, Invalid, "wechat_code_invalid"),
    (40163, WeChatCodeInvalid, Invalid, "wechat_code_invalid"),
    (45011, WeChatTooFrequent, TooMany, "wechat_too_frequent"),
    (45009, WeChatTooFrequent, TooMany, "wechat_too_frequent"),
    (40226, WeChatUserBlocked, Forbidden, "wechat_user_blocked"),
    (-1, WeChatUnavailable, Unavailable, "wechat_unavailable"),
    (40013, WeChatRefused, Unavailable, "wechat_refused"),
    (40125, WeChatRefused, Unavailable, "wechat_refused"),
]


@pytest.mark.parametrize(("errcode", "error", "base", "code"), ERRCODES)
def test_every_errcode_has_its_error(
    client: WeChatClient,
    route: respx.Route,
    errcode: int,
    error: type[LinliError],
    base: type[LinliError],
    code: str,
) -> None:
    route.respond(json={"errcode": errcode, "errmsg": "no, rid: 66-77"})
    with pytest.raises(base) as caught:
        client.code_to_session(CODE)
    assert type(caught.value) is error
    assert caught.value.code == code
    # A format string with a hole that nothing fills would fail here.
    assert caught.value.sentence("zh") != caught.value.sentence("en")
    assert route.call_count == 1


def test_a_refusal_keeps_its_number(client: WeChatClient, route: respx.Route) -> None:
    route.respond(json={"errcode": 40013, "errmsg": "invalid appid"})
    with pytest.raises(WeChatRefused) as caught:
        client.code_to_session(CODE)
    assert caught.value.errcode == 40013


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(502, text="<html>bad gateway</html>"),
        httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
        httpx.Response(200, text=f'{{"session_key": "{SESSION_KEY}"'),
        httpx.Response(200, content=b"\xff\xfe\xfd"),
        httpx.Response(200, text="<html>login to the wifi</html>"),
        httpx.Response(200, json=["openid"]),
        httpx.Response(200, json={"session_key": "k"}),
        httpx.Response(200, json={"openid": 7}),
        httpx.Response(200, json={"openid": "o-1", "errcode": "40029"}),
        httpx.Response(200, json={"openid": "o-1", "errcode": True}),
    ],
    ids=[
        "5xx", "redirect", "cut JSON", "not text", "HTML", "a list", "no openid",
        "openid of another type", "errcode of another type", "errcode a boolean",
    ],
)  # fmt: skip
def test_an_unreadable_answer_means_unavailable(
    client: WeChatClient, route: respx.Route, response: httpx.Response
) -> None:
    route.mock(return_value=response)
    with pytest.raises(WeChatUnavailable) as caught:
        client.code_to_session(CODE)
    assert_tells_no_secret(caught.value)


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectTimeout, httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout,
        httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError,
    ],
)  # fmt: skip
def test_no_answer_means_unavailable_and_is_not_tried_again(
    client: WeChatClient, route: respx.Route, failure: type[httpx.HTTPError]
) -> None:
    route.mock(side_effect=failure)
    with pytest.raises(WeChatUnavailable) as caught:
        client.code_to_session(CODE)
    assert route.call_count == 1
    assert_tells_no_secret(caught.value)


def test_every_request_has_timeouts(client: WeChatClient, route: respx.Route) -> None:
    route.respond(json=GOOD)
    client.code_to_session(CODE)
    assert route.calls.last.request.extensions["timeout"] == {
        "connect": 3.0,
        "read": 5.0,
        "write": 5.0,
        "pool": 5.0,
    }
    assert TIMEOUT.as_dict()["connect"] == 3.0


def assert_tells_no_secret(error: BaseException) -> None:
    """Neither the error nor anything chained to it holds the address or the answer."""
    assert error.__cause__ is None
    assert error.__context__ is None
    text = "".join(itertools.chain(traceback.format_exception(error), [repr(error)]))
    for secret in (SECRET, CODE, SESSION_KEY):
        assert secret not in text
