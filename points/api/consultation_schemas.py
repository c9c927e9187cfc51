"""Shapes of consultations in requests and answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from kernel import personal_text
from kernel.fields import PageQuery, Schema, choice, day, text
from points.api.rulebook_schemas import seen_version
from points.models import AnswerOutcome, CommentChannel
from points.models.columns import CODE

SHORTEST_COMMENT, SHORTEST_ANSWER = 2, 4


class OpenConsultation(Schema):
    version = seen_version()
    starts_on = day(required=True)
    last_on = day(required=True, metadata={"description": "comments are taken on it"})


class CommentIn(Schema):
    item_code = text(longest=CODE, load_default=None, allow_none=True)
    channel = choice(list(CommentChannel), load_default=CommentChannel.ONLINE)
    text = text(shortest=SHORTEST_COMMENT, longest=personal_text.LONGEST, required=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "channel": CommentChannel(data["channel"])}


class AnswerIn(Schema):
    outcome = choice(list(AnswerOutcome), required=True)
    public_text = text(
        longest=personal_text.LONGEST,
        load_default=None,
        allow_none=True,
        metadata={"description": "shown in public instead of a comment that names somebody"},
    )
    text = text(shortest=SHORTEST_ANSWER, longest=personal_text.LONGEST, required=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "outcome": AnswerOutcome(data["outcome"])}


class CommentQuery(PageQuery):
    q = text(longest=80, load_default=None)
    with_answer = ma.fields.Boolean(load_default=None, data_key="answered")
    is_own = ma.fields.Boolean(load_default=False, data_key="own")


class ConsultationSchema(Schema):
    id = ma.fields.UUID()
    rulebook_version_id = ma.fields.UUID()
    number = ma.fields.Integer()
    title = ma.fields.String()
    version = ma.fields.Integer()
    starts_on = ma.fields.Date()
    last_on = ma.fields.Date()
    broken_off_on = ma.fields.Date(allow_none=True)
    standing = ma.fields.String()
    comment_count = ma.fields.Integer()
    answered_count = ma.fields.Integer()


class ConsultationsSchema(Schema):
    consultations = ma.fields.List(ma.fields.Nested(ConsultationSchema))


class AnswerSchema(Schema):
    number = ma.fields.Integer()
    outcome = ma.fields.String()
    text = ma.fields.String(allow_none=True)
    at_utc = ma.fields.AwareDateTime()


class CommentSchema(Schema):
    """A comment; nobody is told who said it. ``text`` is null once it was erased."""

    id = ma.fields.UUID()
    number = ma.fields.Integer()
    channel = ma.fields.String()
    item_code = ma.fields.String(allow_none=True)
    text = ma.fields.String(allow_none=True)
    at_utc = ma.fields.AwareDateTime()
    answers = ma.fields.List(ma.fields.Nested(AnswerSchema))


class WrittenCommentSchema(Schema):
    id = ma.fields.UUID()
    number = ma.fields.Integer()
    at_utc = ma.fields.AwareDateTime()


class WrittenAnswerSchema(WrittenCommentSchema):
    outcome = ma.fields.String()
