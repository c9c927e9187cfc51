"""Role grants and accounts."""

from __future__ import annotations

import marshmallow as ma

from community.role_names import RoleName
from kernel.fields import PageQuery, Schema, choice, day, text

ROLES = [role.value for role in RoleName if role is not RoleName.MEMBER]


class RoleQuery(PageQuery):
    role = ma.fields.Enum(RoleName, by_value=True, load_default=None)


class Grant(Schema):
    account_id = ma.fields.UUID(required=True)
    role = choice(ROLES, required=True)
    granted_from = day(required=True)
    granted_to = day(load_default=None, allow_none=True)


class GrantInCommunity(Grant):
    merchant_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "for merchant roles only"}
    )
    grid_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "one grid of a grid worker"}
    )


class GrantOfficer(Grant):
    district_id = ma.fields.UUID(load_default=None, allow_none=True)
    street_id = ma.fields.UUID(load_default=None, allow_none=True)


class GrantSchema(Schema):
    id = ma.fields.UUID()
    account_id = ma.fields.UUID()
    role = ma.fields.String()
    district_id = ma.fields.UUID(allow_none=True)
    street_id = ma.fields.UUID(allow_none=True)
    community_id = ma.fields.UUID(allow_none=True)
    merchant_id = ma.fields.UUID(allow_none=True)
    grid_id = ma.fields.UUID(allow_none=True)
    granted_from = ma.fields.Date()
    granted_to = ma.fields.Date(allow_none=True)
    ended_at_utc = ma.fields.AwareDateTime(allow_none=True)


class CreateAccount(Schema):
    login_name = text(longest=40, required=True)
    password = text(longest=200, required=True, load_only=True)
    display_name = text(longest=40, required=True)


class DeclarePerson(Schema):
    member_id = ma.fields.UUID(
        required=True, metadata={"description": "the member whose work account it is"}
    )


class AccountSchema(Schema):
    id = ma.fields.UUID()
    login_name = ma.fields.String(allow_none=True)
    display_name = ma.fields.String()
    is_disabled = ma.fields.Boolean()
