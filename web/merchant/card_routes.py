"""Cards 积分兑换卡 at the counter: which card, which offer, then the holder's own PIN.

The PIN never reaches this page: the keypad is drawn in the server's order and only the positions
that were pressed are sent.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from kernel import clock
from kernel.errors import Refused
from kernel.http import actor, committed, idempotent
from redemption import redemptions
from redemption.cards import at_counter
from redemption.cards.at_counter import CardUse
from redemption.cards.errors import CardUnreadable
from redemption.receipts import Receipt
from redemption.rules import card_numbers
from web import typed
from web.language import current_language
from web.merchant import shop_reading, typed_codes
from web.merchant.answering import answered, outcome, refused, step
from web.merchant.blueprint import blueprint

#: After these the holder may press again, on a new keypad for the same card and offer.
_ONCE_MORE = ("pin_wrong", "keypad_expired")
_USE = ("card", "offer_id")


@blueprint.get("/counter/card")
@answered
def card() -> ResponseReturnValue:
    """For a holder without a phone: scan the card or type its number."""
    return step("card_number", wrong=None, given="")


def offers_for(card: str) -> Response:
    """What can be had now for a card that was read or typed; each offer is one tap."""
    try:
        card_numbers.read(card)
    except CardUnreadable as error:
        sentence = error.sentence(current_language())
        return step("card_number", 422, wrong=sentence, given=card)
    now = clock.now()
    return step("card", card=card, offers=shop_reading.offers_now(actor=actor(), now=now))


@blueprint.post("/counter/cards/start")
@answered
def start_card() -> ResponseReturnValue:
    """Draw the keypad for one card and one offer."""
    card = typed.text("card", longest=typed_codes.LONGEST)
    offer_id = typed.chosen_id("offer_id")
    use = _start(card, offer_id)
    if isinstance(use, Refused):
        return refused(use)
    return step("keypad", use=use, card=card, offer_id=offer_id)


@committed
def _start(card: str, offer_id: UUID) -> CardUse | Refused:
    return at_counter.start(actor=actor(), now=clock.now(), card=card, offer_id=offer_id)


@blueprint.post("/counter/cards/redeem")
@answered
def redeem_card() -> ResponseReturnValue:
    """Redeem with the positions that the holder pressed; after a wrong PIN the keypad is new."""
    presses = typed_codes.presses(typed.text("presses", longest=40, is_required=False))
    found = _redeem({"keypad_id": typed.chosen_id("keypad_id"), "presses": presses})
    if isinstance(found, Refused) and found.code in _ONCE_MORE:
        return refused(found, again={name: request.form.get(name, "") for name in _USE})
    return outcome(found)


@committed
@idempotent("card", replay=redemptions.replay)
def _redeem(body: dict[str, Any]) -> Receipt | Refused:
    return at_counter.redeem(actor=actor(), now=clock.now(), **body)
