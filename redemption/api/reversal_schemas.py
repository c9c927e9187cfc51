"""Shapes of reviewed reversals."""

from __future__ import annotations

import marshmallow as ma

from kernel import personal_text
from kernel.fields import PageQuery, PointsField, Schema, text, whole
from redemption.api.receipt_schemas import number, word
from redemption.models import ReversalState

MOST_VERSION = 1_000_000


class AskRedemptionReversal(Schema):
    redemption_id = ma.fields.UUID(required=True)
    reason = text(longest=personal_text.LONGEST, required=True)


class DecideRedemptionReversal(Schema):
    version = whole(least=1, most=MOST_VERSION, required=True)
    approves = ma.fields.Boolean(required=True)
    why = text(longest=personal_text.LONGEST, required=True)


class CounterReversalsQuery(PageQuery):
    state = word(ReversalState)


class ReversalsQuery(CounterReversalsQuery):
    merchant_id = ma.fields.UUID(load_default=None)
    number = number()


class RedemptionReversalActSchema(Schema):
    from_state = ma.fields.String(allow_none=True)
    to_state = ma.fields.String()
    actor_id = ma.fields.UUID()
    at_utc = ma.fields.AwareDateTime()


class CounterReversalSchema(Schema):
    """A request as the shop that asked sees it."""

    id = ma.fields.UUID()
    redemption_id = ma.fields.UUID()
    receipt_number = ma.fields.String()
    offer_title = ma.fields.String()
    points = PointsField()
    redeemed_at_utc = ma.fields.AwareDateTime(allow_none=True)
    state = ma.fields.String()
    reason = ma.fields.String(allow_none=True)
    asked_at_utc = ma.fields.AwareDateTime()
    why = ma.fields.String(allow_none=True)
    decided_at_utc = ma.fields.AwareDateTime(allow_none=True)
    version = ma.fields.Integer()


class RedemptionReversalSchema(CounterReversalSchema):
    """A request as the community sees it; ``acts`` is null in a list."""

    merchant_id = ma.fields.UUID()
    merchant_name = ma.fields.String()
    origin = ma.fields.String()
    report_id = ma.fields.UUID(allow_none=True)
    asked_by = ma.fields.UUID()
    decided_by = ma.fields.UUID(allow_none=True)
    must_stay_out = ma.fields.Boolean()
    acts = ma.fields.List(ma.fields.Nested(RedemptionReversalActSchema), allow_none=True)
