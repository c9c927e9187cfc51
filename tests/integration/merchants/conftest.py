"""The world of the alliance tests: a community with one shop, beside another community."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.redemption.world import AllianceWorld, alliance_world
from tests.support.backend import Backend


def beside_noise() -> AllianceWorld:
    noise = alliance_world("noise")
    noise.offer(title="别处的优惠")
    return alliance_world()


@pytest.fixture
def world(backend: Backend, session: Any) -> AllianceWorld:
    return backend.remembered(beside_noise)
