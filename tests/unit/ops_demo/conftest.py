"""One small demo world per session: the generators are pure, so all tests may share it."""

import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ops.demo.alliance import DemoAlliance, load_alliance
from ops.demo.cast import load_cast
from ops.demo.people import DemoPopulation, draw_population
from ops.demo.places import DemoPlaces, load_places

TODAY = date(2026, 11, 21)
RULEBOOK = Path(__file__).parents[3] / "points/rulebook_data/xinfu_community_demo.json"


@pytest.fixture(scope="session")
def places() -> DemoPlaces:
    return load_places()


@pytest.fixture(scope="session")
def alliance() -> DemoAlliance:
    return load_alliance()


@pytest.fixture(scope="session")
def rulebook() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(RULEBOOK.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="session")
def draw(places: DemoPlaces) -> Callable[[str, int], DemoPopulation]:
    """Return a function (community code, seed) → population."""

    def drawn(code: str, seed: int) -> DemoPopulation:
        return draw_population(
            community=places.community(code),
            cast=load_cast(code),
            rng=random.Random(seed),
            reference_date=TODAY,
        )

    return drawn


@pytest.fixture(scope="session")
def populations(
    places: DemoPlaces, draw: Callable[[str, int], DemoPopulation]
) -> dict[str, DemoPopulation]:
    return {community.code: draw(community.code, 7) for community in places.communities}
