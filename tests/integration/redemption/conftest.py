"""The world of the redemption tests, and another community beside it with the same things."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.redemption.world import AllianceWorld, Holder, alliance_world


@pytest.fixture
def world(session: Any) -> AllianceWorld:
    """A community with one shop, beside another one with holds of its own."""
    noise = alliance_world("noise")
    noise.hold(noise.holder(), noise.offer())
    made = alliance_world()
    session.commit()
    return made


@pytest.fixture
def holder(world: AllianceWorld) -> Holder:
    """A member with 100 points."""
    return world.holder()
