"""Rulebooks: the list, reading one, adopting or withdrawing it, and the version in force."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from points import rulebook_excel, rulebooks
from points.api.downloads import BINARY, XLSX, download
from points.api.rulebook_schemas import (
    AdoptRulebook,
    AgainstQuery,
    DifferenceSchema,
    HolderQuery,
    ReadingSchema,
    RulebookActSchema,
    RulebookFindingsSchema,
    RulebookQuery,
    RulebookText,
    RulebookVersionDetailSchema,
    VersionListedSchema,
    WithReason,
)
from points.models import RulebookVersion
from points.rulebook_life import copies, drafts, readings
from points.rulebook_life.readings import Reading
from points.rules.findings import Finding

blp = Blueprint(
    "rulebooks",
    __name__,
    url_prefix="/api/v1/communities/<community>/rulebooks",
    description="Rulebooks 积分细则: adopted documents",
)


@blp.get("")
@blp.arguments(RulebookQuery, location="query")
@blp.response(200, page_of(VersionListedSchema))
def listed(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Versions, newest first; drafts only for those who may see them."""
    limit = query.pop("limit")
    rows = rulebooks.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(rows, limit)


@blp.post("")
@blp.arguments(RulebookText)
@blp.response(201, ReadingSchema)
@in_unit_of_work
def draft(body: dict[str, Any], community_id: uuid.UUID) -> Reading:
    """Keep a new draft written as JSON; its errors are named and wait for their author."""
    row = drafts.draft(actor=actor(), now=clock.now(), community_id=community_id, text=body["text"])
    return readings.of_row(row, clock.business_date(clock.now()))


@blp.post("/findings")
@blp.arguments(RulebookText)
@blp.response(200, RulebookFindingsSchema)
def findings(body: dict[str, Any], community_id: uuid.UUID) -> dict[str, tuple[Finding, ...]]:
    """What reading a text finds; keeps nothing."""
    found = rulebooks.findings(
        actor=actor(), community_id=community_id, text=body["text"], now=clock.now()
    )
    return {"findings": found}


@blp.get("/current")
@blp.arguments(HolderQuery, location="query")
@blp.response(200, RulebookVersionDetailSchema)
def current(query: dict[str, Any], community_id: uuid.UUID) -> RulebookVersion:
    """The version in force today for members, households or merchants."""
    return rulebooks.current(
        actor=actor(), community_id=community_id, now=clock.now(), holder=query["holder"]
    )


@blp.get("/<uuid:version_id>")
@blp.response(200, RulebookVersionDetailSchema)
def detail(community_id: uuid.UUID, version_id: uuid.UUID) -> RulebookVersion:
    """One version with its text."""
    return rulebooks.version_of(actor=actor(), community_id=community_id, version_id=version_id)


@blp.get("/<uuid:version_id>/reading")
@blp.response(200, ReadingSchema)
def reading(community_id: uuid.UUID, version_id: uuid.UUID) -> Reading:
    """One version with its findings and its items as sentences."""
    return readings.reading(
        actor=actor(),
        community_id=community_id,
        version_id=version_id,
        today=clock.business_date(clock.now()),
    )


@blp.get("/<uuid:version_id>/acts")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(RulebookActSchema))
def acts(query: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID) -> dict[str, Any]:
    """Who did what to this version, newest first."""
    rows = readings.acts(
        actor=actor(),
        community_id=community_id,
        version_id=version_id,
        after=query["after"],
        limit=query["limit"] + 1,
    )
    return page(rows, query["limit"])


@blp.get("/<uuid:version_id>/difference")
@blp.arguments(AgainstQuery, location="query")
@blp.response(200, DifferenceSchema)
def difference(
    query: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID
) -> dict[str, Any]:
    """What changed, item by item, against the version in force or the one named."""
    before, after, found = readings.changes(
        actor=actor(), community_id=community_id, version_id=version_id, **query
    )
    return {"before": before, "after": after, "header": found.header, "items": found.items}


@blp.get("/<uuid:version_id>/document.json")
@blp.response(200, BINARY, content_type="application/json")
def document_json(community_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """The text as a file; an adopted one names its meeting and date."""
    row = rulebooks.version_of(actor=actor(), community_id=community_id, version_id=version_id)
    filename = copies.filename(row, "json")
    return download(copies.as_json(row), "application/json; charset=utf-8", filename)


@blp.get("/<uuid:version_id>/document.xlsx")
@blp.response(200, BINARY, content_type=XLSX)
def document_xlsx(community_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """The same as an Excel workbook; refused while the text has not the right shape."""
    row = rulebooks.version_of(actor=actor(), community_id=community_id, version_id=version_id)
    content = rulebook_excel.write(copies.written_back(row))
    return download(content, XLSX, copies.filename(row, "xlsx"))


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


@blp.post("/<uuid:version_id>/withdrawal")
@blp.arguments(WithReason)
@blp.response(201, RulebookVersionDetailSchema)
@in_unit_of_work
def withdraw(
    body: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID
) -> RulebookVersion:
    """Give up a draft, or one under consultation."""
    return drafts.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, version_id=version_id, **body
    )
