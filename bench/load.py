"""A lean HTTP load: threads with raw sockets, one connection per request, every answer checked.

One connection per request, because under keep-alive all connections may land on one worker and
halve the figure. The client costs the same for both sides of a ratio.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Measured:
    """What one round saw: requests, seconds, and each request's milliseconds."""

    requests: int = 0
    wrong: int = 0
    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def request_bytes(
    method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """A complete HTTP/1.1 request that asks the server to close."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run(
    port: int,
    requests: Iterator[bytes],
    *,
    clients: int,
    seconds: float,
    expected: bytes = b" 200 ",
    pause: Callable[[], None] | None = None,
) -> Measured:
    """Send requests from ``clients`` threads for ``seconds``; each request is taken once."""
    measured = Measured()
    failures: list[Exception] = []
    taking, noting = threading.Lock(), threading.Lock()
    started = time.perf_counter()
    until = started + seconds

    def take() -> bytes | None:
        with taking:
            return next(requests, None)

    def client() -> None:
        try:
            ask()
        except Exception as error:  # told to the main thread below
            failures.append(error)

    def ask() -> None:
        while time.perf_counter() < until:
            request = take()
            if request is None:
                raise RuntimeError("the prepared requests ran out: prepare more")
            begun = time.perf_counter()
            answer = send(port, request)
            spent = (time.perf_counter() - begun) * 1000
            with noting:
                measured.requests += 1
                measured.milliseconds.append(spent)
                if expected not in answer[:20]:
                    measured.wrong += 1
            if pause:
                pause()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    measured.seconds = time.perf_counter() - started
    return measured


def run_open(
    port: int,
    requests: Iterator[bytes],
    *,
    rate: float,
    seed: int,
    clients: int,
    seconds: float,
    expected: bytes = b" 200 ",
) -> Measured:
    """Send ``rate`` requests a second at random moments, whether earlier ones are answered or not.

    A request's milliseconds count from the moment it was due, so that waiting for a server that
    cannot follow is not left out. Four times ``clients`` send, that none has to wait for another.
    """
    measured, noting = Measured(), threading.Lock()
    moments = random.Random(seed)
    due, arrivals = 0.0, []
    while (due := due + moments.expovariate(rate)) < seconds:
        arrivals.append((due, next(requests)))
    waiting, started = iter(arrivals), time.perf_counter()

    def client() -> None:
        while True:
            with noting:
                at, request = next(waiting, (0.0, b""))
            if not request:
                return
            time.sleep(max(0.0, started + at - time.perf_counter()))
            answer = send(port, request)
            spent = (time.perf_counter() - started - at) * 1000
            with noting:
                measured.requests += 1
                measured.milliseconds.append(spent)
                measured.wrong += expected not in answer[:20]

    threads = [threading.Thread(target=client) for _ in range(4 * clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.wrong += len(arrivals) - measured.requests
    measured.seconds = time.perf_counter() - started
    return measured


def send(port: int, request: bytes) -> bytes:
    """Send one request over its own connection and return the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)
