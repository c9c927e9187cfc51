"""A window with three cards in stock, a holder with 100 points, a clerk and an offer of 8."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kernel.access import Actor
from merchants.models import Offer
from tests.integration.redemption.cards.desk import Desk
from tests.integration.redemption.scenes import DeskScene, desk_scene
from tests.integration.redemption.world import AllianceWorld


@pytest.fixture
def begins_with() -> Callable[[], DeskScene]:
    return desk_scene


@pytest.fixture
def desk(scene: DeskScene) -> Desk:
    return scene.desk


@pytest.fixture
def clerk(world: AllianceWorld) -> Actor:
    return world.clerk()


@pytest.fixture
def offer(world: AllianceWorld) -> Offer:
    return world.offer()
