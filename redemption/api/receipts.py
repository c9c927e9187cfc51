"""Every redemption of a community, for its staff; names nobody."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor
from redemption import afterwards
from redemption.api.receipt_schemas import CommunityReceiptsQuery, FollowedReceiptSchema

blp = Blueprint(
    "receipts",
    __name__,
    url_prefix="/api/v1/communities/<community>/receipts",
    description="Receipts 兑换凭证 of the whole community, without names",
)


@blp.get("")
@blp.arguments(CommunityReceiptsQuery, location="query")
@blp.response(200, page_of(FollowedReceiptSchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Receipts by state, channel, merchant, day or number, latest first."""
    limit = query.pop("limit")
    found = afterwards.of_community(
        actor=actor(), now=clock.now(), community_id=community_id, limit=limit + 1, **query
    )
    return page(found, limit)
