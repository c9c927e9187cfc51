"""The community of these tests, beside another one with the same names and numbers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import all_factories
from tests.integration.community.world import World, make_world
from tests.support.backend import Backend


def two_communities() -> tuple[World, World]:
    factories = all_factories()
    noise = make_world(factories)
    for name in ("张秀英", "王秀英", "李强"):
        noise.add(name, tags=["party_member"])
    noise.add("张秀英", household=None)
    return noise, make_world(factories)


@pytest.fixture
def worlds(backend: Backend, session: Any) -> tuple[World, World]:
    return backend.remembered(two_communities)


@pytest.fixture
def noise(worlds: tuple[World, World]) -> World:
    """Another community of another street: same grids, codes and names."""
    return worlds[0]


@pytest.fixture
def world(worlds: tuple[World, World]) -> World:
    return worlds[1]
