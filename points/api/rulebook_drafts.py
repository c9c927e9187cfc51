"""Drafts of rulebooks: where they start, and editing them item by item.

Every edit names the ``version_seen`` it was made on, and is answered with the findings and the
sentences of the whole draft.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Response

from kernel import clock
from kernel.http import Blueprint, actor, in_unit_of_work, uploaded
from points import rulebook_excel
from points.api.downloads import BINARY, XLSX, download
from points.api.rulebook_schemas import (
    AddItem,
    ChangeItem,
    ChangePart,
    HolderQuery,
    ItemPageSchema,
    ItemQuery,
    ItemSeenSchema,
    PartSchema,
    ReadingSchema,
    ReplaceQuery,
    ReplaceText,
    RulebookFile,
    StartEmpty,
)
from points.models import HolderKind, RulebookVersion
from points.rulebook_life import drafts, readings, starts
from points.rulebook_life.readings import ItemSeen, Reading
from points.rules.document import parse

blp = Blueprint(
    "rulebook_drafts",
    __name__,
    url_prefix="/api/v1/communities/<community>/rulebooks",
    description="Drafts of rulebooks: starting and editing",
)


@blp.post("/empty")
@blp.arguments(StartEmpty)
@blp.response(201, ReadingSchema)
@in_unit_of_work
def start_empty(body: dict[str, Any], community_id: uuid.UUID) -> Reading:
    """A draft without items."""
    holder = HolderKind(body.pop("holder"))
    return _read(
        starts.empty(
            actor=actor(), now=clock.now(), community_id=community_id, holder=holder, **body
        )
    )


@blp.post("/again")
@blp.arguments(HolderQuery)
@blp.response(201, ReadingSchema)
@in_unit_of_work
def start_again(body: dict[str, Any], community_id: uuid.UUID) -> Reading:
    """The next version, beginning with the text in force today."""
    return _read(
        starts.from_version_in_force(
            actor=actor(), now=clock.now(), community_id=community_id, holder=body["holder"]
        )
    )


@blp.post("/<uuid:version_id>/again")
@blp.response(201, ReadingSchema)
@in_unit_of_work
def start_from(community_id: uuid.UUID, version_id: uuid.UUID) -> Reading:
    """The next version, beginning with the text of this one."""
    return _read(
        starts.from_version(
            actor=actor(), now=clock.now(), community_id=community_id, version_id=version_id
        )
    )


@blp.get("/blank.xlsx")
@blp.response(200, BINARY, content_type=XLSX)
def blank_xlsx(community_id: uuid.UUID) -> Response:
    """The empty workbook with every column and drop-downs."""
    return download(rulebook_excel.template(), XLSX, "rulebook.xlsx")


@blp.post("/workbook")
@blp.arguments(RulebookFile, location="files")
@blp.response(201, ReadingSchema)
@in_unit_of_work
def start_from_workbook(files: dict[str, Any], community_id: uuid.UUID) -> Reading:
    """A new draft from an Excel workbook; a cell that is not understood is refused by its place."""
    document = _workbook(files, community_id)
    return _read(
        drafts.keep(actor=actor(), now=clock.now(), community_id=community_id, document=document)
    )


@blp.put("/<uuid:version_id>/workbook")
@blp.arguments(ReplaceQuery, location="query")
@blp.arguments(RulebookFile, location="files")
@blp.response(200, ReadingSchema)
@in_unit_of_work
def replace_workbook(
    query: dict[str, Any], files: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID
) -> Reading:
    """Put an Excel workbook in the place of the draft's text."""
    given = _edited(community_id, version_id, query)
    return _read(drafts.replace(document=_workbook(files, community_id), **given))


@blp.put("/<uuid:version_id>/document")
@blp.arguments(ReplaceText)
@blp.response(200, ReadingSchema)
@in_unit_of_work
def replace(body: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID) -> Reading:
    """Put another JSON text in the place of the draft's; code, version and holder stay."""
    drafts.require_may_draft(actor=actor(), community_id=community_id)
    given = _edited(community_id, version_id, body)
    return _read(drafts.replace(document=parse(body["text"]), **given))


@blp.get("/<uuid:version_id>/items")
@blp.arguments(ItemQuery, location="query")
@blp.response(200, ItemPageSchema)
def items(query: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID) -> dict[str, Any]:
    """Items in their own order; ``next`` is the code to go on after."""
    limit = query.pop("limit")
    found = readings.items(
        actor=actor(), community_id=community_id, version_id=version_id, limit=limit + 1, **query
    )
    more = found[limit - 1].item["code"] if len(found) > limit else None
    return {"items": found[:limit], "next": more}


@blp.post("/<uuid:version_id>/items")
@blp.arguments(AddItem)
@blp.response(201, ReadingSchema)
@in_unit_of_work
def add_item(body: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID) -> Reading:
    """Add an item to a draft."""
    given = _edited(community_id, version_id, body)
    item = _exact(body["item"])
    return _read(drafts.add_item(item=item, position=body["position"], **given))


@blp.get("/<uuid:version_id>/items/<code>")
@blp.response(200, ItemSeenSchema)
def item(community_id: uuid.UUID, version_id: uuid.UUID, code: str) -> ItemSeen:
    """One item and its sentence."""
    return readings.one_item(
        actor=actor(), community_id=community_id, version_id=version_id, code=code
    )


@blp.put("/<uuid:version_id>/items/<code>")
@blp.arguments(ChangeItem)
@blp.response(200, ReadingSchema)
@in_unit_of_work
def change_item(
    body: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID, code: str
) -> Reading:
    """Put another item in the place of this one."""
    given = _edited(community_id, version_id, body)
    return _read(drafts.change_item(code=code, item=_exact(body["item"]), **given))


@blp.delete("/<uuid:version_id>/items/<code>")
@blp.arguments(ReplaceQuery, location="query")
@blp.response(200, ReadingSchema)
@in_unit_of_work
def remove_item(
    query: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID, code: str
) -> Reading:
    """Leave an item out of a draft."""
    return _read(drafts.remove_item(code=code, **_edited(community_id, version_id, query)))


@blp.get("/<uuid:version_id>/parts/<part>")
@blp.response(200, PartSchema)
def part(community_id: uuid.UUID, version_id: uuid.UUID, part: str) -> dict[str, Any]:
    """A part of the header: base, balance, limits, conflicts, tiers, rankings …"""
    row, value = readings.one_part(
        actor=actor(), community_id=community_id, version_id=version_id, part=part
    )
    return {"part": part, "version_seen": row.version_seen, "value": value}


@blp.put("/<uuid:version_id>/parts/<part>")
@blp.arguments(ChangePart)
@blp.response(200, ReadingSchema)
@in_unit_of_work
def change_part(
    body: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID, part: str
) -> Reading:
    """Set a part of the header, or leave it out (null)."""
    given = _edited(community_id, version_id, body)
    value = _exact({"value": body["value"]})["value"]
    return _read(drafts.change_part(part=part, value=value, **given))


def _read(row: RulebookVersion) -> Reading:
    return readings.of_row(row, clock.business_date(clock.now()))


def _edited(community_id: uuid.UUID, version_id: uuid.UUID, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "actor": actor(),
        "now": clock.now(),
        "community_id": community_id,
        "version_id": version_id,
        "version": body["version"],
    }


def _exact(given: dict[str, Any]) -> dict[str, Any]:
    """JSON of a request with its fractions as written; raises RulebookRefused as a text would."""
    return parse(json.dumps(given, ensure_ascii=False))


def _workbook(files: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    drafts.require_may_draft(actor=actor(), community_id=community_id)
    return rulebook_excel.read(uploaded(files["file"]), files["file"].filename or "")
