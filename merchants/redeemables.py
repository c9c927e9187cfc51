"""Offers at the door: each with its shop and the agreement that decides on a day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_

from kernel import tenancy
from kernel.database import db
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from kernel.unattached import Unattached
from merchants import agreement_archive
from merchants.errors import OfferUnknown
from merchants.models import Merchant, Offer, OfferState, RedemptionAgreement

#: A condition on the community of a statement, given as an id or as a bound parameter.
Condition = Callable[[Any], sa.ColumnElement[bool]]


@dataclass(frozen=True, kw_only=True)
class Redeemable:
    """An offer with its merchant and the agreement that decides today, if any holds.

    ``is_stopped`` is what the caller's own condition said.
    """

    offer: Offer
    merchant: Merchant
    agreement: RedemptionAgreement | None
    is_stopped: bool = False


def redeemable(
    *,
    community_id: uuid.UUID,
    offer_id: uuid.UUID,
    on: dt.date,
    stopped_if: Condition | None = None,
) -> Redeemable:
    """What issuing a code must know of an offer, in one statement, to look at; OfferUnknown.

    ``stopped_if`` is a condition of redemption's own that the same statement asks.
    """
    statement = _one_redeemable(stopped_if)
    row = statement(p_community_id=community_id, p_offer_id=offer_id, p_on=on).first()
    if row is None:
        raise OfferUnknown(field="offer_id")
    merchant_at = _OFFER.width
    agreement_at = merchant_at + _MERCHANT.width
    return Redeemable(
        offer=_OFFER.of(row[:merchant_at]),
        merchant=_MERCHANT.of(row[merchant_at:agreement_at]),
        agreement=_AGREEMENT.of(row[agreement_at:-1]) if row.redemption_agreement__id else None,
        is_stopped=bool(row.is_stopped),
    )


def shown_at(
    *,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    on: dt.date,
    after: uuid.UUID | None = None,
    limit: int = 20,
    stopped_if: Condition | None = None,
) -> list[Redeemable]:
    """The offers of a shop that are valid on a day, paused ones among them; one statement."""
    statement = (
        _redeemable(community_id, on, stopped_if, Offer, Merchant, RedemptionAgreement)
        .where(
            Offer.merchant_id == merchant_id,
            Offer.state.in_((OfferState.ACCEPTED, OfferState.PAUSED)),
            Offer.valid_from <= on,
            sa.or_(Offer.valid_to.is_(None), Offer.valid_to > on),
        )
        .order_by(Offer.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    if after is not None:
        statement = statement.where(Offer.id > after)
    return [_redeemable_of(row) for row in db.session.execute(statement)]


def _redeemable(
    community_id: Any, on: Any, stopped_if: Condition | None, *what: Any
) -> sa.Select[Any]:
    """``what`` of offers with their merchants and the agreements that decide on a day."""
    is_stopped = sa.false() if stopped_if is None else stopped_if(community_id)
    decides = agreement_archive.deciding(community_id, on).subquery()
    return (
        tenancy.columns(Offer, community_id, *what, is_stopped.label("is_stopped"))
        .join(Merchant, Merchant.id == Offer.merchant_id)
        .outerjoin(decides, decides.c.merchant_id == Offer.merchant_id)
        .outerjoin(
            RedemptionAgreement,
            and_(
                RedemptionAgreement.community_id == Offer.community_id,
                RedemptionAgreement.id == decides.c.agreement_id,
            ),
        )
    )


_OFFER, _MERCHANT = Unattached(Offer), Unattached(Merchant)
_AGREEMENT = Unattached(RedemptionAgreement)


@cache
def _one_redeemable(stopped_if: Condition | None) -> Prepared:
    """Every code that is issued asks it."""
    return Prepared(
        lambda: _redeemable(
            COMMUNITY,
            sa.bindparam("p_on", type_=sa.Date()),
            stopped_if,
            *_OFFER.columns,
            *_MERCHANT.columns,
            *_AGREEMENT.columns,
        ).where(Offer.id == sa.bindparam("p_offer_id"))
    )


def _redeemable_of(row: sa.Row[Any]) -> Redeemable:
    return Redeemable(
        offer=row.Offer,
        merchant=row.Merchant,
        agreement=row.RedemptionAgreement,
        is_stopped=bool(row.is_stopped),
    )
