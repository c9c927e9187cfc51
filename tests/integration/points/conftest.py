"""The world of the points tests, and another community beside it that must never be seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.points.world import World, empty_world, items, ready_world


@pytest.fixture
def world(session: Any) -> World:
    """A community ready to record, beside another one with facts of its own."""
    noise = empty_world("noise")
    noise.adopt(items=items("CAP", "BAD"))
    noise.open_month()
    other = noise.member()
    for code in ("CAP", "BAD"):
        noise.record(other, code)
    return ready_world()


@pytest.fixture
def bare_world(session: Any) -> World:
    """A community without rulebook and months."""
    return empty_world("bare")
