"""The stage of the activities' tests."""

from __future__ import annotations

import pytest

from tests.integration.points.activities.stage import Stage
from tests.integration.points.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)
