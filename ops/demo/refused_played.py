"""What is refused and why: too early, for others, too dear; and digits that somebody guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from kernel import clock
from kernel.errors import Refused
from ops.demo.people import AgeKind
from ops.demo.script import Act, Script
from ops.demo.shoppers import Shoppers
from ops.demo.stage import Neighbourhood
from redemption import guessing, redemptions

#: Days before today.
GUESSED, TOO_LATE_IN_THE_DAY, NOT_MEANT = 3, 5, 6
#: Breakfast for seniors, in the morning; more points than anybody has in the first week.
SENIORS_BREAKFAST, OIL = ("laoxing", "zaocan"), ("jiajiale", "huashengyou")
GUESSED_AT = "kangning"


@dataclass(frozen=True)
class Refusals:
    """One of each kind that ordinary visits do not bring."""

    hood: Neighbourhood
    script: Script

    def write(self) -> None:
        days = self.hood.stage.days
        quiet = list(Shoppers(self.hood).quiet())
        seniors = [
            each.index
            for each in self.hood.population.people
            if each.age is AgeKind.SENIOR and each.has_phone and each.cast_login is None
        ]
        at = clock.at(days.first_day + dt.timedelta(days=4), dt.time(10, 5))
        self.script.at(at, partial(self._ask, quiet[-1:], OIL))
        self._on(NOT_MEANT, dt.time(7, 40), partial(self._ask, quiet[-2:-1], SENIORS_BREAKFAST))
        late = partial(self._ask, seniors[:1], SENIORS_BREAKFAST)
        self._on(TOO_LATE_IN_THE_DAY, dt.time(10, 30), late)
        self._on(GUESSED, dt.time(15, 45), self._guess)

    def _on(self, days_ago: int, time: dt.time, act: Act) -> None:
        day = self.hood.stage.days.today - dt.timedelta(days=days_ago)
        self.script.at(clock.at(day, time), act)

    def _ask(self, who: Sequence[int], offer: tuple[str, str], now: dt.datetime) -> None:
        for index in who:
            actor, community_id = self.hood.resident(index, now), self.hood.community_id
            held = redemptions.issue(
                actor=actor, now=now, community_id=community_id, offer_id=self.hood.offer_id(*offer)
            )
            if not isinstance(held, Refused):
                redemptions.withdraw(
                    actor=actor, now=now, community_id=community_id, redemption_id=held.id
                )

    def _guess(self, now: dt.datetime) -> None:
        """A clerk tries digits until the counter takes none for a while."""
        clerk = self.hood.at_counter(GUESSED_AT)
        for number in range(guessing.CLERK_GUESSES):
            redemptions.preview(
                actor=clerk,
                now=now + number * dt.timedelta(seconds=4),
                code=f"{self.hood.rng.randrange(10**8):08d}",
            )
