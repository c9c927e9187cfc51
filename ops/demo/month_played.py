"""The third scene, month by month: opening, base points, what people do, who agrees to it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kernel import clock
from ops.demo.cards_played import Cards
from ops.demo.claims_played import Claims
from ops.demo.conduct import DemoFact, month_facts
from ops.demo.counter_played import visit_shops
from ops.demo.review_played import review
from ops.demo.script import Script
from ops.demo.stage import Neighbourhood
from points import facts, grants, months
from points.facts import EvidenceGiven
from points.models import EvidenceKind

JUST_AFTER_MIDNIGHT = dt.time(0, 10)
RECORDING, APPROVING = dt.time(8, 30), dt.time(15, 0)
SPREAD_MINUTES = 300


@dataclass(kw_only=True)
class MonthPlayed:
    """One month of one community; ``contested`` is case code → its fact, for the objections."""

    hood: Neighbourhood
    script: Script
    month: str
    rulebook: Mapping[str, Any]
    claims: Claims
    cards: Cards
    contested: dict[str, tuple[uuid.UUID, DemoFact]] = field(default_factory=dict)

    def write(self) -> None:
        """Put the month's acts into the script."""
        self.script.at(clock.at(clock.first_day(self.month), JUST_AFTER_MIDNIGHT), self._open)
        drawn = month_facts(
            community=self.hood.community,
            population=self.hood.population,
            rulebook=self.rulebook,
            month=self.month,
            until=self.hood.stage.days.today,
            rng=self.hood.rng,
        )
        for fact in drawn:
            if fact.contested or self.hood.rng.random() < self.hood.density(self.month):
                instant = self._instant(fact.recorded_on, RECORDING)
                self.script.at(instant, partial(self._record, fact))
        review(self.hood, self.script, self.month, self.contested)

    def _open(self, now: dt.datetime) -> None:
        admin, community_id = self.hood.staff("admin"), self.hood.community_id
        months.open_month(actor=admin, now=now, community_id=community_id, month=self.month)
        grants.grant_base(actor=admin, now=now, community_id=community_id, month=self.month)
        visit_shops(self.hood, self.script, self.cards, self.month)

    def _record(self, fact: DemoFact, now: dt.datetime) -> None:
        if fact.recorder_login is None:
            self.claims.submit(fact, self._agreed_at(fact, now), now)
            return
        view = facts.record(
            actor=self.hood.stage.actor(fact.recorder_login),
            now=now,
            community_id=self.hood.community_id,
            member_id=self.hood.member_ids[fact.member_index],
            item_code=fact.item_code,
            occurred_on=fact.occurred_on,
            quantity=fact.quantity,
            level=fact.level,
            evidence=[
                EvidenceGiven(kind=EvidenceKind(kind), note=fact.activity) for kind in fact.evidence
            ],
            reason=fact.reason,
        )
        if fact.contested:
            self.contested[fact.contested] = (view.id, fact)
        instant = self._agreed_at(fact, now)
        if instant is None:
            return
        for place, login in enumerate(fact.approver_logins):
            later = instant + dt.timedelta(minutes=5 * place)
            self.script.at(later, partial(self._approve, view.id, login, place + 1))
        if fact.decided is not None:
            decide = partial(self._decide, view.id, fact)
            self.script.at(instant + dt.timedelta(minutes=20), decide)

    def _agreed_at(self, fact: DemoFact, now: dt.datetime) -> dt.datetime | None:
        """When others agree to what is recorded ``now``; None where it still waits."""
        if fact.approved_on is None:
            return None
        return max(now, self._instant(self._approved_on(fact), APPROVING))

    def _approved_on(self, fact: DemoFact) -> dt.date:
        """What is contested later was approved in time: it stands on its own month's sheet."""
        last = fact.approved_on or fact.recorded_on
        if fact.contested:
            return min(last, clock.first_day(clock.next_month(self.month)))
        return last

    def _approve(self, fact_id: uuid.UUID, login: str, version: int, now: dt.datetime) -> None:
        facts.approve(
            actor=self.hood.stage.actor(login),
            now=now,
            community_id=self.hood.community_id,
            fact_id=fact_id,
            version=version,
        )

    def _decide(self, fact_id: uuid.UUID, fact: DemoFact, now: dt.datetime) -> None:
        if fact.decided is None:
            raise AssertionError("a fact without points to decide")
        facts.decide(
            actor=self.hood.stage.actor(fact.approver_logins[0]),
            now=now,
            community_id=self.hood.community_id,
            fact_id=fact_id,
            version=1 + len(fact.approver_logins),
            points=fact.decided,
        )

    def _instant(self, day: dt.date, earliest: dt.time) -> dt.datetime:
        spread = dt.timedelta(minutes=self.hood.rng.randrange(SPREAD_MINUTES))
        return clock.at(day, earliest) + spread
