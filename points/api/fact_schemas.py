"""Shapes of facts in requests and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow.validate import Length

from kernel import personal_text
from kernel.fields import MonthField, PageQuery, PointsField, Schema, choice, text, whole
from points.api.quantity_field import QuantityField
from points.facts import EvidenceGiven, FactFilter, FactState
from points.models import EvidenceKind
from points.models.columns import CODE

MOST_EVIDENCE = 10
MOST_VERSION = 1_000_000


class FactEvidenceIn(Schema):
    kind = choice([kind.value for kind in EvidenceKind], required=True)
    note = text(longest=200, load_default=None, allow_none=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> EvidenceGiven:
        return EvidenceGiven(kind=EvidenceKind(data["kind"]), note=data["note"])


class RecordFact(Schema):
    member_id = ma.fields.UUID(required=True)
    item_code = text(longest=CODE, required=True)
    occurred_on = ma.fields.Date(required=True)
    quantity = QuantityField(load_default=Decimal(1))
    level = text(longest=20, load_default=None, allow_none=True)
    reason = text(longest=personal_text.LONGEST, load_default=None, allow_none=True)
    evidence = ma.fields.List(
        ma.fields.Nested(FactEvidenceIn), load_default=list, validate=Length(max=MOST_EVIDENCE)
    )
    deed = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "facts of one deed share this id; leave out for a deed alone"},
    )


def _version() -> ma.fields.Integer:
    return whole(
        least=1,
        most=MOST_VERSION,
        required=True,
        metadata={"description": "the version of the fact that was seen"},
    )


class ApproveFact(Schema):
    version = _version()


class DecideFact(Schema):
    version = _version()
    points = PointsField(required=True)


class StrikeFact(Schema):
    version = _version()
    reason = text(longest=personal_text.LONGEST, required=True)


class AmendFact(StrikeFact):
    quantity = QuantityField(load_default=None)
    level = text(longest=20, load_default=None)
    decided = PointsField(load_default=None)


class FactQuery(PageQuery):
    member_id = ma.fields.UUID(load_default=None)
    month = MonthField(load_default=None)
    item_code = text(longest=CODE, load_default=None)
    state = choice([state.value for state in FactState], load_default=None)
    recorded_by = ma.fields.UUID(load_default=None)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        after, limit = data.pop("after"), data.pop("limit")
        state = data.pop("state")
        wanted = FactFilter(**data, state=FactState(state) if state else None)
        return {"wanted": wanted, "after": after, "limit": limit}


class FactLineSchema(Schema):
    id = ma.fields.UUID()
    slice = ma.fields.Integer()
    kind = ma.fields.String()
    entitled = PointsField(metadata={"description": "signed; what it is worth now"})
    posted = PointsField(metadata={"description": "signed; what was posted"})
    reason = ma.fields.String(allow_none=True)
    month = ma.fields.String()
    belongs_month = ma.fields.String()


class FactSchema(Schema):
    id = ma.fields.UUID()
    version = ma.fields.Integer()
    state = ma.fields.String()
    item_code = ma.fields.String()
    item_name = ma.fields.String()
    kind = ma.fields.String()
    member_id = ma.fields.UUID()
    member_name = ma.fields.String()
    occurred_on = ma.fields.Date()
    quantity = QuantityField()
    level = ma.fields.String(allow_none=True)
    decided = PointsField(allow_none=True)
    approvals = ma.fields.Integer()
    approvals_needed = ma.fields.Integer()
    recorder_role = ma.fields.String()
    recorded_at_utc = ma.fields.AwareDateTime()
    month = ma.fields.String()
    belongs_month = ma.fields.String()
    deed_id = ma.fields.UUID()
    lines = ma.fields.List(ma.fields.Nested(FactLineSchema))


class FactActSchema(Schema):
    act = ma.fields.String()
    version = ma.fields.Integer()
    actor_id = ma.fields.UUID()
    actor_role = ma.fields.String()
    authority = ma.fields.String()
    reason = ma.fields.String(allow_none=True)
    changes = ma.fields.Dict(metadata={"description": "field → [before, after]"})
    at_utc = ma.fields.AwareDateTime()


class FactApprovalSchema(Schema):
    approver_id = ma.fields.UUID()
    role = ma.fields.String()
    at_utc = ma.fields.AwareDateTime()


class FactEvidenceSchema(Schema):
    kind = ma.fields.String()
    note = ma.fields.String(allow_none=True)


class FactDetailSchema(Schema):
    fact = ma.fields.Nested(FactSchema)
    reason = ma.fields.String(allow_none=True)
    acts = ma.fields.List(ma.fields.Nested(FactActSchema))
    approvals = ma.fields.List(ma.fields.Nested(FactApprovalSchema))
    evidence = ma.fields.List(ma.fields.Nested(FactEvidenceSchema))
