"""Shapes of reports: what is filed, replied and decided, and what each side reads."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from kernel import personal_text
from kernel.fields import PageQuery, PointsField, Schema, choice, text, whole
from redemption.api.receipt_schemas import LONGEST_NUMBER, number, word
from redemption.api.reversal_schemas import MOST_VERSION
from redemption.models import ReportKind, ReportState
from redemption.reports import Outcome
from redemption.rules.report_steps import LONGEST_TEXT, SHORTEST_ANSWER


class _Told(Schema):
    kind = choice([kind.value for kind in ReportKind], required=True)
    text = text(longest=LONGEST_TEXT, load_default=None, allow_none=True)
    shares_words = ma.fields.Boolean(
        load_default=False, metadata={"description": "whether the shop may read the text"}
    )

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "kind": ReportKind(data["kind"])}


class FileReport(_Told):
    redemption_id = ma.fields.UUID(required=True)


class KeyReport(_Told):
    """Written down at the window: whose redemption it was stands there with the receipt."""

    receipt_number = text(longest=LONGEST_NUMBER, required=True)
    member_id = ma.fields.UUID(required=True)


class WindowQuery(Schema):
    receipt_number = text(longest=LONGEST_NUMBER, required=True)
    member_id = ma.fields.UUID(required=True)


class ReportVersion(Schema):
    version = whole(least=1, most=MOST_VERSION, required=True)


class SummarizeReport(ReportVersion):
    summary = text(longest=LONGEST_TEXT, required=True)


class ReplyToReport(ReportVersion):
    text = text(longest=personal_text.LONGEST, required=True)


class DecideReport(ReportVersion):
    outcome = choice([outcome.value for outcome in Outcome], required=True)
    answer = text(shortest=SHORTEST_ANSWER, longest=personal_text.LONGEST, required=True)
    warns = ma.fields.Boolean(load_default=False)
    asks_reversal = ma.fields.Boolean(load_default=False)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "outcome": Outcome(data["outcome"])}


class ReportsQuery(PageQuery):
    state = word(ReportState)
    kind = word(ReportKind)
    merchant_id = ma.fields.UUID(load_default=None)
    is_overdue = ma.fields.Boolean(load_default=False)
    number = number()


class CounterReportsQuery(PageQuery):
    is_open = ma.fields.Boolean(load_default=None, allow_none=True)


class RecordsQuery(PageQuery):
    merchant_id = ma.fields.UUID(load_default=None)


class ReportSummarySchema(Schema):
    id = ma.fields.UUID()
    kind = ma.fields.String()
    channel = ma.fields.String()
    state = ma.fields.String()
    version = ma.fields.Integer()
    redemption_id = ma.fields.UUID()
    receipt_number = ma.fields.String()
    points = PointsField()
    offer_title = ma.fields.String()
    merchant_id = ma.fields.UUID()
    merchant_name = ma.fields.String()
    filed_at_utc = ma.fields.AwareDateTime()
    reply_due_on = ma.fields.Date()
    decide_due_on = ma.fields.Date()
    overdue = ma.fields.String(
        allow_none=True, metadata={"description": "reply or decision, where that is late"}
    )


class ReportActSchema(Schema):
    act = ma.fields.String()
    side = ma.fields.String()
    actor_id = ma.fields.UUID(allow_none=True)
    at_utc = ma.fields.AwareDateTime()


class ReportSchema(ReportSummarySchema):
    """One report as its reader may see it; the rest is null."""

    side = ma.fields.String(metadata={"description": "filer, merchant or community"})
    redemption_state = ma.fields.String()
    held_at_utc = ma.fields.AwareDateTime()
    resolved_at_utc = ma.fields.AwareDateTime(allow_none=True)
    text = ma.fields.String(allow_none=True)
    shares_words = ma.fields.Boolean()
    summary = ma.fields.String(allow_none=True)
    reply = ma.fields.String(allow_none=True)
    replied_at_utc = ma.fields.AwareDateTime(allow_none=True)
    answer = ma.fields.String(allow_none=True)
    decided_at_utc = ma.fields.AwareDateTime(allow_none=True)
    is_warned = ma.fields.Boolean()
    reversal_id = ma.fields.UUID(allow_none=True)
    reversal_state = ma.fields.String(allow_none=True)
    must_stay_out = ma.fields.Boolean()
    acts = ma.fields.List(ma.fields.Nested(ReportActSchema))


class MerchantRecordSchema(Schema):
    """``by_kind`` counts what was upheld."""

    id = ma.fields.UUID()
    merchant_name = ma.fields.String()
    open = ma.fields.Integer()
    upheld = ma.fields.Integer()
    not_upheld = ma.fields.Integer()
    settled = ma.fields.Integer()
    withdrawn = ma.fields.Integer()
    warnings = ma.fields.Integer()
    by_kind = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())
