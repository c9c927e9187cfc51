"""A shop's own page, and what it puts up beside its till."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from community import places
from kernel import clock, qr
from kernel.access import Actor
from merchants import alliance, offers, quotas, shops
from merchants.models import Offer, OfferState
from merchants.permissions import MerchantsPermission
from merchants.quotas import Quota
from merchants.rules.offers import hours_text, is_open
from redemption import counters
from redemption.permissions import RedemptionPermission
from web.board import place_reading
from web.board.place_views import MerchantPage, OfferView
from web.language import told

#: More offers than a shop has; a longer list stands on the board.
MOST_OFFERS = 100
#: What fits on the sheet and can be read from two metres away.
OFFERS_ON_SHEET = 6


@dataclass(frozen=True, kw_only=True)
class OwnOffer:
    """An offer as its shop sees it; ``left`` of ``stock`` is None where it is not limited."""

    offer: Offer
    hours: str
    is_open_now: bool
    is_paused: bool
    left: int | None


@dataclass(frozen=True, kw_only=True)
class StandingCode:
    """Where the code on the counter leads, and its picture."""

    address: str
    qr_svg: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What is printed: the shop's public page and its standing code."""

    shop: MerchantPage
    standing: StandingCode

    @property
    def offers(self) -> Sequence[OfferView]:
        """As many as fit."""
        return self.shop.offers[:OFFERS_ON_SHEET]

    @property
    def is_shortened(self) -> bool:
        return len(self.shop.offers) > OFFERS_ON_SHEET


def own_offers(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, merchant_id: uuid.UUID
) -> list[OwnOffer]:
    """Offers that the community accepted, those that are paused included; what is left of them
    is one statement.
    """
    # By state: what a shop withdrew over the years does not push out what stands.
    standing = [
        one
        for state in (OfferState.ACCEPTED, OfferState.PAUSED)
        for one in offers.search(
            actor=actor, community_id=community_id, merchant_id=merchant_id, state=state,
            limit=MOST_OFFERS,
        )
    ]  # fmt: skip
    standing.sort(key=lambda one: one.id)
    stocks = [quotas.stock(one, clock.business_date(now)) for one in standing]
    used = quotas.used_of(
        community_id=community_id, wanted=[stock for stock in stocks if stock is not None]
    )
    return [
        _own(one, now, left=None if stock is None else _left(stock, used))
        for one, stock in zip(standing, stocks, strict=True)
    ]


def offers_now(*, actor: Actor, now: dt.datetime) -> list[OwnOffer]:
    """What can be had at the counter of the session at this moment."""
    at = counters.counter_of(actor, RedemptionPermission.REDEEM)
    own = own_offers(actor=actor, now=now, community_id=at.community_id, merchant_id=at.merchant_id)
    return [each for each in own if each.is_open_now and not each.is_paused and each.left != 0]


def paper(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, merchant: str, base_url: str
) -> Paper:
    """For those who belong to the shop and for the community's staff; MerchantUnknown."""
    place = places.place_of(community_id)
    found = alliance.merchant_by_code(community_id, merchant)
    if not actor.may(MerchantsPermission.MANAGE_ALLIANCE, place):
        actor.require(MerchantsPermission.READ_OWN_SHOP, shops.shop(community_id, found.id))
    code = places.community(community_id).code
    return Paper(
        shop=place_reading.merchant_page(code=code, merchant=merchant, now=now),
        standing=standing_code(code, merchant, base_url),
    )


def standing_code(community: str, merchant: str, base_url: str) -> StandingCode:
    """The standing code of a shop, by the short codes of community and shop."""
    address = f"{base_url}/m/{community}/{merchant}"
    return StandingCode(address=address, qr_svg=qr.svg(address))


def _own(offer: Offer, now: dt.datetime, *, left: int | None) -> OwnOffer:
    return OwnOffer(
        offer=offer,
        hours=told(hours_text(offer)),
        is_open_now=is_open(offer, now),
        is_paused=offer.state == OfferState.PAUSED,
        left=left,
    )


def _left(stock: Quota, used: Mapping[tuple[str, str], int]) -> int:
    return max(0, stock.cap - used.get((stock.code, stock.cell), 0))
