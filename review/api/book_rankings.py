"""The rankings that the rulebook names: for anybody, and those for a tag for the staff."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from marshmallow.validate import Range

from kernel.fields import MonthField, PointsField, Schema
from kernel.http import Blueprint, actor
from points.api.quantity_field import QuantityField
from review import book_rankings
from review.api.month_schemas import rulebook

MOST_PAGE = 100_000

public_blp = Blueprint(
    "public_rankings",
    __name__,
    url_prefix="/api/v1/public/communities/<community>/rankings",
    description="Rankings named by the rulebook, as anybody reads them",
)
blp = Blueprint(
    "rankings",
    __name__,
    url_prefix="/api/v1/communities/<community>/months/<month>/rankings",
    description="Rankings named by the rulebook, those for a tag included, for the staff",
)


class MonthQuery(Schema):
    month = MonthField(required=True)
    rulebook = rulebook()


class PagedQuery(Schema):
    rulebook = rulebook()
    # Not strict: what stands in a URL is text.
    page = ma.fields.Integer(validate=Range(min=1, max=MOST_PAGE), load_default=1)
    limit = ma.fields.Integer(validate=Range(min=1, max=100), load_default=50)


class PagedMonthQuery(MonthQuery, PagedQuery):
    pass


class BookRankingSchema(Schema):
    code = ma.fields.String()
    name = ma.fields.String()
    unit = ma.fields.String()
    over = ma.fields.String()
    within = ma.fields.String()
    is_public = ma.fields.Boolean()
    measure = ma.fields.String(metadata={"description": "score, or the code of a counter"})
    counter_name = ma.fields.String(allow_none=True)
    counter_unit = ma.fields.String(allow_none=True)


class BookRankingsSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(BookRankingSchema))


class BookRowSchema(Schema):
    group = ma.fields.Integer(
        allow_none=True, metadata={"description": "the grid that is compared within"}
    )
    community = ma.fields.String(allow_none=True)
    rank = ma.fields.Integer(allow_none=True)
    household_code = ma.fields.String(allow_none=True)
    label = ma.fields.String(allow_none=True)
    grid_number = ma.fields.Integer(allow_none=True)
    #: Null where a counter is compared; ``quantity``, in its unit, where the score is.
    score = PointsField(allow_none=True)
    quantity = QuantityField(allow_none=True)


class BookTableSchema(Schema):
    ranking = ma.fields.Nested(BookRankingSchema)
    months = ma.fields.List(ma.fields.String())
    page = ma.fields.Integer()
    pages = ma.fields.Integer()
    total = ma.fields.Integer()
    rows = ma.fields.List(ma.fields.Nested(BookRowSchema))


@public_blp.get("")
@public_blp.arguments(MonthQuery, location="query")
@public_blp.response(200, BookRankingsSchema)
def listed(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Every ranking of the rulebook in force in the month."""
    return {"items": book_rankings.listed(community_id, **query)}


@public_blp.get("/<code>")
@public_blp.arguments(PagedMonthQuery, location="query")
@public_blp.response(200, BookTableSchema)
def table(query: dict[str, Any], community_id: uuid.UUID, code: str) -> book_rankings.BookTable:
    """One page of a public ranking."""
    return book_rankings.public(community_id, code=code, **query)


@blp.get("/<code>")
@blp.arguments(PagedQuery, location="query")
@blp.response(200, BookTableSchema)
def staff_table(
    query: dict[str, Any], community_id: uuid.UUID, month: str, code: str
) -> book_rankings.BookTable:
    """One page of any ranking, for those who read the month."""
    return book_rankings.for_staff(
        actor=actor(), community_id=community_id, month=month, code=code, **query
    )
