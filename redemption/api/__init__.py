"""The API of redemption: the holder's side and the counter's."""

from __future__ import annotations

from typing import Any

from redemption.api import (
    card_batches,
    card_counter,
    card_handovers,
    cards,
    counter,
    counter_reports,
    guards,
    holder,
    receipts,
    reports,
    requests,
    reversals,
)

BLUEPRINTS: list[Any] = [
    holder.blp,
    counter.blp,
    guards.blp,
    requests.blp,
    requests.choices_blp,
    requests.counter_blp,
    card_batches.blp,
    cards.blp,
    card_handovers.blp,
    card_counter.blp,
    receipts.blp,
    reports.blp,
    counter_reports.blp,
    reversals.blp,
    reversals.counter_blp,
]
