"""What a member reads about the own points: summary and history."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import Forbidden, NotFound
from kernel.ids import new_id
from points import accounts, facts, grants, history, transfers
from points.history import HistoryRow, Summary
from tests.integration.points.world import MONTH, NOW, World

D = Decimal


def summary(world: World, member_id: Any, **values: Any) -> Summary:
    given = {"actor": world.admin, "now": NOW, "month": MONTH, **values}
    return history.summary(community_id=world.community_id, member_id=member_id, **given)


def rows(world: World, member_id: Any, **values: Any) -> list[HistoryRow]:
    given = {"actor": world.admin, **values}
    return history.history(community_id=world.community_id, member_id=member_id, **given)


def redeemed(world: World, member_id: Any, points: Decimal, *, cancel: bool = False) -> None:
    account = accounts.for_member(world.community_id, member_id)
    where = {"community_id": world.community_id, "account_id": account.id}
    assert accounts.reserve(**where, points=points, now=NOW)
    accounts.capture(**where, points=points)
    given = {**where, "merchant_id": world.grid_id, "points": points, "redemption_id": new_id()}
    transfer_id = transfers.to_merchant(**given, now=NOW)
    if cancel:
        transfers.back_to_holder(**given, reverses=transfer_id, now=NOW)


class TestSummary:
    def test_shopping_lowers_the_balance_and_never_the_score(self, world: World) -> None:
        member_id = world.member()
        grants.grant_base(community_id=world.community_id, month=MONTH, now=NOW, actor=world.admin)
        world.record(member_id, "CAP")
        world.record(member_id, "HONOR")
        redeemed(world, member_id, D(4))
        found = summary(world, member_id)
        assert (found.balance, found.spendable, found.debt) == (D(8), D(8), D(0))
        assert (found.base, found.bonus, found.deduction, found.score) == (D(10), D(3), D(0), D(13))

    def test_a_deduction_is_shown_positive_and_lowers_the_score(self, world: World) -> None:
        member_id = world.member()
        world.record(member_id, "BAD")
        found = summary(world, member_id)
        assert (found.deduction, found.score, found.debt) == (D(10), D(-10), D(10))

    def test_a_member_without_account_reads_zeros_and_nothing_is_written(
        self, world: World, count_statements: Any
    ) -> None:
        member_id = world.member()
        with count_statements() as seen:
            found = summary(world, member_id)
        assert (found.balance, found.score) == (D(0), D(0))
        assert all(statement.startswith("SELECT") for statement in seen)


class TestHistory:
    def test_newest_first_with_item_reason_and_role(self, world: World) -> None:
        member_id = world.member()
        world.record(member_id, "CAP")
        world.record(member_id, "BAD", reason="堵楼道")
        bad, cap = rows(world, member_id)
        assert (bad.item_code, bad.item_name, bad.points) == ("BAD", "项目BAD", D(-10))
        assert (bad.reason, bad.recorder_role) == ("堵楼道", "grid_worker")
        assert (cap.points, cap.month, cap.belongs_month) == (D(2), MONTH, MONTH)
        assert bad.fact_id is not None

    def test_a_redemption_and_its_cancellation_stand_in_it(self, world: World) -> None:
        member_id = world.member()
        world.record(member_id, "CAP")
        redeemed(world, member_id, D(2), cancel=True)
        found = [(row.kind, row.points) for row in rows(world, member_id)]
        assert found == [("cancellation", D(2)), ("redemption", D(-2)), ("bonus", D(2))]

    def test_a_late_entry_and_a_rearrangement_are_marked(self, world: World) -> None:
        member_id = world.member()
        for _ in range(3):
            world.record(member_id, "CAP")
        world.record(member_id, "CAP", occurred_on=dt.date(2026, 11, 2))
        marks = [row.mark for row in rows(world, member_id)]
        assert "rearranged" in marks

    def test_pages_go_on_where_the_last_ended(self, world: World) -> None:
        member_id = world.member()
        for _ in range(3):
            world.record(member_id, "FREE")
        redeemed(world, member_id, D(1))
        everything = rows(world, member_id)
        first = rows(world, member_id, limit=2)
        rest = rows(world, member_id, limit=5, after=first[-1].id)
        assert [row.id for row in first + rest] == [row.id for row in everything]

    def test_a_month_narrows_it(self, world: World) -> None:
        member_id = world.member()
        world.record(member_id, "FREE", occurred_on=dt.date(2026, 10, 3))
        world.record(member_id, "FREE")
        redeemed(world, member_id, D(1))
        assert len(rows(world, member_id, month=MONTH)) == 2
        assert [row.occurred_on.month for row in rows(world, member_id, month="2026-10")] == [10]

    def test_its_statements_do_not_grow_with_it(self, world: World, count_statements: Any) -> None:
        member_id = world.member()
        world.record(member_id, "FREE")
        with count_statements() as few:
            rows(world, member_id)
        for _ in range(5):
            world.record(member_id, "FREE")
        with count_statements() as many:
            assert len(rows(world, member_id)) == 6
        assert len(many) == len(few) <= 4


class TestWhoReads:
    def test_a_member_reads_the_own_and_nobody_elses(self, world: World) -> None:
        member_id, other = world.member(), world.member(name="李四")
        me = world.actor("member", member=member_id)
        assert summary(world, member_id, actor=me).member_id == member_id
        assert rows(world, member_id, actor=me) == []
        for read in (summary, rows):
            with pytest.raises(NotFound):
                read(world, other, actor=me)

    def test_staff_of_another_community_find_nothing(self, world: World, bare_world: World) -> None:
        with pytest.raises(NotFound):
            summary(world, world.member(), actor=bare_world.admin)

    def test_the_origin_of_a_line_is_for_the_member_and_for_staff(self, world: World) -> None:
        member_id = world.member()
        fact = world.record(member_id, "CAP")
        where = {"community_id": world.community_id, "fact_id": fact.id}
        for reader in (world.actor("member", member=member_id), world.panelist):
            assert facts.detail(actor=reader, **where).fact.id == fact.id
        with pytest.raises(NotFound):
            facts.detail(actor=world.actor("member"), **where)

    def test_only_staff_search_facts(self, world: World) -> None:
        with pytest.raises(Forbidden):
            facts.search(actor=world.actor("member"), community_id=world.community_id)


class TestSearch:
    def test_every_filter_narrows(self, world: World) -> None:
        member_id, other = world.member(), world.member(name="李四")
        cap = world.record(member_id, "CAP")
        claim = world.record(other, "CLAIM", occurred_on=dt.date(2026, 10, 30))
        struck = facts.strike(
            actor=world.panelist, now=NOW, community_id=world.community_id, version=1,
            fact_id=world.record(other, "FREE").id, reason="没有发生",
        )  # fmt: skip

        def found(**wanted: Any) -> set[Any]:
            asked = facts.FactFilter(**wanted)
            views = facts.search(actor=world.admin, community_id=world.community_id, wanted=asked)
            return {view.id for view in views}

        assert found() == {cap.id, claim.id, struck.id}
        assert found(member_id=member_id) == {cap.id}
        assert found(month="2026-10") == {claim.id}
        assert found(item_code="FREE") == {struck.id}
        assert found(recorded_by=world.panelist.account_id) == set()
        assert found(state=facts.FactState.STRUCK) == {struck.id}
        assert found(state=facts.FactState.AWAITING_APPROVAL) == {claim.id}
        assert found(state=facts.FactState.STANDING) == {cap.id}

    def test_a_list_costs_the_same_for_one_fact_and_for_many(
        self, world: World, count_statements: Any
    ) -> None:
        member_id = world.member()
        world.record(member_id, "FREE")
        with count_statements() as few:
            facts.search(actor=world.admin, community_id=world.community_id)
        for _ in range(4):
            world.record(member_id, "FREE")
        with count_statements() as many:
            facts.search(actor=world.admin, community_id=world.community_id)
        assert len(many) == len(few) <= 3
