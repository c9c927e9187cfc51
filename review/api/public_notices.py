"""What anybody may read without signing in: notices, rankings, the own row, the paper's proof."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint
from review import notices, rankings, sheets
from review.api.public_schemas import (
    CurrentNoticeSchema,
    FoundRowsSchema,
    NoticeQuery,
    NoticeSchema,
    NoticeSummarySchema,
    OwnRowQuery,
    PaperSchema,
    RankingQuery,
    RankingSchema,
)

blp = Blueprint(
    "public_notices",
    __name__,
    url_prefix="/api/v1/public/communities/<community>",
    description="The public board 公示栏",
)


@blp.get("/notice")
@blp.arguments(NoticeQuery, location="query")
@blp.response(200, CurrentNoticeSchema)
def current(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, notices.NoticeView | None]:
    """The notice on the board: the last one published."""
    return {"notice": notices.current(community_id, clock.now(), **query)}


@blp.get("/notices")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(NoticeSummarySchema))
def past(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """All notices, the last published first."""
    rows = notices.past(community_id, query["after"], query["limit"] + 1)
    return page(rows, query["limit"])


@blp.get("/notices/<month>")
@blp.arguments(NoticeQuery, location="query")
@blp.response(200, NoticeSchema)
def of_month(query: dict[str, Any], community_id: uuid.UUID, month: str) -> notices.NoticeView:
    """The notice of one month."""
    return notices.of_month(community_id, month, clock.now(), **query)


@blp.get("/notices/<month>/proof")
@blp.arguments(NoticeQuery, location="query")
@blp.response(200, PaperSchema)
def proof(query: dict[str, Any], community_id: uuid.UUID, month: str) -> sheets.Paper:
    """Public rows with their salts and the hashes of all others: the digest can be re-computed."""
    return sheets.paper(community_id, month, **query)


@blp.get("/ranking")
@blp.arguments(RankingQuery, location="query")
@blp.response(200, RankingSchema)
def ranking(query: dict[str, Any], community_id: uuid.UUID) -> rankings.RankingPage:
    """Members, households or grids; over a month or the period it lies in."""
    return rankings.public(community_id, **query)


@blp.get("/own-row")
@blp.arguments(OwnRowQuery, location="query")
@blp.response(200, FoundRowsSchema)
def own_row(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """The public rows with this household code and surname."""
    return {"rows": rankings.own_row(community_id, **query)}
