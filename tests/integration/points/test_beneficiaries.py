"""Whose conduct a fact is, whose account receives it, and under which rulebook."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from community.models import Membership
from kernel.database import db
from kernel.errors import LinliError
from kernel.ids import new_id
from points import errors, facts, holders
from points.facts import NamedPerson, Source
from points.models import HolderKind
from tests.integration.points.every_construct import (
    BEFORE,
    MERCHANTS,
    account,
    adds_up,
    another_household,
    full_world,
    make_head,
    posted,
    put,
    seen,
    strike,
)
from tests.integration.points.world import NOW, TODAY, World
from tests.support.backend import Backend

D = Decimal
MEMBERS_BOOK, HOUSE_BOOK = "test-book", "house-book"


@pytest.fixture
def world(backend: Backend, session: Any) -> World:
    return backend.remembered(full_world)


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A merchant of the alliance under a rulebook of merchants."""
    world.adopt(effective_from=dt.date(2026, 10, 1), **MERCHANTS)
    merchant_id = new_id()

    def roster(community_id: Any, on: Any) -> sa.Select[Any]:
        return sa.select(sa.literal(merchant_id, sa.Uuid()).label("holder_id"))

    monkeypatch.setattr(holders, "_merchants", [roster])
    return merchant_id


def balance(world: World, holder_id: Any, **values: Any) -> Decimal:
    return account(world, holder_id, **values).balance


class TestReceivers:
    def test_each_member_receives_it_and_one_limit_of_time_is_each_ones_own(
        self, world: World
    ) -> None:
        one, other = (
            world.member(name=name, household_id=world.household_id) for name in ("张三", "李四")
        )
        alone = world.member(name="王五")
        fact = put(world, one, "FOR-ALL")
        assert len(fact.also) == 1
        received = [seen(world, fact), facts.replay(
            community_id=world.community_id, result_id=fact.also[0])]  # fmt: skip
        assert {each.holder_id for each in received} == {one, other}
        assert {each.member_id for each in received} == {one}
        assert len({each.deed_id for each in received}) == 1
        assert [balance(world, each, book=MEMBERS_BOOK) for each in (one, other, alone)] == [
            D(1), D(1), D(0),
        ]  # fmt: skip
        assert adds_up(world)

    def test_the_head_and_the_household_itself(self, world: World) -> None:
        child, head = (
            world.member(name=name, household_id=world.household_id) for name in ("张小", "张三")
        )
        with pytest.raises(errors.HeadUnknown):
            put(world, child, "FOR-HEAD")
        make_head(world, head)
        assert put(world, child, "FOR-HEAD").holder_id == head
        house = put(world, child, "FOR-HOUSE")
        assert (house.holder_kind, house.holder_id) == ("household", world.household_id)
        assert house.member_id == child
        assert adds_up(world)

    def test_named_persons_stand_in_a_relation_the_item_lists(self, world: World) -> None:
        actor, kin = world.member(), world.member(name="李四")
        named = [NamedPerson(member_id=kin, relation="spouse")]
        fact = put(world, actor, "FOR-KIN", beneficiaries=named)
        assert (fact.member_id, fact.holder_id) == (actor, kin)
        assert balance(world, kin, book=MEMBERS_BOOK) == D(1)
        assert adds_up(world)

    @pytest.mark.parametrize(
        ("item", "relations", "error"),
        [
            ("FOR-KIN", [], errors.BeneficiariesMissing),
            ("FOR-KIN", ["child"], errors.RelationNotAllowed),
            ("FOR-KIN", ["spouse", "spouse"], errors.BeneficiaryNotAllowed),
            ("GOOD", ["spouse"], errors.BeneficiaryNotAllowed),
        ],
    )
    def test_anybody_else_is_refused_by_name(
        self, world: World, item: str, relations: list[str], error: type[LinliError]
    ) -> None:
        actor, kin = world.member(), world.member(name="李四")
        named = [NamedPerson(member_id=kin, relation=each) for each in relations]
        with pytest.raises(error) as refused:
            put(world, actor, item, beneficiaries=named)
        assert refused.value.field == "beneficiaries"
        assert facts.search(actor=world.admin, community_id=world.community_id) == []

    def test_a_recorder_is_no_beneficiary_either(self, world: World) -> None:
        own = world.member(household_id=world.household_id)
        relative = world.member(name="张大", household_id=world.household_id)
        recorder = world.bound_actor("grid_worker", own)
        actor = world.member(name="李四")
        for named in (own, relative):
            people = [NamedPerson(member_id=named, relation="spouse")]
            with pytest.raises(errors.OwnHousehold):
                put(world, actor, "FOR-KIN", beneficiaries=people, actor=recorder)
        with pytest.raises(errors.OwnHousehold):
            put(world, None, "YARD", household_id=world.household_id, actor=recorder)

    def test_nobody_judges_what_the_own_household_receives(self, world: World) -> None:
        own = world.member(household_id=world.household_id)
        panelist = world.bound_actor("panelist", own)
        fact = put(world, None, "YARD", household_id=world.household_id)
        with pytest.raises(errors.OwnHousehold):
            facts.strike(
                actor=panelist, now=NOW, community_id=world.community_id, fact_id=fact.id,
                version=1, reason="没有发生",
            )  # fmt: skip


class TestRulebooksSideBySide:
    def test_a_household_has_an_account_of_its_own(self, world: World) -> None:
        member_id = world.member(household_id=world.household_id)
        yard = put(world, member_id, "YARD")
        mess = put(world, None, "MESS", household_id=world.household_id)
        good = put(world, member_id, "GOOD")
        assert (yard.holder_id, mess.holder_id, good.holder_id) == (
            world.household_id, world.household_id, member_id,
        )  # fmt: skip
        assert (yard.member_id, mess.member_id, mess.member_name) == (member_id, None, None)
        house = account(world, world.household_id, HolderKind.HOUSEHOLD, book=HOUSE_BOOK)
        assert (house.balance, house.debt) == (D(0), D(1))
        assert balance(world, member_id, book=MEMBERS_BOOK) == D(2)
        assert adds_up(world)

    def test_an_item_in_both_asks_which_rulebook(self, world: World) -> None:
        member_id = world.member(household_id=world.household_id)
        with pytest.raises(errors.RulebookAmbiguous) as refused:
            put(world, member_id, "BOTH")
        assert refused.value.field == "rulebook_code"
        assert refused.value.extra == {"rulebooks": [MEMBERS_BOOK, HOUSE_BOOK]}
        assert put(world, member_id, "BOTH", rulebook_code=HOUSE_BOOK).holder_kind == "household"
        # The household as such has one rulebook only.
        assert put(world, None, "BOTH", household_id=world.household_id).holder_kind == "household"
        assert adds_up(world)

    def test_a_member_without_a_household_has_none_to_receive_it(self, world: World) -> None:
        with pytest.raises(errors.HouseholdUnknown):
            put(world, world.member(), "YARD")
        with pytest.raises(errors.HouseholdUnknown):
            put(world, None, "YARD", household_id=new_id())

    def test_exactly_one_subject_is_named(self, world: World) -> None:
        with pytest.raises(errors.SubjectMissing):
            put(world, None, "GOOD")
        with pytest.raises(errors.SubjectMissing):
            put(world, world.member(), "GOOD", household_id=world.household_id)

    def test_a_household_does_not_do_what_a_member_does(self, world: World) -> None:
        with pytest.raises(errors.ItemNotInForce):
            put(world, None, "GOOD", household_id=world.household_id)
        fact = put(world, None, "FOR-HOUSE", household_id=world.household_id)
        assert fact.holder_id == world.household_id

    def test_who_moved_is_judged_with_the_household_of_that_day(self, world: World) -> None:
        member_id = world.member(household_id=world.household_id)
        elsewhere = another_household(world)
        old = db.session.scalars(
            sa.select(Membership).where(
                Membership.community_id == world.community_id, Membership.member_id == member_id
            )
        ).one()
        old.valid_to = dt.date(2026, 11, 10)
        db.session.flush()
        db.session.add(
            Membership(
                community_id=world.community_id, member_id=member_id, kinds=["resident"],
                grid_id=world.grid_id, household_id=elsewhere, valid_from=dt.date(2026, 11, 10),
            )
        )  # fmt: skip
        db.session.flush()
        before = put(world, member_id, "YARD", occurred_on=dt.date(2026, 11, 9))
        after = put(world, member_id, "YARD")
        assert (before.holder_id, after.holder_id) == (world.household_id, elsewhere)
        # Both households' limits are tied together by what the member did in each.
        others = [
            world.member(name=name, household_id=where)
            for name, where in (("李四", world.household_id), ("王五", elsewhere))
        ]
        shared = [
            put(world, member_id, "SHARED", occurred_on=dt.date(2026, 11, 9)),
            put(world, member_id, "SHARED"),
            *(put(world, other, "SHARED") for other in others),
            *(put(world, other, "SHARED") for other in others),
        ]
        assert posted(world, *shared) == [D(2), D(2), D(2), D(2), D(1), D(1)]
        assert adds_up(world)


class TestMerchants:
    def test_a_merchant_has_a_score_and_no_balance(self, world: World, shop: Any) -> None:
        fact = put(world, None, "KIND-SHOP", merchant_id=shop)
        assert (fact.holder_kind, fact.holder_id, fact.member_id) == ("merchant", shop, None)
        assert fact.lines[0].posted == D(2)
        found = account(world, shop, HolderKind.MERCHANT, book="shop-book")
        assert (found.balance, found.debt) == (D(0), D(0))
        strike(world, fact)
        assert posted(world, fact) == [D(0)]
        assert adds_up(world)

    def test_who_is_not_in_the_alliance_is_refused(self, world: World, shop: Any) -> None:
        with pytest.raises(errors.MerchantUnknown) as refused:
            put(world, None, "KIND-SHOP", merchant_id=new_id())
        assert refused.value.field == "merchant_id"
        with pytest.raises(errors.ItemNotInForce):
            put(world, world.member(), "KIND-SHOP")
        with pytest.raises(errors.ItemNotInForce):
            put(world, None, "GOOD", merchant_id=shop)


class TestRecordFrom:
    def take(self, world: World, **values: Any) -> facts.FactView:
        given: dict[str, Any] = {
            "actor": world.panelist, "now": NOW, "source": Source.CLAIM, "item_code": "LITTER",
            "occurred_on": TODAY, "recorded_by": world.recorder.account_id,
            "recorder_role": "grid_worker", **values,
        }  # fmt: skip
        fact_id = facts.record_from(community_id=world.community_id, **given)
        return facts.replay(community_id=world.community_id, result_id=fact_id)

    def test_the_approvals_given_count(self, world: World) -> None:
        member_id = world.member()
        waiting = self.take(world, member_id=member_id)
        assert (waiting.state, waiting.approvals) == ("awaiting_approval", 0)
        agreed = [(world.panelist.account_id, "panelist")]
        done = self.take(world, member_id=member_id, approved_by=agreed)
        assert (done.state, done.approvals, done.lines[0].posted) == ("standing", 1, D(-3))
        detail = facts.detail(actor=world.admin, community_id=world.community_id, fact_id=done.id)
        assert [one.role for one in detail.approvals] == ["panelist"]
        assert detail.acts[0].authority == "claim"
        assert adds_up(world)

    def test_nobody_agrees_to_the_own_recording(self, world: World) -> None:
        with pytest.raises(errors.SelfApproval):
            self.take(
                world, member_id=world.member(),
                approved_by=[(world.recorder.account_id, "panelist")],
            )  # fmt: skip

    def test_the_deadline_counts_to_the_day_it_was_handed_in(self, world: World) -> None:
        day = dt.date(2026, 10, 15)
        with pytest.raises(errors.TooLate):
            self.take(world, member_id=world.member(), item_code="WARNED", occurred_on=day)
        fact = self.take(
            world, member_id=world.member(), item_code="WARNED", occurred_on=day,
            received_on=dt.date(2026, 11, 1),
        )  # fmt: skip
        assert fact.month == BEFORE

    def test_the_activity_is_kept(self, world: World) -> None:
        member_id = world.member()
        with pytest.raises(errors.ActivityMissing):
            self.take(world, member_id=member_id, item_code="AT-EVENT")
