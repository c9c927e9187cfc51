"""The safe mode of the message push, against WeChat's own example and an encryption of our own."""

from __future__ import annotations

import base64
import datetime as dt
import json
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import LinliError
from kernel.push_settings import PushMode, PushSettings
from tests.support import wechat_pushes as documented
from wechat import push, safe_mode
from wechat.errors import (
    PushModeDiffers,
    PushNotSigned,
    PushOfAnotherApp,
    PushTooLong,
    PushUndecipherable,
    PushUnreadable,
)

TOKEN = "a-token-of-the-push"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_KEY = AES_KEY[::-1]
APPID = "wx0000000000000001"
SENT_AT = 1_714_112_445
NOW = dt.datetime.fromtimestamp(SENT_AT + 3, dt.UTC)
EVENT = {"Event": "wxa_media_check", "trace_id": "t", "errmsg": "图片"}

#: developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html
EXAMPLE = {
    "timestamp": "1714112445", "nonce": "415670741", "encrypt_type": "aes",
    "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
}  # fmt: skip
EXAMPLE_APPID, EXAMPLE_KEY = "wxba5fad812f8e6fb9", "A" * 43
EXAMPLE_ENCRYPT = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcv"
    "ZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3F"
    "n2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSe"
    "OBrebufAlr7F9mFUPAJGj04="
)
EXAMPLE_REPLY = (
    "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
)


def read(
    query: Mapping[str, str], content: bytes, *, appid: str = APPID, **settings: Any
) -> Mapping[str, Any]:
    used = PushSettings(**{"token": TOKEN, "aes_key": AES_KEY, "mode": PushMode.SAFE, **settings})
    return push.read(content, query=query, settings=used, appid=appid, now=NOW)


def pushed(event: Any = EVENT, **changes: Any) -> tuple[dict[str, str], bytes]:
    usual = {"token": TOKEN, "aes_key": AES_KEY, "appid": APPID, "timestamp": SENT_AT}
    return documented.safe_push(event, **{**usual, **changes})


def signed(text: str) -> tuple[dict[str, str], bytes]:
    """A push whose signature is right, whatever ``Encrypt`` holds."""
    query = documented.signed_query(text, token=TOKEN, timestamp=SENT_AT)
    return query, documented.body_of(text)


def test_the_example_of_the_documentation() -> None:
    event = read(
        EXAMPLE, documented.body_of(EXAMPLE_ENCRYPT),
        token="AAAAA", aes_key=EXAMPLE_KEY, appid=EXAMPLE_APPID,
    )  # fmt: skip
    assert event == {
        "ToUserName": "gh_97417a04a28d", "FromUserName": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "CreateTime": 1714112445, "MsgType": "event", "Event": "debug_demo",
        "debug_str": "hello world",
    }  # fmt: skip
    reply = safe_mode.sealed(
        b'{"demo_resp":"good luck"}', aes_key=EXAMPLE_KEY, appid=EXAMPLE_APPID,
        random=b"707722b803182950",
    )  # fmt: skip
    assert reply == EXAMPLE_REPLY


def test_an_event_is_read() -> None:
    assert read(*pushed()) == EVENT
    both = {**EVENT, "trace_id": "made up", "Encrypt": json.loads(pushed()[1])["Encrypt"]}
    # 兼容模式: what lies beside the encrypted event in plain is not signed and not looked at.
    assert read(pushed()[0], json.dumps(both).encode()) == EVENT


@given(message=st.binary(max_size=100))
def test_whatever_its_length_a_message_goes_in_and_out(message: bytes) -> None:
    theirs = documented.encrypted(message, AES_KEY, APPID)
    assert safe_mode.opened(theirs, aes_key=AES_KEY, appid=APPID) == message
    ours = safe_mode.sealed(message, aes_key=AES_KEY, appid=APPID)
    assert safe_mode.opened(ours, aes_key=AES_KEY, appid=APPID) == message
    assert len(base64.b64decode(ours)) == len(base64.b64decode(theirs))


def test_the_same_message_is_never_encrypted_alike() -> None:
    drawn = {safe_mode.sealed(b"{}", aes_key=AES_KEY, appid=APPID) for _ in range(3)}
    assert len(drawn) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"msg_signature": "0" * 40},
        {"msg_signature": ""},
        {"msg_signature": "é" * 40},
        # Right in plain mode, and not what is asked here.
        {"msg_signature": documented.sha1_of(TOKEN, str(SENT_AT), "486452656")},
        {"nonce": "1"},
        {"nonce": "é"},
        {"timestamp": str(SENT_AT + 1)},
        {"timestamp": ""},
    ],
)
def test_what_is_not_signed_is_refused(change: dict[str, str]) -> None:
    query, content = pushed()
    with pytest.raises(PushNotSigned):
        read({**query, **change}, content)


@pytest.mark.parametrize("late", [-304, 304], ids=["old", "of tomorrow"])
def test_what_is_not_fresh_is_refused(late: int) -> None:
    with pytest.raises(PushNotSigned):
        read(*pushed(timestamp=SENT_AT + late))


def test_the_signature_covers_what_is_encrypted() -> None:
    query, _ = pushed()
    other = documented.encrypted(b'{"Event": "another"}', AES_KEY, APPID)
    with pytest.raises(PushNotSigned):
        read(query, documented.body_of(other))
    with pytest.raises(PushNotSigned):
        read(*pushed(token="another-token-of-the-push"))
    with pytest.raises(PushNotSigned):
        read(*pushed(token=""), token="")


def padded_with(last: bytes) -> Callable[[bytes], bytes]:
    """Fill up to 32 bytes, ending in ``last``."""

    def pad(text: bytes) -> bytes:
        fill = -(len(text) + len(last)) % documented.PADDED
        return text + b"\x20" * fill + last

    return pad


def ends_wrongly(last: bytes) -> str:
    return documented.encrypted(b"{}", AES_KEY, APPID, padded_with(last))


def says_length(length: int) -> str:
    text = b"0123456789abcdef" + length.to_bytes(4, "big") + b"{}" + APPID.encode()
    return base64.b64encode(documented.chained(documented.padded(text), AES_KEY)).decode()


def holds_only(text: bytes) -> str:
    return base64.b64encode(documented.chained(documented.padded(text), AES_KEY)).decode()


RIGHT = documented.encrypted(b"{}", AES_KEY, APPID)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", PushUndecipherable),
        ("not base64!", PushUndecipherable),
        (RIGHT[:-1], PushUndecipherable),
        (RIGHT + "\n", PushUndecipherable),
        (RIGHT[:20], PushUndecipherable),
        (base64.b64encode(base64.b64decode(RIGHT)[:-16]).decode(), PushUndecipherable),
        (ends_wrongly(b"\x00"), PushUndecipherable),
        (ends_wrongly(b"\x21" * 0x21), PushUndecipherable),
        (ends_wrongly(b"\x01\x02\x03"), PushUndecipherable),
        (ends_wrongly(b"\x1f\x20" * 16), PushUndecipherable),
        (says_length(2 + len(APPID) + 1), PushUndecipherable),
        (says_length(2**32 - 1), PushUndecipherable),
        (holds_only(b""), PushUndecipherable),
        (holds_only(b"x" * 19), PushUndecipherable),
        (documented.encrypted(b"{}", OTHER_KEY, APPID), PushUndecipherable),
        (says_length(0), PushOfAnotherApp),
        (says_length(2 + len(APPID)), PushOfAnotherApp),
        (documented.encrypted(b"{}", AES_KEY, "wx0000000000000002"), PushOfAnotherApp),
        (documented.encrypted(b"{}", AES_KEY, APPID + "0"), PushOfAnotherApp),
        (documented.encrypted(b"{}", AES_KEY, ""), PushOfAnotherApp),
        (documented.encrypted(b"<xml/>", AES_KEY, APPID), PushUnreadable),
        (documented.encrypted(b"", AES_KEY, APPID), PushUnreadable),
        (documented.encrypted(b"[]", AES_KEY, APPID), PushUnreadable),
        (documented.encrypted(b"[" * 20_000, AES_KEY, APPID), PushUnreadable),
        ("é", PushUnreadable),
    ],
    ids=[
        "empty", "no base64", "cut", "a line too many", "no whole block", "half of 32",
        "padding 0", "padding 33", "padding of three kinds", "padding of two kinds",
        "one byte too long", "4 GB long", "nothing in it", "shorter than its head", "another key",
        "no message", "no appid", "another appid", "a longer appid", "an empty appid",
        "xml", "no json", "list", "deep", "beyond ascii",
    ],
)  # fmt: skip
def test_what_is_signed_but_broken_is_refused(text: str, error: type[LinliError]) -> None:
    query, content = signed(text)
    with pytest.raises(LinliError) as caught:
        read(query, content)
    assert type(caught.value) is error
    assert caught.value.sentence("zh") != caught.value.sentence("en")
    told = "".join(traceback.format_exception(caught.value))
    assert not any(secret in told for secret in (TOKEN, AES_KEY, "0123456789abcdef"))


def test_without_an_appid_of_our_own_nothing_is_for_us() -> None:
    with pytest.raises(PushOfAnotherApp):
        read(*pushed(appid=""), appid="")


def test_a_setting_that_is_no_key_opens_nothing() -> None:
    with pytest.raises(PushUndecipherable):
        read(*pushed(), aes_key="short")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", PushUnreadable),
        (b"[]", PushUnreadable),
        (b"\xff\xfe", PushUnreadable),
        (b"[" * 50_000, PushUnreadable),
        (documented.body_of(7), PushUnreadable),
        (documented.body_of(["x"]), PushUnreadable),
        (documented.body_of("\ud83d"), PushUnreadable),
        (b"{}", PushModeDiffers),
        (json.dumps(EVENT).encode(), PushModeDiffers),
        (documented.body_of("A" * push.MOST_BYTES), PushTooLong),
    ],
    ids=["empty", "list", "no utf-8", "deep", "number", "texts", "half", "none", "plain", "long"],
)
def test_a_body_that_is_none_is_refused(content: bytes, error: type[LinliError]) -> None:
    """Also with the signature of plain mode: nobody chooses the weaker mode for us."""
    query, _ = pushed()
    with pytest.raises(LinliError) as caught:
        read(query, content)
    assert type(caught.value) is error
    # Somebody who is not WeChat learns nothing about the settings.
    with pytest.raises(PushTooLong if error is PushTooLong else PushNotSigned):
        read({**query, "signature": "0" * 40}, content)
