"""Binding a WeChat account to a member: slips and requests."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request

from community import binding_requests, household_slips
from community.api.binding_schemas import (
    AskBinding,
    BoundSchema,
    DecideBinding,
    RequestMadeSchema,
    RequestSchema,
    SlipCode,
    SlipMadeSchema,
    SlipSchema,
    UseSlip,
)
from community.models import RequestState
from kernel import clock
from kernel.errors import Refused
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work

blp = Blueprint(
    "bindings",
    __name__,
    url_prefix="/api/v1/communities/<community>",
    description="Which member a WeChat account is",
)


@blp.post("/households/<uuid:household_id>/slips")
@blp.response(201, SlipMadeSchema)
@in_unit_of_work
def make_slip(community_id: uuid.UUID, household_id: uuid.UUID) -> household_slips.SlipMade:
    """Make a slip for a household; its earlier ones stop holding."""
    return household_slips.make(
        actor=actor(), now=clock.now(), community_id=community_id, household_id=household_id
    )


@blp.post("/household-slips/preview")
@blp.arguments(SlipCode)
@blp.response(200, SlipSchema)
@in_unit_of_work
def preview_slip(
    body: dict[str, Any], community_id: uuid.UUID
) -> household_slips.SlipSeen | Refused:
    """Whom the holder of a slip may choose; wrong codes are counted."""
    return household_slips.preview(
        actor=actor(), now=clock.now(), community_id=community_id,
        address=request.remote_addr, **body,
    )  # fmt: skip


@blp.post("/household-slips/use")
@blp.arguments(UseSlip)
@blp.response(201, BoundSchema)
@in_unit_of_work
def use_slip(body: dict[str, Any], community_id: uuid.UUID) -> household_slips.Bound | Refused:
    """Use up a slip: this account is the chosen member from now on."""
    return household_slips.use(
        actor=actor(), now=clock.now(), community_id=community_id,
        address=request.remote_addr, **body,
    )  # fmt: skip


@blp.post("/binding-requests")
@blp.arguments(AskBinding)
@blp.response(201, RequestMadeSchema)
@in_unit_of_work
def ask(body: dict[str, Any], community_id: uuid.UUID) -> binding_requests.RequestMade | Refused:
    """Ask the grid worker to bind this account, in person."""
    return binding_requests.ask(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/binding-requests")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(RequestSchema))
def waiting(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Requests that wait, oldest first."""
    rows = binding_requests.waiting(
        actor=actor(),
        community_id=community_id,
        on=clock.business_date(clock.now()),
        after=query["after"],
        limit=query["limit"] + 1,
    )
    return page(rows, query["limit"])


@blp.post("/binding-requests/<uuid:request_id>/decision")
@blp.arguments(DecideBinding)
@blp.response(201, RequestMadeSchema)
@in_unit_of_work
def decide(
    body: dict[str, Any], community_id: uuid.UUID, request_id: uuid.UUID
) -> binding_requests.RequestMade:
    """Approve, having met the person, or refuse; never for the own household."""
    return binding_requests.decide(
        actor=actor(), now=clock.now(), community_id=community_id, request_id=request_id,
        to=RequestState(body["decision"]),
    )  # fmt: skip


@blp.post("/binding-requests/<uuid:request_id>/withdrawal")
@blp.response(201, RequestMadeSchema)
@in_unit_of_work
def withdraw(community_id: uuid.UUID, request_id: uuid.UUID) -> binding_requests.RequestMade:
    """Take the own request back."""
    return binding_requests.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, request_id=request_id
    )
