"""What WeChat pushes to us: signed with the shared token, read as JSON, handed to who wants it.

Plain mode: the signature covers token, time and nonce, and https alone keeps the body as it was.
Safe mode: the body is encrypted, and the signature covers it as well. Only the mode that is set is
read, so that nobody can choose the weaker one for us. A handler must be safe to run twice, because
WeChat sends an event up to three times.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from kernel.errors import Invalid
from kernel.push_settings import PushMode, PushSettings
from wechat import safe_mode
from wechat.errors import PushModeDiffers, PushNotSigned, PushTooLong, PushUnreadable

#: WeChat sends an event again within seconds; its clock and ours may differ a little.
FRESH = dt.timedelta(minutes=5)
MOST_BYTES = 64 * 1024
_ENCRYPTED = "Encrypt"

#: Gets the event's body; runs in no unit of work of ours.
EventHandler = Callable[[Mapping[str, Any]], None]
log = logging.getLogger("linli.wechat")


def signature_of(*parts: str) -> str:
    """Hex SHA-1 of token, timestamp, nonce and, in safe mode, ``Encrypt``, sorted and joined."""
    # WeChat chose SHA-1; what is proved is knowledge of the token.
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def require_signed(*, token: str, query: Mapping[str, str], now: dt.datetime) -> None:
    """The address or a plain event is signed (``signature``); else raise PushNotSigned."""
    _require_signed((token,), query.get("signature", ""), query, now)


def read(
    content: bytes,
    *,
    query: Mapping[str, str],
    settings: PushSettings,
    appid: str,
    now: dt.datetime,
) -> Mapping[str, Any]:
    """The event in the body of a push, in the mode that is set.

    Raises PushTooLong, PushNotSigned, PushModeDiffers and PushUnreadable, and in safe mode what
    :func:`wechat.safe_mode.opened` raises. The signature is checked before anything is decrypted.
    """
    if len(content) > MOST_BYTES:
        raise PushTooLong(most=MOST_BYTES)
    if settings.mode is PushMode.PLAIN:
        require_signed(token=settings.token, query=query, now=now)
        event = _object(content)
        if _ENCRYPTED in event:
            raise PushModeDiffers()
        return event
    try:
        encrypted = _encrypted(content)
    except Invalid:
        # WeChat is told which setting is wrong, and signs in its other ways, too; nobody else is.
        require_signed(token=settings.token, query=query, now=now)
        raise
    _require_signed((settings.token, encrypted), query.get("msg_signature", ""), query, now)
    return _object(safe_mode.opened(encrypted, aes_key=settings.aes_key, appid=appid))


def dispatch(event: Mapping[str, Any], handlers: Mapping[str, EventHandler]) -> None:
    """Hand the event to its handler; what nobody wants is logged and passed over."""
    name = event.get("Event")
    handler = handlers.get(name) if isinstance(name, str) else None
    if handler is None:
        log.info("wechat pushed something that nobody handles")
        return
    handler(event)


def _require_signed(
    secret: tuple[str, ...], signature: str, query: Mapping[str, str], now: dt.datetime
) -> None:
    """``secret`` begins with the token; what else it holds is signed with it."""
    timestamp = query.get("timestamp", "")
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    if not secret[0] or not is_number or not signature.isascii():
        raise PushNotSigned()
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        raise PushNotSigned()
    expected = signature_of(*secret, timestamp, query.get("nonce", ""))
    if not hmac.compare_digest(signature, expected):
        raise PushNotSigned()


def _encrypted(content: bytes) -> str:
    """What is encrypted in the body; plain fields beside it (兼容模式) are not looked at."""
    encrypted = _object(content).get(_ENCRYPTED)
    if encrypted is None:
        raise PushModeDiffers()
    # Half a surrogate pair could not even be signed.
    if not isinstance(encrypted, str) or not encrypted.isascii():
        raise PushUnreadable()
    return encrypted


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise PushUnreadable() from None
    if not isinstance(body, dict):
        raise PushUnreadable()
    return body
