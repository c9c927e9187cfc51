"""The stage of the tests about leaving; the clock of handlers stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel import clock
from tests.integration.points.moving.stage import NOW, Stage
from tests.integration.points.world import World


@pytest.fixture
def stage(world: World) -> Iterator[Stage]:
    clock.set_offset(NOW - clock.now())
    yield Stage(world)
    clock.set_offset(NOW - NOW)
