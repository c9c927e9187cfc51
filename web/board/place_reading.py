"""The pages of the district, the alliance and the rulebook, from what the packages publish."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from community import places
from community.places import CommunityInPlace
from kernel import clock
from merchants import public as alliance
from merchants.models import Offer
from merchants.public import PublicMerchant
from merchants.rules.offers import hours_text, is_open
from points import months
from redemption import stops
from review import notices
from review.notices import NoticeStanding
from web.board.place_views import (
    CommunityCard,
    DistrictPage,
    MerchantPage,
    MerchantsPage,
    OfferView,
    StreetCard,
)
from web.board.views import Community, MerchantTeaser, Pages
from web.language import told

SHOPS_SHOWN, SHOPS_PER_PAGE = 4, 20
#: More than any alliance will have; the list is cut into pages here.
MOST_SHOPS = 1000


@dataclass(frozen=True, kw_only=True)
class PlaceFound:
    """A community by its short code: its id and what pages show of it."""

    id: uuid.UUID
    view: Community


def place(code: str) -> PlaceFound:
    """NotFound where no community has this code."""
    found = places.in_place(places.community_by_code(code).id)
    return PlaceFound(id=found.community.id, view=_community(found))


def district_page(*, search: str, now: dt.datetime) -> DistrictPage:
    """Every street with its communities and the months that matter now."""
    everywhere = places.overview()
    kept = [
        found
        for found in everywhere
        if search in found.community.name or search in found.street.name
    ]
    streets: dict[str, list[CommunityCard]] = defaultdict(list)
    for found in kept:
        streets[found.street.name].append(_card(found))
    district = everywhere[0].district if everywhere else None
    return DistrictPage(
        name=district.name if district else "",
        brand=district.brand if district else "",
        slogan=district.slogan if district else "",
        streets=tuple(
            StreetCard(name=name, communities=tuple(cards)) for name, cards in streets.items()
        ),
        search=search,
        community_count=len(everywhere),
    )


def shops(community_id: uuid.UUID, on: dt.date, search: str = "") -> tuple[MerchantTeaser, ...]:
    """Every shop whose agreement stands, with its first offer."""
    found = alliance.public_merchants(
        community_id=community_id, on=on, search=search or None, limit=MOST_SHOPS
    )
    return tuple(_teaser(shop) for shop in found)


def merchants_page(*, code: str, search: str, number: int, now: dt.datetime) -> MerchantsPage:
    """The alliance, or the shops that match."""
    found = place(code)
    all_shops = shops(found.id, clock.business_date(now), search)
    first = (number - 1) * SHOPS_PER_PAGE
    return MerchantsPage(
        community=found.view,
        merchants=all_shops[first : first + SHOPS_PER_PAGE],
        search=search,
        pages=Pages(number=number, count=max(1, -(-len(all_shops) // SHOPS_PER_PAGE))),
        stopped_since=stopped_since(found.id),
    )


def merchant_page(*, code: str, merchant: str, now: dt.datetime) -> MerchantPage:
    """One shop and its offers; NotFound where its agreement does not stand."""
    found = place(code)
    shop = alliance.public_merchant(
        community_id=found.id, code=merchant, on=clock.business_date(now)
    )
    return MerchantPage(
        community=found.view,
        code=shop.merchant.code,
        name=shop.merchant.name,
        trade=shop.merchant.trade,
        address=shop.merchant.address,
        telephone=shop.merchant.phone or "",
        opening_hours=shop.merchant.hours or "",
        offers=tuple(_offer(offer, now) for offer in shop.offers),
        stopped_since=stopped_since(found.id),
    )


def stopped_since(community_id: uuid.UUID) -> dt.datetime | None:
    """Since when redemption stands still in the community, None while it goes on."""
    stop = stops.standing(community_id)
    return None if stop is None else stop.stopped_at_utc


def _community(found: CommunityInPlace) -> Community:
    return Community(
        code=found.community.code,
        name=found.community.name,
        street=found.street.name,
        district=found.district.name,
        brand=found.district.brand,
        slogan=found.district.slogan,
        committee=found.community.committee,
        telephone=found.community.phone,
        office=found.community.office,
        opening_hours=found.community.hours,
        alliance=found.community.alliance_name,
    )


def _card(found: CommunityInPlace) -> CommunityCard:
    newest = notices.past(found.community.id, None, 2)
    running = next((line for line in newest if line.state is not NoticeStanding.SEALED), None)
    sealed = next((line for line in newest if line.state is NoticeStanding.SEALED), None)
    opened = months.current_open(found.community.id)
    return CommunityCard(
        code=found.community.code,
        name=found.community.name,
        on_notice_month=running.month if running else None,
        due_on=running.due_on if running else None,
        sealed_month=sealed.month if sealed else None,
        open_month=opened.month if opened else None,
    )


def _teaser(shop: PublicMerchant) -> MerchantTeaser:
    first = shop.offers[0] if shop.offers else None
    return MerchantTeaser(
        code=shop.merchant.code,
        name=shop.merchant.name,
        offer=first.title if first else "",
        points=Decimal(first.points) if first else None,
    )


def _offer(offer: Offer, now: dt.datetime) -> OfferView:
    return OfferView(
        title=offer.title,
        points=offer.points,
        ordinary_price_cents=offer.ordinary_price_cents,
        alliance_price_cents=offer.alliance_price_cents,
        hours=told(hours_text(offer)),
        limit_times=offer.per_holder_limit,
        limit_period=offer.per_holder_period,
        is_open_now=is_open(offer, now),
    )
