"""Reversals 冲回 of grants and adjustments: asked for, confirmed by another body."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from kernel import clock, personal_text
from kernel.fields import PageQuery, PointsField, Schema, page, page_of, text, whole
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from points.models import ReversalState
from points.reversals import acts, views
from points.reversals.views import ReversalDetail, ReversalView

MOST_VERSION = 1_000_000

blp = Blueprint(
    "reversals",
    __name__,
    url_prefix="/api/v1/communities/<community>/reversals",
    description="Reversals 冲回 of grants and adjustments",
)


class ReversalQuery(PageQuery):
    state = ma.fields.Enum(ReversalState, by_value=True, load_default=None)


class AskReversal(Schema):
    line_id = ma.fields.UUID(required=True)
    reason = text(longest=personal_text.LONGEST, required=True)


class ReversalVersion(Schema):
    version = whole(least=1, most=MOST_VERSION, required=True)


class RejectReversal(ReversalVersion):
    why = text(longest=personal_text.LONGEST, required=True)


class ReversalSchema(Schema):
    id = ma.fields.UUID()
    line_id = ma.fields.UUID()
    member_id = ma.fields.UUID(allow_none=True)
    source = ma.fields.String()
    item_code = ma.fields.String()
    points = PointsField(metadata={"description": "signed: what the line brought"})
    state = ma.fields.String()
    reason = ma.fields.String(allow_none=True)
    asked_by = ma.fields.UUID()
    asked_at_utc = ma.fields.AwareDateTime()
    decided_by = ma.fields.UUID(allow_none=True)
    version = ma.fields.Integer()


class ReversalActSchema(Schema):
    to_state = ma.fields.String()
    actor_id = ma.fields.UUID()
    role = ma.fields.String()
    why = ma.fields.String(allow_none=True)
    at_utc = ma.fields.AwareDateTime()


class ReversalDetailSchema(Schema):
    reversal = ma.fields.Nested(ReversalSchema)
    acts = ma.fields.List(ma.fields.Nested(ReversalActSchema))


@blp.get("")
@blp.arguments(ReversalQuery, location="query")
@blp.response(200, page_of(ReversalSchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Reversals, newest first."""
    limit = query.pop("limit")
    found = views.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.post("")
@blp.arguments(AskReversal)
@blp.response(201, ReversalSchema)
@in_unit_of_work
@idempotent("ask_reversal", replay=views.replay)
def ask(body: dict[str, Any], community_id: uuid.UUID) -> ReversalView:
    """Ask for a grant or an adjustment to be taken back."""
    return acts.ask(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/<uuid:reversal_id>")
@blp.response(200, ReversalDetailSchema)
def detail(community_id: uuid.UUID, reversal_id: uuid.UUID) -> ReversalDetail:
    """One reversal with everything that was done to it."""
    return views.detail(actor=actor(), community_id=community_id, reversal_id=reversal_id)


@blp.post("/<uuid:reversal_id>/confirmation")
@blp.arguments(ReversalVersion)
@blp.response(201, ReversalSchema)
@in_unit_of_work
@idempotent("confirm_reversal", replay=views.replay)
def confirm(body: dict[str, Any], community_id: uuid.UUID, reversal_id: uuid.UUID) -> ReversalView:
    """Take the line back; a second person of another body."""
    return acts.confirm(
        actor=actor(), now=clock.now(), community_id=community_id, reversal_id=reversal_id, **body
    )


@blp.post("/<uuid:reversal_id>/rejection")
@blp.arguments(RejectReversal)
@blp.response(201, ReversalSchema)
@in_unit_of_work
@idempotent("reject_reversal", replay=views.replay)
def reject(body: dict[str, Any], community_id: uuid.UUID, reversal_id: uuid.UUID) -> ReversalView:
    """Leave the line as it is, with the reason."""
    return acts.reject(
        actor=actor(), now=clock.now(), community_id=community_id, reversal_id=reversal_id, **body
    )
