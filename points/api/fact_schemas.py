"""Shapes of facts in requests and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow.validate import Length

from kernel import personal_text
from kernel.fields import MonthField, PageQuery, PointsField, Schema, choice, text, whole
from points.api.quantity_field import QuantityField
from points.facts import EvidenceGiven, FactFilter, FactState, NamedPerson, Subject
from points.models import EvidenceKind
from points.models.columns import CODE

MOST_EVIDENCE = 10
MOST_NAMED = 20
MOST_VERSION = 1_000_000


class FactEvidenceIn(Schema):
    kind = choice([kind.value for kind in EvidenceKind], required=True)
    note = text(longest=200, load_default=None, allow_none=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> EvidenceGiven:
        return EvidenceGiven(kind=EvidenceKind(data["kind"]), note=data["note"])


class NamedPersonIn(Schema):
    member_id = ma.fields.UUID(required=True)
    relation = text(longest=40, required=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> NamedPerson:
        return NamedPerson(**data)


class RecordFact(Schema):
    member_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "whose deed it is; or household_id, or merchant_id"},
    )
    household_id = ma.fields.UUID(load_default=None, allow_none=True)
    merchant_id = ma.fields.UUID(load_default=None, allow_none=True)
    rulebook_code = text(
        longest=CODE,
        load_default=None,
        allow_none=True,
        metadata={"description": "asked for where several rulebooks have the item"},
    )
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
        metadata={
            "description": "an id that facts of one deed share, or the id of such a fact;"
            " leave out for a deed alone"
        },
    )
    activity_id = ma.fields.UUID(load_default=None, allow_none=True)
    told_on = ma.fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "when the member was told of it"},
    )
    beneficiaries = ma.fields.List(
        ma.fields.Nested(NamedPersonIn), load_default=list, validate=Length(max=MOST_NAMED)
    )


class PreviewFact(RecordFact):
    """The same as for recording, made into what the door is asked."""

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        whose = {name: data.pop(name) for name in ("member_id", "household_id", "merchant_id")}
        named = data.pop("beneficiaries")
        return {"subject": Subject(**whose), "named": named, **data}


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


class TellFact(Schema):
    version = _version()
    told_on = ma.fields.Date(required=True)


class CorrectedFact(Schema):
    version = _version()
    corrected_on = ma.fields.Date(required=True)
    promised = ma.fields.Boolean(load_default=False)
    reason = text(longest=personal_text.LONGEST, load_default=None, allow_none=True)


class StrikeFact(Schema):
    version = _version()
    reason = text(longest=personal_text.LONGEST, required=True)


class AmendFact(StrikeFact):
    quantity = QuantityField(load_default=None)
    level = text(longest=20, load_default=None)
    decided = PointsField(load_default=None)


class FactQuery(PageQuery):
    member_id = ma.fields.UUID(load_default=None)
    household_id = ma.fields.UUID(load_default=None)
    merchant_id = ma.fields.UUID(load_default=None)
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
    slice = ma.fields.Integer(
        metadata={"description": "0, then 1, 2 … where it is charged again each period"}
    )
    occurred_on = ma.fields.Date()
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
    member_id = ma.fields.UUID(allow_none=True)
    member_name = ma.fields.String(allow_none=True)
    holder_kind = ma.fields.String()
    holder_id = ma.fields.UUID()
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
    activity_id = ma.fields.UUID(allow_none=True)
    told_on = ma.fields.Date(allow_none=True)
    corrected_on = ma.fields.Date(allow_none=True)
    promised = ma.fields.Boolean()
    lines = ma.fields.List(ma.fields.Nested(FactLineSchema))
    also = ma.fields.List(
        ma.fields.UUID(),
        metadata={"description": "facts of the same deed that other accounts received"},
    )
    total_change = PointsField(
        allow_none=True,
        metadata={"description": "by recording it, other lines included; null when read later"},
    )


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


class FactPreviewLineSchema(Schema):
    holder_kind = ma.fields.String()
    holder_id = ma.fields.UUID()
    slice = ma.fields.Integer()
    occurred_on = ma.fields.Date()
    points = PointsField(metadata={"description": "signed; what it would be worth"})
    reason = ma.fields.String(allow_none=True)


class MovedLineSchema(Schema):
    fact_id = ma.fields.UUID()
    slice = ma.fields.Integer()
    item_code = ma.fields.String()
    occurred_on = ma.fields.Date()
    before = PointsField()
    after = PointsField()
    reason = ma.fields.String(allow_none=True)


class CautionSchema(Schema):
    code = ma.fields.String()
    zh = ma.fields.String()
    en = ma.fields.String()


class LikeItSchema(Schema):
    fact_id = ma.fields.UUID()
    item_code = ma.fields.String()
    occurred_on = ma.fields.Date()
    member_id = ma.fields.UUID(allow_none=True)
    member_name = ma.fields.String(allow_none=True)
    quantity = QuantityField()
    deed_id = ma.fields.UUID()
    recorded_at_utc = ma.fields.AwareDateTime()


class FactPreviewSchema(Schema):
    rulebook_code = ma.fields.String()
    item_code = ma.fields.String()
    item_name = ma.fields.String()
    month = ma.fields.String(metadata={"description": "the sheet that would take it"})
    approvals_needed = ma.fields.Integer()
    lines = ma.fields.List(ma.fields.Nested(FactPreviewLineSchema))
    moved = ma.fields.List(ma.fields.Nested(MovedLineSchema))
    total_change = PointsField()
    warnings = ma.fields.List(ma.fields.Nested(CautionSchema))
    duplicates = ma.fields.List(ma.fields.Nested(LikeItSchema))
