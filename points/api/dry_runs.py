"""Dry runs 试算: what a past month would have been under a draft. Everything here only reads."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor
from points.api.downloads import BINARY, XLSX, download
from points.api.dry_run_schemas import (
    DryRunPageQuery,
    DryRunSchema,
    FactLeftOutSchema,
    HolderEffectSchema,
    MonthQuery,
)
from points.rulebook_life import dry_run_results, dry_run_sheet, dry_runs
from points.rulebook_life.dry_run_results import DryRun

blp = Blueprint(
    "dry_runs",
    __name__,
    url_prefix="/api/v1/communities/<community>/rulebooks/<uuid:version_id>/dry-run",
    description="Dry runs 试算 of drafts",
)


@blp.get("")
@blp.arguments(MonthQuery, location="query")
@blp.response(200, DryRunSchema)
def summary(query: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID) -> DryRun:
    """Totals before and after, and what each item brings."""
    return _run(community_id, version_id, query["month"])


@blp.get("/holders")
@blp.arguments(DryRunPageQuery, location="query")
@blp.response(200, page_of(HolderEffectSchema))
def holders(
    query: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID
) -> dict[str, Any]:
    """Who would change, the largest change first."""
    limit = query.pop("limit")
    run = _run(community_id, version_id, query.pop("month"))
    return page(dry_run_results.holders_found(run, limit=limit + 1, **query), limit)


@blp.get("/left-out")
@blp.arguments(DryRunPageQuery, location="query")
@blp.response(200, page_of(FactLeftOutSchema))
def left_out(
    query: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID
) -> dict[str, Any]:
    """Facts whose item or level the draft does not have."""
    limit = query.pop("limit")
    run = _run(community_id, version_id, query.pop("month"))
    return page(dry_run_results.facts_left_out(run, limit=limit + 1, **query), limit)


@blp.get("/workbook.xlsx")
@blp.arguments(MonthQuery, location="query")
@blp.response(200, BINARY, content_type=XLSX)
def workbook(query: dict[str, Any], community_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """The whole dry run as Excel; it names people."""
    run = _run(community_id, version_id, query["month"])
    return download(dry_run_sheet.as_xlsx(run), XLSX, f"dry-run-{run.month}.xlsx")


def _run(community_id: uuid.UUID, version_id: uuid.UUID, month: str | None) -> DryRun:
    return dry_runs.dry_run(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        version_id=version_id,
        month=month,
    )
