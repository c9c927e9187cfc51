"""Cards of the demo: a batch for each community, handed over to whoever has no phone, and used."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from kernel import clock, tenancy
from kernel.database import db
from kernel.errors import Refused
from kernel.outbox import Message
from ops.demo.script import Script
from ops.demo.stage import Neighbourhood
from ops.demo.visits import SECOND, Visit
from redemption.cards import at_counter, batches, handover, news, notices, pins
from redemption.cards.batches import PrintedCard
from redemption.models import CardNews, CardNotice, RedemptionCard
from redemption.receipts import Receipt

#: Cards of a first batch, and days before the first month on which it is ordered and comes.
SIZE, ORDERED, PRINTED, RECEIVED = 40, 12, 10, 6
#: Every card of the demo has it, so that whoever tries one at a counter can type it.
DEMO_PIN = "258046"
WINDOW = dt.time(9, 20)
WINDOW_MINUTES = 100
#: News of earlier days was told by telephone within the hour; of yesterday and today it waits.
CALLED_AFTER, TOLD_DAYS = dt.timedelta(hours=1), 14


@dataclass(frozen=True, kw_only=True)
class InHand:
    """A card that somebody of the demo carries."""

    card_id: uuid.UUID
    token: str


@dataclass
class Cards:
    """The cards of one community; ``in_hand`` is member's place in the population → card."""

    hood: Neighbourhood
    script: Script
    in_hand: dict[int, InHand] = field(default_factory=dict)
    _stock: list[PrintedCard] = field(default_factory=list)
    _promised: set[int] = field(default_factory=set)

    def write(self) -> None:
        """The batch is ordered, printed and received before the first month begins."""
        first_day = self.hood.stage.days.first_day
        at = clock.at(first_day - dt.timedelta(days=ORDERED), WINDOW)
        self.script.at(at, self._order)

    def promise(self, index: int, *, before: dt.date) -> None:
        """Hand the member a card on the working day before, unless one was promised already."""
        if index in self._promised:
            return
        self._promised.add(index)
        day = before - dt.timedelta(days=1)
        while not self.hood.stage.days.calendar[day]:
            day -= dt.timedelta(days=1)
        spread = dt.timedelta(minutes=self.hood.rng.randrange(WINDOW_MINUTES))
        self.script.at(clock.at(day, WINDOW) + spread, partial(self.hand_over, index))

    def hand_over(self, index: int, now: dt.datetime) -> None:
        """At the window: a line in the book, and the holder chooses the PIN."""
        actor = self.hood.stranger(("grid1", "grid2"), index)
        card = self.next_card()
        line = handover.hand_over(
            actor=actor,
            now=now,
            community_id=self.hood.community_id,
            card=card.token,
            member_id=self.hood.member_ids[index],
        )
        self.take(index, line.card_id, card.token)
        self.choose_pin(index, now + 30 * SECOND)

    def next_card(self) -> PrintedCard:
        """The uppermost card of the pile."""
        return self._stock.pop(0)

    def take(self, index: int, card_id: uuid.UUID, token: str) -> None:
        """Remember who carries the card."""
        self.in_hand[index] = InHand(card_id=card_id, token=token)

    def choose_pin(self, index: int, now: dt.datetime) -> None:
        """The holder types it twice, on two layouts, on the screen at the window."""
        actor, community_id = self.hood.stranger(("grid1", "grid2"), index), self.hood.community_id
        keypad = pins.open_keypad(
            actor=actor, now=now, community_id=community_id, card_id=self.in_hand[index].card_id
        )
        pins.choose(
            actor=actor,
            now=now + 20 * SECOND,
            community_id=community_id,
            keypad_id=keypad.id,
            presses=presses(keypad.keys),
            presses_again=presses(keypad.keys_again),
        )

    def use(
        self, index: int, merchant_code: str, offer_code: str, now: dt.datetime, pin: str = DEMO_PIN
    ) -> Receipt | Refused | None:
        """Scanned and typed at the counter; None where the member has no card yet."""
        if index not in self.in_hand:
            return None
        clerk = self.hood.at_counter(merchant_code)
        shown = at_counter.start(
            actor=clerk,
            now=now,
            card=self.in_hand[index].token,
            offer_id=self.hood.offer_id(merchant_code, offer_code),
        )
        if isinstance(shown, Refused):
            return shown
        return at_counter.redeem(
            actor=clerk,
            now=now + 15 * SECOND,
            keypad_id=shown.keypad_id,
            presses=presses(shown.keys, pin),
        )

    def _order(self, now: dt.datetime) -> None:
        ordered = batches.order(
            actor=self.hood.staff("admin"), now=now, community_id=self.hood.community_id, size=SIZE
        )
        on = partial(self._print, ordered.id, ordered.version)
        self.script.at(now + dt.timedelta(days=ORDERED - PRINTED), on)

    def _print(self, batch_id: uuid.UUID, version: int, now: dt.datetime) -> None:
        sheet = batches.print_cards(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            batch_id=batch_id,
            version=version,
        )
        self._stock.extend(sheet.cards)
        on = partial(self._receive, batch_id, sheet.batch.version)
        self.script.at(now + dt.timedelta(days=PRINTED - RECEIVED), on)

    def _receive(self, batch_id: uuid.UUID, version: int, now: dt.datetime) -> None:
        batches.receive(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            batch_id=batch_id,
            version=version,
        )


@dataclass(frozen=True)
class CardVisit(Visit):
    """Somebody without a phone pays by card and PIN."""

    cards: Cards

    def begin(self, now: dt.datetime) -> None:
        used = self.cards.use(
            self.visit.member_index, self.visit.merchant_code, self.visit.offer_code, now
        )
        if used is not None and not isinstance(used, Refused):
            self.maybe_cancel(used.id, now + 260 * SECOND)


def presses(keys: Sequence[str], pin: str = DEMO_PIN) -> list[int]:
    """Where the fingers go on a shuffled keypad."""
    return [keys.index(digit) for digit in pin]


def tell(hood: Neighbourhood, message: Message) -> None:
    """What the worker does with news of a card whose holder has no WeChat: the office calls.

    What is older than yesterday has been told; the latest waits for a call.
    """
    if message.topic != news.TOPIC:
        return
    at = dt.datetime.fromisoformat(str(message.payload["at"]))
    card_id = uuid.UUID(str(message.payload["card_id"]))
    if at < hood.stage.now - dt.timedelta(days=TOLD_DAYS):
        return
    member_id = tenancy.get(RedemptionCard, hood.community_id, card_id).member_id
    if member_id is None or hood.login_of(hood.index_of(member_id)) in hood.stage.account_ids:
        return
    used = message.payload.get("redemption_id")
    notices.add(
        community_id=hood.community_id,
        message_id=message.message_id,
        card_id=card_id,
        member_id=member_id,
        news=CardNews(str(message.payload["news"])),
        redemption_id=uuid.UUID(str(used)) if used else None,
        at=at,
    )
    yesterday = hood.stage.days.today - dt.timedelta(days=1)
    if clock.business_date(at) < yesterday:
        _call(hood, message, at + CALLED_AFTER)


def _call(hood: Neighbourhood, message: Message, now: dt.datetime) -> None:
    notice_id = db.session.scalars(
        tenancy.columns(CardNotice, hood.community_id, CardNotice.id).where(
            CardNotice.message_id == message.message_id
        )
    ).one()
    notices.mark_called(
        actor=hood.staff("admin"), now=now, community_id=hood.community_id, notice_id=notice_id
    )
