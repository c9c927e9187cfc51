"""Batches of cards: ordered, printed, received, voided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app

from community import places
from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from redemption.api.card_schemas import (
    CardBatchActSchema,
    CardBatchQuery,
    CardBatchSchema,
    CardPrintSheetSchema,
    OrderBatch,
    PrintBatch,
    Versioned,
    VersionedWhy,
)
from redemption.cards import batch_lists, batches, tokens
from redemption.cards.batch_lists import BatchView

blp = Blueprint(
    "card_batches",
    __name__,
    url_prefix="/api/v1/communities/<community>/card-batches",
    description="Batches of redemption cards 积分兑换卡",
)


@blp.get("")
@blp.arguments(CardBatchQuery, location="query")
@blp.response(200, page_of(CardBatchSchema))
def listed(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Batches, latest first."""
    limit = query.pop("limit")
    found = batch_lists.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.post("")
@blp.arguments(OrderBatch)
@blp.response(201, CardBatchSchema)
@in_unit_of_work
def order(body: dict[str, Any], community_id: UUID) -> BatchView:
    """Order numbered cards."""
    return batches.order(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/<uuid:batch_id>")
@blp.response(200, CardBatchSchema)
def detail(community_id: UUID, batch_id: UUID) -> BatchView:
    """One batch."""
    return batch_lists.detail(actor=actor(), community_id=community_id, batch_id=batch_id)


@blp.get("/<uuid:batch_id>/acts")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(CardBatchActSchema))
def acts(query: dict[str, Any], community_id: UUID, batch_id: UUID) -> dict[str, Any]:
    """What was done to a batch, oldest first."""
    limit = query.pop("limit")
    found = batch_lists.acts(
        actor=actor(), community_id=community_id, batch_id=batch_id, limit=limit + 1, **query
    )
    return page(found, limit)


@blp.post("/<uuid:batch_id>/print")
@blp.arguments(PrintBatch)
@blp.response(200, CardPrintSheetSchema)
@in_unit_of_work
def print_cards(body: dict[str, Any], community_id: UUID, batch_id: UUID) -> dict[str, Any]:
    """Numbers and QR codes of the cards not handed over yet; every printing is kept."""
    sheet = batches.print_cards(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id, **body
    )
    at = {
        "public_base_url": current_app.config["LINLI"].public_base_url,
        "community_code": places.community(community_id).code,
    }
    cards = [
        {"id": each.id, "number": each.number, "payload": tokens.payload(token=each.token, **at)}
        for each in sheet.cards
    ]
    return {"batch": sheet.batch, "cards": cards}


@blp.post("/<uuid:batch_id>/receipt")
@blp.arguments(Versioned)
@blp.response(200, CardBatchSchema)
@in_unit_of_work
def receive(body: dict[str, Any], community_id: UUID, batch_id: UUID) -> BatchView:
    """The printed cards lie in the office."""
    return batches.receive(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id, **body
    )


@blp.post("/<uuid:batch_id>/voiding")
@blp.arguments(VersionedWhy)
@blp.response(200, CardBatchSchema)
@in_unit_of_work
def void(body: dict[str, Any], community_id: UUID, batch_id: UUID) -> BatchView:
    """Void what is not handed over, with the reason."""
    return batches.void(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id, **body
    )
