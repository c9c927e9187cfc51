"""The stage of what happens after a redemption."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.redemption.afterwards.stage import Afterwards
from tests.integration.redemption.scenes import AfterwardsScene, afterwards_scene


@pytest.fixture
def begins_with() -> Callable[[], AfterwardsScene]:
    return afterwards_scene


@pytest.fixture
def stage(scene: AfterwardsScene) -> Afterwards:
    return scene.stage
