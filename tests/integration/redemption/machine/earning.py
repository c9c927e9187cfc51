"""Points are earned, lost, and struck again."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from points import facts
from tests.integration.redemption.machine.month import WORTH, BareMonth, holder, which

EARLIEST = dt.date(2026, 10, 1)


class Earning(BareMonth):
    """Deeds of two holders, recorded late and taken back."""

    @rule(number=holder, item=st.sampled_from(["WORK", "BAD"]), ago=st.integers(0, 20))
    def record(self, number: int, item: str, ago: int) -> None:
        day = max(self.today - dt.timedelta(days=ago), EARLIEST)
        with self.undone_if_it_raises():
            fact = self.base.world.record(
                self.base.holders[number], item, occurred_on=day, now=self.now
            )
        self.standing[fact.id] = (number, item, day)
        self.earned(number, item, day, origin=fact.id)

    @precondition(lambda self: self.standing)
    @rule(number=which)
    def strike(self, number: int) -> None:
        fact_id = list(self.standing)[number % len(self.standing)]
        whose, item, day = self.standing.pop(fact_id)
        self.do(
            facts.strike, actor=self.base.world.points.panelist, community_id=self.community_id,
            fact_id=fact_id, version=1, reason="没有发生",
        )  # fmt: skip
        points, purse = WORTH[item], self.model.purses[whose]
        self.model.score[whose] -= points
        if points > 0:
            purse.lose_again(points, self.today, origin=fact_id)
        else:
            purse.earn(-points, dated=day, origin=("struck", fact_id))
