"""The cards desk: find a card or a person, see one card and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from community import places
from kernel import clock
from kernel.http import actor
from redemption.api.schemas import LONGEST_CODE
from redemption.cards import card_lists
from redemption.models import CardState
from web import typed
from web.office import asked, card_reading, desk
from web.office.blueprint import blueprint

#: A card has a handful of acts in its life; all stand on its page.
MOST_ACTS = 200


def to_card(said: str) -> Callable[..., str]:
    """Where an act on a card leads: back to the card, with one sentence."""

    def address(_done: object, community_id: UUID, card_id: UUID) -> str:
        code = places.community(community_id).code
        return url_for("office.card", community=code, card_id=card_id, said=said)

    return address


@blueprint.post("/office/<community>/cards/search")
def find_card(community_id: UUID) -> ResponseReturnValue:
    """A scanned card opens at once; what its code holds stands in no address."""
    q = typed.text("q", longest=LONGEST_CODE, is_required=False)
    scanned = card_reading.scanned(actor=actor(), community_id=community_id, text=q)
    code = places.community(community_id).code
    if scanned is not None:
        return redirect(url_for("office.card", community=code, card_id=scanned), code=303)
    return redirect(url_for("office.cards", community=code, q=q or None), code=303)


@blueprint.get("/office/<community>/cards")
def cards(community_id: UUID) -> ResponseReturnValue:
    """Cards and people that fit."""
    q, state = asked.text(), asked.word("state", CardState)
    page = card_reading.found(
        actor=actor(), now=clock.now(), community_id=community_id, q=q, state=state,
        after=asked.after(),
    )  # fmt: skip
    return desk.shown("cards", community_id, page=page)


@blueprint.get("/office/<community>/cards/<uuid:card_id>")
def card(community_id: UUID, card_id: UUID) -> str:
    """One card: its state, its holder, what can be done with it, what was done."""
    found = card_lists.detail(actor=actor(), community_id=community_id, card_id=card_id)
    acts = card_lists.acts(
        actor=actor(), community_id=community_id, card_id=card_id, limit=MOST_ACTS
    )
    return desk.shown("card", community_id, card=found, acts=acts)
