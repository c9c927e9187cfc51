"""Cards at a merchant's counter: the keypad, then the redemption."""

from __future__ import annotations

from typing import Any

from kernel import clock
from kernel.errors import Refused
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from redemption import redemptions
from redemption.api.card_schemas import CardUseSchema, RedeemCard, StartCard
from redemption.api.schemas import ReceiptSchema
from redemption.cards import at_counter
from redemption.cards.at_counter import CardUse
from redemption.receipts import Receipt

blp = Blueprint(
    "card_counter",
    __name__,
    url_prefix="/api/v1/counter/cards",
    description="Redeeming by card and PIN at one shop",
)


@blp.post("/start")
@blp.arguments(StartCard)
@blp.response(200, CardUseSchema)
@in_unit_of_work
def start(body: dict[str, Any]) -> CardUse | Refused:
    """Look at a card and open the keypad for its holder. A refusal is kept: 409."""
    return at_counter.start(actor=actor(), now=clock.now(), **body)


@blp.post("/redeem")
@blp.arguments(RedeemCard)
@blp.response(200, ReceiptSchema)
@in_unit_of_work
@idempotent("card", replay=redemptions.replay)
def redeem(body: dict[str, Any]) -> Receipt | Refused:
    """Redeem with the keys the holder pressed. A refusal is kept: 409, and counts once."""
    return at_counter.redeem(actor=actor(), now=clock.now(), **body)
