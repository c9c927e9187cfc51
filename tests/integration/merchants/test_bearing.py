"""What the alliance can bear in a month, added up by hand from its agreements and offers."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

from kernel.database import db
from merchants import bearing
from merchants.models import RedemptionAgreement
from points.rules.solvency import AllianceBears
from tests.factories.merchants import QuotaUsageFactory, RedemptionAgreementFactory
from tests.integration.redemption.world import AllianceWorld

D = Decimal
TODAY = dt.date(2026, 11, 21)


def bears(world: AllianceWorld) -> AllianceBears:
    db.session.flush()
    return bearing.in_a_month(world.community_id, TODAY)


def test_caps_and_limited_stock_shop_by_shop(world: AllianceWorld) -> None:
    """800 of the first shop, which has an unlimited offer beside its 10 × 8.

    The second has 5 × 4 a day on nine Saturdays and Sundays, 180 points, and 12 left of 20 × 2:
    204 where its cap is 300. The third has a cap of 100 and nothing on offer.
    """
    world.offer()
    world.offer(points=D(8), stock=10, stock_period="month")
    second = capped(world, 300)
    second.offer(points=D(4), stock=5, stock_period="day", weekdays="67")
    left = second.offer(points=D(2), stock=20)
    for slot, used in enumerate((5, 3)):
        QuotaUsageFactory(
            community_id=world.community_id, quota_code=f"stock:{left.id}", cell="whole",
            slot=slot, used=used, whole=20,
        )  # fmt: skip
    capped(world, 100)
    assert bears(world) == AllianceBears(
        agreements=3, monthly_caps=D(1200), offers=4, limited_offers=3, stock=D(284),
        bearable=D(1004),
    )  # fmt: skip


def test_what_does_not_hold_today_bears_nothing(world: AllianceWorld) -> None:
    """Offers paused, withdrawn, over or not begun; an agreement suspended, and one that is over."""
    world.offer(state="paused", paused_by="merchant")
    world.offer(state="withdrawn")
    world.offer(valid_to=TODAY)
    world.offer(valid_from=TODAY + dt.timedelta(days=1))
    suspended = capped(world, 300, state="suspended")
    suspended.offer()
    over = capped(world, 200, valid_to=TODAY)
    over.offer()
    assert bears(world) == AllianceBears(
        agreements=1, monthly_caps=D(800), offers=0, limited_offers=0, stock=D(0), bearable=D(0)
    )


def test_the_newest_edition_says_the_cap(world: AllianceWorld) -> None:
    world.offer()
    old = world.agreement
    RedemptionAgreementFactory(
        community_id=world.community_id, merchant_id=world.merchant.id, number=old.number,
        edition=2, monthly_cap=D(500),
    )  # fmt: skip
    assert (bears(world).agreements, bears(world).bearable) == (1, D(500))


def test_three_statements_however_many_offers(world: AllianceWorld, count_statements: Any) -> None:
    for stock in (5, 6, 7):
        world.offer(stock=stock)
    db.session.flush()
    with count_statements() as seen:
        bearing.in_a_month(world.community_id, TODAY)
    assert len(seen) == 3


def capped(world: AllianceWorld, cap: int, **terms: Any) -> AllianceWorld:
    """Another shop of the alliance whose agreement has this cap."""
    shop = world.another_shop()
    row = db.session.get(RedemptionAgreement, (world.community_id, shop.agreement.id))
    assert row is not None
    for name, value in {"monthly_cap": D(cap), **terms}.items():
        setattr(row, name, value)
    return dataclasses.replace(shop, agreement=row)
