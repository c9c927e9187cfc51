"""What the sandbox pushes, as WeChat does: signed, and in safe mode encrypted.

What an operator types into WeChat's console is here a :class:`PushTarget`.
"""

from __future__ import annotations

import json
import logging
import secrets
import string
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from kernel.push_settings import PushMode, PushSettings
from wechat import push, safe_mode

#: WeChat waits this long for an answer, and sends an event this often altogether.
PATIENCE_SECONDS = 5.0
TRIES = 3
#: Whoever asked has to write the trace id down before the answer about it comes.
PAUSE_SECONDS = 1.0
log = logging.getLogger("linli.wechat.sandbox")


@dataclass(frozen=True, kw_only=True)
class PushTarget:
    """Where to, for which mini-program, and how; ``address`` is the whole URL."""

    address: str
    appid: str
    settings: PushSettings
    pause_seconds: float = PAUSE_SECONDS


def new_aes_key() -> str:
    """An EncodingAESKey as WeChat's console draws one."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(43))


def query_and_body(
    event: Mapping[str, Any], target: PushTarget, *, timestamp: int | None = None
) -> tuple[dict[str, str], bytes]:
    """The query and the body of one push of ``event``; ``timestamp`` is now unless given."""
    content = json.dumps(event, ensure_ascii=False).encode()
    token, nonce = target.settings.token, str(secrets.randbelow(10**10))
    sent_at = str(int(time.time()) if timestamp is None else timestamp)
    query = {
        "signature": push.signature_of(token, sent_at, nonce),
        "timestamp": sent_at,
        "nonce": nonce,
        "openid": str(event.get("FromUserName", "")),
    }
    if target.settings.mode is PushMode.PLAIN:
        return query, content
    encrypted = safe_mode.sealed(content, aes_key=target.settings.aes_key, appid=target.appid)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = push.signature_of(token, sent_at, nonce, encrypted)
    body = {"ToUserName": event.get("ToUserName", ""), "Encrypt": encrypted}
    return query, json.dumps(body).encode()


def deliver(
    event: Mapping[str, Any], target: PushTarget, *, transport: httpx.BaseTransport | None = None
) -> bool:
    """Push ``event`` until it is taken, at most three times; says whether it was."""
    headers = {"Content-Type": "application/json"}
    with httpx.Client(timeout=PATIENCE_SECONDS, transport=transport, trust_env=False) as client:
        for _ in range(TRIES):
            time.sleep(target.pause_seconds)
            query, body = query_and_body(event, target)
            try:
                answer = client.post(target.address, params=query, content=body, headers=headers)
            except httpx.TransportError:
                continue
            if answer.status_code == httpx.codes.OK and answer.text in ("success", ""):
                return True
    log.warning("a push was not taken in %s tries", TRIES)
    return False


def deliver_in_background(event: Mapping[str, Any], target: PushTarget) -> None:
    """Push once the present request is answered; nobody waits for it."""
    threading.Thread(target=deliver, args=(event, target), daemon=True).start()
