"""Consultations on rulebooks: opening one, comments, answers, taking the text back."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from points.api.consultation_schemas import (
    AnswerIn,
    CommentIn,
    CommentQuery,
    CommentSchema,
    ConsultationSchema,
    ConsultationsSchema,
    OpenConsultation,
    WrittenAnswerSchema,
    WrittenCommentSchema,
)
from points.api.rulebook_schemas import RulebookVersionDetailSchema, WithReason
from points.models import ConsultationAnswer, ConsultationComment, RulebookVersion
from points.rulebook_life import comment_lists, consultation_lists, consultations
from points.rulebook_life.consultation_lists import ConsultationSeen

blp = Blueprint(
    "consultations",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Consultations 征求意见 on rulebooks",
)


@blp.get("/rulebooks/<uuid:version_id>/consultations")
@blp.response(200, ConsultationsSchema)
def of_version(community_id: uuid.UUID, version_id: uuid.UUID) -> dict[str, list[ConsultationSeen]]:
    """Every consultation of a version, the latest first."""
    found = consultation_lists.of_version(
        actor=actor(),
        community_id=community_id,
        version_id=version_id,
        today=clock.business_date(clock.now()),
    )
    return {"consultations": found}


@blp.post("/rulebooks/<uuid:version_id>/consultations")
@blp.arguments(OpenConsultation)
@blp.response(201, ConsultationSchema)
@in_unit_of_work
def open_consultation(
    body: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID
) -> ConsultationSeen:
    """Lay a draft open for comments; its text stands still meanwhile."""
    opened = consultations.open_consultation(
        actor=actor(), now=clock.now(), community_id=community_id, version_id=version_id, **body
    )
    return consultation_lists.one(community_id, opened.id, clock.business_date(clock.now()))


@blp.post("/rulebooks/<uuid:version_id>/revision")
@blp.arguments(WithReason)
@blp.response(201, RulebookVersionDetailSchema)
@in_unit_of_work
def take_back(
    body: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID
) -> RulebookVersion:
    """Make the text a draft again, to work in what was said."""
    return consultations.take_back(
        actor=actor(), now=clock.now(), community_id=community_id, version_id=version_id, **body
    )


@blp.get("/consultations/<uuid:consultation_id>/comments")
@blp.arguments(CommentQuery, location="query")
@blp.response(200, page_of(CommentSchema))
def comments(
    query: dict[str, Any], community_id: uuid.UUID, consultation_id: uuid.UUID
) -> dict[str, Any]:
    """Comments in the order they came in; those who draft read all, others the answered ones."""
    limit = query.pop("limit")
    rows = comment_lists.comments(
        actor=actor(),
        community_id=community_id,
        consultation_id=consultation_id,
        limit=limit + 1,
        **query,
    )
    return page(rows, limit)


@blp.post("/consultations/<uuid:consultation_id>/comments")
@blp.arguments(CommentIn)
@blp.response(201, WrittenCommentSchema)
@in_unit_of_work
def comment(
    body: dict[str, Any], community_id: uuid.UUID, consultation_id: uuid.UUID
) -> ConsultationComment:
    """Comment on the text, or write down at the counter what somebody says."""
    return consultations.comment(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        consultation_id=consultation_id,
        **body,
    )


@blp.post("/comments/<uuid:comment_id>/answers")
@blp.arguments(AnswerIn)
@blp.response(201, WrittenAnswerSchema)
@in_unit_of_work
def answer(
    body: dict[str, Any], community_id: uuid.UUID, comment_id: uuid.UUID
) -> ConsultationAnswer:
    """Answer a comment; with its answer it becomes public."""
    return consultations.answer(
        actor=actor(), now=clock.now(), community_id=community_id, comment_id=comment_id, **body
    )
