"""A member's points: summary and history, one's own or anybody's."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from kernel import clock
from kernel.fields import MonthField, PageQuery, PointsField, Schema, choice, page, page_of
from kernel.http import Blueprint, actor
from points import history, reason_words
from points.models import HolderKind

blp = Blueprint(
    "points",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Points 积分: score, balance and history 明细 of a member",
)


class OfQuery(Schema):
    of = choice(
        [HolderKind.MEMBER.value, HolderKind.HOUSEHOLD.value],
        load_default=HolderKind.MEMBER.value,
        metadata={"description": "the member's own account, or the household's"},
    )


class SummaryQuery(OfQuery):
    month = MonthField(load_default=lambda: clock.month_of(clock.business_date(clock.now())))


class HistoryQuery(OfQuery, PageQuery):
    month = MonthField(load_default=None)


class PointsSummarySchema(Schema):
    member_id = ma.fields.UUID()
    balance = PointsField()
    held = PointsField()
    spendable = PointsField()
    debt = PointsField()
    month = ma.fields.String()
    base = PointsField()
    bonus = PointsField()
    deduction = PointsField()
    score = PointsField()


class _ReasonWords(Schema):
    """Adds the sentence of ``line_reason`` in both languages."""

    line_reason = ma.fields.String(allow_none=True)
    line_reason_zh = ma.fields.Function(
        lambda row: _sentence(row, "zh"), metadata={"type": ["string", "null"]}
    )
    line_reason_en = ma.fields.Function(
        lambda row: _sentence(row, "en"), metadata={"type": ["string", "null"]}
    )


def _sentence(row: Any, language: str) -> str | None:
    if row.line_reason is None:
        return None
    return str(getattr(reason_words.WORDS[row.line_reason], language))


class RearrangedSchema(_ReasonWords):
    entry_id = ma.fields.UUID()
    points = PointsField()
    month = ma.fields.String()
    belongs_month = ma.fields.String()
    occurred_on = ma.fields.Date()
    item_code = ma.fields.String()
    item_name = ma.fields.String()
    line_id = ma.fields.UUID()


class PointsHistoryRowSchema(_ReasonWords):
    id = ma.fields.UUID()
    at_utc = ma.fields.AwareDateTime()
    kind = ma.fields.String()
    points = PointsField(metadata={"description": "signed, as the holder sees it"})
    month = ma.fields.String()
    belongs_month = ma.fields.String()
    occurred_on = ma.fields.Date()
    mark = ma.fields.String(allow_none=True)
    cause = ma.fields.String(allow_none=True)
    item_code = ma.fields.String(allow_none=True)
    item_name = ma.fields.String(allow_none=True)
    counts_in_score = ma.fields.Boolean()
    counts_in_balance = ma.fields.Boolean()
    fact_id = ma.fields.UUID(allow_none=True)
    line_id = ma.fields.UUID(allow_none=True)
    slice = ma.fields.Integer()
    net = PointsField(metadata={"description": "with what the same act rearranged under limits"})
    rearranged = ma.fields.List(ma.fields.Nested(RearrangedSchema))
    reason = ma.fields.String(allow_none=True)
    recorder_role = ma.fields.String(allow_none=True)
    redemption_id = ma.fields.UUID(allow_none=True)


HistoryPage = page_of(PointsHistoryRowSchema)


@blp.get("/members/<uuid:member_id>/points")
@blp.arguments(SummaryQuery, location="query")
@blp.response(200, PointsSummarySchema)
def member_points(
    query: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID
) -> history.Summary:
    """Balance and the month's score of one member."""
    return history.summary(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        member_id=member_id,
        month=query["month"],
        of=HolderKind(query["of"]),
    )


@blp.get("/members/<uuid:member_id>/history")
@blp.arguments(HistoryQuery, location="query")
@blp.response(200, HistoryPage)
def member_history(
    query: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID
) -> dict[str, Any]:
    """Entries and movements of one member, newest first."""
    return _history(query, community_id, member_id)


@blp.get("/me/points")
@blp.arguments(SummaryQuery, location="query")
@blp.response(200, PointsSummarySchema)
def my_points(query: dict[str, Any], community_id: uuid.UUID) -> history.Summary:
    """My balance and my score of the month."""
    return history.summary(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        member_id=actor().member_in(community_id),
        month=query["month"],
        of=HolderKind(query["of"]),
    )


@blp.get("/me/history")
@blp.arguments(HistoryQuery, location="query")
@blp.response(200, HistoryPage)
def my_history(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """My entries and movements, newest first."""
    return _history(query, community_id, actor().member_in(community_id))


def _history(
    query: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID
) -> dict[str, Any]:
    rows = history.history(
        actor=actor(),
        community_id=community_id,
        member_id=member_id,
        month=query["month"],
        after=query["after"],
        limit=query["limit"] + 1,
        of=HolderKind(query["of"]),
        on=clock.business_date(clock.now()),
    )
    return page(rows, query["limit"])
