"""Property 7: spending never overdraws, and balance = credits − deductions − spent − expired.

Random sequences of what happens to one account while time goes on, on both engines; the ledger is
re-added after each.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask
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
from kernel.database import db
from kernel.points_value import ZERO
from points import accounts, expiry, facts, ledger_check, transfers
from points.models import Entry, PointsAccount, Transfer, TransferKind
from tests.integration.points.test_expiry import expiring, noon

D = Decimal
START = dt.date(2026, 11, 21)
AMOUNTS = st.sampled_from([D("0.1"), D(1), D("2.5"), D(4)])
EXPIRIES = (
    {"after_months": 1}, {"on": ["12-10", "01-10"]}, {"end_of": "month", "plus_days": 10},
)  # fmt: skip
EXAMPLES, STEPS = (60, 50) if os.environ.get("LINLI_SOAK") else (6, 25)


class Account(RuleBasedStateMachine):
    """One member under a rulebook whose points die and of which 1.5 have to stay."""

    app: ClassVar[Flask]
    number: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        Account.number += 1
        rule_of_expiry = EXPIRIES[Account.number % len(EXPIRIES)]
        self.world = expiring(rule_of_expiry, spend_above=1.5)
        for month in ("2027-02", "2027-03"):
            self.world.open_month(month)
        self.member_id = self.world.member()
        self.account_id = accounts.for_member(self.world.community_id, self.member_id).id
        self.today = START
        self.standing: list[uuid.UUID] = []
        self.holds: list[Decimal] = []
        self.redeemed: list[tuple[uuid.UUID, Decimal]] = []
        self.spent = ZERO

    @property
    def now(self) -> dt.datetime:
        return noon(self.today)

    @property
    def where(self) -> dict[str, uuid.UUID]:
        return {"community_id": self.world.community_id, "account_id": self.account_id}

    def account(self) -> PointsAccount:
        found = tenancy.get(PointsAccount, self.world.community_id, self.account_id)
        db.session.refresh(found)
        return found

    @rule(item=st.sampled_from(["FREE", "FREE", "FREE", "BAD"]), ago=st.integers(0, 20))
    def record(self, item: str, ago: int) -> None:
        day = max(self.today - dt.timedelta(days=ago), dt.date(2026, 10, 1))
        fact = self.world.record(self.member_id, item, occurred_on=day, now=self.now)
        self.standing.append(fact.id)

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def strike(self, data: Any) -> None:
        fact_id = self.standing.pop(data.draw(st.integers(0, len(self.standing) - 1)))
        version = facts.replay(community_id=self.world.community_id, result_id=fact_id).version
        facts.strike(
            actor=self.world.panelist, now=self.now, community_id=self.world.community_id,
            fact_id=fact_id, version=version, reason="没有发生",
        )  # fmt: skip

    @rule(points=AMOUNTS)
    def hold(self, points: Decimal) -> None:
        enough = accounts.spendable(self.account(), self.now) >= points
        assert accounts.reserve(**self.where, points=points, now=self.now) is enough
        if enough:
            self.holds.append(points)

    @precondition(lambda self: self.holds)
    @rule()
    def redeem(self) -> None:
        points = self.holds.pop()
        accounts.capture(**self.where, points=points)
        self.redeemed.append((self.world.to_merchant(self.account_id, points), points))
        self.spent += points

    @precondition(lambda self: self.holds)
    @rule()
    def release(self) -> None:
        accounts.release(**self.where, points=self.holds.pop(), now=self.now)

    @precondition(lambda self: self.redeemed)
    @rule()
    def cancel(self) -> None:
        transfer_id, points = self.redeemed.pop()
        row = tenancy.get(Transfer, self.world.community_id, transfer_id)
        assert row.redemption_id is not None
        transfers.back_to_holder(
            **self.where, merchant_id=self.world.grid_id, points=points,
            redemption_id=row.redemption_id, reverses=transfer_id, now=self.now,
        )  # fmt: skip
        self.spent -= points

    @precondition(lambda self: self.today < dt.date(2027, 3, 1))
    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.today += dt.timedelta(days=days)

    @rule()
    def expire(self) -> None:
        ids = [self.account_id]
        settled = expiry.settle(community_id=self.world.community_id, account_ids=ids, now=self.now)
        assert settled.disagreeing == ()

    @invariant()
    def balance_is_credits_less_deductions_less_spent_less_expired(self) -> None:
        account = self.account()
        assert ZERO <= account.held <= account.balance
        assert account.held == sum(self.holds, ZERO)
        assert account.debt == ZERO or account.balance == account.held
        posted = self.summed(
            sa.func.sum(Entry.points), Entry, Entry.account_id == self.account_id
        ) + self.summed(sa.func.sum(Entry.lapsed), Entry, Entry.account_id == self.account_id)
        expired = self.summed(
            sa.func.sum(Transfer.points), Transfer, Transfer.kind == TransferKind.EXPIRY
        )
        assert account.balance - account.debt == posted - self.spent - expired

    def summed(self, what: Any, table: Any, which: Any) -> Decimal:
        statement = tenancy.columns(table, self.world.community_id, what).where(which)
        return db.session.execute(statement).scalar_one() or ZERO

    def teardown(self) -> None:
        held = {self.account_id: sum(self.holds, ZERO)}
        found = ledger_check.check(
            self.world.community_id, held_by_account=lambda _: held, today=self.today
        )
        db.session.rollback()
        db.session.remove()
        self.context.pop()
        assert found == []


def test_property_7_any_order_of_acts(backend: Any) -> None:
    Account.app = backend.app
    run_state_machine_as_test(
        Account,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
