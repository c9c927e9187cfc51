"""Entries against a model of a few lines: caps, levels, corrections, a frozen month, in any order.

How points are spent beside them is in tests/integration/redemption/machine.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
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

from kernel.database import WRITES, db
from kernel.points_value import ZERO
from points import accounts, facts, ledger_check, months, scores
from points.models import MonthState
from tests.integration.points.world import MONTH, NOW, World, ready_world

D = Decimal
BEFORE = "2026-10"
LEVELS = {"小": D(1), "大": D(3)}
DAYS = st.sampled_from([dt.date(2026, 10, 5), dt.date(2026, 10, 31), dt.date(2026, 11, 2)])


class Model:
    """What should be so: the facts that stand."""

    def __init__(self) -> None:
        self.standing: dict[uuid.UUID, tuple[str, str, str | None]] = {}

    def worth(self, *items: str) -> Decimal:
        """Points of all standing facts of these items, by the caps of each month."""
        total = ZERO
        for month in {month for _, month, _ in self.standing.values()}:
            here = [fact for fact in self.standing.values() if fact[1] == month]
            count = Counter(item for item, _, _ in here)
            times = sorted((LEVELS[level] for item, _, level in here if level), reverse=True)
            parts = {
                "CAP": min(count["CAP"] * D(2), D(5)),
                "FREE": count["FREE"] * D("1.5"),
                "TIMES": sum(times[:2], ZERO),
                "BAD": count["BAD"] * D(-10),
                "HONOR": D(count["HONOR"]),
            }
            total += sum((parts[item] for item in items), ZERO)
        return total

    @property
    def net(self) -> Decimal:
        return self.worth("CAP", "FREE", "TIMES", "BAD")


class LedgerMachine(RuleBasedStateMachine):
    """One member of a community in which nothing has happened yet.

    It is made once, in a transaction that is never committed; each example begins at a savepoint
    and goes back to it.
    """

    world: ClassVar[World]
    member_id: ClassVar[uuid.UUID]

    def __init__(self) -> None:
        super().__init__()
        self.example = db.session.begin_nested()
        self.model = Model()
        self.frozen_score: Decimal | None = None

    def one(self, data: Any) -> uuid.UUID:
        chosen: uuid.UUID = data.draw(st.sampled_from(sorted(self.model.standing)))
        return chosen

    def view(self, fact_id: uuid.UUID) -> facts.FactView:
        return facts.replay(community_id=self.world.community_id, result_id=fact_id)

    @rule(item=st.sampled_from(["CAP", "CAP", "FREE", "TIMES", "BAD", "HONOR"]), day=DAYS,
          level=st.sampled_from(sorted(LEVELS)))  # fmt: skip
    def record(self, item: str, day: dt.date, level: str) -> None:
        given = level if item == "TIMES" else None
        fact = self.world.record(self.member_id, item, occurred_on=day, level=given)
        self.model.standing[fact.id] = (item, fact.belongs_month, given)

    @precondition(lambda self: self.model.standing)
    @rule(data=st.data())
    def strike(self, data: Any) -> None:
        fact_id = self.one(data)
        facts.strike(
            actor=self.world.panelist, now=NOW, community_id=self.world.community_id,
            fact_id=fact_id, version=self.view(fact_id).version, reason="没有发生",
        )  # fmt: skip
        del self.model.standing[fact_id]

    @precondition(lambda self: any(level for _, _, level in self.model.standing.values()))
    @rule(data=st.data())
    def amend(self, data: Any) -> None:
        leveled = sorted(key for key, fact in self.model.standing.items() if fact[2])
        fact_id = data.draw(st.sampled_from(leveled))
        item, month, level = self.model.standing[fact_id]
        other = next(each for each in LEVELS if each != level)
        facts.amend(
            actor=self.world.panelist, now=NOW, community_id=self.world.community_id,
            fact_id=fact_id, version=self.view(fact_id).version, reason="记错了", level=other,
        )  # fmt: skip
        self.model.standing[fact_id] = (item, month, other)

    @precondition(lambda self: self.frozen_score is None)
    @rule()
    def freeze(self) -> None:
        months.step(
            community_id=self.world.community_id, month=BEFORE, to=MonthState.FROZEN,
            actor=self.world.admin, now=NOW, version=1,
        )  # fmt: skip
        self.frozen_score = self.score(BEFORE)

    @invariant()
    def balance_and_debt_are_the_models(self) -> None:
        account = accounts.for_member(self.world.community_id, self.member_id)
        net = self.model.net
        assert (account.balance, account.debt) == (max(net, ZERO), max(-net, ZERO))

    @invariant()
    def scores_are_the_models_and_a_frozen_sheet_stands_still(self) -> None:
        everything = self.model.worth("CAP", "FREE", "TIMES", "BAD", "HONOR")
        assert self.score(BEFORE) + self.score(MONTH) == everything
        assert self.frozen_score in (None, self.score(BEFORE))

    def score(self, month: str) -> Decimal:
        rows = db.session.execute(scores.month_scores(self.world.community_id, month))
        return sum((row.score for row in rows), ZERO)

    def teardown(self) -> None:
        try:
            found = ledger_check.check(self.world.community_id, held_by_account=lambda _: {})
        finally:
            self.example.rollback()
            db.session.expunge_all()
        assert found == [], found


@pytest.mark.long
@pytest.mark.timeout(300)
def test_any_order_of_acts(sqlite_session: Any) -> None:
    sqlite_session.connection(execution_options={WRITES: True})
    world = ready_world()
    run_state_machine_as_test(
        type("InThisWorld", (LedgerMachine,), {"world": world, "member_id": world.member()}),
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
