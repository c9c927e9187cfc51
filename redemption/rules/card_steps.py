"""Legal steps of batches and cards; what stands here is all that can happen to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from redemption.cards.errors import BatchStepIllegal, CardStepIllegal
from redemption.models import CardBatchState as Batch
from redemption.models import CardState as Card

S = TypeVar("S", bound=StrEnum)

#: printed → printed and received → received: spoilt sheets are printed again.
BATCH_STEPS: Mapping[Batch, frozenset[Batch]] = {
    Batch.ORDERED: frozenset({Batch.PRINTED, Batch.VOIDED}),
    Batch.PRINTED: frozenset({Batch.PRINTED, Batch.RECEIVED, Batch.VOIDED}),
    Batch.RECEIVED: frozenset({Batch.RECEIVED, Batch.VOIDED}),
    Batch.VOIDED: frozenset(),
}

#: Whoever gets a lost card back chooses a new PIN: somebody may have seen the old one.
CARD_STEPS: Mapping[Card, frozenset[Card]] = {
    Card.STOCK: frozenset({Card.HANDED, Card.VOIDED}),
    Card.HANDED: frozenset({Card.ACTIVE, Card.LOST, Card.REPLACED, Card.CLOSED}),
    Card.ACTIVE: frozenset({Card.BLOCKED, Card.HANDED, Card.LOST, Card.REPLACED, Card.CLOSED}),
    Card.BLOCKED: frozenset({Card.ACTIVE, Card.HANDED, Card.LOST, Card.REPLACED, Card.CLOSED}),
    Card.LOST: frozenset({Card.HANDED, Card.REPLACED, Card.CLOSED}),
    Card.REPLACED: frozenset(),
    Card.CLOSED: frozenset(),
    Card.VOIDED: frozenset(),
}


def require_batch_step(state: str, to: Batch) -> None:
    """Raise BatchStepIllegal unless ``to`` is one step away."""
    if to not in BATCH_STEPS[Batch(state)]:
        raise BatchStepIllegal(state=state, to=to)


def require_card_step(state: str, to: Card) -> None:
    """Raise CardStepIllegal unless ``to`` is one step away."""
    if to not in CARD_STEPS[Card(state)]:
        raise CardStepIllegal(state=state, to=to)
