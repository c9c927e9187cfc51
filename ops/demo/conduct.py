"""A month of believable conduct in one community, legal under the demo rulebook.

The facts are skewed as in life: a few people carry much, many come once, a third never. Some are
claimed by the members themselves, the others recorded by a grid worker who is neither the person
nor of the household. Deductions name what happened after two talks, never the person's character.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from ops.demo.cast import DemoRole, load_cast
from ops.demo.deeds import DeedPattern, load_deeds
from ops.demo.month_days import MonthDays, month_days
from ops.demo.objections import ContestedCase, contested_cases
from ops.demo.people import DemoPerson, DemoPopulation
from ops.demo.places import DemoCommunity
from ops.demo.rulebook_items import ItemTerms, item_terms

T = TypeVar("T")

ONE = Decimal(1)
#: What a member can hand in alone; the other kinds of evidence come from somebody in office.
SELF_EVIDENCE = frozenset(
    {"check_in", "photo", "other_document", "activity_notice", "both_parties"}
)
SELF_CLAIM_SHARE = 0.12
#: Of one member in a month, far below what the product lets them send.
MOST_CLAIMS = 2
#: A month is frozen some days after its end; everything here is recorded and approved by then.
RECORDING_GRACE_DAYS = 2
APPROVAL_GRACE_DAYS = 3


@dataclass(frozen=True, slots=True)
class DemoFact:
    """One thing that happened, as the door of points.facts would be told.

    `quantity` is in the item's unit, 1 where it has none; `decided` are points for range items.
    `reason` describes the deed (for deductions it is the required reason). `recorder_login` is
    None when the member claims it. `approver_logins` is empty while the fact waits for approval;
    `contested` is the code of the objection case raised against it later.
    """

    index: int
    community_code: str
    month: str
    item_code: str
    level: str | None
    quantity: Decimal
    decided: Decimal | None
    member_index: int
    occurred_on: date
    recorded_on: date
    evidence: tuple[str, ...]
    activity: str | None
    reason: str
    recorder_kind: str
    recorder_login: str | None
    approver_logins: tuple[str, ...]
    approved_on: date | None
    contested: str | None


class _Month:
    """Draws the facts of one community's month."""

    def __init__(
        self,
        *,
        community: DemoCommunity,
        population: DemoPopulation,
        terms: Mapping[str, ItemTerms],
        days: MonthDays,
        until: date,
        rng: random.Random,
    ):
        self.community = community
        self.population = population
        self.terms = terms
        self.days = days
        self.until = until
        self.rng = rng
        self.facts: list[DemoFact] = []
        self.done: set[tuple[str, int, date]] = set()
        self.claimed: Counter[int] = Counter()
        cast = load_cast(community.code)
        self.office = {
            role: tuple(population.cast_person(p.login).index for p in cast if p.role is role)
            for role in (DemoRole.GRID_WORKER, DemoRole.PANELIST)
        }
        self.areas = {grid.number: grid.area for grid in community.grids}

    def draw_item(self, pattern: DeedPattern) -> None:
        """Draw as many facts of one item as fit the elapsed part of the month."""
        share = self.days.share_until(pattern=pattern.days, until=self.until)
        wanted = pattern.per_month * share * self.rng.uniform(0.95, 1.05)
        count = int(wanted) + (self.rng.random() < wanted - int(wanted))
        for _ in range(count):
            self.add(pattern)

    def add(self, pattern: DeedPattern, *, case: ContestedCase | None = None) -> None:
        """Draw one fact; nobody has the same item twice on a day."""
        terms = self.terms[pattern.item_code]
        while True:
            person = self._person(terms)
            occurred_on = self.days.draw(self.rng, pattern=pattern.days, until=self.until)
            key = (pattern.item_code, person.index, occurred_on)
            if key not in self.done:
                self.done.add(key)
                break
        evidence = pattern.evidence or self.rng.choice(terms.evidence)
        may_claim = case is None and SELF_EVIDENCE.issuperset(evidence)
        recorder = self._recorder(person, terms=terms, may_claim=may_claim)
        quantity = case.quantity if case else self._weighted(pattern.quantities)
        fact = DemoFact(
            index=len(self.facts),
            community_code=self.community.code,
            month=self.days.month,
            item_code=pattern.item_code,
            level=self._weighted(pattern.levels),
            quantity=ONE if quantity is None else quantity,
            decided=self._weighted(pattern.decided),
            member_index=person.index,
            occurred_on=occurred_on,
            recorded_on=self._later(occurred_on, most=3, grace=RECORDING_GRACE_DAYS),
            evidence=evidence,
            activity=self._activity(pattern, occurred_on),
            reason=self._reason(pattern, person, occurred_on, is_contested=case is not None),
            recorder_kind="member" if recorder is None else "grid_worker",
            recorder_login=self._login(recorder),
            approver_logins=(),
            approved_on=None,
            contested=case.code if case else None,
        )
        self.facts.append(self._approved(fact, recorder=recorder, count=terms.approval_count))

    def _weighted(self, weights: Mapping[T, int]) -> T | None:
        if not weights:
            return None
        return self.rng.choices(tuple(weights), weights=tuple(weights.values()))[0]

    def _person(self, terms: ItemTerms) -> DemoPerson:
        people = self.population.people
        if terms.kind == "deduction":
            # Anybody at home may meet a deduction; office holders are left out of the demo's.
            return self.rng.choice([p for p in people if p.household_code and not p.cast_login])
        return self.rng.choices(people, weights=[p.activity for p in people])[0]

    def _recorder(self, person: DemoPerson, *, terms: ItemTerms, may_claim: bool) -> int | None:
        """Return the recording grid worker's index, None for a claim of the member."""
        is_claimant = "member" in terms.recorders and "grid_worker" not in person.kinds
        may_claim = may_claim and person.has_phone
        has_claimed = self.claimed[person.index] >= MOST_CLAIMS
        if may_claim and is_claimant and not has_claimed and self.rng.random() < SELF_CLAIM_SHARE:
            self.claimed[person.index] += 1
            return None
        return self.rng.choice(
            [
                index
                for index in self.office[DemoRole.GRID_WORKER]
                if not self.population.share_household(index, person.index)
            ]
        )

    def _login(self, index: int | None) -> str | None:
        if index is None:
            return None
        return f"{self.community.code}-{self.population.people[index].cast_login}"

    def _approved(self, fact: DemoFact, *, recorder: int | None, count: int) -> DemoFact:
        """Return the fact with its approvals, unless they lie after `until`."""
        panel = [
            index
            for index in self.office[DemoRole.PANELIST]
            if index != recorder and not self.population.share_household(index, fact.member_index)
        ]
        approvers = sorted(self.rng.sample(panel, count))
        on = self._later(fact.recorded_on, most=4, grace=APPROVAL_GRACE_DAYS, is_capped=False)
        if on > self.until:
            return fact
        logins = tuple(f"{self._login(index)}" for index in approvers)
        return replace(fact, approver_logins=logins, approved_on=on)

    def _later(self, day: date, *, most: int, grace: int, is_capped: bool = True) -> date:
        latest = self.days.last_day + timedelta(days=grace)
        later = min(day + timedelta(days=self.rng.randint(0, most)), latest)
        return min(later, self.until) if is_capped else later

    def _activity(self, pattern: DeedPattern, day: date) -> str | None:
        titles = {"meeting": "小区议事会", "big_event": "社区大型活动", "saturday": "环境整治"}
        if pattern.days not in titles:
            return None
        return f"{day.month}月{day.day}日{titles[pattern.days]}"

    def _reason(
        self, pattern: DeedPattern, person: DemoPerson, day: date, *, is_contested: bool
    ) -> str:
        first = day - timedelta(days=self.rng.randint(6, 9))
        second = day - timedelta(days=self.rng.randint(2, 4))
        area = self.areas.get(person.grid_number or 0, self.community.name)
        deed = self.rng.choice(pattern.deeds)
        if is_contested:
            # The objection texts speak of the first deed of their item.
            deed = pattern.deeds[0]
        elif pattern.days in {"meeting", "big_event"}:
            # All who came to one meeting talked about the same thing.
            deed = pattern.deeds[day.toordinal() % len(pattern.deeds)]
        return deed.format(
            area=area,
            first=f"{first.month}月{first.day}日",
            second=f"{second.month}月{second.day}日",
        )


def month_facts(
    *,
    community: DemoCommunity,
    population: DemoPopulation,
    rulebook: Mapping[str, Any],
    month: str,
    until: date,
    rng: random.Random,
) -> tuple[DemoFact, ...]:
    """Return the facts of `month` (`2026-09`) in the order in which they were recorded.

    `rulebook` is the demo rulebook's JSON document. `until` is the demo's today: nothing happens,
    is recorded or approved after it, so a month under way is shorter. Full months have 350 to 500
    facts, two of them contested.
    """
    days = month_days(month, rng=rng)
    drawing = _Month(
        community=community,
        population=population,
        terms=item_terms(rulebook),
        days=days,
        until=until,
        rng=rng,
    )
    patterns = {pattern.item_code: pattern for pattern in load_deeds()}
    if until >= days.last_day:
        for case in contested_cases():
            drawing.add(patterns[case.item_code], case=case)
    for pattern in patterns.values():
        drawing.draw_item(pattern)
    ordered = sorted(
        drawing.facts, key=lambda fact: (fact.recorded_on, fact.occurred_on, fact.index)
    )
    return tuple(replace(fact, index=index) for index, fact in enumerate(ordered))
