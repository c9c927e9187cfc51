"""Reports 投诉 of a redemption: filing, the shop's reply, the community's decision."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from redemption import reports
from redemption.api.report_schemas import (
    DecideReport,
    FileReport,
    KeyReport,
    MerchantRecordSchema,
    RecordsQuery,
    ReportSchema,
    ReportsQuery,
    ReportSummarySchema,
    ReportVersion,
    SummarizeReport,
    WindowQuery,
)
from redemption.reports import ReportView

blp = Blueprint(
    "redemption_reports",
    __name__,
    url_prefix="/api/v1/communities/<community>/redemption-reports",
    description="Reports 拒兑, 加价, 货不对板; the shop never learns who reports",
)


def replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> ReportView:
    """The answer of a repeated request."""
    return reports.replay(
        actor=actor(), now=clock.now(), community_id=community_id, result_id=result_id
    )


@blp.post("")
@blp.arguments(FileReport)
@blp.response(201, ReportSchema)
@in_unit_of_work
@idempotent("file_report", replay=replay)
def file(body: dict[str, Any], community_id: uuid.UUID) -> ReportView:
    """Report what went wrong with one's own redemption, or as a proxy."""
    return reports.file(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.post("/window")
@blp.arguments(KeyReport)
@blp.response(201, ReportSchema)
@in_unit_of_work
@idempotent("key_report", replay=replay)
def key_in(body: dict[str, Any], community_id: uuid.UUID) -> ReportView:
    """Write down what somebody with a receipt says at the window."""
    return reports.key_in(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/window")
@blp.arguments(WindowQuery, location="query")
@blp.response(200, ReportSchema)
def look_up(query: dict[str, Any], community_id: uuid.UUID) -> ReportView:
    """At the window: how far a report is, for who stands there with the receipt."""
    return reports.look_up(actor=actor(), now=clock.now(), community_id=community_id, **query)


@blp.get("")
@blp.arguments(ReportsQuery, location="query")
@blp.response(200, page_of(ReportSummarySchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """The work list, oldest first."""
    limit = query.pop("limit")
    found = reports.search(
        actor=actor(), now=clock.now(), community_id=community_id, limit=limit + 1, **query
    )
    return page(found, limit)


@blp.get("/mine")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(ReportSummarySchema))
def mine(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """What the signed-in member reported, newest first."""
    limit = query.pop("limit")
    found = reports.mine(
        actor=actor(), now=clock.now(), community_id=community_id, limit=limit + 1, **query
    )
    return page(found, limit)


@blp.get("/records")
@blp.arguments(RecordsQuery, location="query")
@blp.response(200, page_of(MerchantRecordSchema))
def records(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """What stands on the merchants' records."""
    limit = query.pop("limit")
    found = reports.records(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.get("/<uuid:report_id>")
@blp.response(200, ReportSchema)
def detail(community_id: uuid.UUID, report_id: uuid.UUID) -> ReportView:
    """One report as far as the reader may see it."""
    return reports.detail(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id
    )


@blp.post("/<uuid:report_id>/summary")
@blp.arguments(SummarizeReport)
@blp.response(200, ReportSchema)
@in_unit_of_work
def summarize(body: dict[str, Any], community_id: uuid.UUID, report_id: uuid.UUID) -> ReportView:
    """Word for the shop what it should explain."""
    return reports.summarize(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id, **body
    )


@blp.post("/<uuid:report_id>/decision")
@blp.arguments(DecideReport)
@blp.response(200, ReportSchema)
@in_unit_of_work
@idempotent("decide_report", replay=replay)
def decide(body: dict[str, Any], community_id: uuid.UUID, report_id: uuid.UUID) -> ReportView:
    """Decide in writing; upheld, the shop may be warned and the points asked back."""
    return reports.decide(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id, **body
    )


@blp.post("/<uuid:report_id>/withdrawal")
@blp.arguments(ReportVersion)
@blp.response(200, ReportSchema)
@in_unit_of_work
def withdraw(body: dict[str, Any], community_id: uuid.UUID, report_id: uuid.UUID) -> ReportView:
    """Take one's own report back, or at the window one that was written down there."""
    return reports.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, report_id=report_id, **body
    )
