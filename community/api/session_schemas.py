"""What signing in takes and answers."""

from __future__ import annotations

import marshmallow as ma

from community.role_names import RoleName
from kernel.fields import Schema, text


class CounterSchema(Schema):
    """The shop to work at; needed only by who works in several."""

    community_id = ma.fields.UUID(required=True)
    merchant_id = ma.fields.UUID(required=True)


class SignIn(Schema):
    login_name = text(longest=60, required=True)
    password = text(longest=200, required=True, load_only=True)
    counter = ma.fields.Nested(CounterSchema, load_default=None)


class SignInWeChat(Schema):
    js_code = text(longest=128, required=True, metadata={"description": "from wx.login"})
    counter = ma.fields.Nested(CounterSchema, load_default=None)


class SignedInSchema(Schema):
    token = ma.fields.String(metadata={"description": "bearer token, told this once"})
    expires_at_utc = ma.fields.AwareDateTime()


class RoleHeldSchema(Schema):
    id = ma.fields.UUID()
    account_id = ma.fields.UUID()
    display_name = ma.fields.String()
    role = ma.fields.String(metadata={"enum": [role.value for role in RoleName]})
    community_code = ma.fields.String(allow_none=True)
    place_name = ma.fields.String(allow_none=True)
    merchant_id = ma.fields.UUID(allow_none=True)
    grid_id = ma.fields.UUID(allow_none=True)
    granted_from = ma.fields.Date()
    granted_to = ma.fields.Date(allow_none=True)


class BoundMemberSchema(Schema):
    community_code = ma.fields.String()
    community_name = ma.fields.String()
    member_id = ma.fields.UUID()
    name = ma.fields.String()


class MeSchema(Schema):
    account_id = ma.fields.UUID()
    display_name = ma.fields.String()
    roles = ma.fields.List(ma.fields.Nested(RoleHeldSchema))
    members = ma.fields.List(ma.fields.Nested(BoundMemberSchema))
    counter_community_code = ma.fields.String(allow_none=True)
    counter_merchant_id = ma.fields.UUID(allow_none=True)


class ChangePassword(Schema):
    password = text(longest=200, required=True, load_only=True)
    new_password = text(longest=200, required=True, load_only=True)


class WebTicketSchema(Schema):
    ticket = ma.fields.String(metadata={"description": "works once, told this once"})
    address = ma.fields.String(metadata={"description": "the page that takes it, with the ticket"})
    seconds_left = ma.fields.Integer()
