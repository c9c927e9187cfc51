"""What WeChat pushes to us: verified by the shared token, read as JSON, handed to who wants it.

Plain mode with JSON bodies. The signature proves that the sender knows the token; together with
https and a timestamp that must be fresh it cannot be made up or sent again later. A handler must
still be safe to run twice, because WeChat sends an event up to three times.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from kernel.errors import Forbidden, Invalid

#: WeChat sends an event again within seconds; its clock and ours may differ a little.
FRESH = dt.timedelta(minutes=5)
MOST_BYTES = 64 * 1024

#: Gets the event's body; runs in no unit of work of ours.
EventHandler = Callable[[Mapping[str, Any]], None]
log = logging.getLogger("linli.wechat")


class PushNotSigned(Forbidden):
    code = "push_not_signed"
    zh = "这条消息不是微信发来的。"
    en = "This message does not come from WeChat."


class PushUnreadable(Invalid):
    code = "push_unreadable"
    zh = "这条消息读不懂；请把消息推送设为明文模式和 JSON 格式。"
    en = "This message cannot be read. Set the message push to plain mode and JSON."


def signature_of(token: str, timestamp: str, nonce: str) -> str:
    """Hex SHA-1 of the three, sorted and joined, as WeChat computes it."""
    joined = "".join(sorted((token, timestamp, nonce)))
    # WeChat chose SHA-1; what is proved is knowledge of the token.
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def require_signed(
    *, token: str, signature: str, timestamp: str, nonce: str, now: dt.datetime
) -> None:
    """Raise PushNotSigned for a wrong signature, an old timestamp, or where no token is set."""
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    if not token or not is_number or not signature.isascii():
        raise PushNotSigned()
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        raise PushNotSigned()
    if not hmac.compare_digest(signature, signature_of(token, timestamp, nonce)):
        raise PushNotSigned()


def dispatch(content: bytes, handlers: Mapping[str, EventHandler]) -> None:
    """Hand the event to its handler; what nobody wants is logged by its name and passed over."""
    body = _object(content)
    name = body.get("Event")
    handler = handlers.get(name) if isinstance(name, str) else None
    if handler is None:
        log.info("wechat pushed something that nobody handles")
        return
    handler(body)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(content[:MOST_BYTES])
    except (ValueError, RecursionError):
        raise PushUnreadable() from None
    if not isinstance(body, dict) or "Encrypt" in body:
        raise PushUnreadable()
    return body
