"""Shapes of what anybody may read. Nothing here but what rules/disclosure.py lets through."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Range

from kernel.fields import MonthField, PointsField, Schema, choice, text
from points.rules.compiled import RankingUnit
from points.rules.periods import Period
from review.api.month_schemas import SheetOfMonthSchema, rulebook
from review.rankings import PERIODS, UNITS

MOST_PAGE = 10_000


class DayCellSchema(Schema):
    day = ma.fields.Date()
    state = ma.fields.String(metadata={"description": "past, today or ahead"})
    is_working = ma.fields.Boolean()
    is_last = ma.fields.Boolean()


class CategoryCountSchema(Schema):
    category = ma.fields.String()
    count = ma.fields.Integer()


class TotalsSchema(Schema):
    rows = ma.fields.Integer()
    ranked = ma.fields.Integer()
    listed = ma.fields.Integer()
    below_base = ma.fields.Integer()
    participants = ma.fields.Integer()
    records = ma.fields.Integer()
    bonus = PointsField(allow_none=True)
    deduction = PointsField(allow_none=True)
    adjustments = ma.fields.Integer(metadata={"description": "rows of batches 批量调整"})
    adjusted_points = PointsField(allow_none=True, metadata={"description": "signed"})
    deductions = ma.fields.List(ma.fields.Nested(CategoryCountSchema))


class CorrectionRowSchema(Schema):
    household_code = ma.fields.String()
    label = ma.fields.String(allow_none=True)
    score_before = PointsField()
    score_after = PointsField()
    rank_before = ma.fields.Integer(allow_none=True)
    rank_after = ma.fields.Integer(allow_none=True)


class CorrectionSchema(Schema):
    number = ma.fields.Integer()
    corrected_on = ma.fields.Date()
    rows = ma.fields.List(ma.fields.Nested(CorrectionRowSchema))
    hidden = ma.fields.Integer()


class NoticeSummarySchema(Schema):
    id = ma.fields.UUID()
    month = ma.fields.String()
    reference = ma.fields.String(metadata={"example": "公示〔2026〕11 号"})
    title = ma.fields.String()
    state = ma.fields.String(metadata={"description": "on_notice, corrected or sealed"})
    published_on = ma.fields.Date()
    due_on = ma.fields.Date()


class NoticeQuery(Schema):
    rulebook = rulebook()


class NoticeSchema(NoticeSummarySchema):
    published_at_utc = ma.fields.AwareDateTime()
    due_at_utc = ma.fields.AwareDateTime()
    sealed_at_utc = ma.fields.AwareDateTime(allow_none=True)
    takes_objections = ma.fields.Boolean()
    working_days = ma.fields.Integer()
    working_days_left = ma.fields.Integer()
    days = ma.fields.List(ma.fields.Nested(DayCellSchema))
    sheets = ma.fields.List(ma.fields.Nested(SheetOfMonthSchema))
    rulebook = ma.fields.String(metadata={"description": "whose sheet the fields below are of"})
    unit = ma.fields.String(metadata={"description": "member or household"})
    totals = ma.fields.Nested(TotalsSchema)
    sheet_number = ma.fields.Integer()
    digest = ma.fields.String()
    corrections = ma.fields.List(ma.fields.Nested(CorrectionSchema))
    open_objections = ma.fields.Integer()
    answers_due_on = ma.fields.Date(allow_none=True)


class CurrentNoticeSchema(Schema):
    notice = ma.fields.Nested(
        NoticeSchema, allow_none=True, metadata={"description": "null before the first notice"}
    )


class RankingQuery(Schema):
    month = MonthField(required=True)
    unit = choice(
        [unit.value for unit in UNITS],
        load_default=None,
        metadata={"description": "that of the sheet where none is named"},
    )
    over = choice([period.value for period in PERIODS], load_default=Period.MONTH.value)
    # Not strict: what stands in a URL is text.
    page = ma.fields.Integer(validate=Range(min=1, max=MOST_PAGE), load_default=1)
    limit = ma.fields.Integer(validate=Range(min=1, max=100), load_default=50)
    rulebook = rulebook()

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        unit = RankingUnit(data["unit"]) if data["unit"] else None
        return {**data, "unit": unit, "over": Period(data["over"])}


class OwnRowQuery(Schema):
    month = MonthField(required=True)
    household_code = text(longest=8, required=True)
    surname = text(longest=10, required=True)
    rulebook = rulebook()


class RankingRowSchema(Schema):
    rank = ma.fields.Integer(allow_none=True)
    household_code = ma.fields.String(allow_none=True)
    label = ma.fields.String(allow_none=True)
    grid_number = ma.fields.Integer(allow_none=True)
    score = PointsField()
    row_id = ma.fields.UUID(allow_none=True)
    is_disputed = ma.fields.Boolean()
    is_corrected = ma.fields.Boolean()


class RankingSchema(Schema):
    unit = ma.fields.String()
    over = ma.fields.String()
    months = ma.fields.List(ma.fields.String())
    page = ma.fields.Integer()
    pages = ma.fields.Integer()
    total = ma.fields.Integer()
    rows = ma.fields.List(ma.fields.Nested(RankingRowSchema))
    below_base = ma.fields.Integer(allow_none=True)


class FoundRowsSchema(Schema):
    rows = ma.fields.List(ma.fields.Nested(RankingRowSchema))


class HeaderSchema(Schema):
    community = ma.fields.String()
    month = ma.fields.String()
    rulebook = ma.fields.String()
    number = ma.fields.Integer()


class PrintedRowSchema(Schema):
    household_code = ma.fields.String()
    score = PointsField()
    rank = ma.fields.Integer(allow_none=True)
    label = ma.fields.String(allow_none=True)
    grid_number = ma.fields.Integer(allow_none=True)
    salt = ma.fields.String()


class BlackedRowSchema(Schema):
    row_sha256 = ma.fields.String()


class PaperSchema(Schema):
    header = ma.fields.Nested(HeaderSchema)
    digest = ma.fields.String()
    state = ma.fields.String()
    rows = ma.fields.List(ma.fields.Nested(PrintedRowSchema))
    blacked = ma.fields.List(ma.fields.Nested(BlackedRowSchema))
