"""The world of the redemption tests, and another community beside it with the same things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.redemption.scenes import Scene, shop_scene
from tests.integration.redemption.world import AllianceWorld, Holder
from tests.support.backend import Backend


@pytest.fixture
def begins_with() -> Callable[[], Scene]:
    """What builds the scene; a folder or module with more in it has a fixture of its own."""
    return shop_scene


@pytest.fixture
def scene(backend: Backend, session: Any, begins_with: Callable[[], Scene]) -> Scene:
    return backend.remembered(begins_with)


@pytest.fixture
def world(scene: Scene) -> AllianceWorld:
    """A community with one shop, beside another one with holds of its own."""
    return scene.world


@pytest.fixture
def holder(scene: Scene) -> Holder:
    """A member with 100 points."""
    return scene.holder
