"""Sending, the access token that it needs, and what WeChat may say to it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import httpx
import pytest
import respx

from kernel.errors import LinliError
from tests.unit.wechat.conftest import APPID, SECRET, Clock
from wechat.client import BASE_URL, WeChatClient
from wechat.errors import (
    WeChatRefused,
    WeChatTooFrequent,
    WeChatUnavailable,
    WeChatValueUnfit,
)
from wechat.messages import Language, MessageResult, ProgramState
from wechat.tokens import AccessToken, TokenCache

OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def client(clock: Clock) -> Iterator[WeChatClient]:
    made = WeChatClient(APPID, SECRET, monotonic=clock)
    yield made
    made.close()


@pytest.fixture
def token_route(respx_mock: respx.MockRouter) -> respx.Route:
    """Gives t-1, t-2, … each time it is asked."""
    route = respx_mock.post(f"{BASE_URL}/cgi-bin/stable_token")
    answers = ({"access_token": f"t-{n}", "expires_in": 7200} for n in range(1, 10))
    route.mock(side_effect=lambda _request: httpx.Response(200, json=next(answers)))
    return route


@pytest.fixture
def send_route(respx_mock: respx.MockRouter) -> respx.Route:
    return respx_mock.post(f"{BASE_URL}/cgi-bin/message/subscribe/send").respond(json=OK)


@pytest.fixture
def send(client: WeChatClient) -> Callable[..., MessageResult]:
    def make(**changes: Any) -> MessageResult:
        wanted = {"openid": "o-1", "template_id": "t", "data": {"thing1": "理发一次"}}
        return client.send_subscribe_message(**(wanted | changes))

    return make


def tokens_sent(route: respx.Route) -> list[str]:
    return [call.request.url.params["access_token"] for call in route.calls]


def test_what_is_sent(
    send: Callable[..., MessageResult], token_route: respx.Route, send_route: respx.Route
) -> None:
    result = send(
        page="pages/receipt/receipt?id=1",
        state=ProgramState.TRIAL,
        language=Language.EN_US,
        data={"thing1": "一" * 21, "character_string2": "A1B2C3D4E5"},
    )
    assert result is MessageResult.SENT
    assert json.loads(token_route.calls.last.request.content) == {
        "grant_type": "client_credential",
        "appid": APPID,
        "secret": SECRET,
        "force_refresh": False,
    }
    assert json.loads(send_route.calls.last.request.content) == {
        "touser": "o-1",
        "template_id": "t",
        "page": "pages/receipt/receipt?id=1",
        "data": {
            "thing1": {"value": "一" * 19 + "…"},
            "character_string2": {"value": "A1B2C3D4E5"},
        },
        "miniprogram_state": "trial",
        "lang": "en_US",
    }


def test_state_and_language_are_always_sent_and_page_only_if_given(
    send: Callable[..., MessageResult], token_route: respx.Route, send_route: respx.Route
) -> None:
    send()
    body = json.loads(send_route.calls.last.request.content)
    assert body["miniprogram_state"] == "formal"
    assert body["lang"] == "zh_CN"
    assert "page" not in body


def test_not_subscribed_is_an_answer_and_never_retried(
    send: Callable[..., MessageResult], token_route: respx.Route, send_route: respx.Route
) -> None:
    send_route.respond(json={"errcode": 43101, "errmsg": "user refuse to accept the msg"})
    assert send() is MessageResult.NOT_SUBSCRIBED
    assert send_route.call_count == 1


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (40003, WeChatRefused),
        (40037, WeChatRefused),
        (47003, WeChatRefused),
        (41030, WeChatRefused),
        (48001, WeChatRefused),
        (45009, WeChatTooFrequent),
        (-1, WeChatUnavailable),
    ],
)
def test_every_other_errcode_is_an_error(
    send: Callable[..., MessageResult],
    token_route: respx.Route,
    send_route: respx.Route,
    errcode: int,
    error: type[LinliError],
) -> None:
    send_route.respond(json={"errcode": errcode, "errmsg": "no"})
    with pytest.raises(LinliError) as caught:
        send()
    assert type(caught.value) is error
    assert send_route.call_count == 1


def test_an_unfit_value_is_refused_before_anything_is_sent(
    send: Callable[..., MessageResult], token_route: respx.Route, send_route: respx.Route
) -> None:
    with pytest.raises(WeChatValueUnfit):
        send(data={"number1": "-20积分"})
    assert send_route.call_count == 0


def test_the_token_is_kept_until_shortly_before_its_end(
    send: Callable[..., MessageResult],
    token_route: respx.Route,
    send_route: respx.Route,
    clock: Clock,
) -> None:
    send()
    clock.seconds += 7139
    send()
    clock.seconds += 1
    send()
    assert tokens_sent(send_route) == ["t-1", "t-1", "t-2"]


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_refused_token_is_fetched_anew_and_tried_once(
    send: Callable[..., MessageResult],
    token_route: respx.Route,
    send_route: respx.Route,
    errcode: int,
) -> None:
    refused = httpx.Response(200, json={"errcode": errcode, "errmsg": "no"})
    send_route.side_effect = [refused, httpx.Response(200, json=OK)]
    assert send() is MessageResult.SENT
    assert tokens_sent(send_route) == ["t-1", "t-2"]


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_token_refused_twice_is_an_error(
    send: Callable[..., MessageResult],
    token_route: respx.Route,
    send_route: respx.Route,
    errcode: int,
) -> None:
    send_route.respond(json={"errcode": errcode, "errmsg": "no"})
    with pytest.raises(WeChatRefused) as caught:
        send()
    assert caught.value.errcode == errcode
    assert send_route.call_count == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"errcode": 40001, "errmsg": "invalid credential"}, WeChatRefused),
        ({"errcode": -1, "errmsg": "system error"}, WeChatUnavailable),
        ({"expires_in": 7200}, WeChatUnavailable),
        ({"access_token": "t"}, WeChatUnavailable),
        ({"access_token": "t", "expires_in": "7200"}, WeChatUnavailable),
    ],
    ids=["wrong secret", "busy", "no token", "no lifetime", "lifetime of another type"],
)
def test_no_token_no_message(
    send: Callable[..., MessageResult],
    token_route: respx.Route,
    send_route: respx.Route,
    answer: dict[str, Any],
    error: type[LinliError],
) -> None:
    token_route.side_effect = None
    token_route.respond(json=answer)
    with pytest.raises(LinliError) as caught:
        send()
    assert type(caught.value) is error
    assert (token_route.call_count, send_route.call_count) == (1, 0)


def asked_by_eight(monkeypatch: pytest.MonkeyPatch | None = None) -> tuple[set[str], int]:
    """The tokens that eight threads got at once, and how often WeChat was asked."""
    fetched = []
    together = threading.Barrier(8)

    def fetch() -> AccessToken:
        fetched.append(1)
        time.sleep(0.02)  # long enough for the others to come in, were they let in
        return AccessToken(value=f"t-{len(fetched)}", expires_in_seconds=7200)

    cache = TokenCache(fetch)
    if monkeypatch is not None:
        monkeypatch.setattr(cache, "_lock", nullcontext())

    def ask(_: int) -> str:
        together.wait()
        return cache.get()

    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(ask, range(8))), len(fetched)


def test_threads_share_one_fetch() -> None:
    assert asked_by_eight() == ({"t-1"}, 1)


def test_without_the_lock_each_thread_fetches(monkeypatch: pytest.MonkeyPatch) -> None:
    _, asked = asked_by_eight(monkeypatch)
    assert asked > 1


def test_a_late_complaint_does_not_drop_the_newer_token() -> None:
    made = iter(range(1, 10))
    cache = TokenCache(lambda: AccessToken(value=f"t-{next(made)}", expires_in_seconds=7200))
    assert cache.get() == "t-1"
    cache.forget("t-1")
    assert cache.get() == "t-2"
    cache.forget("t-1")
    assert cache.get() == "t-2"


def test_a_token_does_not_show_in_its_repr() -> None:
    assert "t-1" not in repr(AccessToken(value="t-1", expires_in_seconds=1))
