"""Shapes of insider checks in questions and answers."""

from __future__ import annotations

import marshmallow as ma

from kernel.fields import MonthField, PageQuery, Schema, choice, text
from points.insight.workbook import seconds
from points.rules.outlier_rules import RULES


class MonthsQuery(Schema):
    first_month = MonthField(load_default=None, metadata={"description": "else the last month"})
    last_month = MonthField(load_default=None, metadata={"description": "else the present month"})


class OutlierQuery(MonthsQuery, PageQuery):
    rule = choice(tuple(RULES), load_default=None)
    q = text(longest=80, load_default=None)


class RecorderQuery(MonthsQuery, PageQuery):
    q = text(longest=80, load_default=None)


class OutlierRuleSchema(Schema):
    """Speaks from ``least`` cases on, where they are ``percent`` of the whole."""

    code = ma.fields.String()
    title_zh = ma.fields.String()
    title_en = ma.fields.String()
    least = ma.fields.Integer()
    percent = ma.fields.Integer()
    bound = ma.fields.Integer(metadata={"description": "seconds, days or people"})


class OutlierSchema(Schema):
    id = ma.fields.UUID()
    rule = ma.fields.String()
    title_zh = ma.fields.String()
    title_en = ma.fields.String()
    who = ma.fields.String()
    other = ma.fields.String(allow_none=True)
    count = ma.fields.Integer()
    of = ma.fields.Integer()
    zh = ma.fields.String()
    en = ma.fields.String()


def _seconds_of(name: str) -> ma.fields.Function:
    return ma.fields.Function(
        lambda view: seconds(getattr(view.summary, name)),
        metadata={"type": "integer", "nullable": True},
    )


class RecorderSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    roles = ma.fields.List(ma.fields.String(), attribute="summary.roles")
    count = ma.fields.Integer(attribute="summary.count")
    percent = ma.fields.Integer(attribute="summary.percent")
    people = ma.fields.Integer(attribute="summary.people")
    households = ma.fields.Integer(attribute="summary.households")
    median_seconds_between = _seconds_of("median_gap")
    median_seconds_to_approval = _seconds_of("median_to_approval")
    median_days_late = ma.fields.Integer(attribute="summary.median_days_late")
    most_days_late = ma.fields.Integer(attribute="summary.most_days_late")
    back_dated = ma.fields.Integer(attribute="summary.back_dated")
    at_night = ma.fields.Integer(attribute="summary.at_night")
    struck = ma.fields.Integer(attribute="summary.struck")


class InsightSchema(Schema):
    """The period as a whole, and the rules with their thresholds."""

    first_month = ma.fields.String()
    last_month = ma.fields.String()
    recorded = ma.fields.Integer()
    has_names = ma.fields.Boolean()
    recorder_count = ma.fields.Function(
        lambda report: len(report.recorders), metadata={"type": "integer"}
    )
    outlier_count = ma.fields.Function(
        lambda report: len(report.outliers), metadata={"type": "integer"}
    )
    rules = ma.fields.Function(
        lambda _report: OutlierRuleSchema(many=True).dump(RULES.values()),
        metadata={"type": "array", "items": {"type": "object"}},
    )
