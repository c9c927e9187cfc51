"""The community of these tests, beside another one with the same names and numbers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.integration.community.world import World, make_world


@pytest.fixture
def noise(factories: SimpleNamespace) -> World:
    """Another community of another street: same grids, codes and names."""
    other = make_world(factories)
    for name in ("张秀英", "王秀英", "李强"):
        other.add(name, tags=["party_member"])
    other.add("张秀英", household=None)
    return other


@pytest.fixture
def world(noise: World, factories: SimpleNamespace) -> World:
    return make_world(factories)
