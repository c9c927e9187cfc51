"""Members, their memberships and tags, and the import."""

from __future__ import annotations

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow.validate import Length

from community.member_search import Status
from community.models import LeaveReason, MemberKind
from kernel.fields import PageQuery, Schema, choice, text, whole

KINDS = [kind.value for kind in MemberKind]


class MemberQuery(PageQuery):
    q = text(
        longest=40,
        load_default=None,
        metadata={"description": "part of a name, its pinyin, a household or public code"},
    )
    kind = choice(KINDS, load_default=None)
    tag = text(longest=40, load_default=None)
    grid_id = ma.fields.UUID(load_default=None)
    household_id = ma.fields.UUID(load_default=None)
    status = ma.fields.Enum(Status, by_value=True, load_default=Status.PRESENT)


class Belongs(Schema):
    """Kinds, and a grid, or a household and with it its grid, or neither."""

    kinds = ma.fields.List(choice(KINDS), required=True, validate=Length(min=1, max=len(KINDS)))
    grid_id = ma.fields.UUID(load_default=None, allow_none=True)
    household_id = ma.fields.UUID(load_default=None, allow_none=True)


class AddMember(Belongs):
    name = text(longest=40, required=True)
    tags = ma.fields.List(text(longest=40), load_default=list, validate=Length(max=20))
    joined_on = ma.fields.Date(load_default=None, allow_none=True)
    senior_from = whole(least=1950, most=2100, load_default=None, allow_none=True)
    is_namesake = ma.fields.Boolean(load_default=False)


class ChangeMembership(Belongs):
    membership_id = ma.fields.UUID(
        required=True, metadata={"description": "the membership the caller saw"}
    )
    on = ma.fields.Date(required=True)


class CorrectMember(Schema):
    name = text(longest=40, required=True)
    senior_from = whole(least=1950, most=2100, required=True, allow_none=True)


class Leave(Schema):
    left_on = ma.fields.Date(required=True)
    reason = ma.fields.Enum(LeaveReason, by_value=True, load_default=LeaveReason.OTHER)
    heir_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "another member of the household, to whom the points may go"},
    )
    to_community = text(
        longest=20,
        load_default=None,
        allow_none=True,
        metadata={"description": "code of the community the person moves to"},
    )


class AssignTag(Schema):
    tag = text(longest=40, required=True)
    valid_from = ma.fields.Date(required=True)


class EndTag(Schema):
    valid_to = ma.fields.Date(required=True)


class TagSchema(Schema):
    id = ma.fields.UUID()
    tag = ma.fields.String()
    valid_from = ma.fields.Date()
    valid_to = ma.fields.Date(allow_none=True)


class WrittenMemberSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    public_code = ma.fields.String(allow_none=True)
    joined_on = ma.fields.Date()
    left_on = ma.fields.Date(allow_none=True)
    left_reason = ma.fields.String(allow_none=True)
    senior_from = ma.fields.Integer(allow_none=True)


class MemberSchema(WrittenMemberSchema):
    is_demo = ma.fields.Boolean()
    membership_id = ma.fields.UUID()
    kinds = ma.fields.List(ma.fields.String())
    valid_from = ma.fields.Date()
    grid_id = ma.fields.UUID(allow_none=True)
    grid_number = ma.fields.Integer(allow_none=True)
    household_id = ma.fields.UUID(allow_none=True)
    household_code = ma.fields.String(allow_none=True)
    tags = ma.fields.List(ma.fields.Nested(TagSchema))


class MembershipSchema(Schema):
    id = ma.fields.UUID()
    kinds = ma.fields.List(ma.fields.String())
    grid_id = ma.fields.UUID(allow_none=True)
    grid_number = ma.fields.Integer(allow_none=True)
    household_id = ma.fields.UUID(allow_none=True)
    household_code = ma.fields.String(allow_none=True)
    valid_from = ma.fields.Date()
    valid_to = ma.fields.Date(allow_none=True)


class HistorySchema(Schema):
    memberships = ma.fields.List(ma.fields.Nested(MembershipSchema))
    tags = ma.fields.List(ma.fields.Nested(TagSchema))


class ImportFile(Schema):
    file = Upload(required=True, metadata={"description": ".csv (UTF-8) or .xlsx"})


class ImportQuery(Schema):
    is_dry_run = ma.fields.Boolean(load_default=False, data_key="dry_run")


class ImportResultSchema(Schema):
    is_dry_run = ma.fields.Boolean(data_key="dry_run")
    members = ma.fields.Integer()
    new_households = ma.fields.List(ma.fields.String())
    tags = ma.fields.Integer()
    without_household = ma.fields.Integer()
