"""Members: finding, entering, moving, leaving, importing."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from community import member_import, member_search, member_tags, member_template, memberships
from community.api.member_schemas import (
    AddMember,
    AssignTag,
    ChangeMembership,
    CorrectMember,
    EndTag,
    HistorySchema,
    ImportFile,
    ImportQuery,
    ImportResultSchema,
    Leave,
    MemberQuery,
    MemberSchema,
    TagSchema,
    WrittenMemberSchema,
)
from community.memberships import Belonging
from community.models import Member, MemberTag
from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work, uploaded

blp = Blueprint(
    "members",
    __name__,
    url_prefix="/api/v1/communities/<community>/members",
    description="Members 居民",
)
_BINARY = {"type": "string", "format": "binary"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blp.get("")
@blp.arguments(MemberQuery, location="query")
@blp.response(200, page_of(MemberSchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Members in the order of their names."""
    limit = query.pop("limit")
    rows = member_search.search(
        actor=actor(),
        community_id=community_id,
        on=clock.business_date(clock.now()),
        limit=limit + 1,
        **query,
    )
    return page(rows, limit)


@blp.post("")
@blp.arguments(AddMember)
@blp.response(201, WrittenMemberSchema)
@in_unit_of_work
def add(body: dict[str, Any], community_id: uuid.UUID) -> Member:
    """Enter a member."""
    return memberships.add(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        belonging=_belonging(body),
        **body,
    )


@blp.post("/import")
@blp.arguments(ImportQuery, location="query")
@blp.arguments(ImportFile, location="files")
@blp.response(200, ImportResultSchema)
@in_unit_of_work
def import_members(
    query: dict[str, Any], files: dict[str, Any], community_id: uuid.UUID
) -> member_import.ImportResult:
    """Import up to 2,000 members, whole or nothing; dry_run only says what would happen."""
    return member_import.import_members(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        content=uploaded(files["file"]),
        filename=files["file"].filename or "",
        **query,
    )


@blp.get("/template.csv")
@blp.response(200, _BINARY, content_type="text/csv")
def template_csv(community_id: uuid.UUID) -> Response:
    """The empty table as CSV (UTF-8 with BOM)."""
    return _download(member_template.TEMPLATE.as_csv(), "text/csv; charset=utf-8", "members.csv")


@blp.get("/template.xlsx")
@blp.response(200, _BINARY, content_type=_XLSX)
def template_xlsx(community_id: uuid.UUID) -> Response:
    """The empty table as Excel, with remarks."""
    return _download(member_template.TEMPLATE.as_xlsx(), _XLSX, "members.xlsx")


@blp.get("/<uuid:member_id>")
@blp.response(200, MemberSchema)
def one(community_id: uuid.UUID, member_id: uuid.UUID) -> member_search.MemberSeen:
    """One member."""
    today = clock.business_date(clock.now())
    return member_search.one(
        actor=actor(), community_id=community_id, member_id=member_id, on=today
    )


@blp.put("/<uuid:member_id>")
@blp.arguments(CorrectMember)
@blp.response(200, WrittenMemberSchema)
@in_unit_of_work
def correct(body: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID) -> Member:
    """Correct a misspelled name or the year of turning 60."""
    return memberships.correct(
        actor=actor(), now=clock.now(), community_id=community_id, member_id=member_id, **body
    )


@blp.post("/<uuid:member_id>/memberships")
@blp.arguments(ChangeMembership)
@blp.response(201, WrittenMemberSchema)
@in_unit_of_work
def change(body: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID) -> Member:
    """Move to another grid or household, or change the kinds, from a day on."""
    return memberships.change(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        member_id=member_id,
        belonging=_belonging(body),
        **body,
    )


@blp.post("/<uuid:member_id>/departure")
@blp.arguments(Leave)
@blp.response(201, WrittenMemberSchema)
@in_unit_of_work
def leave(body: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID) -> Member:
    """The person is no member any more from a day on."""
    return memberships.leave(
        actor=actor(), now=clock.now(), community_id=community_id, member_id=member_id, **body
    )


@blp.get("/<uuid:member_id>/history-of-membership")
@blp.response(200, HistorySchema)
def history(community_id: uuid.UUID, member_id: uuid.UUID) -> member_search.History:
    """Every membership and tag, oldest first."""
    return member_search.history(actor=actor(), community_id=community_id, member_id=member_id)


@blp.post("/<uuid:member_id>/tags")
@blp.arguments(AssignTag)
@blp.response(201, TagSchema)
@in_unit_of_work
def assign_tag(body: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID) -> MemberTag:
    """The member carries a tag from a day on."""
    return member_tags.assign(
        actor=actor(), now=clock.now(), community_id=community_id, member_id=member_id, **body
    )


@blp.post("/<uuid:member_id>/tags/<uuid:tag_id>/ending")
@blp.arguments(EndTag)
@blp.response(201, TagSchema)
@in_unit_of_work
def end_tag(
    body: dict[str, Any], community_id: uuid.UUID, member_id: uuid.UUID, tag_id: uuid.UUID
) -> MemberTag:
    """The tag is not carried any more from a day on."""
    return member_tags.end(
        actor=actor(), now=clock.now(), community_id=community_id, member_id=member_id,
        tag_id=tag_id, **body,
    )  # fmt: skip


def _belonging(body: dict[str, Any]) -> Belonging:
    return Belonging(grid_id=body.pop("grid_id"), household_id=body.pop("household_id"))


def _download(content: bytes, content_type: str, filename: str) -> Response:
    return Response(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
