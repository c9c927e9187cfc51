"""Batches 批量记账: template, upload, confirming by another body, lists."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work, uploaded
from points.api.batch_schemas import (
    BatchDetailSchema,
    BatchFile,
    BatchQuery,
    BatchRowSchema,
    BatchSchema,
    BatchVersion,
    RejectBatch,
    UploadedSchema,
    UploadQuery,
)
from points.batches import deciding, template, uploading, views
from points.batches.uploading import Uploaded
from points.batches.views import BatchDetail, BatchView

blp = Blueprint(
    "batches",
    __name__,
    url_prefix="/api/v1/communities/<community>/batches",
    description="Batches 批量记账: opening balances and adjustments from a table",
)
_BINARY = {"type": "string", "format": "binary"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blp.get("/template.csv")
@blp.response(200, _BINARY, content_type="text/csv")
def template_csv(community_id: uuid.UUID) -> Response:
    """The empty table as CSV (UTF-8 with BOM)."""
    return _download(template.TEMPLATE.as_csv(), "text/csv; charset=utf-8", "batch.csv")


@blp.get("/template.xlsx")
@blp.response(200, _BINARY, content_type=_XLSX)
def template_xlsx(community_id: uuid.UUID) -> Response:
    """The empty table as Excel, with remarks."""
    return _download(template.TEMPLATE.as_xlsx(), _XLSX, "batch.xlsx")


@blp.get("")
@blp.arguments(BatchQuery, location="query")
@blp.response(200, page_of(BatchSchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Batches, newest first."""
    limit = query.pop("limit")
    found = views.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.post("")
@blp.arguments(UploadQuery, location="query")
@blp.arguments(BatchFile, location="files")
@blp.response(201, UploadedSchema)
@in_unit_of_work
def upload(query: dict[str, Any], files: dict[str, Any], community_id: uuid.UUID) -> Uploaded:
    """Upload up to 5,000 rows, whole or nothing; nothing moves before another body confirms."""
    return uploading.upload(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        content=uploaded(files["file"]),
        filename=files["file"].filename or "",
        **query,
    )


@blp.get("/<uuid:batch_id>")
@blp.response(200, BatchDetailSchema)
def detail(community_id: uuid.UUID, batch_id: uuid.UUID) -> BatchDetail:
    """One batch with everything that was done to it."""
    return views.detail(actor=actor(), community_id=community_id, batch_id=batch_id)


@blp.get("/<uuid:batch_id>/rows")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(BatchRowSchema))
def rows(query: dict[str, Any], community_id: uuid.UUID, batch_id: uuid.UUID) -> dict[str, Any]:
    """Rows of a batch: who, how much, the balance before and after."""
    found = views.rows(
        actor=actor(), community_id=community_id, batch_id=batch_id, after=query["after"],
        limit=query["limit"] + 1,
    )  # fmt: skip
    return page(found, query["limit"])


@blp.post("/<uuid:batch_id>/confirmation")
@blp.arguments(BatchVersion)
@blp.response(201, BatchSchema)
@in_unit_of_work
@idempotent("confirm_batch", replay=views.replay)
def confirm(body: dict[str, Any], community_id: uuid.UUID, batch_id: uuid.UUID) -> BatchView:
    """Post every row; a second person of another body."""
    return deciding.confirm(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id, **body
    )


@blp.post("/<uuid:batch_id>/rejection")
@blp.arguments(RejectBatch)
@blp.response(201, BatchSchema)
@in_unit_of_work
@idempotent("reject_batch", replay=views.replay)
def reject(body: dict[str, Any], community_id: uuid.UUID, batch_id: uuid.UUID) -> BatchView:
    """Send a batch back with the reason."""
    return deciding.reject(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id, **body
    )


@blp.post("/<uuid:batch_id>/withdrawal")
@blp.arguments(BatchVersion)
@blp.response(201, BatchSchema)
@in_unit_of_work
@idempotent("withdraw_batch", replay=views.replay)
def withdraw(body: dict[str, Any], community_id: uuid.UUID, batch_id: uuid.UUID) -> BatchView:
    """Take a batch back before it is decided."""
    return deciding.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, batch_id=batch_id, **body
    )


def _download(content: bytes, content_type: str, filename: str) -> Response:
    return Response(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
