"""The access token of the server API, shared by the threads of a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: A token is not used in its last minute, so that it does not expire on its way. WeChat renews it
#: five minutes before the end, so asking again then gives the next one.
MARGIN_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """``value`` as WeChat gave it and the seconds that it holds from now on."""

    value: str = field(repr=False)
    expires_in_seconds: int


class TokenCache:
    """One token until shortly before its end.

    ``fetch`` asks WeChat; ``monotonic`` gives seconds. stable_token answers every process of ours
    with the same token, so nothing needs to be shared between processes.
    """

    def __init__(
        self, fetch: Callable[[], AccessToken], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._value = ""
        self._good_until = float("-inf")

    def get(self) -> str:
        """The token; one thread fetches while the others wait for it."""
        with self._lock:
            if self._monotonic() >= self._good_until:
                # Counted from before the request: a slow answer must not lengthen the token's life.
                asked_at = self._monotonic()
                token = self._fetch()
                self._value = token.value
                self._good_until = asked_at + token.expires_in_seconds - MARGIN_SECONDS
            return self._value

    def forget(self, value: str) -> None:
        """Drop ``value``, unless another thread has replaced it already."""
        with self._lock:
            if self._value == value:
                self._good_until = float("-inf")
