"""Reviewed reversals 复核退回: asked for by shop or community, decided by a supervisor."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from redemption import reversals
from redemption.api.reversal_schemas import (
    AskRedemptionReversal,
    CounterReversalSchema,
    CounterReversalsQuery,
    DecideRedemptionReversal,
    RedemptionReversalSchema,
    ReversalsQuery,
)
from redemption.reversals import ReversalView

blp = Blueprint(
    "redemption_reversals",
    __name__,
    url_prefix="/api/v1/communities/<community>/redemption-reversals",
    description="Redemptions reversed after a review",
)
counter_blp = Blueprint(
    "counter_reversals",
    __name__,
    url_prefix="/api/v1/counter/reversals",
    description="Reversals that a shop asks for",
)


def _replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> ReversalView:
    return reversals.replay(actor=actor(), community_id=community_id, result_id=result_id)


@blp.get("")
@blp.arguments(ReversalsQuery, location="query")
@blp.response(200, page_of(RedemptionReversalSchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Requests by state, merchant or receipt number, newest first."""
    limit = query.pop("limit")
    found = reversals.listed(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(found, limit)


@blp.post("")
@blp.arguments(AskRedemptionReversal)
@blp.response(201, RedemptionReversalSchema)
@in_unit_of_work
@idempotent("ask_redemption_reversal", replay=_replay)
def ask(body: dict[str, Any], community_id: uuid.UUID) -> ReversalView:
    """The community asks for the points of a redemption to go back."""
    return reversals.ask(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("/<uuid:request_id>")
@blp.response(200, RedemptionReversalSchema)
def detail(community_id: uuid.UUID, request_id: uuid.UUID) -> ReversalView:
    """One request with everything that was done to it."""
    return reversals.detail(actor=actor(), community_id=community_id, request_id=request_id)


@blp.post("/<uuid:request_id>/decision")
@blp.arguments(DecideRedemptionReversal)
@blp.response(200, RedemptionReversalSchema)
@in_unit_of_work
@idempotent("decide_redemption_reversal", replay=_replay)
def decide(body: dict[str, Any], community_id: uuid.UUID, request_id: uuid.UUID) -> ReversalView:
    """Approve, and the points go back at once; or decline. Another person than who asked."""
    return reversals.decide(
        actor=actor(), now=clock.now(), community_id=community_id, request_id=request_id, **body
    )


@counter_blp.get("")
@counter_blp.arguments(CounterReversalsQuery, location="query")
@counter_blp.response(200, page_of(CounterReversalSchema))
def asked(query: dict[str, Any]) -> dict[str, Any]:
    """What this shop asked for, newest first."""
    limit = query.pop("limit")
    return page(reversals.at_counter(actor=actor(), limit=limit + 1, **query), limit)


@counter_blp.post("")
@counter_blp.arguments(AskRedemptionReversal)
@counter_blp.response(201, CounterReversalSchema)
@in_unit_of_work
@idempotent("ask_reversal_at_counter", replay=_replay)
def ask_at_counter(body: dict[str, Any]) -> ReversalView:
    """The shop asks for one of its own redemptions to be reversed."""
    return reversals.ask_at_counter(actor=actor(), now=clock.now(), **body)
