"""Role grants, and the accounts they are given to."""

from __future__ import annotations

import uuid
from typing import Any

from community import accounts, places, role_lists, roles
from community.api.role_schemas import (
    AccountSchema,
    CreateAccount,
    DeclarePerson,
    GrantInCommunity,
    GrantOfficer,
    GrantSchema,
    RoleQuery,
)
from community.api.session_schemas import RoleHeldSchema
from community.models import RoleGrant, UserAccount
from kernel import clock
from kernel.access import Place
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work

blp = Blueprint("roles", __name__, url_prefix="/api/v1", description="Who may do what")


@blp.get("/communities/<community>/role-grants")
@blp.arguments(RoleQuery, location="query")
@blp.response(200, page_of(RoleHeldSchema))
def in_community(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Who holds which role here today."""
    limit = query.pop("limit")
    today = clock.business_date(clock.now())
    rows = role_lists.in_community(
        actor=actor(), community_id=community_id, on=today, limit=limit + 1, **query
    )
    return page(rows, limit)


@blp.post("/communities/<community>/role-grants")
@blp.arguments(GrantInCommunity)
@blp.response(201, GrantSchema)
@in_unit_of_work
def grant_in_community(body: dict[str, Any], community_id: uuid.UUID) -> RoleGrant:
    """Grant a role of the community or of one of its merchants."""
    place = Place(community_id=community_id, merchant_id=body.pop("merchant_id"))
    return roles.grant(actor=actor(), now=clock.now(), place=place, **body)


@blp.post("/role-grants")
@blp.arguments(GrantOfficer)
@blp.response(201, GrantSchema)
@in_unit_of_work
def grant_officer(body: dict[str, Any]) -> RoleGrant:
    """Grant a role of a street or a district."""
    place = Place(district_id=body.pop("district_id"), street_id=body.pop("street_id"))
    return roles.grant(actor=actor(), now=clock.now(), place=place, **body)


@blp.post("/role-grants/<uuid:grant_id>/ending")
@blp.response(201, GrantSchema)
@in_unit_of_work
def end(grant_id: uuid.UUID) -> RoleGrant:
    """End a grant; it counts immediately."""
    return roles.end(actor=actor(), now=clock.now(), grant_id=grant_id)


@blp.post("/communities/<community>/accounts")
@blp.arguments(CreateAccount)
@blp.response(201, AccountSchema)
@in_unit_of_work
def create_account(body: dict[str, Any], community_id: uuid.UUID) -> UserAccount:
    """Make an account with name and password for staff or a merchant."""
    return accounts.create(
        actor=actor(), now=clock.now(), place=places.place_of(community_id), **body
    )


@blp.post("/communities/<community>/accounts/<uuid:account_id>/person")
@blp.arguments(DeclarePerson)
@blp.response(201, AccountSchema)
@in_unit_of_work
def declare_person(
    body: dict[str, Any], community_id: uuid.UUID, account_id: uuid.UUID
) -> UserAccount:
    """Say whose work account it is: what one account of a person did, the other never checks."""
    return accounts.declare_person(
        actor=actor(), now=clock.now(), community_id=community_id, account_id=account_id, **body
    )


@blp.post("/accounts/<uuid:account_id>/disabling")
@blp.response(201, AccountSchema)
@in_unit_of_work
def disable_account(account_id: uuid.UUID) -> UserAccount:
    """Nobody signs in with this account any more."""
    return accounts.disable(actor=actor(), now=clock.now(), account_id=account_id)


@blp.post("/accounts/<uuid:account_id>/enabling")
@blp.response(201, AccountSchema)
@in_unit_of_work
def enable_account(account_id: uuid.UUID) -> UserAccount:
    """Let a disabled account sign in again."""
    return accounts.enable(actor=actor(), account_id=account_id)
