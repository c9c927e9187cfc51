"""The fourth scene: frozen, signed, countersigned, on notice, objected to, answered, sealed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from kernel import clock
from kernel.access import Actor
from ops.demo.conduct import DemoFact
from ops.demo.objections import ContestedCase, contested_cases
from ops.demo.script import Script
from ops.demo.stage import Neighbourhood
from ops.demo.story_days import FREEZE_DAY
from points import months
from points.models import AccountingMonth
from review import cycle, lines, objections
from review.models import ObjectionKind
from review.objections import Amend, Correcting, Outcome, Strike
from review.rules.month_steps import notice_ends

#: Case code → the fact it is about.
Contested = Mapping[str, tuple[uuid.UUID, DemoFact]]
Step = Callable[..., AccountingMonth]
MORNING, AFTERNOON, EVENING = dt.time(9, 30), dt.time(16, 0), dt.time(20, 0)
#: Working days after publication on which the objections are filed and answered; the last pair
#: lies after the notice, so that a sealed month has a correction.
FIRST, ANSWERED, LAST, AFTER_SEAL = 1, 3, 4, 7


def review(hood: Neighbourhood, script: Script, month: str, contested: Contested) -> None:
    """Write what becomes of a month that is sealed or on notice today."""
    if month in hood.stage.days.published:
        _Review(hood, script, month, contested).write()


@dataclass(frozen=True)
class _Review:
    hood: Neighbourhood
    script: Script
    month: str
    contested: Contested

    def write(self) -> None:
        days, staff = self.hood.stage.days, self.hood.staff
        published = days.published[self.month]
        frozen_on = clock.first_day(clock.next_month(self.month)).replace(day=FREEZE_DAY)
        is_soon = published <= frozen_on + dt.timedelta(days=1)
        first = published if is_soon else frozen_on + dt.timedelta(days=1)
        frozen_at = clock.at(published, dt.time(8, 10)) if is_soon else clock.at(frozen_on, EVENING)
        self._step(frozen_at, cycle.freeze, staff("admin"))
        self._step(clock.at(first, MORNING), cycle.sign, staff("panel1"))
        self._step(clock.at(first, dt.time(11, 30)), cycle.countersign, staff("super1"))
        self._step(clock.at(published, AFTERNOON), cycle.publish, staff("admin"))
        cases = contested_cases()
        if self.month in days.sealed:
            sealed_at = notice_ends(days.due[self.month]) + dt.timedelta(minutes=10)
            self._step(sealed_at, cycle.seal, staff("admin"))
            self._object(cases[0], filed=FIRST, answered=ANSWERED)
            self._object(cases[1], filed=LAST, answered=AFTER_SEAL)
        else:
            self._object(cases[0], filed=FIRST, answered=None)

    def _step(self, at: dt.datetime, step: Step, actor: Actor) -> None:
        self.script.at(at, partial(self._take, step, actor))

    def _take(self, step: Step, actor: Actor, now: dt.datetime) -> None:
        community_id = self.hood.community_id
        step(
            actor=actor,
            now=now,
            community_id=community_id,
            month=self.month,
            version=months.of(community_id, self.month).version,
        )

    def _object(self, case: ContestedCase, *, filed: int, answered: int | None) -> None:
        after = partial(
            self.hood.stage.days.working_day_after, self.hood.stage.days.published[self.month]
        )
        self.script.at(
            clock.at(after(filed), MORNING),
            partial(self._file, case, clock.at(after(answered), AFTERNOON) if answered else None),
        )

    def _file(self, case: ContestedCase, answered_at: dt.datetime | None, now: dt.datetime) -> None:
        """On the phone; whoever has none tells it at the window."""
        fact_id, fact = self.contested[case.code]
        index = self._objector(case, fact)
        told: dict[str, Any] = {
            "now": now,
            "community_id": self.hood.community_id,
            "month": self.month,
            "kind": ObjectionKind.WRONG,
            "text": self.hood.rng.choice(case.texts),
            "line_id": lines.of_fact(self.hood.community_id, fact_id),
        }
        if self.hood.population.people[index].has_phone:
            actor = self.hood.resident(index, now)
            filed = objections.raise_objection(actor=actor, **told)
        else:
            admin, member_id = self.hood.staff("admin"), self.hood.member_ids[index]
            filed = objections.key_in(actor=admin, objector_member_id=member_id, **told)
        if answered_at:
            answer = partial(self._answer, case, filed.id, self._decider(case, fact))
            self.script.at(answered_at, answer)

    def _answer(
        self, case: ContestedCase, objection_id: uuid.UUID, decider: Actor, now: dt.datetime
    ) -> None:
        correction: Correcting = Strike()
        if case.outcome == "amend":
            correction = Amend(quantity=case.amended_quantity)
        objections.decide(
            actor=decider,
            now=now,
            community_id=self.hood.community_id,
            objection_id=objection_id,
            version=1,
            outcome=Outcome.UPHOLD,
            reply=self.hood.rng.choice(case.replies),
            summary=case.summary,
            correction=correction,
        )

    def _objector(self, case: ContestedCase, fact: DemoFact) -> int:
        """Who was struck speaks for themselves; hours are doubted by the resident of the story."""
        resident = self.hood.population.cast_person("resident").index
        if case.outcome == "strike" or fact.member_index == resident:
            return fact.member_index
        return resident

    def _decider(self, case: ContestedCase, fact: DemoFact) -> Actor:
        """A supervisor of neither household."""
        concerned = {fact.member_index, self._objector(case, fact)}
        for login in ("super1", "super2"):
            own = self.hood.population.cast_person(login).index
            if not any(self.hood.population.share_household(own, each) for each in concerned):
                return self.hood.staff(login)
        raise AssertionError("both supervisors are concerned")
