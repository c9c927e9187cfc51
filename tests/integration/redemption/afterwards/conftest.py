"""The stage of what happens after a redemption."""

from __future__ import annotations

import pytest

from kernel.database import db
from tests.integration.redemption.afterwards.stage import Afterwards
from tests.integration.redemption.world import AllianceWorld, Holder


@pytest.fixture
def stage(world: AllianceWorld, holder: Holder) -> Afterwards:
    made = Afterwards(world, holder)
    db.session.commit()
    return made
