"""The world of the review tests, beside another community that must never be seen."""

from __future__ import annotations

from typing import Any

import pytest

from points.models import MonthState
from tests.integration.review.world import ReviewWorld, review_world, scored_world
from tests.support.backend import Backend


def scored() -> ReviewWorld:
    noise = scored_world("noise")
    noise.bring(MonthState.ON_NOTICE)
    return scored_world()


def on_notice() -> ReviewWorld:
    world = scored()
    world.bring(MonthState.ON_NOTICE)
    return world


@pytest.fixture
def world(backend: Backend, session: Any) -> ReviewWorld:
    """Six scored members in an open month; the noise is a month already on notice."""
    return backend.remembered(scored)


@pytest.fixture
def noticed(backend: Backend, session: Any) -> ReviewWorld:
    """The month on notice."""
    return backend.remembered(on_notice)


@pytest.fixture
def unscored(backend: Backend, session: Any) -> ReviewWorld:
    """A community with a rulebook and open months, in which nobody lives yet."""
    return backend.remembered(review_world)
