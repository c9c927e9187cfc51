"""Offers: proposed by a merchant, accepted by the community, paused, resumed, withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from merchants import offers
from merchants.api.schemas import OfferQuery, OfferSchema, OfferStep, ProposeOffer, terms_of_offer
from merchants.models import Offer, OfferState

blp = Blueprint(
    "offers",
    __name__,
    url_prefix="/api/v1/communities/<community>/offers",
    description="What merchants give for points",
)


@blp.get("")
@blp.arguments(OfferQuery, location="query")
@blp.response(200, page_of(OfferSchema))
def search(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Offers in any state; with ``merchant_id`` also for that merchant's own people."""
    limit = query["limit"]
    state = OfferState(query["state"]) if query["state"] else None
    found = offers.search(
        actor=actor(), community_id=community_id, merchant_id=query["merchant_id"], state=state,
        text=query["search"], after=query["after"], limit=limit + 1,
    )  # fmt: skip
    return page(found, limit)


@blp.post("")
@blp.arguments(ProposeOffer)
@blp.response(201, OfferSchema)
@in_unit_of_work
def propose(body: dict[str, Any], community_id: UUID) -> Offer:
    """Propose an offer for one's own shop."""
    return offers.propose(
        actor=actor(), now=clock.now(), community_id=community_id,
        merchant_id=body["merchant_id"], terms=terms_of_offer(body),
    )  # fmt: skip


@blp.post("/<uuid:offer_id>/acceptance")
@blp.arguments(OfferStep)
@blp.response(200, OfferSchema)
@in_unit_of_work
def accept(body: dict[str, Any], community_id: UUID, offer_id: UUID) -> Offer:
    """Accept a proposed offer for the community."""
    return offers.accept(
        actor=actor(), now=clock.now(), community_id=community_id, offer_id=offer_id, **body
    )


@blp.post("/<uuid:offer_id>/pause")
@blp.arguments(OfferStep)
@blp.response(200, OfferSchema)
@in_unit_of_work
def pause(body: dict[str, Any], community_id: UUID, offer_id: UUID) -> Offer:
    """Stop issuing codes for it; either side may."""
    return offers.pause(
        actor=actor(), now=clock.now(), community_id=community_id, offer_id=offer_id, **body
    )


@blp.post("/<uuid:offer_id>/resumption")
@blp.arguments(OfferStep)
@blp.response(200, OfferSchema)
@in_unit_of_work
def resume(body: dict[str, Any], community_id: UUID, offer_id: UUID) -> Offer:
    """Let a paused offer go on."""
    return offers.resume(
        actor=actor(), now=clock.now(), community_id=community_id, offer_id=offer_id, **body
    )


@blp.post("/<uuid:offer_id>/withdrawal")
@blp.arguments(OfferStep)
@blp.response(200, OfferSchema)
@in_unit_of_work
def withdraw(body: dict[str, Any], community_id: UUID, offer_id: UUID) -> Offer:
    """Take an offer out for good, or decline a proposed one."""
    return offers.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, offer_id=offer_id, **body
    )
