"""What the sandbox remembers: codes seen and used, the access token, messages sent."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wechat.sandbox_pushes import PushTarget

CODE_VALID_SECONDS = 300
TOKEN_SECONDS = 7200
#: WeChat renews a token this long before its end, and both hold until then.
TOKEN_RENEWED_SECONDS = 300
CODE_UNKNOWN, CODE_USED = 40029, 40163

_CODE = re.compile(r"demo-(?P<name>[^.]+)(\..+)?")
_OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")


def openid_of(name: str) -> str:
    """The openid of the demo person ``name``: 28 characters, the same in every sandbox."""
    return "o" + _opaque("openid", name)


def unionid_of(name: str) -> str:
    """The unionid of the demo person ``name``, for a sandbox that is bound to an account."""
    return "u" + _opaque("unionid", name)


@dataclass
class _Code:
    born_at: float
    is_used: bool = False


@dataclass(kw_only=True)
class Sandbox:
    """State and knobs of one sandbox; ``now`` gives seconds, threads may share it."""

    slow_seconds: float = 8.0
    #: Whether the app is bound to an Open Platform account, which is what gives a unionid.
    has_unionid: bool = False
    now: Callable[[], float] = time.monotonic
    sent: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=100))
    #: What was asked for as a content check, each with the trace id that was answered.
    checks: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=100))
    #: Where the answer to a content check is pushed; without it, whoever plays WeChat pushes it.
    pushes_to: PushTarget | None = None
    #: What it says: pass, review or risky.
    verdict: str = "pass"
    _codes: dict[str, _Code] = field(default_factory=dict)
    _tokens: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue_code(self, name: str) -> str:
        """A new code for ``name`` (without a dot), valid from now on."""
        code = f"demo-{name}.{secrets.token_urlsafe(12)}"
        with self._lock:
            self._codes[code] = _Code(born_at=self.now())
        return code

    def use_code(self, code: str) -> int | dict[str, str]:
        """Use up a code: who it is (openid, perhaps unionid), or the errcode."""
        match = _CODE.fullmatch(code)
        if match is None:
            return CODE_UNKNOWN
        with self._lock:
            known = self._codes.setdefault(code, _Code(born_at=self.now()))
            if self.now() - known.born_at >= CODE_VALID_SECONDS:
                return CODE_UNKNOWN
            if known.is_used:
                return CODE_USED
            known.is_used = True
        identity = {"openid": openid_of(match["name"])}
        return identity | ({"unionid": unionid_of(match["name"])} if self.has_unionid else {})

    def token(self, *, is_forced: bool) -> tuple[str, int]:
        """The access token and its seconds; the same one until it is renewed or forced anew."""
        with self._lock:
            now = self.now()
            self._tokens = {token: end for token, end in self._tokens.items() if end > now}
            if is_forced:
                self._tokens.clear()
            for token, end in self._tokens.items():
                if end - now > TOKEN_RENEWED_SECONDS:
                    return token, int(end - now)
            token = secrets.token_urlsafe(96)
            self._tokens[token] = now + TOKEN_SECONDS
            return token, TOKEN_SECONDS

    def accepts_token(self, token: str) -> bool:
        """Whether ``token`` holds now."""
        with self._lock:
            return self._tokens.get(token, float("-inf")) > self.now()

    def revoke_tokens(self) -> None:
        """End every token, as a forced refresh by somebody else does."""
        with self._lock:
            self._tokens.clear()

    @staticmethod
    def is_openid(value: object) -> bool:
        """Whether ``value`` looks like an openid."""
        return isinstance(value, str) and _OPENID.fullmatch(value) is not None


def media_check_event(
    *, trace_id: str, openid: str, suggest: str, appid: str = "demo-appid", created_at: int = 0
) -> dict[str, Any]:
    """What WeChat pushes once a picture is checked; ``suggest`` is pass, review or risky."""
    label = {"pass": 100, "review": 21000, "risky": 20002}[suggest]
    result = {"suggest": suggest, "label": label}
    return {
        "ToUserName": "gh_demo",
        "FromUserName": openid,
        "CreateTime": created_at,
        "MsgType": "event",
        "Event": "wxa_media_check",
        "appid": appid,
        "trace_id": trace_id,
        "version": 2,
        "errcode": 0,
        "errmsg": "ok",
        "result": result,
        "detail": [{"strategy": "content_model", "errcode": 0, "prob": 90, **result}],
    }


def _opaque(purpose: str, name: str) -> str:
    digest = hashlib.sha256(f"{purpose}:{name}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:27]
