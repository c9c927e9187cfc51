"""A window with three cards in stock, a holder with 100 points, a clerk and an offer of 8."""

from __future__ import annotations

import pytest

from kernel.access import Actor
from kernel.database import db
from merchants.models import Offer
from tests.integration.redemption.cards.desk import Desk
from tests.integration.redemption.world import AllianceWorld


@pytest.fixture
def desk(world: AllianceWorld) -> Desk:
    made = Desk(world=world, office=world.actor("community_admin"), numbers=[])
    made.batch()
    db.session.commit()
    return made


@pytest.fixture
def clerk(world: AllianceWorld) -> Actor:
    return world.clerk()


@pytest.fixture
def offer(world: AllianceWorld) -> Offer:
    return world.offer()
