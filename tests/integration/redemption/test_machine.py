"""Entries, transfers and redemption in any order agree with a model of plain Python."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.redemption.machine.playing import one_world, play
from tests.support.backend import Backend
from tests.support.soak import IS_SOAK

#: engine → (examples, steps)
SIZES = (
    {"sqlite": (2000, 80), "postgresql": (400, 80)}
    if IS_SOAK
    else {"sqlite": (200, 50), "postgresql": (50, 50)}
)
#: engine → how points die there; both are the same to either.
EXPIRES = {"sqlite": "after a month", "postgresql": "on set days"}


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_database_agrees_with_the_model(session: Any, backend: Backend) -> None:
    with one_world(session, EXPIRES[backend.name]) as base:
        play(base, *SIZES[backend.name])
