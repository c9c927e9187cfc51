"""The world of the redemption tests, seen in a browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel import clock
from tests.integration.redemption.scenes import Scene, shop_scene
from tests.integration.redemption.world import NOW, AllianceWorld, Holder
from tests.support.backend import Backend
from tests.support.pages import Pages

Move = Callable[[dt.timedelta], None]


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> Move:
    """The clock stands at NOW; calling the fixture moves it."""

    def to(by: dt.timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + by)

    to(dt.timedelta(0))
    return to


@pytest.fixture
def begins_with() -> Callable[[], Scene]:
    """What builds the scene; a module with more in it has a fixture of its own."""
    return shop_scene


@pytest.fixture
def scene(backend: Backend, session: Any, move: Move, begins_with: Callable[[], Scene]) -> Scene:
    return backend.remembered(begins_with)


@pytest.fixture
def shop_world(scene: Scene) -> AllianceWorld:
    """A community with one shop, beside another one with a hold of its own."""
    return scene.world


@pytest.fixture
def somebody(scene: Scene) -> Holder:
    """A member with 100 points."""
    return scene.holder


@pytest.fixture
def mine(client: FlaskClient, somebody: Holder) -> Pages:
    """The member's browser."""
    return Pages(client, somebody.actor)
