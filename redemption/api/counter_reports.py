"""Reports about one shop, read and replied to by it."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from redemption import reports
from redemption.api.report_schemas import (
    CounterReportsQuery,
    ReplyToReport,
    ReportSchema,
    ReportSummarySchema,
)
from redemption.reports import ReportView

blp = Blueprint(
    "counter_reports",
    __name__,
    url_prefix="/api/v1/counter/reports",
    description="Reports about a shop, without who reports",
)


def _replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> ReportView:
    """The answer of a repeated reply."""
    return reports.detail_at_counter(actor=actor(), now=clock.now(), report_id=result_id)


@blp.get("")
@blp.arguments(CounterReportsQuery, location="query")
@blp.response(200, page_of(ReportSummarySchema))
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Reports about this shop, newest first."""
    limit = query.pop("limit")
    found = reports.at_counter(actor=actor(), now=clock.now(), limit=limit + 1, **query)
    return page(found, limit)


@blp.get("/<uuid:report_id>")
@blp.response(200, ReportSchema)
def detail(report_id: uuid.UUID) -> ReportView:
    """One report about this shop."""
    return reports.detail_at_counter(actor=actor(), now=clock.now(), report_id=report_id)


@blp.post("/<uuid:report_id>/reply")
@blp.arguments(ReplyToReport)
@blp.response(200, ReportSchema)
@in_unit_of_work
@idempotent("reply_report", replay=_replay)
def reply(body: dict[str, Any], report_id: uuid.UUID) -> ReportView:
    """Say what happened at the shop, once."""
    return reports.reply(actor=actor(), now=clock.now(), report_id=report_id, **body)
