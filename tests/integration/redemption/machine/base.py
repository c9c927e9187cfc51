"""The world that every example begins with."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from community import places
from community.models import Community
from kernel.access import Actor
from kernel.database import db
from tests.integration.redemption.cards.desk import Desk
from tests.integration.redemption.machine.model import CARD_DAY, MONTH_CAP, OFFERS
from tests.integration.redemption.machine.purse import a_month_later, next_set_day
from tests.integration.redemption.whole_world import WholeWorld, whole_world
from tests.integration.redemption.world import Holder

#: Every holder begins with so many facts that are worth something.
AT_FIRST = 3
#: How points die: as a rulebook says it, and as the model knows it.
EXPIRY: dict[str, tuple[dict[str, Any], Callable[[dt.date], dt.date]]] = {
    "after a month": ({"after_months": 1}, a_month_later),
    "on set days": ({"on": ["12-10", "01-10"]}, next_set_day),
}
MONTHS = ("2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03")


@dataclass(frozen=True)
class Base:
    """The world every example begins with."""

    world: WholeWorld
    holders: tuple[Holder, Holder]
    offers: tuple[uuid.UUID, ...]
    cards: tuple[str, ...]
    desk: Desk
    supervisor: Actor
    clerk: Actor
    #: The day on which points of a day are gone.
    dies: Callable[[dt.date], dt.date]

    @property
    def account_ids(self) -> tuple[uuid.UUID, uuid.UUID]:
        return (self.holders[0].account_id, self.holders[1].account_id)


def base_world(expires: str) -> Base:
    """Two holders with cards and some points, a shop with three offers; nothing is committed."""
    rule_text, dies = EXPIRY[expires]
    world = whole_world(
        months=MONTHS, cap=Decimal(MONTH_CAP) / 10, expiry=rule_text, spend_above=1.5
    )
    db.session.get_one(Community, world.community_id).card_daily_points = Decimal(CARD_DAY) / 10
    places.forget()
    holders = (world.holder(), world.holder())
    for each in holders:
        for _ in range(AT_FIRST):
            world.record(each, "WORK")
    offers = [
        world.offer(
            Decimal(each.price) / 10, stock=each.stock, per_holder_limit=each.a_day,
            per_holder_period="day" if each.a_day else None,
        ).id
        for each in OFFERS
    ]  # fmt: skip
    desk = Desk(world=world.shop, office=world.shop.actor("community_admin"), numbers=[])
    desk.batch()
    cards = tuple(desk.card(each).number for each in holders)
    return Base(
        world=world,
        holders=holders,
        offers=tuple(offers),
        cards=cards,
        desk=desk,
        supervisor=world.shop.actor("supervisor"),
        clerk=world.shop.clerk(),
        dies=dies,
    )
