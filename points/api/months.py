"""Accounting months: which there are, where they stand, opening the next."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from kernel import clock
from kernel.fields import PageQuery, Schema, page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from points import grants, months
from points.models import AccountingMonth

blp = Blueprint(
    "months",
    __name__,
    url_prefix="/api/v1/communities/<community>/months",
    description="The accounting month 会计月 and its steps",
)


class AccountingMonthSchema(Schema):
    id = ma.fields.UUID()
    month = ma.fields.String()
    state = ma.fields.String()
    version = ma.fields.Integer()
    opened_at_utc = ma.fields.AwareDateTime()
    frozen_at_utc = ma.fields.AwareDateTime(allow_none=True)
    sealed_at_utc = ma.fields.AwareDateTime(allow_none=True)


class AccountingMonthActSchema(Schema):
    from_state = ma.fields.String(allow_none=True)
    to_state = ma.fields.String()
    actor_id = ma.fields.UUID()
    at_utc = ma.fields.AwareDateTime()


class AccountingMonthDetailSchema(Schema):
    month = ma.fields.Nested(AccountingMonthSchema)
    acts = ma.fields.List(ma.fields.Nested(AccountingMonthActSchema))


class BaseGrantedSchema(Schema):
    granted = ma.fields.Integer(metadata={"description": "how many grants are new"})


@blp.get("")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(AccountingMonthSchema))
def listed(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Months, newest first."""
    rows = months.listed(
        actor=actor(),
        community_id=community_id,
        after=query["after"],
        limit=query["limit"] + 1,
    )
    return page(rows, query["limit"])


@blp.get("/<month>")
@blp.response(200, AccountingMonthDetailSchema)
def detail(community_id: uuid.UUID, month: str) -> months.MonthDetail:
    """One month with every step it took."""
    return months.detail(actor=actor(), community_id=community_id, month=month)


@blp.put("/<month>")
@blp.response(200, AccountingMonthSchema)
@in_unit_of_work
def open_month(community_id: uuid.UUID, month: str) -> AccountingMonth:
    """Open the month; again changes nothing."""
    return months.open_month(community_id=community_id, month=month, actor=actor(), now=clock.now())


@blp.put("/<month>/base-grants")
@blp.response(200, BaseGrantedSchema)
@in_unit_of_work
def grant_base(community_id: uuid.UUID, month: str) -> dict[str, int]:
    """Grant the month's base points to everybody who has not had them; again grants nothing."""
    granted = grants.grant_base(
        community_id=community_id, month=month, now=clock.now(), actor=actor()
    )
    return {"granted": granted}
