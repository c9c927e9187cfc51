"""Shapes of what guards redemption: refusals, alarms, stops, pairs out of line."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from kernel.fields import PageQuery, Schema, choice, day, text
from redemption.api.schemas import RefusedScanSchema
from redemption.reasons import Reason
from redemption.rules.outlier_rules import RULES


class DaysQuery(Schema):
    first_day = day(load_default=None)
    last_day = day(load_default=None)


class CountsQuery(DaysQuery):
    merchant_id = fields.UUID(load_default=None)


class RefusedQuery(DaysQuery, PageQuery):
    """A shop's own refusals."""

    reason = choice([reason.value for reason in Reason], load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        reason = data["reason"]
        return {**data, "reason": Reason(reason) if reason else None}


class RefusalsQuery(RefusedQuery):
    merchant_id = fields.UUID(load_default=None)


class AlarmsQuery(PageQuery):
    merchant_id = fields.UUID(load_default=None)


class RefusedInCommunitySchema(RefusedScanSchema):
    merchant_id = fields.UUID()
    merchant_name = fields.String()
    offer_title = fields.String(allow_none=True)
    receipt_number = fields.String(allow_none=True)


class ReasonCountSchema(Schema):
    merchant_id = fields.UUID()
    merchant_name = fields.String()
    reason = fields.String()
    code = fields.String()
    count = fields.Integer()


class CountsSchema(Schema):
    """By shop and reason, the most frequent first."""

    items = fields.List(fields.Nested(ReasonCountSchema), required=True)


class AlarmSchema(Schema):
    """Wrong digits until typing was paused; ``clerk_id`` is null where the whole shop was."""

    id = fields.UUID()
    merchant_id = fields.UUID()
    merchant_name = fields.String()
    clerk_id = fields.UUID(allow_none=True)
    clerk_name = fields.String(allow_none=True)
    guesses = fields.Integer()
    at_utc = fields.AwareDateTime()
    resumes_at_utc = fields.AwareDateTime()


class FoundSchema(Schema):
    """One mismatch; ids and numbers only."""

    what = fields.String()
    row_id = fields.String()
    stored = fields.String()
    found = fields.String()
    detail = fields.String()


class StopSchema(Schema):
    """Since when redemption stands still, what was found, and who let it go on."""

    id = fields.UUID()
    reason = fields.String()
    stopped_at_utc = fields.AwareDateTime()
    lifted_at_utc = fields.AwareDateTime(allow_none=True)
    lifted_by = fields.UUID(allow_none=True)
    why = fields.String(allow_none=True)
    mismatches = fields.Integer()
    found = fields.List(fields.Nested(FoundSchema))


class LiftStop(Schema):
    why = text(longest=500, required=True)


class OutliersQuery(DaysQuery, PageQuery):
    rule = choice(tuple(RULES), load_default=None)
    q = text(longest=80, load_default=None)


class PairsQuery(DaysQuery, PageQuery):
    q = text(longest=80, load_default=None)


class PairOutlierSchema(Schema):
    id = fields.UUID()
    rule = fields.String()
    title_zh = fields.String()
    title_en = fields.String()
    who = fields.String()
    other = fields.String(allow_none=True)
    count = fields.Integer()
    of = fields.Integer()
    zh = fields.String()
    en = fields.String()


class PairSchema(Schema):
    """One shop and one holder; shares in percent, seconds null where only cards paid."""

    id = fields.UUID()
    merchant = fields.String()
    holder = fields.String()
    count = fields.Integer(attribute="pair.count")
    of_merchant = fields.Integer(attribute="pair.of_merchant")
    of_holder = fields.Integer(attribute="pair.of_holder")
    median_seconds = fields.Integer(attribute="pair.median_seconds", allow_none=True)
    fastest_seconds = fields.Integer(attribute="pair.fastest_seconds", allow_none=True)
    at_night = fields.Integer(attribute="pair.at_night")
    cancelled = fields.Integer(attribute="pair.cancelled")
    refused = fields.Integer(attribute="pair.refused")
