"""The world of the alliance tests: a community with one shop, beside another community."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.redemption.world import AllianceWorld, alliance_world


@pytest.fixture
def world(session: Any) -> AllianceWorld:
    noise = alliance_world("noise")
    noise.offer(title="别处的优惠")
    made = alliance_world()
    session.commit()
    return made
