"""A client that talks to a sandbox in this process, and a clock that both share."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from flask import Flask

from wechat.client import WeChatClient
from wechat.sandbox import Sandbox, create_sandbox, sandbox_of

APPID = "wx0000000000000001"
SECRET = "app-secret-that-must-not-leak"


class Clock:
    """Seconds that only pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox_app(clock: Clock) -> Flask:
    return create_sandbox(Sandbox(now=clock))


@pytest.fixture
def sandbox(sandbox_app: Flask) -> Sandbox:
    return sandbox_of(sandbox_app)


@pytest.fixture
def wechat(sandbox_app: Flask, clock: Clock) -> Iterator[WeChatClient]:
    client = WeChatClient(
        APPID, SECRET, transport=httpx.WSGITransport(app=sandbox_app), monotonic=clock
    )
    yield client
    client.close()
