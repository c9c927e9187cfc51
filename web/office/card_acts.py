"""Acts on one card at the window or on the telephone: stopped, put back, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from community import places
from kernel import clock
from kernel.http import actor
from redemption.api.card_schemas import LONGEST_WHY
from redemption.cards import stopping
from redemption.cards.card_lists import CardView
from redemption.permissions import RedemptionPermission
from web import typed
from web.acting import acting
from web.office.blueprint import blueprint
from web.office.cards import card, to_card

ONE = "/office/<community>/cards/<uuid:card_id>"


def _which(community_id: UUID, card_id: UUID) -> dict[str, Any]:
    """Whoever stops a card here does it for the office, also where the card is their own."""
    actor().require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    return {
        "actor": actor(), "now": clock.now(), "community_id": community_id, "card_id": card_id,
    }  # fmt: skip


def _by_phone() -> bool:
    return request.form.get("by_phone") == "1"


def _at_window(community_id: UUID, card_id: UUID, *, needs_why: bool) -> dict[str, Any]:
    """The same with the version that was seen and the reason."""
    which = _which(community_id, card_id)
    why = typed.text("why", longest=LONGEST_WHY, is_required=needs_why) or None
    return {**which, "version": typed.whole("version"), "why": why}


@blueprint.post(f"{ONE}/loss")
@acting(again=card, then=to_card("card_lost"))
def report_lost(community_id: UUID, card_id: UUID) -> CardView:
    """挂失: dead from this moment."""
    return stopping.report_lost(**_which(community_id, card_id), by_phone=_by_phone())


@blueprint.post(f"{ONE}/block")
@acting(again=card, then=to_card("card_blocked"))
def block(community_id: UUID, card_id: UUID) -> CardView:
    """Keep it from being used for the time being."""
    return stopping.block(**_which(community_id, card_id), by_phone=_by_phone())


@blueprint.post(f"{ONE}/unblocking")
@acting(again=card, then=to_card("card_unblocked"))
def unblock(community_id: UUID, card_id: UUID) -> CardView:
    """Let it go on with its PIN."""
    return stopping.unblock(**_at_window(community_id, card_id, needs_why=False))


@blueprint.post(f"{ONE}/pin-reset")
@acting(again=card, then=to_card("pin_reset"))
def reset_pin(community_id: UUID, card_id: UUID) -> CardView:
    """Forget the PIN; the holder chooses a new one."""
    return stopping.reset_pin(**_at_window(community_id, card_id, needs_why=True))


@blueprint.post(f"{ONE}/found")
@acting(again=card, then=to_card("card_found"))
def found_again(community_id: UUID, card_id: UUID) -> CardView:
    """A lost card is back; it needs a new PIN."""
    return stopping.found_again(**_at_window(community_id, card_id, needs_why=False))


@blueprint.post(f"{ONE}/closing")
@acting(again=card, then=to_card("card_closed"))
def close(community_id: UUID, card_id: UUID) -> CardView:
    """Out of use for good; the points stay."""
    return stopping.close(**_at_window(community_id, card_id, needs_why=True))
