"""Rulebooks: drafting, findings, adoption, and the version in force."""

from __future__ import annotations

import json
import uuid
from typing import Any

import marshmallow as ma

from kernel import clock
from kernel.fields import PageQuery, Schema, page, page_of, text, whole
from kernel.http import Blueprint, actor, in_unit_of_work
from points import rulebooks
from points.models import RulebookVersion
from points.rules.document import MOST_BYTES

blp = Blueprint(
    "rulebooks",
    __name__,
    url_prefix="/api/v1/communities/<community>/rulebooks",
    description="Rulebooks 积分细则: adopted documents",
)


class RulebookText(Schema):
    text = text(
        longest=MOST_BYTES,
        required=True,
        metadata={"description": "the rulebook, format linli-rulebook/1, as JSON text"},
    )


class AdoptRulebook(Schema):
    version = whole(
        least=1,
        most=1_000_000,
        required=True,
        metadata={"description": "version_seen of the draft"},
    )
    meeting = text(longest=200, required=True)
    adopted_on = ma.fields.Date(required=True)
    effective_from = ma.fields.Date(required=True)


class RulebookVersionSchema(Schema):
    id = ma.fields.UUID()
    rulebook_id = ma.fields.UUID()
    version = ma.fields.Integer()
    version_seen = ma.fields.Integer()
    state = ma.fields.String()
    sha256 = ma.fields.String()
    effective_from = ma.fields.Date(allow_none=True)
    effective_to = ma.fields.Date(allow_none=True)
    adopted_on = ma.fields.Date(allow_none=True)
    adopted_meeting = ma.fields.String(allow_none=True)


class RulebookVersionDetailSchema(RulebookVersionSchema):
    document = ma.fields.Function(
        lambda row: json.loads(row.document),
        metadata={"type": "object", "description": "the rulebook itself"},
    )


class RulebookFindingSchema(Schema):
    severity = ma.fields.String()
    code = ma.fields.String()
    where = ma.fields.String()
    zh = ma.fields.String()
    en = ma.fields.String()


class RulebookFindingsSchema(Schema):
    findings = ma.fields.List(ma.fields.Nested(RulebookFindingSchema))


@blp.get("")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(RulebookVersionSchema))
def listed(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Versions, newest first; drafts only for those who may draft."""
    rows = rulebooks.listed(
        actor=actor(),
        community_id=community_id,
        after=query["after"],
        limit=query["limit"] + 1,
    )
    return page(rows, query["limit"])


@blp.post("")
@blp.arguments(RulebookText)
@blp.response(201, RulebookVersionDetailSchema)
@in_unit_of_work
def draft(body: dict[str, Any], community_id: uuid.UUID) -> RulebookVersion:
    """Keep a draft, or refuse it with every finding."""
    return rulebooks.draft(
        actor=actor(), now=clock.now(), community_id=community_id, text=body["text"]
    )


@blp.post("/findings")
@blp.arguments(RulebookText)
@blp.response(200, RulebookFindingsSchema)
def findings(body: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """What reading a text finds; keeps nothing."""
    found = rulebooks.findings(actor=actor(), community_id=community_id, text=body["text"])
    return {"findings": found}


@blp.get("/current")
@blp.response(200, RulebookVersionDetailSchema)
def current(community_id: uuid.UUID) -> RulebookVersion:
    """The version in force today."""
    return rulebooks.current(actor=actor(), community_id=community_id, now=clock.now())


@blp.get("/<uuid:version_id>")
@blp.response(200, RulebookVersionDetailSchema)
def detail(community_id: uuid.UUID, version_id: uuid.UUID) -> RulebookVersion:
    """One version with its text."""
    return rulebooks.version_of(actor=actor(), community_id=community_id, version_id=version_id)


@blp.post("/<uuid:version_id>/adoption")
@blp.arguments(AdoptRulebook)
@blp.response(201, RulebookVersionDetailSchema)
@in_unit_of_work
def adopt(body: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID) -> RulebookVersion:
    """Put a draft in force from the first day of a month."""
    return rulebooks.adopt(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        version_id=version_id,
        **body,
    )
