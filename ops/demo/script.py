"""The order of the story: acts at instants, of which one may bring on later ones."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable
from itertools import count

#: An act is told the instant at which it happens.
Act = Callable[[dt.datetime], None]


class Script:
    """Plays acts in the order of their instants, those of one instant as they were written."""

    def __init__(self, now: dt.datetime):
        self._now = now
        self._acts: list[tuple[dt.datetime, int, Act]] = []
        self._numbers = count()

    def at(self, instant: dt.datetime, act: Act) -> None:
        """Play ``act`` then; what would happen later today happens right now."""
        heapq.heappush(self._acts, (min(instant, self._now), next(self._numbers), act))

    def if_past(self, instant: dt.datetime, act: Act) -> None:
        """Play ``act`` then, or leave it out where that is still to come."""
        if instant <= self._now:
            self.at(instant, act)

    def play(self) -> int:
        """Play everything; returns how many acts there were."""
        played = 0
        while self._acts:
            instant, _, act = heapq.heappop(self._acts)
            act(instant)
            played += 1
        return played
