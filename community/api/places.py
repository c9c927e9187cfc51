"""Places: districts, streets, communities, grids, households."""

from __future__ import annotations

import uuid
from typing import Any

from community import founding, households, places
from community.api.place_schemas import (
    AddGrid,
    AddHousehold,
    Brand,
    ChangeSettings,
    CommunitiesSchema,
    CommunitySchema,
    FoundCommunity,
    FoundDistrict,
    FoundStreet,
    GridSchema,
    GridsSchema,
    HouseholdQuery,
    HouseholdSchema,
    PlaceSchema,
)
from community.models import Community, District, Street
from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work

blp = Blueprint("places", __name__, url_prefix="/api/v1", description="Places")


@blp.get("/communities")
@blp.response(200, CommunitiesSchema)
def communities() -> dict[str, Any]:
    """Every community with its street, district, brand and slogan."""
    return {"items": places.overview()}


@blp.get("/communities/<community>")
@blp.response(200, CommunitySchema)
def community(community_id: uuid.UUID) -> places.CommunityInPlace:
    """One community."""
    return places.in_place(community_id)


@blp.post("/districts")
@blp.arguments(FoundDistrict)
@blp.response(201, PlaceSchema)
@in_unit_of_work
def found_district(body: dict[str, Any]) -> District:
    """Enter a district."""
    return founding.found_district(actor=actor(), **body)


@blp.put("/districts/<uuid:district_id>/brand")
@blp.arguments(Brand)
@blp.response(200, PlaceSchema)
@in_unit_of_work
def change_brand(body: dict[str, Any], district_id: uuid.UUID) -> District:
    """Change the brand name and slogan of a district."""
    return founding.change_brand(actor=actor(), district_id=district_id, **body)


@blp.post("/streets")
@blp.arguments(FoundStreet)
@blp.response(201, PlaceSchema)
@in_unit_of_work
def found_street(body: dict[str, Any]) -> Street:
    """Enter a street."""
    return founding.found_street(actor=actor(), **body)


@blp.post("/communities")
@blp.arguments(FoundCommunity)
@blp.response(201, PlaceSchema)
@in_unit_of_work
def found_community(body: dict[str, Any]) -> Community:
    """Enter a community."""
    return founding.found_community(actor=actor(), **body)


@blp.put("/communities/<community>/settings")
@blp.arguments(ChangeSettings)
@blp.response(200, PlaceSchema)
@in_unit_of_work
def change_settings(body: dict[str, Any], community_id: uuid.UUID) -> Community:
    """Change how the community is reached and how long its notices stand."""
    return founding.change_settings(
        actor=actor(), now=clock.now(), community_id=community_id, **body
    )


@blp.get("/communities/<community>/grids")
@blp.response(200, GridsSchema)
def grids(community_id: uuid.UUID) -> dict[str, Any]:
    """Every grid with its number of households and members."""
    today = clock.business_date(clock.now())
    return {"items": households.grids(actor=actor(), community_id=community_id, on=today)}


@blp.post("/communities/<community>/grids")
@blp.arguments(AddGrid)
@blp.response(201, GridSchema)
@in_unit_of_work
def add_grid(body: dict[str, Any], community_id: uuid.UUID) -> households.GridSeen:
    """Enter a grid."""
    return households.add_grid(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/communities/<community>/households")
@blp.arguments(HouseholdQuery, location="query")
@blp.response(200, page_of(HouseholdSchema))
def list_households(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Households by code."""
    limit = query.pop("limit")
    rows = households.households(
        actor=actor(),
        community_id=community_id,
        on=clock.business_date(clock.now()),
        limit=limit + 1,
        **query,
    )
    return page(rows, limit)


@blp.post("/communities/<community>/households")
@blp.arguments(AddHousehold)
@blp.response(201, HouseholdSchema)
@in_unit_of_work
def add_household(body: dict[str, Any], community_id: uuid.UUID) -> households.HouseholdSeen:
    """Enter a household of a grid."""
    return households.add_household(
        actor=actor(), now=clock.now(), community_id=community_id, **body
    )
