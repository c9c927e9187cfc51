"""What WeChat pushes: the vectors of its documentation, and everything that is not from WeChat."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from wechat import push
from wechat.push import PushNotSigned, PushUnreadable

TOKEN, TIMESTAMP, NONCE = "AAAAA", "1714036504", "1514711492"
SIGNATURE = "f464b24fc39322e44b38aa78f5edd27bd1441696"
NOW = dt.datetime.fromtimestamp(int(TIMESTAMP) + 3, dt.UTC)


def signed(**changes: Any) -> dict[str, Any]:
    given = {"token": TOKEN, "signature": SIGNATURE, "timestamp": TIMESTAMP, "nonce": NONCE}
    return {**given, "now": NOW, **changes}


def test_the_vectors_of_the_documentation() -> None:
    assert push.signature_of(TOKEN, TIMESTAMP, NONCE) == SIGNATURE
    other = "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert push.signature_of(TOKEN, "1714037059", "486452656") == other
    push.require_signed(**signed())


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
        {"now": NOW + push.FRESH},
        {"now": NOW - push.FRESH - dt.timedelta(seconds=10)},
    ],
)
def test_what_is_not_signed_or_not_fresh_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(PushNotSigned):
        push.require_signed(**signed(**change))


def test_an_event_reaches_its_handler_and_no_other() -> None:
    seen: list[Mapping[str, Any]] = []
    handlers = {"wxa_media_check": seen.append}
    push.dispatch(json.dumps({"Event": "wxa_media_check", "trace_id": "t"}).encode(), handlers)
    push.dispatch(b'{"Event": "subscribe_msg_popup_event"}', handlers)
    push.dispatch(b'{"Event": ["wxa_media_check"]}', handlers)
    assert [event["trace_id"] for event in seen] == ["t"]


@pytest.mark.parametrize(
    "content", [b"", b"<xml/>", b"[]", b'"x"', b"[" * 50_000, b'{"Encrypt": "x"}', b"\xff"]
)
def test_what_cannot_be_read_is_said_so(content: bytes) -> None:
    with pytest.raises(PushUnreadable):
        push.dispatch(content, {})
