"""Claims 申报: sending, following, checking and deciding them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import current_app

from kernel import clock
from kernel.fields import PageQuery, page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from points.api.claim_schemas import (
    AgreeToClaim,
    ClaimCountsSchema,
    ClaimDetailSchema,
    ClaimNarrowing,
    ClaimPreviewSchema,
    ClaimQuery,
    ClaimSchema,
    ClaimVersion,
    DeclineClaim,
    PreviewClaim,
    SubmitClaim,
)
from points.claims import deciding, lists, submitting, views
from points.claims.submitting import Preview
from points.claims.views import ClaimDetail, ClaimView

blp = Blueprint(
    "claims",
    __name__,
    url_prefix="/api/v1/communities/<community>/claims",
    description="What members say to have done 申报: sent with photos, checked, decided",
)


@blp.post("/preview")
@blp.arguments(PreviewClaim)
@blp.response(200, ClaimPreviewSchema)
def preview(body: dict[str, Any], community_id: uuid.UUID) -> Preview:
    """What a claim would bring, and what is like it already; writes nothing."""
    return submitting.preview(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        claims_per_day=_claims_per_day(),
        **body,
    )


@blp.post("")
@blp.arguments(SubmitClaim)
@blp.response(201, ClaimSchema)
@in_unit_of_work
@idempotent("submit_claim", replay=views.replay)
def submit(body: dict[str, Any], community_id: uuid.UUID) -> ClaimView:
    """Claim what one did oneself, with photos that were uploaded before."""
    return submitting.submit(
        actor=actor(),
        now=clock.now(),
        community_id=community_id,
        claims_per_day=_claims_per_day(),
        **body,
    )


@blp.get("/mine")
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(ClaimSchema))
def mine(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """What the signed-in member claimed, newest first."""
    limit = query["limit"]
    rows = lists.mine(
        actor=actor(), community_id=community_id, after=query["after"], limit=limit + 1
    )
    return page(rows, limit)


@blp.get("")
@blp.arguments(ClaimQuery, location="query")
@blp.response(200, page_of(ClaimSchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Claims for those who decide: the own grids' first, then oldest first."""
    limit = query.pop("limit")
    rows = lists.search(
        actor=actor(), now=clock.now(), community_id=community_id, limit=limit + 1, **query
    )
    return page(rows, limit)


@blp.get("/counts")
@blp.arguments(ClaimNarrowing, location="query")
@blp.response(200, ClaimCountsSchema)
def counts(query: dict[str, Any], community_id: uuid.UUID) -> Mapping[str, int]:
    """How many claims stand in each state."""
    return lists.counts(actor=actor(), community_id=community_id, **query)


@blp.get("/<uuid:claim_id>")
@blp.response(200, ClaimDetailSchema)
def detail(community_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimDetail:
    """One claim with its photos, steps, what is like it and what it would bring."""
    return views.detail(
        actor=actor(), now=clock.now(), community_id=community_id, claim_id=claim_id
    )


@blp.post("/<uuid:claim_id>/withdrawal")
@blp.arguments(ClaimVersion)
@blp.response(201, ClaimSchema)
@in_unit_of_work
@idempotent("withdraw_claim", replay=views.replay)
def withdraw(body: dict[str, Any], community_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimView:
    """Take back one's own claim until it is decided; its photos are erased."""
    return submitting.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, claim_id=claim_id, **body
    )


@blp.post("/<uuid:claim_id>/check")
@blp.arguments(AgreeToClaim)
@blp.response(201, ClaimSchema)
@in_unit_of_work
@idempotent("check_claim", replay=views.replay)
def check(body: dict[str, Any], community_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimView:
    """Say after a look that it happened as claimed."""
    return deciding.check(
        actor=actor(), now=clock.now(), community_id=community_id, claim_id=claim_id, **body
    )


@blp.post("/<uuid:claim_id>/acceptance")
@blp.arguments(AgreeToClaim)
@blp.response(201, ClaimSchema)
@in_unit_of_work
@idempotent("accept_claim", replay=views.replay)
def accept(body: dict[str, Any], community_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimView:
    """Agree to a checked claim; the last approval asked for makes it a fact."""
    return deciding.accept(
        actor=actor(), now=clock.now(), community_id=community_id, claim_id=claim_id, **body
    )


@blp.post("/<uuid:claim_id>/refusal")
@blp.arguments(DeclineClaim)
@blp.response(201, ClaimSchema)
@in_unit_of_work
@idempotent("decline_claim", replay=views.replay)
def decline(body: dict[str, Any], community_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimView:
    """Turn a claim down, with the reason that the claimant reads."""
    return deciding.decline(
        actor=actor(), now=clock.now(), community_id=community_id, claim_id=claim_id, **body
    )


def _claims_per_day() -> int:
    return int(current_app.config["LINLI"].claims_per_day)
