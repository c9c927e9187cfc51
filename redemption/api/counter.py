"""The counter's side. Its place is the shop that the session is signed in to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import clock
from kernel.errors import Refused
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from redemption import afterwards, redemptions
from redemption.api.guard_schemas import CountsSchema, DaysQuery, RefusedQuery
from redemption.api.receipt_schemas import CounterReceiptsQuery, FollowedReceiptSchema
from redemption.api.schemas import (
    Cancel,
    OfferedCode,
    PreviewSchema,
    ReceiptSchema,
    RefusedScanSchema,
    TodaySchema,
)
from redemption.models import CancellationReason
from redemption.redemptions import Preview, Receipt

blp = Blueprint(
    "counter",
    __name__,
    url_prefix="/api/v1/counter",
    description="Looking at codes and redeeming them at one shop",
)


@blp.post("/preview")
@blp.arguments(OfferedCode)
@blp.response(200, PreviewSchema)
@in_unit_of_work
def preview(body: dict[str, Any]) -> Preview | Refused:
    """What a code is for, before it is redeemed. A refusal is kept and answered with 409."""
    return redemptions.preview(actor=actor(), now=clock.now(), **body)


@blp.post("/redeem")
@blp.arguments(OfferedCode)
@blp.response(200, ReceiptSchema)
@in_unit_of_work
@idempotent("redeem", replay=redemptions.replay)
def redeem(body: dict[str, Any]) -> Receipt | Refused:
    """Redeem a code. A refusal is kept and answered with 409."""
    return redemptions.redeem(actor=actor(), now=clock.now(), **body)


@blp.get("/redemptions")
@blp.arguments(CounterReceiptsQuery, location="query")
@blp.response(200, page_of(FollowedReceiptSchema))
def redeemed(query: dict[str, Any]) -> dict[str, Any]:
    """What this counter redeemed or declined on a day (today), or one by its receipt number."""
    limit = query.pop("limit")
    found = afterwards.at_counter(actor=actor(), now=clock.now(), limit=limit + 1, **query)
    return page(found, limit)


@blp.post("/redemptions/<uuid:redemption_id>/cancellation")
@blp.arguments(Cancel)
@blp.response(200, ReceiptSchema)
@in_unit_of_work
@idempotent("cancel", replay=redemptions.replay)
def cancel(body: dict[str, Any], redemption_id: UUID) -> Receipt:
    """Take a redemption back within fifteen minutes; the points return to the holder."""
    return redemptions.cancel(
        actor=actor(), now=clock.now(), redemption_id=redemption_id,
        reason=CancellationReason(body["reason"]),
    )  # fmt: skip


@blp.get("/refused-scans")
@blp.arguments(RefusedQuery, location="query")
@blp.response(200, page_of(RefusedScanSchema))
def refused_scans(query: dict[str, Any]) -> dict[str, Any]:
    """Refused scans of this counter, today's without days, latest first."""
    limit = query.pop("limit")
    found = redemptions.refused_scans(actor=actor(), now=clock.now(), limit=limit + 1, **query)
    return page(found, limit)


@blp.get("/refused-scans/counts")
@blp.arguments(DaysQuery, location="query")
@blp.response(200, CountsSchema)
def refusal_counts(query: dict[str, Any]) -> dict[str, Any]:
    """How often this shop's redemptions were refused, by reason, today without days."""
    return {"items": redemptions.refusal_counts(actor=actor(), now=clock.now(), **query)}


@blp.get("/today")
@blp.response(200, TodaySchema)
def today() -> Any:
    """Totals of this counter today, and the month against the agreed cap."""
    return redemptions.today(actor=actor(), now=clock.now())
