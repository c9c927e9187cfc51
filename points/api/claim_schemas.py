"""Shapes of claims in requests and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow.validate import Length

from kernel import personal_text, problems
from kernel.fields import PageQuery, PointsField, Schema, choice, text, whole
from points.api.fact_schemas import MOST_VERSION
from points.api.quantity_field import QuantityField
from points.claims.asking import Claimed
from points.claims.lists import ClaimFilter
from points.claims.photos import PhotoGiven
from points.models import ClaimState, EvidenceKind
from points.models.claims import MOST_PHOTOS
from points.models.columns import CODE


class ClaimPhotoIn(Schema):
    id = ma.fields.UUID(required=True)
    kind = choice(
        [kind.value for kind in EvidenceKind],
        load_default=EvidenceKind.PHOTO.value,
        metadata={"description": "what the photo shows, as the item asks for it"},
    )

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> PhotoGiven:
        return PhotoGiven(photo_id=data["id"], kind=EvidenceKind(data["kind"]))


class PreviewClaim(Schema):
    item_code = text(longest=CODE, required=True)
    occurred_on = ma.fields.Date(required=True)
    quantity = QuantityField(load_default=Decimal(1))
    level = text(longest=20, load_default=None, allow_none=True)
    rulebook_code = text(longest=CODE, load_default=None, allow_none=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"claimed": Claimed(**{"text": "-", **data})}


class SubmitClaim(Schema):
    item_code = text(longest=CODE, required=True)
    occurred_on = ma.fields.Date(required=True)
    quantity = QuantityField(load_default=Decimal(1))
    level = text(longest=20, load_default=None, allow_none=True)
    rulebook_code = text(longest=CODE, load_default=None, allow_none=True)
    photos = ma.fields.List(
        ma.fields.Nested(ClaimPhotoIn),
        load_default=list,
        validate=Length(max=MOST_PHOTOS),
        metadata={"description": "photos uploaded before, in the order to show them"},
    )
    # Last, because from here on the name stands for this field.
    text = text(longest=personal_text.LONGEST, required=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"given": data.pop("photos"), "claimed": Claimed(**data)}


class UploadPhoto(Schema):
    photo = Upload(required=True, metadata={"description": "JPEG, PNG or WebP of at most 8 MB"})


class ClaimVersion(Schema):
    version = whole(
        least=1,
        most=MOST_VERSION,
        required=True,
        metadata={"description": "the version of the claim that was seen"},
    )


class AgreeToClaim(ClaimVersion):
    note = text(longest=personal_text.LONGEST, load_default=None, allow_none=True)


class DeclineClaim(ClaimVersion):
    reason = text(longest=personal_text.LONGEST, required=True)


class ClaimNarrowing(Schema):
    grid_id = ma.fields.UUID(load_default=None)
    item_code = text(longest=CODE, load_default=None)
    q = text(longest=40, load_default=None, metadata={"description": "part of a name"})

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"wanted": ClaimFilter(**data)}


class ClaimQuery(PageQuery):
    state = choice([state.value for state in ClaimState], load_default=None)
    grid_id = ma.fields.UUID(load_default=None)
    item_code = text(longest=CODE, load_default=None)
    q = text(longest=40, load_default=None, metadata={"description": "part of a name"})

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        after, limit, state = data.pop("after"), data.pop("limit"), data.pop("state")
        wanted = ClaimFilter(**data, state=ClaimState(state) if state else None)
        return {"wanted": wanted, "after": after, "limit": limit}


class PhotoForCheckQuery(Schema):
    # Not strict: what stands in a URL is text.
    expires = ma.fields.Integer(
        required=True, validate=ma.validate.Range(min=0, max=99_999_999_999)
    )
    signature = text(longest=64, required=True)


class ClaimPhotoSchema(Schema):
    id = ma.fields.UUID()
    kind = ma.fields.String()
    screening = ma.fields.String(
        metadata={"description": "none, waiting, passed, review or risky; risky is not shown"}
    )
    is_shown = ma.fields.Boolean()
    uploaded_at_utc = ma.fields.AwareDateTime()


class ClaimSchema(Schema):
    id = ma.fields.UUID()
    version = ma.fields.Integer()
    state = ma.fields.String()
    item_code = ma.fields.String()
    item_name = ma.fields.String()
    kind = ma.fields.String()
    member_id = ma.fields.UUID()
    member_name = ma.fields.String()
    grid_number = ma.fields.Integer(allow_none=True)
    occurred_on = ma.fields.Date()
    quantity = QuantityField()
    level = ma.fields.String(allow_none=True)
    photos = ma.fields.Integer()
    submitted_at_utc = ma.fields.AwareDateTime()
    decided_at_utc = ma.fields.AwareDateTime(allow_none=True)
    fact_id = ma.fields.UUID(allow_none=True)


class ClaimActSchema(Schema):
    act = ma.fields.String()
    version = ma.fields.Integer()
    actor_id = ma.fields.UUID(allow_none=True)
    actor_role = ma.fields.String()
    reason = ma.fields.String(allow_none=True)
    at_utc = ma.fields.AwareDateTime()


class AlikeSchema(Schema):
    kind = ma.fields.String(metadata={"description": "claim or fact"})
    id = ma.fields.UUID()
    is_same_member = ma.fields.Boolean(metadata={"description": "else of the same household"})
    member_name = ma.fields.String(allow_none=True)
    state = ma.fields.String()
    recorder_role = ma.fields.String()
    activity_id = ma.fields.UUID(allow_none=True)


class WorthSchema(Schema):
    points = PointsField(
        allow_none=True, metadata={"description": "signed; null where people decide"}
    )
    reason = ma.fields.String(allow_none=True)
    least = PointsField(allow_none=True)
    most = PointsField(allow_none=True)
    is_counted = ma.fields.Boolean(metadata={"description": "false for what is only recorded"})
    text = ma.fields.Function(lambda worth: worth.sentence(problems.language()))


class ClaimPreviewSchema(Schema):
    worth = ma.fields.Nested(WorthSchema)
    alike = ma.fields.List(ma.fields.Nested(AlikeSchema))
    left_today = ma.fields.Integer()


class ClaimDetailSchema(Schema):
    claim = ma.fields.Nested(ClaimSchema)
    text = ma.fields.String(allow_none=True)
    photos = ma.fields.List(ma.fields.Nested(ClaimPhotoSchema))
    acts = ma.fields.List(ma.fields.Nested(ClaimActSchema))
    alike = ma.fields.List(ma.fields.Nested(AlikeSchema))
    approvals_needed = ma.fields.Integer()
    worth = ma.fields.Nested(WorthSchema, allow_none=True)


class ClaimCountsSchema(Schema):
    submitted = ma.fields.Integer()
    checked = ma.fields.Integer()
    accepted = ma.fields.Integer()
    declined = ma.fields.Integer()
    withdrawn = ma.fields.Integer()
