"""Shapes of objections in requests and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow.validate import Length

from kernel import personal_text
from kernel.fields import MonthField, PageQuery, PointsField, Schema, choice, text
from points.api.fact_schemas import MOST_EVIDENCE, FactEvidenceIn
from points.api.quantity_field import QuantityField
from points.models.columns import CODE
from review.api.month_schemas import rulebook, version
from review.models import ObjectionKind, ObjectionState
from review.objections import Amend, Outcome, Record, Strike
from review.rules.objection_steps import SHORTEST_REPLY


class FileObjection(Schema):
    """To a line (``line_id``), to a public row (``row_id``), or that something is missing."""

    month = MonthField(required=True)
    kind = choice([kind.value for kind in ObjectionKind], required=True)
    text = text(shortest=5, longest=personal_text.LONGEST, required=True)
    line_id = ma.fields.UUID(load_default=None, allow_none=True)
    row_id = ma.fields.UUID(load_default=None, allow_none=True)
    rulebook = rulebook()

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "kind": ObjectionKind(data["kind"])}


class KeyObjection(FileObjection):
    """The same, written down by staff for somebody at the counter."""

    objector_member_id = ma.fields.UUID(required=True)
    subject_member_id = ma.fields.UUID(load_default=None, allow_none=True)


class WithdrawObjection(Schema):
    version = version()


class StrikeIn(Schema):
    line_id = ma.fields.UUID(load_default=None, allow_none=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> Strike:
        return Strike(**data)


class AmendIn(Schema):
    line_id = ma.fields.UUID(load_default=None, allow_none=True)
    quantity = QuantityField(load_default=None, allow_none=True)
    level = text(longest=20, load_default=None, allow_none=True)
    decided = PointsField(load_default=None, allow_none=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> Amend:
        return Amend(**data)


class RecordIn(Schema):
    item_code = text(longest=CODE, required=True)
    occurred_on = ma.fields.Date(required=True)
    quantity = QuantityField(load_default=Decimal(1))
    level = text(longest=20, load_default=None, allow_none=True)
    decided = PointsField(load_default=None, allow_none=True)
    evidence = ma.fields.List(
        ma.fields.Nested(FactEvidenceIn), load_default=list, validate=Length(max=MOST_EVIDENCE)
    )

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> Record:
        return Record(**data)


class DecideObjection(Schema):
    """Uphold with exactly one of strike, amend, record; dismiss with none."""

    version = version()
    outcome = choice([outcome.value for outcome in Outcome], required=True)
    reply = text(shortest=SHORTEST_REPLY, longest=personal_text.LONGEST, required=True)
    summary = text(longest=500, load_default=None, allow_none=True)
    strike = ma.fields.Nested(StrikeIn, load_default=None, allow_none=True)
    amend = ma.fields.Nested(AmendIn, load_default=None, allow_none=True)
    record = ma.fields.Nested(RecordIn, load_default=None, allow_none=True)

    @ma.validates_schema
    def one_correction(self, data: dict[str, Any], **_: Any) -> None:
        given = [name for name in ("strike", "amend", "record") if data.get(name) is not None]
        if len(given) > 1:
            raise ma.ValidationError("Not a valid choice.", given[1])

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        strike, amend, record = (data.pop(name) for name in ("strike", "amend", "record"))
        return {
            **data,
            "outcome": Outcome(data["outcome"]),
            "correction": strike or amend or record,
        }


class ObjectionQuery(PageQuery):
    month = MonthField(load_default=None)
    state = choice([state.value for state in ObjectionState], load_default=None)


class ObjectionSummarySchema(Schema):
    id = ma.fields.UUID()
    number = ma.fields.Integer()
    month = ma.fields.String()
    kind = ma.fields.String()
    channel = ma.fields.String()
    state = ma.fields.String()
    household_code = ma.fields.String(allow_none=True)
    label = ma.fields.String(allow_none=True)
    filed_at_utc = ma.fields.AwareDateTime()
    due_on = ma.fields.Date()
    version = ma.fields.Integer()


class LineShownSchema(Schema):
    id = ma.fields.UUID()
    item_name = ma.fields.String()
    kind = ma.fields.String()
    posted = PointsField()
    occurred_on = ma.fields.Date()


class ActShownSchema(Schema):
    from_state = ma.fields.String(allow_none=True)
    to_state = ma.fields.String()
    at_utc = ma.fields.AwareDateTime()


class ObjectionSchema(ObjectionSummarySchema):
    rulebook = ma.fields.String(metadata={"description": "whose sheet of the month it is about"})
    side = ma.fields.String(metadata={"description": "objector, subject or staff"})
    line = ma.fields.Nested(LineShownSchema, allow_none=True)
    text = ma.fields.String(allow_none=True)
    reply = ma.fields.String(allow_none=True)
    summary = ma.fields.String(allow_none=True)
    decided_at_utc = ma.fields.AwareDateTime(allow_none=True)
    must_stay_out = ma.fields.Boolean()
    acts = ma.fields.List(ma.fields.Nested(ActShownSchema))
