"""Facts through the door, and what they post."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import Forbidden, LinliError, NotFound
from kernel.ids import new_id
from points import accounts, errors, facts, months
from points.facts import EvidenceGiven
from points.models import EvidenceKind, MonthState
from tests.integration.points.world import MONTH, NOW, TODAY, World, ready_world

D = Decimal


def standing(world: World, member_id: Any) -> tuple[Decimal, Decimal, Decimal]:
    account = accounts.for_member(world.community_id, member_id)
    return account.balance, account.held, account.debt


class TestTheDoor:
    @pytest.mark.parametrize(
        ("item", "values", "error"),
        [
            ("NONE", {}, errors.ItemNotInForce),
            ("CAP", {"occurred_on": dt.date(2026, 8, 31)}, errors.ItemNotInForce),
            ("CAP", {"occurred_on": dt.date(2026, 11, 22)}, errors.OccurredInFuture),
            ("SOON", {"occurred_on": dt.date(2026, 11, 17)}, errors.TooLate),
            ("CAP", {"quantity": D(2)}, errors.QuantityOutOfRange),
            ("HOURS", {"quantity": D("0.25")}, errors.QuantityOutOfRange),
            ("HOURS", {"quantity": D("12.5")}, errors.QuantityOutOfRange),
            ("TIMES", {}, errors.LevelMissing),
            ("TIMES", {"level": "中"}, errors.LevelUnknown),
            ("CAP", {"level": "小"}, errors.LevelUnknown),
            ("BAD", {"reason": " "}, errors.ReasonMissing),
            ("CLAIM", {"evidence": []}, errors.EvidenceMissing),
        ],
    )
    def test_names_what_is_wrong_and_stores_nothing(
        self, world: World, item: str, values: dict[str, Any], error: type[LinliError]
    ) -> None:
        member_id = world.member()
        with pytest.raises(error) as refused:
            world.record(member_id, item, **values)
        assert refused.value.field
        assert facts.search(actor=world.admin, community_id=world.community_id) == []

    def test_the_last_day_of_the_deadline_is_in_time(self, world: World) -> None:
        fact = world.record(world.member(), "SOON", occurred_on=dt.date(2026, 11, 18))
        assert fact.lines[0].posted == D(1)

    def test_only_a_role_the_item_names_records_it(self, world: World) -> None:
        member_id = world.member()
        with pytest.raises(errors.RecorderNotAllowed):
            world.record(member_id, "BAD", actor=world.admin)
        with pytest.raises(Forbidden):
            world.record(member_id, "CAP", actor=world.actor("auditor"))

    def test_a_member_records_nothing_and_claims_instead(self, world: World) -> None:
        member_id, other = world.member(), world.member(name="李四")
        me = world.bound_actor("member", member_id)
        for subject in (member_id, other):
            with pytest.raises(Forbidden):
                world.record(subject, "CLAIM", actor=me)

    def test_a_grid_worker_never_records_for_oneself(self, world: World) -> None:
        member_id = world.member(kinds=("grid_worker",))
        grid_worker = world.bound_actor("grid_worker", member_id)
        with pytest.raises(errors.OwnHousehold):
            world.record(member_id, "CAP", actor=grid_worker)

    def test_another_community_does_not_exist_for_the_recorder(self, world: World) -> None:
        elsewhere = ready_world("elsewhere")
        with pytest.raises(NotFound):
            elsewhere.record(elsewhere.member(), "CAP", actor=world.recorder)
        with pytest.raises(NotFound):
            world.record(elsewhere.member(), "CAP")

    def test_the_same_deed_of_the_same_member_is_recorded_once(self, world: World) -> None:
        member_id, other, deed = world.member(), world.member(name="李四"), new_id()
        world.record(member_id, "CAP", deed=deed)
        with pytest.raises(errors.DuplicateFact):
            world.record(member_id, "CAP", deed=deed)
        assert world.record(other, "CAP", deed=deed).lines[0].posted == D(2)


class TestPosting:
    def test_a_limit_pays_partly_then_nothing_and_says_so(self, world: World) -> None:
        member_id = world.member()
        posted = [world.record(member_id, "CAP").lines[0] for _ in range(4)]
        assert [line.posted for line in posted] == [D(2), D(2), D(1), D(0)]
        assert [line.reason for line in posted] == [None, None, "partly_over_limit", "over_limit"]
        assert standing(world, member_id) == (D(5), D(0), D(0))

    def test_a_limit_starts_again_with_its_period(self, world: World) -> None:
        member_id = world.member()
        for _ in range(3):
            world.record(member_id, "CAP", occurred_on=dt.date(2026, 10, 31))
        assert world.record(member_id, "CAP").lines[0].posted == D(2)
        assert standing(world, member_id)[0] == D(7)

    def test_the_greatest_stay_under_a_limit_of_times(self, world: World) -> None:
        member_id = world.member()
        first = world.record(member_id, "TIMES", level="小")
        world.record(member_id, "TIMES", level="小")
        world.record(member_id, "TIMES", level="大")
        lines = [
            each.lines[0].posted
            for each in facts.search(actor=world.admin, community_id=world.community_id)
        ]
        assert sorted(lines) == [D(0), D(1), D(3)]
        assert standing(world, member_id)[0] == D(4)
        assert first.lines[0].posted == D(1)

    def test_hours_add_up_over_the_month_within_four_a_day(self, world: World) -> None:
        member_id = world.member()
        day = dt.date(2026, 11, 20)
        amounts = [
            world.record(member_id, "HOURS", quantity=D(hours), occurred_on=on).lines[0].posted
            for hours, on in (("2.5", day), ("3", day), ("0.5", TODAY), ("0.5", TODAY))
        ]
        # 2.5 h → 2; the larger 3 h comes first and leaves 1 h of the day to the 2.5; 4.5 → 4; 5 → 5
        assert amounts == [D(2), D(3), D(0), D(1)]
        assert standing(world, member_id)[0] == D(5)

    def test_an_earlier_fact_takes_the_room_by_date_and_the_total_stays(self, world: World) -> None:
        member_id = world.member()
        late = [world.record(member_id, "CAP", occurred_on=TODAY) for _ in range(3)]
        early = world.record(member_id, "CAP", occurred_on=dt.date(2026, 11, 2))
        assert early.lines[0].posted == D(2)
        assert standing(world, member_id)[0] == D(5)
        now = {
            each.id: each.lines[0].posted
            for each in facts.search(actor=world.admin, community_id=world.community_id)
        }
        assert sorted(now[each.id] for each in late) == [D(0), D(1), D(2)]

    def test_a_deduction_takes_the_spendable_and_leaves_a_debt_that_earnings_repay(
        self, world: World
    ) -> None:
        member_id = world.member()
        world.record(member_id, "CAP")
        bad = world.record(member_id, "BAD")
        assert (bad.lines[0].entitled, bad.lines[0].posted) == (D(-10), D(-10))
        assert standing(world, member_id) == (D(0), D(0), D(8))
        for _ in range(6):
            world.record(member_id, "FREE")
        assert standing(world, member_id) == (D(1), D(0), D(0))

    def test_what_is_held_is_out_of_reach_of_a_deduction(self, world: World) -> None:
        member_id = world.member()
        world.record(member_id, "CAP")
        account = accounts.for_member(world.community_id, member_id)
        assert accounts.reserve(
            community_id=world.community_id, account_id=account.id, points=D("1.5"), now=NOW
        )
        world.record(member_id, "BAD")
        assert standing(world, member_id) == (D("1.5"), D("1.5"), D("9.5"))
        accounts.release(
            community_id=world.community_id, account_id=account.id, points=D("1.5"), now=NOW
        )
        assert standing(world, member_id) == (D(0), D(0), D(8))

    def test_an_honor_counts_in_the_score_and_never_in_the_balance(self, world: World) -> None:
        member_id = world.member()
        assert world.record(member_id, "HONOR").lines[0].posted == D(1)
        assert standing(world, member_id) == (D(0), D(0), D(0))


class TestTheMonth:
    def test_a_fact_goes_to_its_own_month_while_that_is_open(self, world: World) -> None:
        fact = world.record(world.member(), "CAP", occurred_on=dt.date(2026, 10, 31))
        assert (fact.month, fact.belongs_month) == ("2026-10", "2026-10")

    def test_after_the_freeze_it_goes_to_the_oldest_open_month_naming_its_own(
        self, world: World
    ) -> None:
        months.step(
            community_id=world.community_id, month="2026-10", to=MonthState.FROZEN,
            actor=world.admin, now=NOW, version=1,
        )  # fmt: skip
        fact = world.record(world.member(), "CAP", occurred_on=dt.date(2026, 10, 31))
        assert (fact.month, fact.belongs_month) == (MONTH, "2026-10")
        assert (fact.lines[0].month, fact.lines[0].belongs_month) == (MONTH, "2026-10")

    def test_a_month_that_was_never_opened_is_not_a_closed_one(self, world: World) -> None:
        with pytest.raises(errors.NoOpenMonth):
            world.record(world.member(), "CAP", occurred_on=dt.date(2026, 9, 30))

    def test_claims_nobody_decided_move_on_when_the_month_freezes(self, world: World) -> None:
        day = dt.date(2026, 10, 30)
        member_id = world.member()
        waiting = world.record(member_id, "CLAIM", occurred_on=day)
        posted = world.record(member_id, "CAP", occurred_on=day)
        months.step(
            community_id=world.community_id, month="2026-10", to=MonthState.FROZEN,
            actor=world.admin, now=NOW, version=1,
        )  # fmt: skip
        found = {
            each.id: each.lines[0].month
            for each in facts.search(actor=world.admin, community_id=world.community_id)
        }
        assert found == {waiting.id: MONTH, posted.id: "2026-10"}
        approved = facts.approve(
            actor=world.panelist, now=NOW, community_id=world.community_id,
            fact_id=waiting.id, version=1,
        )  # fmt: skip
        assert approved.lines[0].posted == D(2)
        assert approved.lines[0].belongs_month == "2026-10"


class TestEvidence:
    def test_any_of_the_alternatives_is_enough_and_is_kept_with_its_note(
        self, world: World
    ) -> None:
        given = [EvidenceGiven(kind=EvidenceKind.CHECK_IN, note="签到表第 3 页")]
        fact = world.record(world.member(), "CLAIM", evidence=given, reason="参加议事")
        detail = facts.detail(
            actor=world.panelist, community_id=world.community_id, fact_id=fact.id
        )
        assert [(one.kind, one.note) for one in detail.evidence] == [("check_in", "签到表第 3 页")]
        assert detail.reason == "参加议事"
        assert [act.act for act in detail.acts] == ["recorded"]
