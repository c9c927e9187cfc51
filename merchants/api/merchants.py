"""Merchants of a community's alliance; the public part needs no sign-in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from merchants import alliance
from merchants.api.schemas import (
    EnterMerchant,
    InAllianceSchema,
    JoinAlliance,
    LeaveAlliance,
    PublicMerchantSchema,
    SearchQuery,
)

blp = Blueprint(
    "merchants",
    __name__,
    url_prefix="/api/v1/communities/<community>/merchants",
    description="Merchants of the alliance, for the community's staff",
)
public = Blueprint(
    "public_merchants",
    __name__,
    url_prefix="/api/v1/public/communities/<community>/merchants",
    description="Merchants with an agreement in force and their offers, for everybody",
)


@blp.get("")
@blp.arguments(SearchQuery, location="query")
@blp.response(200, page_of(InAllianceSchema))
def search(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Merchants of the alliance, in the order they joined."""
    limit = query["limit"]
    found = alliance.search(
        actor=actor(), community_id=community_id, text=query["search"],
        after=query["after"], limit=limit + 1,
    )  # fmt: skip
    return page(found, limit)


@blp.post("")
@blp.arguments(EnterMerchant)
@blp.response(201, InAllianceSchema)
@in_unit_of_work
def enter(body: dict[str, Any], community_id: UUID) -> alliance.InAlliance:
    """Enter a new merchant; it joins at once."""
    return alliance.enter_merchant(
        actor=actor(), now=clock.now(), community_id=community_id, **body
    )


@blp.post("/<merchant_code>/joining")
@blp.arguments(JoinAlliance)
@blp.response(200, InAllianceSchema)
@in_unit_of_work
def join(body: dict[str, Any], community_id: UUID, merchant_code: str) -> alliance.InAlliance:
    """Let a merchant join that serves another community already, or that had left."""
    return alliance.join(
        actor=actor(), now=clock.now(), community_id=community_id, code=merchant_code, **body
    )


@blp.post("/<uuid:merchant_id>/leaving")
@blp.arguments(LeaveAlliance)
@blp.response(200, InAllianceSchema)
@in_unit_of_work
def leave(body: dict[str, Any], community_id: UUID, merchant_id: UUID) -> alliance.InAlliance:
    """Let a merchant leave the alliance."""
    return alliance.leave(
        actor=actor(), now=clock.now(), community_id=community_id, merchant_id=merchant_id, **body
    )


@public.get("")
@public.arguments(SearchQuery, location="query")
@public.response(200, page_of(PublicMerchantSchema))
def search_public(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Merchants whose agreement holds today, with the offers that stand."""
    limit = query.pop("limit")
    today = clock.business_date(clock.now())
    found = alliance.public_merchants(community_id=community_id, on=today, limit=limit + 1, **query)
    return page(found, limit)


@public.get("/<merchant_code>")
@public.response(200, PublicMerchantSchema)
def detail_public(community_id: UUID, merchant_code: str) -> alliance.PublicMerchant:
    """One merchant with its offers."""
    today = clock.business_date(clock.now())
    return alliance.public_merchant(community_id=community_id, code=merchant_code, on=today)
