"""Any order of acts on every construct: postings add up, seals hold, no limit is exceeded.

The properties (2) to (5) of rulebook-format.md section 8, on the ledger itself. What everything is
worth is asked of a full evaluation after every act, so that the fast path is held against it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kernel import tenancy
from kernel.database import WRITES, db
from kernel.points_value import ZERO
from points import facts, ledger_check, month_begun, scores
from points.facts import FactView
from points.models import Fact, PointsLine
from tests.integration.points.every_construct import (
    BEFORE,
    approve,
    full_world,
    put,
    put_right,
    seal,
    strike,
    tell,
)
from tests.integration.points.world import MONTH, NOW, TODAY, World

D = Decimal
ITEMS = st.sampled_from(
    ["GOOD", "BIG", "CAPPED", "SHARED", "SHARED", "HOURS", "PLAIN-HOURS", "APART", "WARNED",
     "LITTER", "VETO", "FOR-ALL", "FOR-HOUSE", "YARD", "MESS"]
)  # fmt: skip
DAYS = st.sampled_from(
    [dt.date(2026, 10, 25), dt.date(2026, 10, 31), dt.date(2026, 11, 2), dt.date(2026, 11, 16),
     TODAY]
)  # fmt: skip
HOURS = {"HOURS", "PLAIN-HOURS"}


class ConstructsMachine(RuleBasedStateMachine):
    """Two members of one household and one of another, where nothing has happened yet.

    The world is made once, in a transaction that is never committed; each example begins at a
    savepoint and goes back to it.
    """

    world: ClassVar[World]
    people: ClassVar[list[uuid.UUID]]

    def __init__(self) -> None:
        super().__init__()
        self.example = db.session.begin_nested()
        self.sealed: Decimal | None = None

    def one(self, data: Any, *allowed: FactView) -> FactView:
        chosen: FactView = data.draw(st.sampled_from(allowed))
        return chosen

    def those(self, **wanted: Any) -> list[FactView]:
        """Facts as they are now, narrowed to attributes."""
        rows = db.session.scalars(
            tenancy.columns(Fact, self.world.community_id, Fact.id)
            .where(Fact.is_struck.is_(False), *(getattr(Fact, k) == v for k, v in wanted.items()))
            .order_by(Fact.id)
        )
        return [facts.replay(community_id=self.world.community_id, result_id=each) for each in rows]

    @rule(item=ITEMS, day=DAYS, who=st.integers(0, 2), hours=st.integers(1, 12), data=st.data())
    def record(self, item: str, day: dt.date, who: int, hours: int, data: Any) -> None:
        if item in ("FOR-ALL", "FOR-HOUSE", "YARD", "MESS") and who == 2:
            who = 0
        values: dict[str, Any] = {"quantity": D(hours)} if item in HOURS else {}
        known = self.those(item_code="GOOD")
        if item == "BIG" and known and data.draw(st.booleans()):
            taken = {each.deed_id for each in self.those(item_code="BIG")}
            free = [each for each in known if each.deed_id not in taken]
            if free:
                values["deed"] = self.one(data, *free).id
        put(self.world, self.people[who], item, occurred_on=day, **values)

    @precondition(lambda self: self.those(is_approved=False))
    @rule(data=st.data())
    def approve(self, data: Any) -> None:
        approve(self.world, self.one(data, *self.those(is_approved=False)))

    @precondition(lambda self: self.correctable())
    @rule(data=st.data())
    def strike(self, data: Any) -> None:
        strike(self.world, self.one(data, *self.correctable()))

    @precondition(lambda self: self.those(item_code="WARNED", told_on=None))
    @rule(data=st.data(), days=st.integers(0, 5))
    def tell(self, data: Any, days: int) -> None:
        fact = self.one(data, *self.those(item_code="WARNED", told_on=None))
        tell(self.world, fact, told_on=min(TODAY, fact.occurred_on + dt.timedelta(days=days)))

    @precondition(lambda self: self.failing())
    @rule(data=st.data(), days=st.integers(0, 20), promised=st.booleans())
    def put_right(self, data: Any, days: int, promised: bool) -> None:
        fact = self.one(data, *self.failing())
        day = min(TODAY, fact.occurred_on + dt.timedelta(days=days))
        put_right(self.world, fact, corrected_on=day, promised=promised)

    @precondition(lambda self: self.sealed is None)
    @rule()
    def seal(self) -> None:
        seal(self.world, BEFORE)
        self.sealed = self.score(BEFORE)

    @rule()
    def begin(self) -> None:
        month_begun.begin_month(
            actor=self.world.admin, now=NOW, community_id=self.world.community_id, month=MONTH
        )

    @invariant()
    def a_full_evaluation_finds_what_is_posted(self) -> None:
        assert ledger_check.check(self.world.community_id, today=TODAY) == []

    @invariant()
    def a_sealed_sheet_stands_still(self) -> None:
        assert self.sealed in (None, self.score(BEFORE))

    @invariant()
    def no_limit_is_exceeded(self) -> None:
        used: defaultdict[tuple[str, object, str], Decimal] = defaultdict(lambda: ZERO)
        rows = db.session.execute(
            tenancy.columns(
                PointsLine, self.world.community_id, PointsLine.item_code, PointsLine.account_id,
                PointsLine.belongs_month, PointsLine.posted, Fact.household_id,
            ).join(Fact, Fact.id == PointsLine.fact_id)
        )  # fmt: skip
        for row in rows:
            whose = row.household_id if row.item_code == "SHARED" else None
            used[row.item_code, whose or row.account_id, row.belongs_month] += row.posted
        caps = {"CAPPED": D(3), "SHARED": D(5), "YARD": D(5)}
        assert all(points <= caps.get(item, points) for (item, *_), points in used.items())

    def failing(self) -> list[FactView]:
        return [
            fact
            for item in ("LITTER", "VETO")
            for fact in self.those(item_code=item, corrected_on=None)
        ]

    def correctable(self) -> list[FactView]:
        """What an everyday correction reaches: not what a sealed sheet holds."""
        return [
            fact for fact in self.those() if self.sealed is None or fact.lines[0].month != BEFORE
        ]

    def score(self, month: str) -> Decimal:
        rows = db.session.execute(scores.month_scores(self.world.community_id, month))
        return sum((row.score for row in rows), ZERO)

    def teardown(self) -> None:
        self.example.rollback()
        db.session.expunge_all()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_any_order_of_acts(sqlite_session: Any) -> None:
    sqlite_session.connection(execution_options={WRITES: True})
    world = full_world()
    home = world.household_id
    people = [
        world.member(name="甲", household_id=home),
        world.member(name="乙", household_id=home),
        world.member(name="丙"),
    ]
    run_state_machine_as_test(
        type("InThisWorld", (ConstructsMachine,), {"world": world, "people": people}),
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
