"""What expires next, and when: one's own, a member's, and the advance notice of a community."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import marshmallow as ma

from kernel import clock
from kernel.fields import PageQuery, PointsField, Schema, page, page_of
from kernel.http import Blueprint, actor
from points import expiry_notices
from points.expiry_notices import DayOfExpiry

AHEAD = dt.timedelta(days=60)

blp = Blueprint(
    "expiries",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Expiry 到期 of points, ahead of the day",
)


class UpcomingQuery(PageQuery):
    before = ma.fields.Date(
        load_default=lambda: clock.business_date(clock.now()) + AHEAD,
        metadata={"description": "what expires before this day; 60 days ahead without it"},
    )


class DayOfExpirySchema(Schema):
    expires_on = ma.fields.Date(metadata={"description": "spendable until the day before"})
    points = PointsField()


class UpcomingExpirySchema(Schema):
    id = ma.fields.UUID(metadata={"description": "the points account"})
    holder_kind = ma.fields.String()
    holder_id = ma.fields.UUID()
    name = ma.fields.String(allow_none=True)
    points = PointsField()
    first_on = ma.fields.Date(allow_none=True)
    days = ma.fields.List(ma.fields.Nested(DayOfExpirySchema))


@blp.get("/me/points/expiries")
@blp.response(200, DayOfExpirySchema(many=True))
def mine(community_id: uuid.UUID) -> list[DayOfExpiry]:
    """What of my points expires, and when; the next day first."""
    return expiry_notices.of_member(
        actor=actor(), community_id=community_id, member_id=actor().member_in(community_id)
    )


@blp.get("/members/<uuid:member_id>/points/expiries")
@blp.response(200, DayOfExpirySchema(many=True))
def of_member(community_id: uuid.UUID, member_id: uuid.UUID) -> list[DayOfExpiry]:
    """What of a member's points expires, and when."""
    return expiry_notices.of_member(actor=actor(), community_id=community_id, member_id=member_id)


@blp.get("/expiries")
@blp.arguments(UpcomingQuery, location="query")
@blp.response(200, page_of(UpcomingExpirySchema))
def upcoming(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Who loses how much when: the advance notice."""
    found = expiry_notices.upcoming(
        actor=actor(), community_id=community_id, before=query["before"],
        after=query["after"], limit=query["limit"] + 1,
    )  # fmt: skip
    return page(found, query["limit"])
