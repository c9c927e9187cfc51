"""Shapes of batches in requests and answers."""

from __future__ import annotations

import marshmallow as ma
from flask_smorest.fields import Upload

from kernel import personal_text
from kernel.fields import PageQuery, PointsField, Schema, choice, text, whole
from points.models import BatchKind, BatchState
from points.models.columns import CODE

MOST_VERSION = 1_000_000


class BatchQuery(PageQuery):
    state = ma.fields.Enum(BatchState, by_value=True, load_default=None)


class UploadQuery(Schema):
    kind = ma.fields.Enum(BatchKind, by_value=True, required=True)
    rulebook_code = text(longest=CODE, load_default=None)
    is_dry_run = ma.fields.Boolean(load_default=False)


class BatchFile(Schema):
    file = Upload(required=True)


class BatchVersion(Schema):
    version = whole(least=1, most=MOST_VERSION, required=True)


class RejectBatch(BatchVersion):
    why = text(longest=personal_text.LONGEST, required=True)


class UploadedSchema(Schema):
    id = ma.fields.UUID(allow_none=True)
    is_dry_run = ma.fields.Boolean()
    row_count = ma.fields.Integer()
    added = PointsField()
    taken = PointsField()
    before = PointsField()
    after = PointsField()


class BatchSchema(Schema):
    id = ma.fields.UUID()
    kind = choice(list(BatchKind))
    state = choice(list(BatchState))
    filename = ma.fields.String()
    row_count = ma.fields.Integer()
    added = PointsField()
    taken = PointsField()
    uploaded_by = ma.fields.UUID()
    uploaded_at_utc = ma.fields.AwareDateTime()
    decided_by = ma.fields.UUID(allow_none=True)
    version = ma.fields.Integer()


class BatchActSchema(Schema):
    act = ma.fields.String()
    actor_id = ma.fields.UUID()
    role = ma.fields.String()
    why = ma.fields.String(allow_none=True)
    at_utc = ma.fields.AwareDateTime()


class BatchDetailSchema(Schema):
    batch = ma.fields.Nested(BatchSchema)
    acts = ma.fields.List(ma.fields.Nested(BatchActSchema))


class BatchRowSchema(Schema):
    id = ma.fields.UUID()
    row_number = ma.fields.Integer()
    holder_id = ma.fields.UUID()
    name = ma.fields.String(allow_none=True)
    code = ma.fields.String(allow_none=True)
    points = PointsField(metadata={"description": "signed"})
    counts_in_score = ma.fields.Boolean()
    counts_in_balance = ma.fields.Boolean()
    occurred_on = ma.fields.Date()
    reason = ma.fields.String(allow_none=True)
    before = PointsField(allow_none=True)
    after = PointsField(allow_none=True)
