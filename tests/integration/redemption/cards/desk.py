"""The office's window: batches, cards in hands, PINs pressed on shuffled keypads."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from community import proxies
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Refused
from redemption.cards import (
    at_counter,
    batches,
    card_lists,
    handover,
    lookup,
    pins,
)
from redemption.cards.at_counter import CardUse
from redemption.cards.batch_lists import BatchView
from redemption.cards.handover_book import HandoverView
from redemption.models import CardAct, RedemptionCard
from redemption.receipts import Receipt
from tests.integration.redemption.world import NOW, AllianceWorld, Holder

#: For rules that the engine has no part in; what both must answer runs on both.
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

PIN = "482715"
WRONG = "915370"


def positions(keys: Sequence[str], pin: str) -> list[int]:
    """Where a finger presses for a PIN."""
    return [keys.index(digit) for digit in pin]


@dataclass
class Desk:
    """An office with cards in stock; every method flushes and commits nothing."""

    world: AllianceWorld
    office: Actor
    numbers: list[str]

    @property
    def community_id(self) -> uuid.UUID:
        return self.world.community_id

    @property
    def where(self) -> dict[str, uuid.UUID]:
        return {"community_id": self.world.community_id}

    def batch(self, size: int = 3, *, is_received: bool = True) -> BatchView:
        """Ordered, printed, and received."""
        seen = batches.order(actor=self.office, now=NOW, size=size, **self.where)
        sheet = batches.print_cards(
            actor=self.office, now=NOW, batch_id=seen.id, version=seen.version, **self.where
        )
        if not is_received:
            return sheet.batch
        self.numbers += [each.number for each in sheet.cards]
        return batches.receive(
            actor=self.office, now=NOW, batch_id=seen.id, version=sheet.batch.version, **self.where
        )

    def hand(self, holder: Holder, received_by_id: uuid.UUID | None = None) -> HandoverView:
        """The next card, handed over; no PIN yet."""
        return handover.hand_over(
            actor=self.office, now=NOW, card=self.numbers.pop(0), member_id=holder.member_id,
            received_by_id=received_by_id, **self.where,
        )  # fmt: skip

    def choose(self, card_id: uuid.UUID, pin: str = PIN, again: str | None = None) -> None:
        """Press a PIN on both layouts at the window."""
        pad = pins.open_keypad(actor=self.office, now=NOW, card_id=card_id, **self.where)
        pins.choose(
            actor=self.office, now=NOW, keypad_id=pad.id, presses=positions(pad.keys, pin),
            presses_again=positions(pad.keys_again, again or pin), **self.where,
        )  # fmt: skip

    def card(self, holder: Holder) -> HandoverView:
        """A card in service."""
        line = self.hand(holder)
        self.choose(line.card_id)
        return line

    def state(self, card_id: uuid.UUID) -> str:
        return card_lists.one(self.community_id, card_id).state

    def version(self, card_id: uuid.UUID) -> int:
        return card_lists.one(self.community_id, card_id).version

    def misses(self, card_id: uuid.UUID) -> int:
        misses: int = lookup.by_id(self.community_id, card_id).misses
        return misses

    def row(self, card_id: uuid.UUID) -> RedemptionCard:
        row = tenancy.get(RedemptionCard, self.community_id, card_id)
        db.session.refresh(row)
        return row

    def ways(self, card_id: uuid.UUID) -> list[tuple[str, str]]:
        """(to, way) of each act, oldest first."""
        statement = tenancy.columns(CardAct, self.community_id, CardAct.to_state, CardAct.way)
        rows = db.session.execute(statement.where(CardAct.card_id == card_id).order_by(CardAct.id))
        return [(row.to_state, row.way) for row in rows]

    def start(
        self, clerk: Actor, card: str, offer_id: uuid.UUID, now: dt.datetime = NOW
    ) -> CardUse:
        """Open the keypad of a card that must not be refused."""
        use = at_counter.start(actor=clerk, now=now, card=card, offer_id=offer_id)
        assert isinstance(use, CardUse), use
        return use

    def pay(
        self,
        clerk: Actor,
        card: str,
        offer_id: uuid.UUID,
        *,
        pin: str = PIN,
        now: dt.datetime = NOW,
    ) -> Receipt | Refused:
        """Scan, press, redeem."""
        use = self.start(clerk, card, offer_id, now)
        return at_counter.redeem(
            actor=clerk, now=now, keypad_id=use.keypad_id, presses=positions(use.keys, pin)
        )

    def paid(self, clerk: Actor, card: str, offer_id: uuid.UUID) -> Receipt:
        receipt = self.pay(clerk, card, offer_id)
        assert isinstance(receipt, Receipt), receipt
        return receipt

    def relative(self, holder: Holder, *, is_proxy: bool = True) -> Holder:
        """Somebody of the same household, bound to an account, and a proxy if wanted."""
        other = self.world.relative_of(holder)
        if is_proxy:
            proxies.grant(actor=holder.actor, now=NOW, proxy_id=other.member_id, **self.where)
        return other
