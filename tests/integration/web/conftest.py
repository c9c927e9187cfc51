"""The world of the redemption tests, seen in a browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel import clock
from tests.integration.redemption.world import NOW, AllianceWorld, Holder, alliance_world
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
def shop_world(session: Any, move: Move) -> AllianceWorld:
    """A community with one shop, beside another one with a hold of its own."""
    noise = alliance_world("noise")
    noise.hold(noise.holder(), noise.offer())
    made = alliance_world()
    session.commit()
    return made


@pytest.fixture
def somebody(shop_world: AllianceWorld, session: Any) -> Holder:
    """A member with 100 points."""
    made = shop_world.holder()
    session.commit()
    return made


@pytest.fixture
def mine(client: FlaskClient, somebody: Holder) -> Pages:
    """The member's browser."""
    return Pages(client, somebody.actor)
