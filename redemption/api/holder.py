"""The holder's side: hold points for an offer, show the rotating code, take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from kernel import clock, conditional, qr
from kernel.errors import Refused
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from redemption import afterwards, redemptions
from redemption.api.receipt_schemas import FollowedReceiptSchema, OwnReceiptsQuery
from redemption.api.schemas import CodeSchema, HeldSchema, IssueRedemption, ReceiptSchema
from redemption.api.shown_codes import ShownHold, payload, shown, shown_hold
from redemption.redemptions import Receipt

blp = Blueprint(
    "redemptions",
    __name__,
    url_prefix="/api/v1/communities/<community>/redemptions",
    description="A member's own redemptions and their codes",
)


def replay_issue(*, community_id: UUID, result_id: UUID) -> ShownHold | Refused:
    """The answer of a repeated request, with the code that lives now."""
    now = clock.now()
    again = redemptions.replay_issue(
        actor=actor(), community_id=community_id, result_id=result_id, now=now
    )
    return again if isinstance(again, Refused) else shown_hold(again, community_id, now)


@blp.post("")
@blp.arguments(IssueRedemption)
@blp.response(201, HeldSchema)
@in_unit_of_work
@idempotent("issue", replay=replay_issue)
def issue(body: dict[str, Any], community_id: UUID) -> ShownHold | Refused:
    """Hold points for an offer for ten minutes and issue the first code."""
    now = clock.now()
    held = redemptions.issue(actor=actor(), now=now, community_id=community_id, **body)
    return held if isinstance(held, Refused) else shown_hold(held, community_id, now)


@blp.get("")
@blp.arguments(OwnReceiptsQuery, location="query")
@blp.response(200, page_of(FollowedReceiptSchema))
def mine(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """One's own redemptions with what happened afterwards, latest first."""
    limit = query.pop("limit")
    found = afterwards.mine(
        actor=actor(), now=clock.now(), community_id=community_id, limit=limit + 1, **query
    )
    return page(found, limit)


@blp.get("/<uuid:redemption_id>")
@blp.response(200, FollowedReceiptSchema)
@blp.alt_response(304, description="nothing has changed since If-None-Match")
def receipt(community_id: UUID, redemption_id: UUID) -> Any:
    """One of one's own redemptions, as it stands now; to ask again with If-None-Match."""
    stands = afterwards.receipt(
        actor=actor(), now=clock.now(), community_id=community_id, redemption_id=redemption_id
    )
    return conditional.answer(state=stands, body=lambda: stands)


@blp.post("/<uuid:redemption_id>/code")
@blp.response(201, CodeSchema)
@in_unit_of_work
def next_code(community_id: UUID, redemption_id: UUID) -> dict[str, Any]:
    """The next code; the one before it dies ten seconds later."""
    now = clock.now()
    code = redemptions.show_code(
        actor=actor(), now=now, community_id=community_id, redemption_id=redemption_id
    )
    return shown(code, community_id, now)


@blp.get("/<uuid:redemption_id>/code.png")
@blp.response(200, content_type="image/png")
def code_png(community_id: UUID, redemption_id: UUID) -> Response:
    """The living code as a PNG."""
    return Response(qr.png(_live_payload(community_id, redemption_id)), mimetype="image/png")


@blp.get("/<uuid:redemption_id>/code.svg")
@blp.response(200, content_type="image/svg+xml")
def code_svg(community_id: UUID, redemption_id: UUID) -> Response:
    """The living code as an SVG."""
    return Response(qr.svg(_live_payload(community_id, redemption_id)), mimetype="image/svg+xml")


@blp.post("/<uuid:redemption_id>/withdrawal")
@blp.response(200, ReceiptSchema)
@in_unit_of_work
def withdraw(community_id: UUID, redemption_id: UUID) -> Receipt:
    """Take the hold back; the points are free at once. Asking twice changes nothing."""
    return redemptions.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, redemption_id=redemption_id
    )


def _live_payload(community_id: UUID, redemption_id: UUID) -> str:
    code = redemptions.live(
        actor=actor(), now=clock.now(), community_id=community_id, redemption_id=redemption_id
    )
    return payload(code, community_id)
