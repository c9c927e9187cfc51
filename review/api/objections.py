"""Objections 异议: filing, reading, the written reply, withdrawing."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from review import objections
from review.api.objection_schemas import (
    DecideObjection,
    FileObjection,
    KeyObjection,
    ObjectionQuery,
    ObjectionSchema,
    ObjectionSummarySchema,
    WithdrawObjection,
)
from review.objections import ObjectionView

blp = Blueprint(
    "objections",
    __name__,
    url_prefix="/api/v1/communities/<community>/objections",
    description="Objections 异议 while a month is on notice; nobody sees who objected",
)


def _replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> ObjectionView:
    return objections.detail(actor=actor(), community_id=community_id, objection_id=result_id)


@blp.post("")
@blp.arguments(FileObjection)
@blp.response(201, ObjectionSchema)
@in_unit_of_work
def file(body: dict[str, Any], community_id: uuid.UUID) -> ObjectionView:
    """Object in one's own name."""
    return objections.raise_objection(
        actor=actor(), now=clock.now(), community_id=community_id, **body
    )


@blp.post("/counter")
@blp.arguments(KeyObjection)
@blp.response(201, ObjectionSchema)
@in_unit_of_work
def key_in(body: dict[str, Any], community_id: uuid.UUID) -> ObjectionView:
    """Write down what somebody says at the counter."""
    return objections.key_in(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("")
@blp.arguments(ObjectionQuery, location="query")
@blp.response(200, page_of(ObjectionSummarySchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """The work list, oldest first."""
    limit = query.pop("limit")
    rows = objections.search(actor=actor(), community_id=community_id, **query, limit=limit + 1)
    return page(rows, limit)


@blp.get("/mine")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(ObjectionSummarySchema))
def mine(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """What the signed-in member objected to, newest first."""
    limit = query.pop("limit")
    rows = objections.mine(actor=actor(), community_id=community_id, **query, limit=limit + 1)
    return page(rows, limit)


@blp.get("/about-me")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(ObjectionSummarySchema))
def about_me(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Objections about the signed-in member's own lines, newest first."""
    limit = query.pop("limit")
    rows = objections.about_me(actor=actor(), community_id=community_id, **query, limit=limit + 1)
    return page(rows, limit)


@blp.get("/<uuid:objection_id>")
@blp.response(200, ObjectionSchema)
def detail(community_id: uuid.UUID, objection_id: uuid.UUID) -> ObjectionView:
    """One objection as far as the reader may see it."""
    return objections.detail(actor=actor(), community_id=community_id, objection_id=objection_id)


@blp.post("/<uuid:objection_id>/reply")
@blp.arguments(DecideObjection)
@blp.response(200, ObjectionSchema)
@in_unit_of_work
@idempotent("decide_objection", replay=_replay)
def reply(body: dict[str, Any], community_id: uuid.UUID, objection_id: uuid.UUID) -> ObjectionView:
    """Uphold with the correction, or dismiss; always in writing."""
    return objections.decide(
        actor=actor(), now=clock.now(), community_id=community_id, objection_id=objection_id, **body
    )


@blp.post("/<uuid:objection_id>/withdrawal")
@blp.arguments(WithdrawObjection)
@blp.response(200, ObjectionSchema)
@in_unit_of_work
def withdraw(
    body: dict[str, Any], community_id: uuid.UUID, objection_id: uuid.UUID
) -> ObjectionView:
    """Take one's own objection back."""
    return objections.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, objection_id=objection_id, **body
    )
