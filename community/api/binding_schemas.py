"""Slips, binding requests and consents."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, Regexp

from community.models import ConsentChannel, RequestState
from kernel.fields import Schema, choice, text


class SlipCode(Schema):
    code = text(shortest=6, longest=20, required=True, metadata={"description": "as printed"})


class UseSlip(SlipCode):
    member_id = ma.fields.UUID(required=True)


class SlipMadeSchema(Schema):
    id = ma.fields.UUID()
    code = ma.fields.String(metadata={"description": "told this once, to be printed"})
    household_code = ma.fields.String()
    expires_at_utc = ma.fields.AwareDateTime()


class OnSlipSchema(Schema):
    member_id = ma.fields.UUID()
    name = ma.fields.String()
    is_bound = ma.fields.Boolean()


class SlipSchema(Schema):
    household_code = ma.fields.String()
    members = ma.fields.List(ma.fields.Nested(OnSlipSchema))


class BoundSchema(Schema):
    id = ma.fields.UUID()
    member_id = ma.fields.UUID()
    name = ma.fields.String()
    bound_at_utc = ma.fields.AwareDateTime()


class AskBinding(Schema):
    name = text(longest=40, required=True)
    household_code = text(longest=8, load_default=None, allow_none=True)


class DecideBinding(Schema):
    decision = choice([RequestState.APPROVED, RequestState.REFUSED], required=True)


class RequestMadeSchema(Schema):
    id = ma.fields.UUID()
    state = ma.fields.String()
    asked_at_utc = ma.fields.AwareDateTime()


class RequestSchema(RequestMadeSchema):
    member_id = ma.fields.UUID()
    name = ma.fields.String()
    household_code = ma.fields.String(allow_none=True)
    grid_number = ma.fields.Integer(allow_none=True)


class RecordConsent(Schema):
    document = text(longest=40, required=True)
    document_version = text(longest=20, required=True)
    document_sha256 = ma.fields.String(
        required=True, validate=[Length(equal=64), Regexp(r"^[0-9a-fA-F]{64}$")]
    )
    channel = choice([channel.value for channel in ConsentChannel], required=True)
    is_withdrawal = ma.fields.Boolean(load_default=False)
    member_id = ma.fields.UUID(
        load_default=None, metadata={"description": "at the counter only: whose consent"}
    )


class ConsentSchema(Schema):
    id = ma.fields.UUID()
    document = ma.fields.String()
    document_version = ma.fields.String()
    document_sha256 = ma.fields.String()
    channel = ma.fields.String()
    is_withdrawal = ma.fields.Boolean()
    at_utc = ma.fields.AwareDateTime()


class ConsentsSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(ConsentSchema))
