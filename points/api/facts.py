"""Facts: recording, checking and correcting what members did."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from points import facts
from points.api.fact_schemas import (
    AmendFact,
    ApproveFact,
    CorrectedFact,
    DecideFact,
    FactDetailSchema,
    FactPreviewSchema,
    FactQuery,
    FactSchema,
    PreviewFact,
    RecordFact,
    StrikeFact,
    TellFact,
)

blp = Blueprint(
    "facts",
    __name__,
    url_prefix="/api/v1/communities/<community>/facts",
    description="What happened 事实: recorded, approved, decided, corrected",
)


@blp.post("")
@blp.arguments(RecordFact)
@blp.response(201, FactSchema)
@in_unit_of_work
@idempotent("record_fact", replay=facts.replay_recorded)
def record(body: dict[str, Any], community_id: uuid.UUID) -> facts.FactView:
    """Record what a member did, or claim what one did oneself."""
    return facts.record(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.post("/preview")
@blp.arguments(PreviewFact)
@blp.response(200, FactPreviewSchema)
def preview(body: dict[str, Any], community_id: uuid.UUID) -> facts.Preview:
    """What recording this would be worth, and what else it would change; writes nothing."""
    asked = facts.Asked(community_id=community_id, **body)
    return facts.preview(actor=actor(), now=clock.now(), asked=asked)


@blp.get("")
@blp.arguments(FactQuery, location="query")
@blp.response(200, page_of(FactSchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Facts, newest first."""
    limit = query.pop("limit")
    rows = facts.search(actor=actor(), community_id=community_id, **query, limit=limit + 1)
    return page(rows, limit)


@blp.get("/<uuid:fact_id>")
@blp.response(200, FactDetailSchema)
def detail(community_id: uuid.UUID, fact_id: uuid.UUID) -> facts.FactDetail:
    """One fact with its acts, approvals and evidence: where a line comes from."""
    return facts.detail(actor=actor(), community_id=community_id, fact_id=fact_id)


@blp.post("/<uuid:fact_id>/approvals")
@blp.arguments(ApproveFact)
@blp.response(201, FactSchema)
@in_unit_of_work
@idempotent("approve_fact", replay=facts.replay)
def approve(body: dict[str, Any], community_id: uuid.UUID, fact_id: uuid.UUID) -> facts.FactView:
    """Agree that it happened as recorded; the last approval asked for posts the points."""
    return facts.approve(
        actor=actor(), now=clock.now(), community_id=community_id, fact_id=fact_id, **body
    )


@blp.post("/<uuid:fact_id>/decision")
@blp.arguments(DecideFact)
@blp.response(201, FactSchema)
@in_unit_of_work
@idempotent("decide_fact", replay=facts.replay)
def decide(body: dict[str, Any], community_id: uuid.UUID, fact_id: uuid.UUID) -> facts.FactView:
    """Decide the points of an item with a range."""
    return facts.decide(
        actor=actor(), now=clock.now(), community_id=community_id, fact_id=fact_id, **body
    )


@blp.post("/<uuid:fact_id>/told")
@blp.arguments(TellFact)
@blp.response(201, FactSchema)
@in_unit_of_work
@idempotent("tell_fact", replay=facts.replay)
def tell(body: dict[str, Any], community_id: uuid.UUID, fact_id: uuid.UUID) -> facts.FactView:
    """Note the day on which the member was told of it."""
    return facts.told(
        actor=actor(), now=clock.now(), community_id=community_id, fact_id=fact_id, **body
    )


@blp.post("/<uuid:fact_id>/corrected")
@blp.arguments(CorrectedFact)
@blp.response(201, FactSchema)
@in_unit_of_work
@idempotent("correct_fact", replay=facts.replay)
def corrected(body: dict[str, Any], community_id: uuid.UUID, fact_id: uuid.UUID) -> facts.FactView:
    """Confirm that a failing was put right, with or without a promise."""
    return facts.corrected(
        actor=actor(), now=clock.now(), community_id=community_id, fact_id=fact_id, **body
    )


@blp.post("/<uuid:fact_id>/strike")
@blp.arguments(StrikeFact)
@blp.response(201, FactSchema)
@in_unit_of_work
@idempotent("strike_fact", replay=facts.replay)
def strike(body: dict[str, Any], community_id: uuid.UUID, fact_id: uuid.UUID) -> facts.FactView:
    """Take back a fact that did not happen, with the reason."""
    return facts.strike(
        actor=actor(), now=clock.now(), community_id=community_id, fact_id=fact_id, **body
    )


@blp.post("/<uuid:fact_id>/amendment")
@blp.arguments(AmendFact)
@blp.response(201, FactSchema)
@in_unit_of_work
@idempotent("amend_fact", replay=facts.replay)
def amend(body: dict[str, Any], community_id: uuid.UUID, fact_id: uuid.UUID) -> facts.FactView:
    """Correct quantity, level or decided points, with the reason."""
    return facts.amend(
        actor=actor(), now=clock.now(), community_id=community_id, fact_id=fact_id, **body
    )
