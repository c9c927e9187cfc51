"""What the community's staff see of redemption's guards: refusals, alarms, stops, pairs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from points.api.downloads import BINARY, XLSX, download
from points.insight import outlier_views
from redemption import guessing, outliers, refusal_lists
from redemption import stops as stopping
from redemption.api.guard_schemas import (
    AlarmSchema,
    AlarmsQuery,
    CountsQuery,
    CountsSchema,
    DaysQuery,
    LiftStop,
    OutliersQuery,
    PairOutlierSchema,
    PairSchema,
    PairsQuery,
    RefusalsQuery,
    RefusedInCommunitySchema,
    StopSchema,
)
from redemption.outlier_workbook import as_xlsx
from redemption.outliers import PairsReport
from redemption.stops import StopView

blp = Blueprint(
    "redemption_guards",
    __name__,
    url_prefix="/api/v1/communities/<community>/redemption",
    description="Refusals, alarms of guessing, stops, and pairs that somebody should ask about",
)


@blp.get("/refusals")
@blp.arguments(RefusalsQuery, location="query")
@blp.response(200, page_of(RefusedInCommunitySchema))
def refusals(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Refusals of the community, the last seven days' without days, latest first."""
    limit = query.pop("limit")
    found = refusal_lists.in_community(
        actor=actor(), now=clock.now(), community_id=community_id, limit=limit + 1, **query
    )
    return page(found, limit)


@blp.get("/refusals/counts")
@blp.arguments(CountsQuery, location="query")
@blp.response(200, CountsSchema)
def refusal_counts(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Refusals by shop and reason, the most frequent first."""
    found = refusal_lists.counts(actor=actor(), now=clock.now(), community_id=community_id, **query)
    return {"items": found}


@blp.get("/alarms")
@blp.arguments(AlarmsQuery, location="query")
@blp.response(200, page_of(AlarmSchema))
def alarms(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Where somebody typed wrong digits until typing was paused, latest first."""
    limit = query.pop("limit")
    found = guessing.alarms(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.get("/stops")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(StopSchema))
def stops(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Stops of redemption, latest first, each with what the ledger check found."""
    limit = query.pop("limit")
    found = stopping.stops(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.post("/stops/lift")
@blp.arguments(LiftStop)
@blp.response(200, StopSchema)
@in_unit_of_work
def lift_stop(body: dict[str, Any], community_id: UUID) -> StopView:
    """Let redemption go on, after a clean ledger check; the reason is kept."""
    return stopping.lift(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/outliers")
@blp.arguments(OutliersQuery, location="query")
@blp.response(200, page_of(PairOutlierSchema))
def pair_outliers(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """What the rules ask about, each as a question; no finding."""
    limit = query["limit"]
    found = _report(community_id, query).outliers
    rows = outlier_views.listed(
        found, rule=query["rule"], q=query["q"], after=query["after"], limit=limit + 1
    )
    return page(rows, limit)


@blp.get("/pairs")
@blp.arguments(PairsQuery, location="query")
@blp.response(200, page_of(PairSchema))
def pairs(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Shops and holders in numbers, the busiest first."""
    limit = query["limit"]
    rows = outliers.pairs_found(
        _report(community_id, query), q=query["q"], after=query["after"], limit=limit + 1
    )
    return page(rows, limit)


@blp.get("/outliers.xlsx")
@blp.arguments(DaysQuery, location="query")
@blp.response(200, BINARY, content_type=XLSX)
def outlier_workbook(query: dict[str, Any], community_id: UUID) -> Response:
    """The whole report as Excel; household codes only for those who may read members."""
    report = _report(community_id, query)
    name = f"redemption-{report.first_day}-{report.last_day}.xlsx"
    return download(as_xlsx(report), XLSX, name)


def _report(community_id: UUID, query: dict[str, Any]) -> PairsReport:
    return outliers.report(
        actor=actor(), now=clock.now(), community_id=community_id,
        first_day=query["first_day"], last_day=query["last_day"],
    )  # fmt: skip
