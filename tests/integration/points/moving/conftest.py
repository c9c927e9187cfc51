"""The stage of the tests about leaving; the clock of handlers stands still."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kernel import clock
from tests.integration.points.conftest import ready_beside_noise
from tests.integration.points.moving.stage import NOW, Stage
from tests.integration.points.world import World
from tests.support.backend import Backend


def home_and_away() -> Stage:
    return Stage(ready_beside_noise())


@pytest.fixture
def stage(backend: Backend, session: Any) -> Iterator[Stage]:
    clock.set_offset(NOW - clock.now())
    yield backend.remembered(home_and_away)
    clock.set_offset(NOW - NOW)


@pytest.fixture
def world(stage: Stage) -> World:
    """The community that is left."""
    return stage.home
