"""Agreeing, deciding, amending, striking: who may, on which version, and what it posts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel.database import db
from kernel.errors import Forbidden, LinliError, NotFound, StaleVersion
from kernel.points_value import ZERO
from points import accounts, corrections, errors, facts, history, ledger_check, months, scores
from points.models import Authority, MonthState
from tests.integration.points.world import MONTH, NOW, World, ready_world

D = Decimal


def balance(world: World, member_id: Any) -> Decimal:
    account = accounts.for_member(world.community_id, member_id)
    return account.balance - account.debt


def approve(world: World, fact: facts.FactView, **values: Any) -> facts.FactView:
    given = {"actor": world.panelist, "version": fact.version, **values}
    return facts.approve(now=NOW, community_id=world.community_id, fact_id=fact.id, **given)


def strike(world: World, fact: facts.FactView, **values: Any) -> facts.FactView:
    given = {"actor": world.panelist, "version": fact.version, "reason": "没有发生", **values}
    return facts.strike(now=NOW, community_id=world.community_id, fact_id=fact.id, **given)


def amend(world: World, fact: facts.FactView, **values: Any) -> facts.FactView:
    given = {"actor": world.panelist, "version": fact.version, "reason": "记错了", **values}
    return facts.amend(now=NOW, community_id=world.community_id, fact_id=fact.id, **given)


def step(world: World, month: str, *states: MonthState) -> None:
    for state in states:
        row = months.of(world.community_id, month)
        months.step(
            community_id=world.community_id, month=month, to=state, actor=world.admin, now=NOW,
            version=row.version,
        )  # fmt: skip


TO_SEALED = tuple(state for state in MonthState if state is not MonthState.OPEN)


class TestApprove:
    def test_posts_with_the_last_approval_asked_for(self, world: World) -> None:
        member_id = world.member()
        fact = world.record(member_id, "TWO")
        once = approve(world, fact)
        assert (once.approvals, once.state, once.lines[0].posted) == (1, "awaiting_approval", ZERO)
        twice = approve(world, once, actor=world.other_panelist)
        assert (twice.state, twice.lines[0].posted) == ("standing", D(4))
        assert balance(world, member_id) == D(4)

    def test_by_the_same_person_counts_once(self, world: World) -> None:
        once = approve(world, world.record(world.member(), "TWO"))
        with pytest.raises(errors.AlreadyApproved):
            approve(world, once)

    def test_of_what_enough_have_approved_is_refused(self, world: World) -> None:
        done = approve(world, world.record(world.member(), "CLAIM"))
        with pytest.raises(errors.AlreadyApproved):
            approve(world, done, actor=world.other_panelist)

    def test_nobody_approves_what_they_recorded(self, world: World) -> None:
        fact = world.record(world.member(), "CLAIM")
        both = world.actor("panelist")
        recorder = type(both)(
            account_id=world.recorder.account_id, grants=both.grants, table=both.table
        )
        with pytest.raises(errors.SelfApproval):
            approve(world, fact, actor=recorder)

    def test_nobody_approves_for_the_own_household(self, world: World, factories: Any) -> None:
        own = world.member(household_id=world.household_id)
        relative = world.member(name="李四", household_id=world.household_id)
        panelist = world.bound_actor("panelist", own)
        with pytest.raises(errors.OwnHousehold):
            approve(world, world.record(relative, "CLAIM"), actor=panelist)
        with pytest.raises(errors.OwnHousehold):
            approve(world, world.record(own, "CLAIM"), actor=panelist)
        with pytest.raises(errors.OwnHousehold):
            strike(world, world.record(relative, "CAP"), actor=panelist)

    def test_only_by_the_role_the_item_names(self, world: World) -> None:
        with pytest.raises(errors.ApproverNotAllowed):
            approve(world, world.record(world.member(), "CLAIM"), actor=world.admin)
        with pytest.raises(errors.ApproverNotAllowed):
            approve(world, world.record(world.member(), "CAP"))
        with pytest.raises(Forbidden):
            approve(world, world.record(world.member(), "CLAIM"), actor=world.actor("grid_worker"))

    def test_of_another_community_finds_nothing(self, world: World) -> None:
        elsewhere = ready_world("elsewhere")
        fact = elsewhere.record(elsewhere.member(), "CLAIM")
        with pytest.raises(NotFound):
            approve(world, fact)


class TestDecide:
    def decide(self, world: World, fact: facts.FactView, points: str, **values: Any) -> Any:
        given = {"actor": world.panelist, "version": fact.version, **values}
        return facts.decide(
            now=NOW, community_id=world.community_id, fact_id=fact.id, points=D(points), **given
        )

    def test_a_range_is_worth_what_the_panel_decides(self, world: World) -> None:
        member_id = world.member()
        fact = approve(world, world.record(member_id, "RANGE"))
        assert fact.lines[0].reason == "awaiting_decision"
        decided = self.decide(world, fact, "7")
        assert decided.lines[0].posted == D(7)
        lower = self.decide(world, decided, "3", actor=world.other_panelist)
        assert lower.lines[0].posted == D(3)
        assert balance(world, member_id) == D(3)

    @pytest.mark.parametrize("points", ["0.5", "1.5", "20.5", "21"])
    def test_outside_bounds_or_steps_is_refused(self, world: World, points: str) -> None:
        fact = world.record(world.member(), "RANGE")
        with pytest.raises(errors.DecidedOutOfRange):
            self.decide(world, fact, points)

    def test_a_fixed_item_has_nothing_to_decide(self, world: World) -> None:
        with pytest.raises(errors.NothingToDecide):
            self.decide(world, world.record(world.member(), "CAP"), "2")


class TestCorrect:
    def test_a_strike_takes_back_once_and_names_what_it_reverses(self, world: World) -> None:
        member_id = world.member()
        fact = world.record(member_id, "CAP")
        struck = strike(world, fact)
        assert (struck.state, struck.lines[0].reason) == ("struck", "struck")
        rows = history.history(
            actor=world.admin, community_id=world.community_id, member_id=member_id
        )
        assert [(row.points, row.mark) for row in rows] == [(D(-2), "reversal"), (D(2), None)]
        assert balance(world, member_id) == ZERO
        with pytest.raises(errors.FactStruck):
            strike(world, struck)

    def test_a_strike_in_a_full_cell_fills_up_what_was_cut(self, world: World) -> None:
        member_id = world.member()
        first, *_ = [world.record(member_id, "CAP") for _ in range(3)]
        strike(world, first)
        assert balance(world, member_id) == D(4)

    def test_what_was_spent_becomes_a_debt(self, world: World) -> None:
        member_id = world.member()
        fact = world.record(member_id, "CAP")
        account = accounts.for_member(world.community_id, member_id)
        where = {"community_id": world.community_id, "account_id": account.id}
        assert accounts.reserve(**where, points=D(2), now=NOW)
        accounts.capture(**where, points=D(2))
        strike(world, fact)
        account = accounts.for_member(world.community_id, member_id)
        assert (account.balance, account.debt) == (ZERO, D(2))

    def test_an_amendment_posts_the_difference(self, world: World) -> None:
        member_id = world.member()
        fact = world.record(member_id, "TIMES", level="大")
        amended = amend(world, fact, level="小")
        assert (amended.level, amended.lines[0].posted) == ("小", D(1))
        hours = world.record(member_id, "HOURS", quantity=D(1))
        assert amend(world, hours, quantity=D("3.5")).lines[0].posted == D(3)
        assert balance(world, member_id) == D(4)

    @pytest.mark.parametrize(
        ("values", "error"),
        [
            ({}, errors.NothingChanged),
            ({"level": "大"}, errors.NothingChanged),
            ({"level": "中"}, errors.LevelUnknown),
            ({"level": ""}, errors.LevelUnknown),
            ({"quantity": D(2)}, errors.QuantityOutOfRange),
            ({"quantity": D(0)}, errors.QuantityOutOfRange),
            ({"decided": D(2)}, errors.DecidedOutOfRange),
            ({"level": "小", "reason": " "}, errors.ReasonMissing),
            ({"level": "小", "version": 7}, StaleVersion),
        ],
    )
    def test_what_cannot_have_happened_is_refused(
        self, world: World, values: dict[str, Any], error: type[LinliError]
    ) -> None:
        fact = world.record(world.member(), "TIMES", level="大")
        with pytest.raises(error):
            amend(world, fact, **values)

    def test_a_stale_strike_is_refused(self, world: World) -> None:
        fact = world.record(world.member(), "TIMES", level="大")
        amend(world, fact, level="小")
        with pytest.raises(StaleVersion):
            strike(world, fact)

    def test_every_act_is_kept_with_reason_and_change(self, world: World) -> None:
        fact = strike(
            world, amend(world, world.record(world.member(), "TIMES", level="大"), level="小")
        )
        detail = facts.detail(
            actor=world.panelist, community_id=world.community_id, fact_id=fact.id
        )
        assert [(act.act, act.version, act.reason) for act in detail.acts] == [
            ("recorded", 1, None), ("amended", 2, "记错了"), ("struck", 3, "没有发生"),
        ]  # fmt: skip
        assert detail.acts[1].changes == {"level": ["大", "小"]}


class TestMonths:
    def test_a_closed_month_is_corrected_on_the_open_sheet(self, world: World) -> None:
        fact = world.record(world.member(), "CAP", occurred_on=dt.date(2026, 10, 20))
        step(world, "2026-10", MonthState.FROZEN)
        strike(world, fact)
        assert sheet(world, "2026-10") == D(2)
        assert sheet(world, MONTH) == D(-2)

    def test_its_own_review_corrects_the_months_own_sheet(self, world: World) -> None:
        fact = world.record(world.member(), "CAP", occurred_on=dt.date(2026, 10, 20))
        step(world, "2026-10", MonthState.FROZEN)
        corrections.strike(
            actor=world.panelist, now=NOW, community_id=world.community_id,
            line_id=fact.lines[0].id, cause=Authority.REVIEW, reason="评议：没有发生",
        )  # fmt: skip
        assert (sheet(world, "2026-10"), sheet(world, MONTH)) == (ZERO, ZERO)

    def test_a_sealed_month_takes_no_decision(self, world: World) -> None:
        day = dt.date(2026, 10, 20)
        member_id = world.member()
        fact = world.record(member_id, "TIMES", level="大", occurred_on=day)
        step(world, "2026-10", *TO_SEALED)
        for act in (strike, lambda *a: amend(*a, level="小")):
            with pytest.raises(errors.MonthSealed):
                act(world, fact)
        with pytest.raises(errors.MonthSealed):
            corrections.strike(
                actor=world.panelist, now=NOW, community_id=world.community_id,
                line_id=fact.lines[0].id, cause=Authority.REVIEW, reason="评议",
            )  # fmt: skip

    def test_what_an_objection_upholds_after_the_seal_goes_to_the_open_month(
        self, world: World
    ) -> None:
        member_id = world.member()
        fact = world.record(member_id, "TIMES", level="大", occurred_on=dt.date(2026, 10, 20))
        step(world, "2026-10", *TO_SEALED)
        corrections.amend(
            actor=world.panelist, now=NOW, community_id=world.community_id,
            line_id=fact.lines[0].id, cause=Authority.OBJECTION, reason="异议成立", level="小",
        )  # fmt: skip
        assert (sheet(world, "2026-10"), sheet(world, MONTH)) == (D(3), D(-2))
        row = history.history(
            actor=world.admin, community_id=world.community_id, member_id=member_id
        )[0]
        assert (row.mark, row.month, row.belongs_month) == ("late", MONTH, "2026-10")

    def test_the_ledger_adds_up_after_all_of_it(self, world: World) -> None:
        member_id = world.member()
        kept = [world.record(member_id, "CAP") for _ in range(4)]
        strike(world, kept[0])
        world.record(member_id, "BAD")
        approve(world, world.record(member_id, "CLAIM"))
        assert ledger_check.check(world.community_id) == []


def sheet(world: World, month: str) -> Decimal:
    rows = db.session.execute(scores.month_scores(world.community_id, month))
    return sum((row.score for row in rows), ZERO)
