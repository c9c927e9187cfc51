"""Proxies within a household, and children as nicknames."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from community import children, proxies
from community.models import HouseholdChild
from kernel import clock
from kernel.fields import PageQuery, Schema, page, page_of, text
from kernel.http import Blueprint, actor, in_unit_of_work

blp = Blueprint(
    "proxies",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Who acts for whom 代办",
)


class ProxyQuery(PageQuery):
    member_id = ma.fields.UUID(load_default=None)


class GrantProxy(Schema):
    proxy_id = ma.fields.UUID(required=True)
    grantor_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "at the counter; else oneself"}
    )


class ProxySchema(Schema):
    id = ma.fields.UUID()
    grantor_id = ma.fields.UUID()
    grantor_name = ma.fields.String()
    proxy_id = ma.fields.UUID()
    proxy_name = ma.fields.String()
    granted_at_utc = ma.fields.AwareDateTime()
    revoked_at_utc = ma.fields.AwareDateTime(allow_none=True)


class AddChild(Schema):
    nickname = text(longest=children.LONGEST, required=True)


class ChildSchema(Schema):
    id = ma.fields.UUID()
    nickname = ma.fields.String()
    guardian_id = ma.fields.UUID()
    added_at_utc = ma.fields.AwareDateTime()
    ended_at_utc = ma.fields.AwareDateTime(allow_none=True)


@blp.get("/proxies")
@blp.arguments(ProxyQuery, location="query")
@blp.response(200, page_of(ProxySchema))
def listed(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Who acts for whom: one's own, or anybody's for those who read members."""
    limit = query.pop("limit")
    rows = proxies.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(rows, limit)


@blp.post("/proxies")
@blp.arguments(GrantProxy)
@blp.response(201, ProxySchema)
@in_unit_of_work
def grant(body: dict[str, Any], community_id: uuid.UUID) -> proxies.ProxyView:
    """Let another member of the household act for oneself."""
    return proxies.grant(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.post("/proxies/<uuid:proxy_grant_id>/revocation")
@blp.response(201, ProxySchema)
@in_unit_of_work
def revoke(community_id: uuid.UUID, proxy_grant_id: uuid.UUID) -> proxies.ProxyView:
    """Take it back, at once."""
    return proxies.revoke(
        actor=actor(), now=clock.now(), community_id=community_id, proxy_grant_id=proxy_grant_id
    )


@blp.get("/children")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(ChildSchema))
def own_children(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """The children one is the guardian of."""
    limit = query.pop("limit")
    rows = children.own(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(rows, limit)


@blp.post("/children")
@blp.arguments(AddChild)
@blp.response(201, ChildSchema)
@in_unit_of_work
def add_child(body: dict[str, Any], community_id: uuid.UUID) -> HouseholdChild:
    """Enter a child of the own household by a nickname."""
    return children.add(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.post("/children/<uuid:child_id>/ending")
@blp.response(201, ChildSchema)
@in_unit_of_work
def end_child(community_id: uuid.UUID, child_id: uuid.UUID) -> HouseholdChild:
    """End the entry of a child."""
    return children.end(
        actor=actor(), now=clock.now(), community_id=community_id, child_id=child_id
    )
