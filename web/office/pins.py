"""The PIN, chosen by the holder on this screen: two shuffled keypads, positions only."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from community import places
from kernel import clock
from kernel.errors import Conflict, Forbidden
from kernel.http import actor, committed
from redemption.cards import card_lists, pins
from redemption.cards.keypads import Keypad
from redemption.permissions import RedemptionPermission
from web import typed
from web.acting import acting, shown_again
from web.merchant import typed_codes
from web.office import desk
from web.office.blueprint import blueprint
from web.office.cards import card, to_card

ONE = "/office/<community>/cards/<uuid:card_id>/pin"
_LONGEST_PRESSES = 40


@committed
def _opened(community_id: UUID, card_id: UUID) -> Keypad:
    actor().require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    return pins.open_keypad(
        actor=actor(), now=clock.now(), community_id=community_id, card_id=card_id
    )


def keypad(community_id: UUID, card_id: UUID) -> str:
    """Two layouts of one keypad; after a mistake both are new."""
    opened = _opened(community_id, card_id)
    found = card_lists.detail(actor=actor(), community_id=community_id, card_id=card_id)
    return desk.shown("pin", community_id, card=found, keypad=opened)


@blueprint.post(ONE)
def open_pin(community_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Turn the screen to the holder; what is in the way is said on the card's page."""
    try:
        return keypad(community_id, card_id)
    except (Conflict, Forbidden) as error:
        return shown_again(card, error, community_id=community_id, card_id=card_id)


@blueprint.post(f"{ONE}/choice")
@acting(again=keypad, then=to_card("pin_set"))
def choose_pin(community_id: UUID, card_id: UUID) -> UUID:
    """Pressed twice alike, and nothing that anybody would try first: the card is in service."""
    actor().require(RedemptionPermission.HAND_OVER_CARDS, places.place_of(community_id))
    first, again = (
        typed_codes.presses(typed.text(name, longest=_LONGEST_PRESSES, is_required=False))
        for name in ("presses", "presses_again")
    )
    return pins.choose(
        actor=actor(), now=clock.now(), community_id=community_id,
        keypad_id=typed.chosen_id("keypad_id"), presses=first, presses_again=again,
    )  # fmt: skip
