"""The second scene: shops join, propose offers, and both sides sign the same agreement."""

from __future__ import annotations

import datetime as dt
import uuid

from kernel import clock
from merchants import agreements, alliance, offers
from merchants.agreements import AgreementTerms
from merchants.models import OfferKind, Party, Per
from merchants.offers import OfferTerms
from ops.demo.alliance import DemoMerchant, DemoOffer
from ops.demo.founding import seat_merchants
from ops.demo.stage import Neighbourhood, Stage

#: Days before the first month.
ENTERED, PROPOSED, DRAFTED, SIGNED, ACCEPTED = 14, 12, 10, 8, 7
TERM_DAYS = 365


def contract(stage: Stage, neighbourhoods: list[Neighbourhood]) -> int:
    """Enter every merchant, seat its people, sign and accept; returns how many agreements."""
    for merchant in stage.alliance.merchants:
        for hood in neighbourhoods:
            if merchant.place_in(hood.code):
                _enter(hood, merchant)
    seat_merchants(stage, neighbourhoods)
    signed = 0
    for hood in neighbourhoods:
        for merchant in stage.alliance.serving(hood.code):
            _sign(hood, merchant, _propose(hood, merchant))
            signed += 1
    return signed


def _enter(hood: Neighbourhood, merchant: DemoMerchant) -> None:
    stage, now = hood.stage, _day(hood, ENTERED, hour=9)
    joined_on = stage.days.first_day
    if merchant.code in stage.merchant_ids:
        alliance.join(
            actor=hood.staff("admin"),
            now=now,
            community_id=hood.community_id,
            code=merchant.code,
            joined_on=joined_on,
        )
        return
    entered = alliance.enter_merchant(
        actor=hood.staff("admin"),
        now=now,
        community_id=hood.community_id,
        code=merchant.code,
        name=merchant.name,
        trade=merchant.trade_name,
        address=merchant.address,
        joined_on=joined_on,
        phone=merchant.telephone,
        hours=merchant.opening_hours,
        is_demo=True,
    )
    stage.merchant_ids[merchant.code] = entered.merchant.id


def _propose(hood: Neighbourhood, merchant: DemoMerchant) -> list[uuid.UUID]:
    proposed = []
    for offer in merchant.offers:
        row = offers.propose(
            actor=hood.stage.actor(f"{merchant.code}-owner"),
            now=_day(hood, PROPOSED, hour=10),
            community_id=hood.community_id,
            merchant_id=hood.stage.merchant_ids[merchant.code],
            terms=_terms(offer, hood.stage.days.first_day),
        )
        hood.stage.offer_ids[hood.code, merchant.code, offer.code] = row.id
        proposed.append(row.id)
    return proposed


def _sign(hood: Neighbourhood, merchant: DemoMerchant, offer_ids: list[uuid.UUID]) -> None:
    admin, owner = hood.staff("admin"), hood.stage.actor(f"{merchant.code}-owner")
    draft = agreements.draft(
        actor=admin,
        now=_day(hood, DRAFTED, hour=11),
        community_id=hood.community_id,
        merchant_id=hood.stage.merchant_ids[merchant.code],
        terms=_agreed(hood, merchant),
        offer_ids=offer_ids,
    )
    for party, actor, hour in ((Party.MERCHANT, owner, 10), (Party.COMMUNITY, admin, 15)):
        agreements.sign(
            actor=actor,
            now=_day(hood, SIGNED, hour=hour),
            community_id=hood.community_id,
            agreement_id=draft.id,
            party=party,
            text_sha256=draft.agreement.text_sha256,
        )
    for offer_id in offer_ids:
        offers.accept(
            actor=admin,
            now=_day(hood, ACCEPTED, hour=9),
            community_id=hood.community_id,
            offer_id=offer_id,
            version=1,
        )


def _agreed(hood: Neighbourhood, merchant: DemoMerchant) -> AgreementTerms:
    place = merchant.place_in(hood.code)
    if place is None:
        raise AssertionError(f"{merchant.code} does not serve {hood.code}")
    pools = {pool.code: pool.name for pool in hood.stage.alliance.pools}
    first_day = hood.stage.days.first_day
    return AgreementTerms(
        represented_by=merchant.owner,
        valid_from=first_day,
        valid_to=first_day + dt.timedelta(days=TERM_DAYS),
        monthly_cap=place.monthly_cap_points,
        merchant_percent=merchant.cost_sharing.merchant_percent,
        pool_name=pools.get(merchant.cost_sharing.pool_code or ""),
    )


def _terms(offer: DemoOffer, first_day: dt.date) -> OfferTerms:
    """The offer as the product knows it: one limit per holder, one stock, one span of hours."""
    limit = offer.per_holder[0] if offer.per_holder else None
    hours = offer.hours[0] if offer.hours else None
    stock, per = offer.monthly_stock, Per.MONTH
    if stock is None:
        stock, per = offer.daily_stock, Per.DAY
    return OfferTerms(
        title=offer.title,
        kind=OfferKind(offer.kind),
        ordinary_price_cents=int(offer.ordinary_yuan * 100),
        alliance_price_cents=int(offer.alliance_yuan * 100),
        points=offer.points,
        valid_from=first_day,
        note=offer.note,
        percent_off=offer.percent_off,
        ceiling_cents=int(offer.ceiling_yuan * 100) if offer.ceiling_yuan else None,
        stock=stock,
        stock_period=per if stock else None,
        per_holder_limit=limit.times if limit else None,
        per_holder_period=Per(limit.per) if limit else None,
        weekdays="".join(str(day) for day in hours.days) if hours else None,
        from_time=hours.opens if hours else None,
        to_time=hours.closes if hours else None,
        audience=offer.audience,
    )


def _day(hood: Neighbourhood, days_before: int, *, hour: int) -> dt.datetime:
    day = hood.stage.days.first_day - dt.timedelta(days=days_before)
    return clock.at(day, dt.time(hour))
