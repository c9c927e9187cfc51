"""Cards at the window and in the holder's own hands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from redemption.api.card_schemas import (
    CardActSchema,
    CardQuery,
    CardSchema,
    ChoosePin,
    KeypadSchema,
    OwnCardsSchema,
    StopCard,
    VersionedMaybeWhy,
    VersionedWhy,
)
from redemption.api.schemas import ReceiptSchema
from redemption.cards import card_lists, pins, stopping
from redemption.cards.card_lists import CardView
from redemption.cards.keypads import Keypad

blp = Blueprint(
    "cards",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Redemption cards 积分兑换卡",
)


@blp.get("/cards")
@blp.arguments(CardQuery, location="query")
@blp.response(200, page_of(CardSchema))
def search(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Cards of the community by number."""
    limit = query.pop("limit")
    found = card_lists.search(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.get("/own-cards")
@blp.response(200, OwnCardsSchema)
def own(community_id: UUID) -> dict[str, Any]:
    """One's own card and those of members one acts for."""
    return {"items": card_lists.own(actor=actor(), now=clock.now(), community_id=community_id)}


@blp.get("/cards/<uuid:card_id>")
@blp.response(200, CardSchema)
def detail(community_id: UUID, card_id: UUID) -> CardView:
    """One card."""
    return card_lists.detail(actor=actor(), community_id=community_id, card_id=card_id)


@blp.get("/cards/<uuid:card_id>/acts")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(CardActSchema))
def acts(query: dict[str, Any], community_id: UUID, card_id: UUID) -> dict[str, Any]:
    """What became of a card, oldest first."""
    limit = query.pop("limit")
    found = card_lists.acts(
        actor=actor(), community_id=community_id, card_id=card_id, limit=limit + 1, **query
    )
    return page(found, limit)


@blp.get("/cards/<uuid:card_id>/uses")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(ReceiptSchema))
def uses(query: dict[str, Any], community_id: UUID, card_id: UUID) -> dict[str, Any]:
    """What a card was used for, latest first; for its holder and granted proxies."""
    limit = query.pop("limit")
    found = card_lists.uses(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id,
        limit=limit + 1, **query,
    )  # fmt: skip
    return page(found, limit)


@blp.post("/cards/<uuid:card_id>/keypads")
@blp.response(201, KeypadSchema)
@in_unit_of_work
def open_keypad(community_id: UUID, card_id: UUID) -> Keypad:
    """A shuffled keypad for choosing the PIN: on the own phone, or on the screen at the window."""
    return pins.open_keypad(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id
    )


@blp.post("/card-pins")
@blp.arguments(ChoosePin)
@blp.response(200, CardSchema)
@in_unit_of_work
def choose_pin(body: dict[str, Any], community_id: UUID) -> CardView:
    """Set the PIN, pressed twice; the card is in service."""
    card_id = pins.choose(actor=actor(), now=clock.now(), community_id=community_id, **body)
    return card_lists.one(community_id, card_id)


@blp.post("/cards/<uuid:card_id>/loss")
@blp.arguments(StopCard)
@blp.response(200, CardSchema)
@in_unit_of_work
def report_lost(body: dict[str, Any], community_id: UUID, card_id: UUID) -> CardView:
    """The card is gone; by its holder, a proxy, or the office. Twice changes nothing."""
    return stopping.report_lost(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id, **body
    )


@blp.post("/cards/<uuid:card_id>/block")
@blp.arguments(StopCard)
@blp.response(200, CardSchema)
@in_unit_of_work
def block(body: dict[str, Any], community_id: UUID, card_id: UUID) -> CardView:
    """Keep the card from being used until it is unblocked at the window."""
    return stopping.block(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id, **body
    )


@blp.post("/cards/<uuid:card_id>/unblocking")
@blp.arguments(VersionedMaybeWhy)
@blp.response(200, CardSchema)
@in_unit_of_work
def unblock(body: dict[str, Any], community_id: UUID, card_id: UUID) -> CardView:
    """Let a blocked card go on with its PIN; at the window."""
    return stopping.unblock(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id, **body
    )


@blp.post("/cards/<uuid:card_id>/pin-reset")
@blp.arguments(VersionedWhy)
@blp.response(200, CardSchema)
@in_unit_of_work
def reset_pin(body: dict[str, Any], community_id: UUID, card_id: UUID) -> CardView:
    """Forget the PIN, so that the holder chooses a new one; at the window."""
    return stopping.reset_pin(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id, **body
    )


@blp.post("/cards/<uuid:card_id>/found")
@blp.arguments(VersionedMaybeWhy)
@blp.response(200, CardSchema)
@in_unit_of_work
def found_again(body: dict[str, Any], community_id: UUID, card_id: UUID) -> CardView:
    """A lost card turned up; it needs a new PIN."""
    return stopping.found_again(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id, **body
    )


@blp.post("/cards/<uuid:card_id>/closing")
@blp.arguments(VersionedWhy)
@blp.response(200, CardSchema)
@in_unit_of_work
def close(body: dict[str, Any], community_id: UUID, card_id: UUID) -> CardView:
    """Take a card out of use for good; the points stay."""
    return stopping.close(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id, **body
    )
