"""The hand-over book 发放登记簿, and whom the office has to call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from redemption.api.card_schemas import (
    BookFilter,
    BookQuery,
    CardNoticeSchema,
    HandOver,
    HandoverSchema,
    NoticeQuery,
    ReplaceCard,
)
from redemption.cards import handover, handover_book, notices
from redemption.cards.handover_book import HandoverView
from redemption.cards.notices import NoticeView

blp = Blueprint(
    "card_handovers",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Handing cards over and telling their holders",
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blp.get("/card-handovers")
@blp.arguments(BookQuery, location="query")
@blp.response(200, page_of(HandoverSchema))
def listed(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """The hand-over book, latest first."""
    limit = query.pop("limit")
    found = handover_book.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.post("/card-handovers")
@blp.arguments(HandOver)
@blp.response(201, HandoverSchema)
@in_unit_of_work
def hand_over(body: dict[str, Any], community_id: UUID) -> HandoverView:
    """Hand a card over to a member or a granted proxy."""
    return handover.hand_over(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/card-handovers.xlsx")
@blp.arguments(BookFilter, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type=_XLSX)
@in_unit_of_work
def workbook(query: dict[str, Any], community_id: UUID) -> Response:
    """The hand-over book as Excel, to print and sign."""
    content = handover_book.workbook(
        actor=actor(), now=clock.now(), community_id=community_id, **query
    )
    return Response(
        content,
        content_type=_XLSX,
        headers={"Content-Disposition": 'attachment; filename="card-handovers.xlsx"'},
    )


@blp.post("/cards/<uuid:card_id>/replacement")
@blp.arguments(ReplaceCard)
@blp.response(201, HandoverSchema)
@in_unit_of_work
def replace(body: dict[str, Any], community_id: UUID, card_id: UUID) -> HandoverView:
    """Give a new card for the old one, which is dead at once; no points move."""
    return handover.replace(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id, **body
    )


@blp.get("/card-notices")
@blp.arguments(NoticeQuery, location="query")
@blp.response(200, page_of(CardNoticeSchema))
def notices_listed(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Whom to call: news of cards whose holder and proxies have no WeChat."""
    limit = query.pop("limit")
    found = notices.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.post("/card-notices/<uuid:notice_id>/call")
@blp.response(200, CardNoticeSchema)
@in_unit_of_work
def mark_called(community_id: UUID, notice_id: UUID) -> NoticeView:
    """The holder has been told."""
    return notices.mark_called(
        actor=actor(), now=clock.now(), community_id=community_id, notice_id=notice_id
    )
