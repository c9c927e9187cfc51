"""Random months of a small shop against a pure model: points, quotas and states never drift.

The model keeps what each redemption should be; after every step the database must agree, and no
point may have appeared or vanished.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func

from kernel import tenancy, unit_of_work
from kernel.database import db
from kernel.errors import Conflict, Refused
from kernel.ids import new_id
from merchants.models import QuotaUsage
from points.models import Transfer
from redemption import redemptions
from redemption.models import Redemption
from redemption.redemptions import Held, Receipt
from tests.integration.redemption.world import NOW, AllianceWorld, alliance_world

BALANCE, PRICE, STOCK = Decimal(40), Decimal("8.5"), 3
HOLD, CODE, CANCEL = dt.timedelta(minutes=10), dt.timedelta(seconds=70), dt.timedelta(minutes=15)
EXAMPLES, STEPS = (200, 60) if os.environ.get("LINLI_SOAK") else (6, 25)


@dataclass
class Modelled:
    """What one redemption should be."""

    token: str
    code_dies: dt.datetime
    hold_dies: dt.datetime
    state: str = "held"
    redeemed_at: dt.datetime | None = None
    is_cancelled: bool = False


class Shop(RuleBasedStateMachine):
    """One holder, one clerk, one offer of which three pieces exist."""

    app: ClassVar[Flask]

    @initialize()
    def open(self) -> None:
        self.context = self.app.app_context()
        self.context.push()
        self.world: AllianceWorld = alliance_world(f"c{new_id().hex[-12:]}")
        self.holder = self.world.holder(balance=BALANCE)
        self.clerk = self.world.clerk()
        self.offer_id = self.world.offer(points=PRICE, stock=STOCK).id
        db.session.commit()
        self.now = NOW
        self.model: dict[uuid.UUID, Modelled] = {}

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            self.context.pop()

    def do(self, act: Callable[..., Any], **rest: Any) -> Any:
        return unit_of_work.run(act, now=self.now, **rest)

    def own(self, act: Callable[..., Any], **rest: Any) -> Any:
        community_id = self.world.community_id
        return self.do(act, actor=self.holder.actor, community_id=community_id, **rest)

    def pick(self, data: st.DataObject) -> tuple[uuid.UUID, Modelled]:
        # By position: ids are random, and a failing run must be repeatable to be shrunk.
        keys = list(self.model)
        key = keys[data.draw(st.integers(0, len(keys) - 1))]
        return key, self.model[key]

    def in_state(self, *states: str) -> int:
        return sum(one.state in states for one in self.model.values())

    @property
    def spent(self) -> int:
        return sum(one.state == "redeemed" and not one.is_cancelled for one in self.model.values())

    @rule()
    def issue(self) -> None:
        for one in self.model.values():
            if one.state == "held" and one.hold_dies <= self.now:
                one.state = "expired"
        answer = self.own(redemptions.issue, offer_id=self.offer_id)
        set_aside = self.spent + self.in_state("held")
        if PRICE * (set_aside + 1) > BALANCE:
            assert isinstance(answer, Refused)
            assert answer.code == "insufficient_points"
        elif set_aside >= STOCK:
            assert isinstance(answer, Refused)
            assert answer.code == "sold_out"
        else:
            assert isinstance(answer, Held)
            assert answer.code is not None
            dies = self.now + HOLD
            self.model[answer.id] = Modelled(answer.code.token, self.now + CODE, dies)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def redeem(self, data: st.DataObject) -> None:
        key, one = self.pick(data)
        answer = self.do(redemptions.redeem, actor=self.clerk, code=one.token)
        if one.state == "held" and self.now < min(one.code_dies, one.hold_dies):
            assert isinstance(answer, Receipt)
            assert answer.id == key
            one.state, one.redeemed_at = "redeemed", self.now
            return
        assert isinstance(answer, Refused)
        expected = {"redeemed": "already_redeemed", "withdrawn": "withdrawn"}
        assert answer.code == expected.get(one.state, "code_expired")

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def refresh_code(self, data: st.DataObject) -> None:
        key, one = self.pick(data)
        try:
            code = self.own(redemptions.show_code, redemption_id=key)
        except Conflict:
            assert one.state != "held" or one.hold_dies <= self.now
            return
        one.token, one.code_dies = code.token, self.now + CODE

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        key, one = self.pick(data)
        try:
            self.own(redemptions.withdraw, redemption_id=key)
        except Conflict:
            assert one.state in ("redeemed", "expired")
            return
        assert one.state in ("held", "withdrawn")
        one.state = "withdrawn"

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        key, one = self.pick(data)
        try:
            self.do(redemptions.cancel, actor=self.clerk, redemption_id=key)
        except Conflict:
            too_late = one.redeemed_at is not None and self.now > one.redeemed_at + CANCEL
            assert one.state != "redeemed" or one.is_cancelled or too_late
            return
        assert one.state == "redeemed"
        assert not one.is_cancelled
        one.is_cancelled = True

    @rule()
    def sweep(self) -> None:
        due = [
            one for one in self.model.values() if one.state == "held" and one.hold_dies <= self.now
        ]
        freed = self.do(redemptions.expire_holds, community_id=self.world.community_id, limit=100)
        assert freed == len(due)
        for one in due:
            one.state = "expired"

    @rule(seconds=st.sampled_from([1, 9, 10, 59, 70, 300, 601]))
    def wait(self, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)

    @invariant()
    def states_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = db.session.execute(
            tenancy.columns(Redemption, self.world.community_id, Redemption.id, Redemption.state)
        )
        assert {row.id: row.state for row in rows} == {
            key: one.state for key, one in self.model.items()
        }

    @invariant()
    def points_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        held = PRICE * self.in_state("held")
        assert self.world.points_of(self.holder) == (BALANCE - PRICE * self.spent, held, 0)
        rows = db.session.execute(
            tenancy.columns(
                Transfer, self.world.community_id, Transfer.kind, func.sum(Transfer.points)
            ).group_by(Transfer.kind)
        )
        moved = {row[0]: row[1] for row in rows}
        to_merchant = moved.get("redemption", Decimal(0)) - moved.get("cancellation", Decimal(0))
        assert to_merchant == PRICE * self.spent

    @invariant()
    def quotas_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = db.session.execute(
            tenancy.columns(
                QuotaUsage, self.world.community_id, QuotaUsage.quota_code,
                func.sum(QuotaUsage.used),
            ).group_by(QuotaUsage.quota_code)
        )  # fmt: skip
        used = {row[0].split(":")[0]: int(row[1]) for row in rows}
        pieces = self.spent + self.in_state("held")
        assert used.get("stock", 0) == pieces
        assert used.get("takings", 0) == pieces * 85


def test_the_database_agrees_with_the_model(app: Flask) -> None:
    machine = type("ShopOfThisApp", (Shop,), {"app": app})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
