"""What WeChat pushes in plain mode: the vectors of its documentation, and what is not from it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from kernel.errors import LinliError
from kernel.push_settings import PushSettings
from wechat import push
from wechat.errors import PushModeDiffers, PushNotSigned, PushTooLong, PushUnreadable

TOKEN, TIMESTAMP, NONCE = "AAAAA", "1714036504", "1514711492"
SIGNATURE = "f464b24fc39322e44b38aa78f5edd27bd1441696"
NOW = dt.datetime.fromtimestamp(int(TIMESTAMP) + 3, dt.UTC)
QUERY = {"signature": SIGNATURE, "timestamp": TIMESTAMP, "nonce": NONCE}


def read(content: bytes, *, token: str = TOKEN, **more: str) -> Mapping[str, Any]:
    settings = PushSettings(token=token)
    return push.read(content, query={**QUERY, **more}, settings=settings, appid="app", now=NOW)


def test_the_vectors_of_the_documentation() -> None:
    assert push.signature_of(TOKEN, TIMESTAMP, NONCE) == SIGNATURE
    other = "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert push.signature_of(TOKEN, "1714037059", "486452656") == other
    push.require_signed(token=TOKEN, query=QUERY, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "0" * 40},
        {"signature": ""},
        {"signature": "é" * 40},
        {"nonce": "1"},
        {"timestamp": "1714036505"},
        {"timestamp": ""},
        {"timestamp": "١٢٣"},
        {"timestamp": "9" * 400},
        {"token": "BBBBB"},
        {"token": "", "signature": push.signature_of("", TIMESTAMP, NONCE)},
    ],
)
def test_what_is_not_signed_is_refused(change: dict[str, str]) -> None:
    assert read(b"{}") == {}
    with pytest.raises(PushNotSigned):
        read(b"{}", **change)


@pytest.mark.parametrize(
    ("late", "is_fresh"),
    [
        (push.FRESH, True),
        (-push.FRESH, True),
        (push.FRESH + dt.timedelta(seconds=1), False),
        (-push.FRESH - dt.timedelta(seconds=1), False),
    ],
    ids=["at its end", "early", "too late", "too early"],
)
def test_a_signature_holds_for_five_minutes(late: dt.timedelta, is_fresh: bool) -> None:
    now = dt.datetime.fromtimestamp(int(TIMESTAMP), dt.UTC) + late
    if is_fresh:
        push.require_signed(token=TOKEN, query=QUERY, now=now)
    else:
        with pytest.raises(PushNotSigned):
            push.require_signed(token=TOKEN, query=QUERY, now=now)


def test_an_event_reaches_its_handler_and_no_other() -> None:
    seen: list[Mapping[str, Any]] = []
    handlers = {"wxa_media_check": seen.append}
    for content in (
        json.dumps({"Event": "wxa_media_check", "trace_id": "t"}).encode(),
        b'{"Event": "subscribe_msg_popup_event"}',
        b'{"Event": ["wxa_media_check"]}',
    ):
        push.dispatch(read(content), handlers)
    assert [event["trace_id"] for event in seen] == ["t"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", PushUnreadable),
        (b"<xml/>", PushUnreadable),
        (b"[]", PushUnreadable),
        (b'"x"', PushUnreadable),
        (b"[" * 50_000, PushUnreadable),
        (b"\xff", PushUnreadable),
        (b"1" * 5_000, PushUnreadable),
        (b'{"Encrypt": "x"}', PushModeDiffers),
        (b'{"Event": "wxa_media_check", "Encrypt": "x"}', PushModeDiffers),
        (b"{}" + b" " * push.MOST_BYTES, PushTooLong),
    ],
    ids=["empty", "xml", "list", "text", "deep", "no utf-8", "huge", "safe", "both", "long"],
)
def test_what_cannot_be_read_is_said_so(content: bytes, error: type[LinliError]) -> None:
    with pytest.raises(error) as caught:
        read(content)
    assert type(caught.value) is error
    assert caught.value.sentence("zh") != caught.value.sentence("en")
