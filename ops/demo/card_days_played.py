"""What happens to cards: blocked and unblocked, lost and replaced, refused a second time.

The people are the first without a phone whom the story finds; each has a day of its own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import partial

from kernel import clock
from ops.demo.cards_played import DEMO_PIN, Cards
from ops.demo.script import Act, Script
from ops.demo.stage import Neighbourhood
from redemption.cards import batches, card_lists, handover, stopping
from redemption.cards.card_lists import CardView
from redemption.models import CardState

#: Places in :func:`storied`.
FORGETS, LOSES, COMES_TWICE, REPORTER = 0, 1, 2, 3
#: Days before today.
BLOCKED, UNBLOCKED, LOST, REPLACED, TWICE, RECENT, REORDERED = 9, 6, 12, 8, 4, 1, 2
WRONG_PINS = ("135792", "258064", "852046")
#: Shops and their small offers that stand all day.
Till = tuple[str, str]
GROCER: Till = ("jinxian", "man20")
HAIRDRESSER: Till = ("qingsi", "jianfa")
MORNING, NOON, AFTERNOON = dt.time(9, 30), dt.time(11, 40), dt.time(16, 30)
SECOND_BATCH = 60


def storied(hood: Neighbourhood) -> list[int]:
    """Four people without a phone, nobody of whom shares a home with an office holder."""
    people = hood.population.people
    offices = {each.household_code for each in people if each.cast_login}
    found = [
        each.index
        for each in people
        if not each.has_phone and each.household_code not in {*offices, None}
    ]
    return found[: REPORTER + 1]


@dataclass(frozen=True)
class CardDays:
    """The stories of cards in one community."""

    hood: Neighbourhood
    script: Script
    cards: Cards

    def write(self) -> None:
        """Everybody of the stories has a card since the beginning."""
        people = storied(self.hood)
        second_day = self.hood.stage.days.first_day + dt.timedelta(days=1)
        for index in people:
            self.cards.promise(index, before=second_day)
        forgets, loses, comes_twice = (people[i] for i in (FORGETS, LOSES, COMES_TWICE))
        for number, pin in enumerate(WRONG_PINS):
            at = dt.time(10, 20 + number)
            self._on(BLOCKED, at, partial(self._use, forgets, GROCER, pin))
        self._on(UNBLOCKED, MORNING, partial(self._unblock, forgets))
        self._on(UNBLOCKED, NOON, partial(self._use, forgets, GROCER, DEMO_PIN))
        self._on(LOST, NOON, partial(self._report_lost, loses))
        self._on(REPLACED, MORNING, partial(self._replace, loses))
        self._on(REPLACED, AFTERNOON, partial(self._use, loses, GROCER, DEMO_PIN))
        self._on(TWICE, MORNING, partial(self._use, comes_twice, GROCER, DEMO_PIN))
        self._on(TWICE, NOON, partial(self._use, comes_twice, GROCER, DEMO_PIN))
        self._on(RECENT, AFTERNOON, partial(self._use, loses, HAIRDRESSER, DEMO_PIN))
        self._on(REORDERED, MORNING, self._reorder)

    def _on(self, days_ago: int, time: dt.time, act: Act) -> None:
        day = self.hood.stage.days.today - dt.timedelta(days=days_ago)
        self.script.at(clock.at(day, time), act)

    def _use(self, index: int, at: Till, pin: str, now: dt.datetime) -> None:
        self.cards.use(index, *at, now, pin)

    def _unblock(self, index: int, now: dt.datetime) -> None:
        """The holder comes to the window; a grid worker of another household puts it back."""
        card = self._card(index)
        if card.state != CardState.BLOCKED:
            return
        stopping.unblock(
            actor=self.hood.stranger(("grid1", "grid2"), index),
            now=now,
            community_id=self.hood.community_id,
            card_id=card.id,
            version=card.version,
            why="本人到窗口，核对过户号和姓名，想起了密码。",
        )

    def _report_lost(self, index: int, now: dt.datetime) -> None:
        stopping.report_lost(
            actor=self.hood.staff("admin"),
            now=now,
            community_id=self.hood.community_id,
            card_id=self._card(index).id,
            by_phone=True,
        )

    def _replace(self, index: int, now: dt.datetime) -> None:
        old, new = self._card(index), self.cards.next_card()
        line = handover.replace(
            actor=self.hood.stranger(("grid1", "grid2"), index),
            now=now,
            community_id=self.hood.community_id,
            card_id=old.id,
            version=old.version,
            card=new.token,
            why="菜市场里丢了，电话挂失过。",
        )
        self.cards.take(index, line.card_id, new.token)
        self.cards.choose_pin(index, now + dt.timedelta(seconds=40))

    def _reorder(self, now: dt.datetime) -> None:
        """The next batch is at the printer's."""
        admin, community_id = self.hood.staff("admin"), self.hood.community_id
        ordered = batches.order(actor=admin, now=now, community_id=community_id, size=SECOND_BATCH)
        batches.print_cards(
            actor=admin, now=now + dt.timedelta(minutes=5), community_id=community_id,
            batch_id=ordered.id, version=ordered.version,
        )  # fmt: skip

    def _card(self, index: int) -> CardView:
        card_id: uuid.UUID = self.cards.in_hand[index].card_id
        return card_lists.one(self.hood.community_id, card_id)
