"""How WeChat pushes to us: what is typed into its console 消息推送, and here once more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

#: WeChat takes 3 to 32 characters.
SHORTEST_TOKEN = 16
#: The one of WeChat's documentation, which everybody knows.
EXAMPLE_AES_KEY = "A" * 43
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class PushMode(StrEnum):
    #: 明文模式: signed only; nobody but https keeps it from being read on the way.
    PLAIN = "plain"
    #: 安全模式: signed and encrypted, and nothing else is believed.
    SAFE = "safe"


@dataclass(frozen=True, kw_only=True)
class PushSettings:
    """The settings ``WECHAT_PUSH_…``. Secrets never appear in ``repr``."""

    #: Signs what is pushed; without one nothing is believed.
    token: str = field(default="", repr=False)
    #: EncodingAESKey of the console: 43 letters and digits.
    aes_key: str = field(default="", repr=False)
    mode: PushMode = PushMode.PLAIN

    def why_unusable(self) -> list[str]:
        """Why no push could be read with this, in any environment; empty when one can."""
        if self.aes_key and not _AES_KEY.fullmatch(self.aes_key):
            return ["WECHAT_PUSH_AES_KEY must be the 43 letters and digits of EncodingAESKey"]
        if self.mode is PushMode.SAFE and not self.aes_key:
            return ["WECHAT_PUSH_MODE is safe, which needs WECHAT_PUSH_AES_KEY"]
        return []

    def why_unsafe(self) -> list[str]:
        """What must be mended before production may run with this; empty when nothing is."""
        reasons = []
        if 0 < len(self.token) < SHORTEST_TOKEN:
            reasons.append("WECHAT_PUSH_TOKEN is too short")
        if self.aes_key and not self.token:
            reasons.append("WECHAT_PUSH_AES_KEY is set, but WECHAT_PUSH_TOKEN is missing")
        if self.aes_key == EXAMPLE_AES_KEY:
            reasons.append("WECHAT_PUSH_AES_KEY is the example of WeChat's documentation")
        return reasons


def read(get: Callable[[str, str], str | None]) -> PushSettings:
    """The settings as ``get(name, default)`` gives them; ValueError for an unknown mode.

    Who has a key wants it used: the mode is safe where one is set, unless it is said otherwise.
    """
    aes_key = get("WECHAT_PUSH_AES_KEY", "") or ""
    usual = PushMode.SAFE if aes_key else PushMode.PLAIN
    mode = get("WECHAT_PUSH_MODE", "") or usual.value
    if mode not in list(PushMode):
        raise ValueError(f"WECHAT_PUSH_MODE is plain or safe, not “{mode}”")
    return PushSettings(
        token=get("WECHAT_PUSH_TOKEN", "") or "", aes_key=aes_key, mode=PushMode(mode)
    )
