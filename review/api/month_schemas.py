"""Shapes of the month's steps, its sheet and what it still needs."""

from __future__ import annotations

import marshmallow as ma

from kernel.fields import PageQuery, PointsField, Schema, text, whole
from points.models.columns import CODE
from review.rules.month_steps import SHORTEST_WHY

MOST_VERSION = 1_000_000


def rulebook() -> ma.fields.String:
    """Which of the month's sheets; the first where none is named."""
    return text(
        longest=CODE,
        load_default=None,
        metadata={"description": "code of a rulebook: another sheet of the month than the first"},
    )


def version() -> ma.fields.Integer:
    """The version that was seen; a step on an older one is refused."""
    return whole(least=1, most=MOST_VERSION, required=True)


class StepMonth(Schema):
    version = version()


class SendBack(StepMonth):
    why = text(shortest=SHORTEST_WHY, longest=1000, required=True)


class NeedSchema(Schema):
    code = ma.fields.String()
    state = ma.fields.String(metadata={"description": "done, to_do or waiting"})
    blocks = ma.fields.Boolean()
    zh = ma.fields.String()
    en = ma.fields.String()
    permission = ma.fields.String(allow_none=True)
    until = ma.fields.Date(allow_none=True)
    count = ma.fields.Integer(allow_none=True)


class ReviewedMonthActSchema(Schema):
    id = ma.fields.UUID()
    from_state = ma.fields.String(allow_none=True)
    to_state = ma.fields.String()
    actor_id = ma.fields.UUID()
    why = ma.fields.String(allow_none=True)
    at_utc = ma.fields.AwareDateTime()


class SheetOfMonthSchema(Schema):
    rulebook = ma.fields.String(metadata={"description": "the rulebook's code"})
    title = ma.fields.String()
    unit = ma.fields.String(metadata={"description": "member or household"})
    number = ma.fields.Integer()
    digest = ma.fields.String()


class ReviewedMonthSchema(Schema):
    id = ma.fields.UUID()
    month = ma.fields.String()
    state = ma.fields.String()
    version = ma.fields.Integer()
    acts = ma.fields.List(ma.fields.Nested(ReviewedMonthActSchema))
    needs = ma.fields.List(ma.fields.Nested(NeedSchema))
    sheet_number = ma.fields.Integer(allow_none=True)
    digest = ma.fields.String(allow_none=True)
    sheets = ma.fields.List(ma.fields.Nested(SheetOfMonthSchema))


class NeedsSchema(Schema):
    needs = ma.fields.List(ma.fields.Nested(NeedSchema))


class SheetQuery(PageQuery):
    """Rows of the sheet, by id."""

    rulebook = rulebook()


class OwnRowOfSheet(Schema):
    rulebook = rulebook()


class SheetRowSchema(Schema):
    id = ma.fields.UUID()
    member_id = ma.fields.UUID()
    household_code = ma.fields.String()
    label = ma.fields.String()
    grid_number = ma.fields.Integer(allow_none=True)
    base = PointsField()
    bonus = PointsField()
    deduction = PointsField()
    score = PointsField()
    rank = ma.fields.Integer()
    shown = ma.fields.String()
    is_corrected = ma.fields.Boolean()


class SheetSchema(Schema):
    id = ma.fields.UUID()
    month = ma.fields.String()
    rulebook_code = ma.fields.String()
    unit = ma.fields.String()
    number = ma.fields.Integer()
    state = ma.fields.String()
    digest = ma.fields.String()
    ranked = ma.fields.Integer()
    listed = ma.fields.Integer()
    counted = ma.fields.Integer()
    created_at_utc = ma.fields.AwareDateTime()
    sealed_at_utc = ma.fields.AwareDateTime(allow_none=True)
    items = ma.fields.List(ma.fields.Nested(SheetRowSchema))
    next = ma.fields.UUID(allow_none=True)


class OwnRowSchema(Schema):
    month = ma.fields.String()
    rulebook = ma.fields.String()
    sheet_number = ma.fields.Integer()
    state = ma.fields.String()
    household_code = ma.fields.String()
    score = PointsField()
    base = PointsField()
    bonus = PointsField()
    deduction = PointsField()
    rank = ma.fields.Integer()
    is_public = ma.fields.Boolean()
    row_salt = ma.fields.String()
    row_sha256 = ma.fields.String()
    digest = ma.fields.String()
