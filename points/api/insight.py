"""Insider checks 内部监督: who records and approves how. Everything here only reads."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor
from points.api.downloads import BINARY, XLSX, download
from points.api.insight_schemas import (
    InsightSchema,
    MonthsQuery,
    OutlierQuery,
    OutlierSchema,
    RecorderQuery,
    RecorderSchema,
)
from points.insight import Insight, insight
from points.insight.outlier_views import listed
from points.insight.report import recorders_found
from points.insight.workbook import as_xlsx

blp = Blueprint(
    "insight",
    __name__,
    url_prefix="/api/v1/communities/<community>/insight",
    description="Insider checks 内部监督: reasons to ask, never findings",
)


@blp.get("")
@blp.arguments(MonthsQuery, location="query")
@blp.response(200, InsightSchema)
def summary(query: dict[str, Any], community_id: uuid.UUID) -> Insight:
    """How much there is, and the rules with their thresholds."""
    return _report(community_id, query)


@blp.get("/outliers")
@blp.arguments(OutlierQuery, location="query")
@blp.response(200, page_of(OutlierSchema))
def outliers(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """What the rules speak of, each with a sentence."""
    report = _report(community_id, query)
    limit = query["limit"]
    rows = listed(
        report.outliers, rule=query["rule"], q=query["q"], after=query["after"], limit=limit + 1
    )
    return page(rows, limit)


@blp.get("/recorders")
@blp.arguments(RecorderQuery, location="query")
@blp.response(200, page_of(RecorderSchema))
def recorders(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Everybody who recorded for others, the busiest first."""
    report = _report(community_id, query)
    limit = query["limit"]
    rows = recorders_found(report, q=query["q"], after=query["after"], limit=limit + 1)
    return page(rows, limit)


@blp.get("/workbook.xlsx")
@blp.arguments(MonthsQuery, location="query")
@blp.response(200, BINARY, content_type=XLSX)
def workbook(query: dict[str, Any], community_id: uuid.UUID) -> Response:
    """The whole report as Excel; names people only for those who may read members."""
    report = _report(community_id, query)
    return download(as_xlsx(report), XLSX, f"insight-{report.first_month}-{report.last_month}.xlsx")


def _report(community_id: uuid.UUID, query: dict[str, Any]) -> Insight:
    return insight(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        first_month=query["first_month"],
        last_month=query["last_month"],
    )
