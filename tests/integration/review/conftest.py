"""The world of the review tests, beside another community that must never be seen."""

from __future__ import annotations

from typing import Any

import pytest

from points.models import MonthState
from tests.integration.review.world import ReviewWorld, scored_world


@pytest.fixture
def world(session: Any) -> ReviewWorld:
    """Six scored members in an open month; the noise is a month already on notice."""
    noise = scored_world("noise")
    noise.bring(MonthState.ON_NOTICE)
    return scored_world()


@pytest.fixture
def noticed(world: ReviewWorld) -> ReviewWorld:
    """The month on notice."""
    world.bring(MonthState.ON_NOTICE)
    return world
