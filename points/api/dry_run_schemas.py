"""Shapes of dry runs in answers."""

from __future__ import annotations

import marshmallow as ma

from kernel.fields import MonthField, PageQuery, PointsField, Schema, text


class MonthQuery(Schema):
    month = MonthField(load_default=None, metadata={"description": "else the last sealed month"})


class DryRunPageQuery(PageQuery, MonthQuery):
    q = text(longest=80, load_default=None)


class SumsSchema(Schema):
    """``deduction`` is positive; ``balance`` is what would be spendable of it."""

    base = PointsField()
    bonus = PointsField()
    by_rank = PointsField(metadata={"description": "the part of bonus that ranks bring"})
    deduction = PointsField()
    score = PointsField()
    balance = PointsField()


class ItemEffectSchema(Schema):
    code = ma.fields.String()
    name = ma.fields.String()
    facts = ma.fields.Integer()
    before = PointsField()
    after = PointsField()
    difference = PointsField()
    left_out = ma.fields.Integer()


class AllianceBearsSchema(Schema):
    """What the alliance can take in one month, in points."""

    agreements = ma.fields.Integer()
    monthly_caps = PointsField()
    offers = ma.fields.Integer()
    limited_offers = ma.fields.Integer()
    stock = PointsField(metadata={"description": "what limited offers can bring in a month"})
    bearable = PointsField(metadata={"description": "by shop: the cap, or less where stock is"})


class SolvencySchema(Schema):
    """Points in people's hands against what can be borne; ratios are to ``alliance.bearable``."""

    on = ma.fields.Date()
    month = ma.fields.String()
    spendable = PointsField()
    held = PointsField()
    outstanding = PointsField()
    issued_before = PointsField()
    issued_after = PointsField()
    issued_beside = PointsField(
        attribute="issued.beside",
        metadata={"description": "part of both: other rulebooks, and batches"},
    )
    redeemed = PointsField()
    alliance = ma.fields.Nested(AllianceBearsSchema)
    outstanding_ratio = ma.fields.Float(allow_none=True)
    issued_ratio_before = ma.fields.Float(allow_none=True)
    issued_ratio_after = ma.fields.Float(allow_none=True)
    redeemed_ratio = ma.fields.Float(allow_none=True)
    zh = ma.fields.String()
    en = ma.fields.String()


class DryRunSchema(Schema):
    """The month as a whole, before and after."""

    month = ma.fields.String()
    version_seen = ma.fields.Integer(attribute="version.version_seen")
    sha256 = ma.fields.String(attribute="version.sha256")
    fact_count = ma.fields.Integer()
    holder_count = ma.fields.Integer()
    changed_count = ma.fields.Function(lambda run: len(run.changed), metadata={"type": "integer"})
    left_out_count = ma.fields.Function(lambda run: len(run.left_out), metadata={"type": "integer"})
    before = ma.fields.Nested(SumsSchema)
    after = ma.fields.Nested(SumsSchema)
    items = ma.fields.List(ma.fields.Nested(ItemEffectSchema))
    solvency = ma.fields.Nested(SolvencySchema)


class HolderEffectSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    household_code = ma.fields.String(allow_none=True)
    before = ma.fields.Nested(SumsSchema)
    after = ma.fields.Nested(SumsSchema)
    difference = PointsField()
    items = ma.fields.List(ma.fields.Nested(ItemEffectSchema), attribute="changed_items")


class FactLeftOutSchema(Schema):
    id = ma.fields.UUID()
    item_code = ma.fields.String()
    item_name = ma.fields.String()
    holder_name = ma.fields.String()
    household_code = ma.fields.String(allow_none=True)
    occurred_on = ma.fields.Date()
    reason = ma.fields.String()
    before = PointsField()
