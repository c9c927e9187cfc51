"""One HTTP request over one connection, and asking again until there is an answer.

Whoever calls does not know what became of a request whose connection broke. So it is sent again
with the same Idempotency-Key, as the API asks of its clients.
"""

from __future__ import annotations

import http.client
import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: How often a client hangs up without waiting for the answer: a phone that lost its network.
HANG_UP = 0.08
PATIENCE_SECONDS = 180
PAUSE_SECONDS = 0.1
#: What the API announces as "ask again with the same key".
AGAIN = frozenset({(503, "unavailable"), (409, "still_running")})


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """What an error is called; empty where it went well."""
        return str(self.body.get("code", "")) if self.status >= 400 else ""


@dataclass
class Asker:
    """Sends requests for one client; ``seen`` counts what became of them."""

    port: int
    chance: random.Random
    #: The key of the next attempt, from that of the last one.
    next_key: Callable[[str], str] = lambda key: key
    seen: Counter[str] = field(default_factory=Counter)

    def ask(self, path: str, token: str, body: dict[str, Any] | None = None) -> Answer:
        """POST until somebody answers; AssertionError when nobody does."""
        key = str(uuid.UUID(int=self.chance.getrandbits(128)))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self._send(path, token, key, body)
            except (OSError, http.client.HTTPException) as error:
                self.seen[f"broken: {type(error).__name__}"] += 1
                time.sleep(PAUSE_SECONDS * self.chance.random())
            else:
                if answer is not None:
                    self.seen[f"{answer.status} {answer.code}".strip()] += 1
                    if (answer.status, answer.code) not in AGAIN:
                        return answer
                    time.sleep(PAUSE_SECONDS)
            key = self.next_key(key)
        raise AssertionError(f"nobody answered {path} for {PATIENCE_SECONDS} s")

    def _send(self, path: str, token: str, key: str, body: dict[str, Any] | None) -> Answer | None:
        """One attempt; None where we hung up ourselves."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
            "Connection": "close",
        }
        try:
            connection.request("POST", path, json.dumps(body or {}), headers)
            if self.chance.random() < HANG_UP:
                self.seen["hung up"] += 1
                # Most answers are on their way by now, and nobody will read them.
                time.sleep(0.01)
                return None
            response = connection.getresponse()
            return Answer(response.status, json.loads(response.read() or b"{}"))
        finally:
            connection.close()
