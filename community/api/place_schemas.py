"""Districts, streets, communities, grids, households."""

from __future__ import annotations

import marshmallow as ma

from community.models import LeavingBalance
from community.models.places import CARD_DAILY_POINTS
from kernel.fields import PageQuery, PointsField, Schema, text, whole


class CommunitySchema(Schema):
    id = ma.fields.UUID(attribute="community.id")
    name = ma.fields.String(attribute="community.name")
    code = ma.fields.String(attribute="community.code")
    committee = ma.fields.String(attribute="community.committee")
    phone = ma.fields.String(attribute="community.phone")
    office = ma.fields.String(attribute="community.office")
    hours = ma.fields.String(attribute="community.hours")
    alliance_name = ma.fields.String(attribute="community.alliance_name")
    notice_working_days = ma.fields.Integer(
        attribute="community.notice_working_days", allow_none=True
    )
    card_daily_points = PointsField(attribute="community.card_daily_points")
    street_id = ma.fields.UUID(attribute="street.id")
    street_name = ma.fields.String(attribute="street.name")
    district_id = ma.fields.UUID(attribute="district.id")
    district_name = ma.fields.String(attribute="district.name")
    brand = ma.fields.String(attribute="district.brand")
    slogan = ma.fields.String(attribute="district.slogan")


class CommunitiesSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(CommunitySchema))


class PlaceSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    code = ma.fields.String()


class Brand(Schema):
    brand = text(longest=40, required=True)
    slogan = text(longest=80, required=True)


class FoundDistrict(Brand):
    name = text(longest=40, required=True)
    code = text(longest=20, required=True)


class FoundStreet(Schema):
    district_id = ma.fields.UUID(required=True)
    name = text(longest=40, required=True)
    code = text(longest=20, required=True)


class CommunitySettings(Schema):
    committee = text(longest=60, required=True)
    phone = text(longest=30, required=True)
    office = text(longest=80, required=True)
    hours = text(longest=60, required=True)
    alliance_name = text(longest=40, required=True)
    notice_working_days = whole(least=1, most=30, required=True, allow_none=True)


class ChangeSettings(CommunitySettings):
    leaving_balance = ma.fields.Enum(
        LeavingBalance,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "what becomes of the points of who leaves; null: not decided"},
    )
    leaving_notice_days = whole(least=1, most=366, load_default=60)
    card_daily_points = PointsField(
        load_default=CARD_DAILY_POINTS,
        metadata={
            "type": "number",
            "multipleOf": 0.1,
            "description": "what a redemption card may spend in one day",
        },
    )


class FoundCommunity(CommunitySettings):
    street_id = ma.fields.UUID(required=True)
    name = text(longest=40, required=True)
    code = text(longest=20, required=True)


class AddGrid(Schema):
    number = whole(least=1, most=999, required=True)
    name = text(longest=40, required=True)


class GridSchema(Schema):
    id = ma.fields.UUID()
    number = ma.fields.Integer()
    name = ma.fields.String()
    households = ma.fields.Integer()
    members = ma.fields.Integer()


class GridsSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(GridSchema))


class HouseholdQuery(PageQuery):
    code = text(longest=8, load_default=None, metadata={"description": "beginning of the code"})
    grid_id = ma.fields.UUID(load_default=None)


class AddHousehold(Schema):
    code = text(longest=8, required=True)
    grid_id = ma.fields.UUID(required=True)


class HouseholdSchema(Schema):
    id = ma.fields.UUID()
    code = ma.fields.String()
    grid_id = ma.fields.UUID()
    grid_number = ma.fields.Integer()
    members = ma.fields.Integer()
