"""What the alliance can bear in a month, in points; app.py gives it to the packages below."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db
from kernel.points_value import ZERO
from merchants import agreement_archive, quotas
from merchants.models import Offer, OfferState, Per, RedemptionAgreement
from merchants.rules.bearing import OfferStock, bearable, stock_in_month
from points.rules.solvency import AllianceBears


def in_a_month(community_id: uuid.UUID, on: dt.date) -> AllianceBears:
    """With the agreements and offers of the day, as if they stood all of its month.

    Caps and stocks of a period count whole, whatever was taken of them; a stock for the whole
    validity is what is left of it. Three statements.
    """
    caps = _caps(community_id, on)
    offers = [each for each in _offers(community_id, on) if each.merchant_id in caps]
    left = _left(community_id, offers, on)
    days = _days_of_month(on)
    stocks: dict[uuid.UUID, list[Decimal | None]] = defaultdict(list)
    for offer in offers:
        stocks[offer.merchant_id].append(stock_in_month(_stock(offer, left), days))
    limited = [points for each in stocks.values() for points in each if points is not None]
    return AllianceBears(
        agreements=len(caps),
        monthly_caps=sum(caps.values(), ZERO),
        offers=len(offers),
        limited_offers=len(limited),
        stock=sum(limited, ZERO),
        bearable=sum((bearable(cap, stocks[shop]) for shop, cap in caps.items()), ZERO),
    )


def _caps(community_id: uuid.UUID, on: dt.date) -> dict[uuid.UUID, Decimal]:
    """Shop → cap of a month, of the agreements that decide on the day."""
    decides = agreement_archive.deciding(community_id, on).subquery()
    rows = db.session.execute(
        tenancy.columns(
            RedemptionAgreement, community_id, RedemptionAgreement.merchant_id,
            RedemptionAgreement.monthly_cap,
        ).join(decides, decides.c.agreement_id == RedemptionAgreement.id)
    )  # fmt: skip
    return {row.merchant_id: row.monthly_cap for row in rows}


def _offers(community_id: uuid.UUID, on: dt.date) -> list[Offer]:
    return list(
        db.session.scalars(
            tenancy.select(Offer, community_id).where(
                Offer.state == OfferState.ACCEPTED,
                Offer.valid_from <= on,
                sa.or_(Offer.valid_to.is_(None), Offer.valid_to > on),
            )
        )
    )


def _left(community_id: uuid.UUID, offers: list[Offer], on: dt.date) -> dict[uuid.UUID, int]:
    """Offer → pieces left, of those whose stock is for the whole validity."""
    whole = {
        offer.id: quota
        for offer in offers
        if offer.stock_period is None and (quota := quotas.stock(offer, on)) is not None
    }
    used = quotas.used_of(community_id=community_id, wanted=whole.values())
    return {
        offer_id: max(0, quota.cap - used.get((quota.code, quota.cell), 0))
        for offer_id, quota in whole.items()
    }


def _stock(offer: Offer, left: Mapping[uuid.UUID, int]) -> OfferStock:
    return OfferStock(
        points=offer.points,
        stock=left.get(offer.id, offer.stock),
        stock_period=None if offer.stock_period is None else Per(offer.stock_period),
        weekdays=offer.weekdays,
    )


def _days_of_month(on: dt.date) -> list[dt.date]:
    first = clock.first_day(clock.month_of(on))
    end = clock.first_day(clock.next_month(clock.month_of(on)))
    return [first + dt.timedelta(days=number) for number in range((end - first).days)]
