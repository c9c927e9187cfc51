"""The month's steps: freeze, sign, countersign or return, notice, seal."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import page
from kernel.http import Blueprint, actor, in_unit_of_work
from points.models import AccountingMonth
from review import cycle, month_views, sheets
from review.api.month_schemas import (
    NeedsSchema,
    OwnRowOfSheet,
    OwnRowSchema,
    ReviewedMonthSchema,
    SendBack,
    SheetQuery,
    SheetSchema,
    StepMonth,
)
from review.month_views import MonthView

blp = Blueprint(
    "cycle",
    __name__,
    url_prefix="/api/v1/communities/<community>/months/<month>",
    description="The month in public 评议与公示: each step by those who may",
)


def _view(row: AccountingMonth) -> MonthView:
    return month_views.of(row, clock.now())


@blp.get("/review")
@blp.response(200, ReviewedMonthSchema)
def detail(community_id: uuid.UUID, month: str) -> MonthView:
    """State, steps and what is still missing."""
    return month_views.detail(
        actor=actor(), now=clock.now(), community_id=community_id, month=month
    )


@blp.get("/needs")
@blp.response(200, NeedsSchema)
def needs(community_id: uuid.UUID, month: str) -> MonthView:
    """What is still missing until the seal 归档还差什么."""
    return month_views.detail(
        actor=actor(), now=clock.now(), community_id=community_id, month=month
    )


@blp.post("/freeze")
@blp.arguments(StepMonth)
@blp.response(200, ReviewedMonthSchema)
@in_unit_of_work
def freeze(body: dict[str, Any], community_id: uuid.UUID, month: str) -> MonthView:
    """Close the month to recording; undecided claims move on."""
    return _view(
        cycle.freeze(actor=actor(), now=clock.now(), community_id=community_id, month=month, **body)
    )


@blp.post("/signature")
@blp.arguments(StepMonth)
@blp.response(200, ReviewedMonthSchema)
@in_unit_of_work
def sign(body: dict[str, Any], community_id: uuid.UUID, month: str) -> MonthView:
    """Sign the sheet for the review panel."""
    return _view(
        cycle.sign(actor=actor(), now=clock.now(), community_id=community_id, month=month, **body)
    )


@blp.post("/countersignature")
@blp.arguments(StepMonth)
@blp.response(200, ReviewedMonthSchema)
@in_unit_of_work
def countersign(body: dict[str, Any], community_id: uuid.UUID, month: str) -> MonthView:
    """Confirm the signed sheet for the supervision group."""
    return _view(
        cycle.countersign(
            actor=actor(), now=clock.now(), community_id=community_id, month=month, **body
        )
    )


@blp.post("/return")
@blp.arguments(SendBack)
@blp.response(200, ReviewedMonthSchema)
@in_unit_of_work
def send_back(body: dict[str, Any], community_id: uuid.UUID, month: str) -> MonthView:
    """Send the signed sheet back to the panel, with reasons."""
    return _view(
        cycle.send_back(
            actor=actor(), now=clock.now(), community_id=community_id, month=month, **body
        )
    )


@blp.post("/notice")
@blp.arguments(StepMonth)
@blp.response(200, ReviewedMonthSchema)
@in_unit_of_work
def publish(body: dict[str, Any], community_id: uuid.UUID, month: str) -> MonthView:
    """Put the month on public notice."""
    return _view(
        cycle.publish(
            actor=actor(), now=clock.now(), community_id=community_id, month=month, **body
        )
    )


@blp.post("/seal")
@blp.arguments(StepMonth)
@blp.response(200, ReviewedMonthSchema)
@in_unit_of_work
def seal(body: dict[str, Any], community_id: uuid.UUID, month: str) -> MonthView:
    """Seal the month once its notice is over."""
    return _view(
        cycle.seal(actor=actor(), now=clock.now(), community_id=community_id, month=month, **body)
    )


@blp.get("/sheet")
@blp.arguments(SheetQuery, location="query")
@blp.response(200, SheetSchema)
def sheet(query: dict[str, Any], community_id: uuid.UUID, month: str) -> dict[str, Any]:
    """A sheet of the month with a page of its rows, for those who review it."""
    view = sheets.of_month(
        actor=actor(), community_id=community_id, month=month, rulebook=query["rulebook"],
        after=query["after"], limit=query["limit"] + 1,
    )  # fmt: skip
    names = SheetSchema().fields.keys() - {"items", "next"}
    return {name: getattr(view.sheet, name) for name in names} | page(view.rows, query["limit"])


@blp.get("/own-row")
@blp.arguments(OwnRowOfSheet, location="query")
@blp.response(200, OwnRowSchema)
def own_row(query: dict[str, Any], community_id: uuid.UUID, month: str) -> sheets.OwnRow:
    """The signed-in member's own row in full, with its proof."""
    return sheets.mine(actor=actor(), community_id=community_id, month=month, **query)
