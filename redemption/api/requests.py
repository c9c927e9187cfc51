"""Requests at a shop's standing QR: what it offers this holder, asking, the counter's decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import clock, conditional
from kernel.errors import Refused
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from merchants import alliance
from redemption import redemptions, requests
from redemption.api.schemas import (
    AtCounterSchema,
    ChoiceSchema,
    ChoicesQuery,
    Decline,
    IssueRedemption,
    ReceiptSchema,
    WaitingSchema,
)
from redemption.models import DeclineReason
from redemption.redemptions import Receipt

blp = Blueprint(
    "requests",
    __name__,
    url_prefix="/api/v1/communities/<community>/merchants/<merchant_code>/requests",
    description="Asking a shop for one of its offers, at its standing QR",
)
choices_blp = Blueprint(
    "choices",
    __name__,
    url_prefix="/api/v1/communities/<community>/merchants/<merchant_code>/choices",
    description="What a shop offers one holder now",
)
counter_blp = Blueprint(
    "counter_requests",
    __name__,
    url_prefix="/api/v1/counter/requests",
    description="Requests that wait at one shop",
)


def replay_own(*, community_id: UUID, result_id: UUID) -> Receipt | Refused:
    """The answer of a repeated request, for the holder that it still is."""
    return redemptions.replay_own(
        actor=actor(), now=clock.now(), community_id=community_id, result_id=result_id
    )


@blp.post("")
@blp.arguments(IssueRedemption)
@blp.response(201, AtCounterSchema)
@in_unit_of_work
@idempotent("ask", replay=replay_own)
def ask(body: dict[str, Any], community_id: UUID, merchant_code: str) -> Receipt | Refused:
    """Hold points for an offer of this shop for three minutes and show that at its counter."""
    merchant = alliance.merchant_by_code(community_id, merchant_code)
    return requests.ask(
        actor=actor(), now=clock.now(), community_id=community_id, merchant_id=merchant.id, **body
    )


@choices_blp.get("")
@choices_blp.arguments(ChoicesQuery, location="query")
@choices_blp.response(200, page_of(ChoiceSchema))
def choices(query: dict[str, Any], community_id: UUID, merchant_code: str) -> dict[str, Any]:
    """The offers of the shop that are valid today, each with why it cannot be had now, if so."""
    merchant = alliance.merchant_by_code(community_id, merchant_code)
    limit = query.pop("limit")
    found = redemptions.choices(
        actor=actor(), now=clock.now(), community_id=community_id, merchant_id=merchant.id,
        limit=limit + 1, **query,
    )  # fmt: skip
    return page(found, limit)


@counter_blp.get("")
@counter_blp.response(200, WaitingSchema)
@counter_blp.alt_response(304, description="nothing has changed since If-None-Match")
def waiting() -> Any:
    """The requests that wait here, oldest first; ask again with If-None-Match every two seconds."""
    who, now = actor(), clock.now()
    return conditional.answer(
        state=requests.waiting_ids(actor=who, now=now),
        body=lambda: {"items": requests.waiting(actor=who, now=now)},
    )


@counter_blp.post("/<uuid:redemption_id>/redeem")
@counter_blp.response(200, ReceiptSchema)
@in_unit_of_work
@idempotent("accept", replay=redemptions.replay)
def accept(redemption_id: UUID) -> Receipt | Refused:
    """Redeem a request. A refusal is kept and answered with 409."""
    return requests.accept(actor=actor(), now=clock.now(), redemption_id=redemption_id)


@counter_blp.post("/<uuid:redemption_id>/decline")
@counter_blp.arguments(Decline)
@counter_blp.response(200, ReceiptSchema)
@in_unit_of_work
def decline(body: dict[str, Any], redemption_id: UUID) -> Receipt:
    """Send a request away with a reason; points and quotas go back at once."""
    return requests.decline(
        actor=actor(), now=clock.now(), redemption_id=redemption_id,
        reason=DeclineReason(body["reason"]),
    )  # fmt: skip
