"""Members who leave, die or move out: holds, points, debts, histories."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from community import bindings
from community.models import LeaveReason, LeavingBalance
from kernel.database import db
from kernel.errors import LinliError, NotFound
from points import history
from points.models import LeftChoice, TransferKind
from points.moving import left_balances, settling
from points.rules.leaving import choice
from tests.integration.points.moving.stage import LATER, NOW, TODAY, Stage
from tests.integration.points.world import MONTH

D = Decimal
EXPIRES, HOUSEHOLD, CARRIED = LeavingBalance


@pytest.mark.parametrize("has_target", [False, True])
@pytest.mark.parametrize("has_heir", [False, True])
@pytest.mark.parametrize("setting", [None, *LeavingBalance])
def test_the_table_of_choices_is_complete(
    setting: LeavingBalance | None, has_heir: bool, has_target: bool
) -> None:
    found = choice(setting, has_heir=has_heir, has_target=has_target)
    assert found in set(LeftChoice)
    assert (found == "undecided") == (setting is None)
    assert found != "household" or has_heir
    assert found != "carried_over" or has_target


class TestChoices:
    def test_undecided_stays_where_it_is(self, stage: Stage) -> None:
        stage.earn()
        stage.leave()
        assert (stage.left().choice, stage.settle(LATER)) == ("undecided", 0)
        assert stage.balance(stage.home, stage.zhang) == (3, 0, 0)

    def test_it_expires_after_the_notice_days(self, stage: Stage) -> None:
        stage.choose(EXPIRES)
        stage.earn()
        stage.leave()
        assert stage.left().settle_on == TODAY + dt.timedelta(days=60)
        assert stage.settle(NOW + dt.timedelta(days=59)) == 0
        assert stage.balance(stage.home, stage.zhang) == (3, 0, 0)
        assert stage.settle(LATER) == 3
        assert stage.settle(LATER) == 0
        assert stage.balance(stage.home, stage.zhang) == (0, 0, 0)
        stage.check()

    def test_it_stays_in_the_household(self, stage: Stage) -> None:
        stage.choose(HOUSEHOLD)
        stage.earn()
        before = stage.total()
        stage.leave(reason=LeaveReason.DIED, heir_id=stage.li)
        assert stage.settle(LATER) == 3
        assert stage.balance(stage.home, stage.li) == (3, 0, 0)
        assert stage.total() == before
        stage.check()

    def test_the_heirs_debt_is_paid_first(self, stage: Stage) -> None:
        stage.choose(HOUSEHOLD)
        stage.earn()
        stage.home.record(stage.li, "BAD")
        stage.leave(heir_id=stage.li)
        stage.settle(LATER)
        assert stage.balance(stage.home, stage.li) == (0, 0, 7)
        stage.check()

    def test_an_heir_who_has_left_is_named(self, stage: Stage) -> None:
        stage.choose(HOUSEHOLD)
        stage.earn()
        stage.leave(heir_id=stage.li)
        stage.leave(member_id=stage.li)
        with pytest.raises(LinliError) as refused:
            settling.settle(
                actor=stage.home.admin, now=LATER, community_id=stage.home.community_id,
                left_balance_id=self.row(stage, stage.zhang).id,
            )  # fmt: skip
        assert refused.value.code == "heir_left"

    def row(self, stage: Stage, member_id: uuid.UUID) -> left_balances.LeftView:
        rows = left_balances.listed(actor=stage.home.admin, community_id=stage.home.community_id)
        return next(row for row in rows if row.member_id == member_id)

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"heir": "stranger"}, "heir_elsewhere"),
            ({"heir": "self"}, "heir_elsewhere"),
            ({"to_community": "away"}, "target_wrong"),
            ({"to_community": "yijuyuan", "reason": LeaveReason.MOVED_WITHIN}, "target_wrong"),
            ({"to_community": "nowhere", "reason": LeaveReason.MOVED_WITHIN}, "not_found"),
        ],
        ids=["heir of another household", "own heir", "not moving", "not moved", "no community"],
    )
    def test_what_cannot_be_named(self, stage: Stage, values: dict[str, Any], code: str) -> None:
        heir = values.pop("heir", None)
        if heir is not None:
            values["heir_id"] = stage.zhang if heir == "self" else stage.home.member()
        with pytest.raises(LinliError) as refused:
            stage.leave(**values)
        assert refused.value.code == code

    def test_the_community_decides_later(self, stage: Stage) -> None:
        stage.earn()
        stage.leave()
        act = {
            "actor": stage.home.admin, "now": NOW, "community_id": stage.home.community_id,
            "left_balance_id": stage.left().id, "choice": LeftChoice.HOUSEHOLD,
        }  # fmt: skip
        for values, code in (
            ({"version": 2, "heir_id": stage.li}, "stale_version"),
            ({"version": 1}, "heir_missing"),
            ({"version": 1, "heir_id": stage.home.member()}, "heir_left"),
            ({"version": 1, "choice": LeftChoice.CARRIED_OVER}, "target_missing"),
        ):
            with pytest.raises(LinliError) as refused:
                left_balances.decide(**{**act, **values})
            assert refused.value.code == code
        decided = left_balances.decide(**act, version=1, heir_id=stage.li)
        assert (decided.choice, decided.version, decided.balance) == ("household", 2, 3)
        assert stage.settle(LATER) == 3

    def test_nobody_decides_for_the_own_household(self, stage: Stage) -> None:
        stage.earn()
        stage.leave()
        clerk = stage.home.bound_actor("community_admin", stage.li)
        with pytest.raises(LinliError) as refused:
            left_balances.decide(
                actor=clerk, now=NOW, community_id=stage.home.community_id,
                left_balance_id=stage.left().id, version=1, choice=LeftChoice.HOUSEHOLD,
                heir_id=stage.li,
            )  # fmt: skip
        assert refused.value.code == "own_household"


class TestWhatStays:
    def test_a_debt_stays_and_is_shown(self, stage: Stage) -> None:
        stage.choose(EXPIRES)
        stage.home.record(stage.zhang, "BAD")
        stage.leave()
        rows = left_balances.listed(actor=stage.home.admin, community_id=stage.home.community_id)
        assert [(row.balance, row.debt, row.left_reason) for row in rows] == [(0, 10, "other")]
        assert stage.settle(LATER) == 0

    def test_the_last_months_score_is_there(self, stage: Stage) -> None:
        stage.choose(EXPIRES)
        stage.earn()
        stage.leave()
        stage.settle(LATER)
        told = history.summary(
            actor=stage.home.admin, now=NOW, community_id=stage.home.community_id,
            member_id=stage.zhang, month=MONTH,
        )  # fmt: skip
        assert (told.balance, told.bonus) == (0, 3)

    def test_the_account_still_reads_its_history(self, stage: Stage) -> None:
        stage.choose(HOUSEHOLD)
        stage.earn()
        stage.leave(heir_id=stage.li)
        stage.settle(LATER)
        gone = stage.home.actor("member")
        person = type(gone)(
            account_id=stage.phone.account_id, grants=(), table=gone.table, members={}
        )
        where = {"community_id": stage.home.community_id, "member_id": stage.zhang}
        rows = history.history(actor=person, **where)
        assert [(row.kind, row.points) for row in rows] == [
            (TransferKind.HANDED_ON, -3), ("bonus", D("1.5")), ("bonus", D("1.5")),
        ]  # fmt: skip
        heir = history.history(
            actor=stage.home.admin,
            community_id=stage.home.community_id,
            member_id=stage.li,
        )
        assert [(row.kind, row.points) for row in heir] == [(TransferKind.HANDED_ON, 3)]

    def test_a_stranger_reads_nothing(self, stage: Stage) -> None:
        stage.earn()
        stage.leave()
        stranger = stage.home.actor("member", member=stage.home.member())
        with pytest.raises(NotFound):
            history.history(
                actor=stranger, community_id=stage.home.community_id, member_id=stage.zhang
            )

    def test_who_was_unbound_before_leaving_is_not_the_last(self, stage: Stage) -> None:
        bindings.end_of_member(
            actor=stage.home.admin, now=NOW, community_id=stage.home.community_id,
            member_id=stage.zhang,
        )  # fmt: skip
        assert not bindings.was_of(stage.phone.account_id, stage.home.community_id, stage.zhang)


def test_due_ones_are_paged_and_the_command_runs_twice(stage: Stage, app: Any) -> None:
    stage.choose(EXPIRES, days=1)
    for name in ("甲", "乙", "丙"):
        member_id = stage.home.member(name=name)
        stage.earn(member_id)
        stage.leave(member_id=member_id, left_on=TODAY - dt.timedelta(days=2))
    db.session.commit()
    found = settling.due(community_id=stage.home.community_id, now=NOW, after=None, limit=2)
    assert len(found) == 2
    runner = app.test_cli_runner()
    first = runner.invoke(args=["ops", "settle-left"])
    again = runner.invoke(args=["ops", "settle-left"])
    assert "yijuyuan: 9 points of 3 who left" in first.output
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "yijuyuan: 0 points of 0 who left" in again.output
    stage.check()
