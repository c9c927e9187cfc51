"""What everybody may see of the alliance: merchants with an agreement in force, their offers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Row, Select, and_, or_, select

from kernel import tenancy
from kernel.database import db
from merchants.agreement_archive import deciding
from merchants.errors import MerchantUnknown
from merchants.models import Merchant, Offer, OfferState, RedemptionAgreement


@dataclass(frozen=True, kw_only=True)
class PublicMerchant:
    """A merchant with the offers that stand today, and the agreement they stand under."""

    id: uuid.UUID
    merchant: Merchant
    agreement: RedemptionAgreement
    offers: Sequence[Offer] = field(default_factory=tuple)


def public_merchants(
    *,
    community_id: uuid.UUID,
    on: dt.date,
    search: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[PublicMerchant]:
    """Merchants whose agreement holds on a day, by id; ``search`` looks at names and offers too."""
    statement = _standing(community_id, on).order_by(Merchant.id).limit(limit)
    if after is not None:
        statement = statement.where(Merchant.id > after)
    if search:
        named = [
            column.icontains(search, autoescape=True)
            for column in (Merchant.name, Merchant.trade, Merchant.address)
        ]
        offering = (
            _offers(community_id, on)
            .where(Offer.merchant_id == Merchant.id, Offer.title.icontains(search, autoescape=True))
            .correlate(Merchant)
            .exists()
        )
        statement = statement.where(or_(*named, offering))
    return _with_offers(community_id, on, db.session.execute(statement))


def public_merchant(*, community_id: uuid.UUID, code: str, on: dt.date) -> PublicMerchant:
    """One merchant with its offers, or MerchantUnknown."""
    rows = db.session.execute(_standing(community_id, on).where(Merchant.code == code))
    found = _with_offers(community_id, on, rows)
    if not found:
        raise MerchantUnknown()
    return found[0]


def _standing(community_id: uuid.UUID, on: dt.date) -> Select[Merchant, RedemptionAgreement]:
    decides = deciding(community_id, on).subquery()
    return (
        select(Merchant, RedemptionAgreement)
        .join(decides, decides.c.merchant_id == Merchant.id)
        .join(
            RedemptionAgreement,
            and_(
                RedemptionAgreement.community_id == community_id,
                RedemptionAgreement.id == decides.c.agreement_id,
            ),
        )
    )


def _offers(community_id: uuid.UUID, on: dt.date) -> Select[Offer]:
    return tenancy.select(Offer, community_id).where(
        Offer.state == OfferState.ACCEPTED,
        Offer.valid_from <= on,
        or_(Offer.valid_to.is_(None), Offer.valid_to > on),
    )


def _with_offers(
    community_id: uuid.UUID,
    on: dt.date,
    rows: Iterable[Row[Merchant, RedemptionAgreement]],
) -> list[PublicMerchant]:
    standing = [(row[0], row[1]) for row in rows]
    offers: dict[uuid.UUID, list[Offer]] = defaultdict(list)
    wanted = [merchant.id for merchant, _ in standing]
    for offer in db.session.scalars(
        _offers(community_id, on).where(Offer.merchant_id.in_(wanted)).order_by(Offer.id)
    ):
        offers[offer.merchant_id].append(offer)
    return [
        PublicMerchant(
            id=merchant.id, merchant=merchant, agreement=agreement, offers=offers[merchant.id]
        )
        for merchant, agreement in standing
    ]
