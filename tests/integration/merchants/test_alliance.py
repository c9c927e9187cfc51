"""Joining and leaving, and what everybody may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kernel import tenancy
from kernel.errors import Forbidden, NotFound, StaleVersion, WhyMissing
from merchants import alliance
from merchants.errors import (
    AlreadyJoined,
    IllegalMerchantStep,
    MerchantCodeInvalid,
    MerchantCodeTaken,
    MerchantUnknown,
)
from merchants.models import AllianceAct, AllianceMerchant
from tests.factories.merchants import AllianceMerchantFactory, MerchantFactory
from tests.integration.redemption.world import NOW, AllianceWorld

TODAY = dt.date(2026, 11, 21)


def enter(world: AllianceWorld, code: str = "jinxian", **changed: Any) -> alliance.InAlliance:
    values: dict[str, Any] = {
        "code": code, "name": "晋鲜果蔬", "trade": "果蔬店", "address": "北门 3 号",
        "joined_on": TODAY,
    }  # fmt: skip
    return alliance.enter_merchant(
        actor=world.actor("community_admin"), now=NOW, community_id=world.community_id,
        **(values | changed),
    )  # fmt: skip


def leave(world: AllianceWorld, merchant_id: Any, version: int, why: str = "歇业") -> Any:
    return alliance.leave(
        actor=world.actor("community_admin"), now=NOW, community_id=world.community_id,
        merchant_id=merchant_id, left_on=TODAY, version=version, why=why,
    )  # fmt: skip


class TestEnter:
    def test_joins_at_once_and_keeps_the_act(self, world: AllianceWorld) -> None:
        entered = enter(world)
        assert (entered.state, entered.joined_on, entered.version) == ("joined", TODAY, 1)
        acts = tenancy.select(AllianceAct, world.community_id)
        assert [act.to_state for act in alliance.db.session.scalars(acts)] == ["joined"]

    @pytest.mark.parametrize("code", ["Jinxian", "j", "晋鲜", "-jin", "jin-", "jin xian"])
    def test_refuses_a_code_that_is_none(self, world: AllianceWorld, code: str) -> None:
        with pytest.raises(MerchantCodeInvalid):
            enter(world, code)

    def test_refuses_a_taken_code(self, world: AllianceWorld) -> None:
        enter(world)
        with pytest.raises(MerchantCodeTaken):
            enter(world)

    def test_needs_the_permission(self, world: AllianceWorld) -> None:
        with pytest.raises(Forbidden):
            alliance.enter_merchant(
                actor=world.actor("supervisor"), now=NOW, community_id=world.community_id,
                code="abc", name="x", trade="x", address="x", joined_on=TODAY,
            )  # fmt: skip


class TestJoinAndLeave:
    def test_a_merchant_of_another_community_may_join(self, world: AllianceWorld) -> None:
        elsewhere = MerchantFactory(code="everywhere")
        joined = alliance.join(
            actor=world.actor("community_admin"), now=NOW, community_id=world.community_id,
            code=elsewhere.code, joined_on=TODAY,
        )  # fmt: skip
        assert joined.merchant.id == elsewhere.id

    def test_leaves_and_comes_back(self, world: AllianceWorld) -> None:
        entered = enter(world)
        left = leave(world, entered.merchant.id, 1)
        assert (left.state, left.left_on, left.version) == ("left", TODAY, 2)
        with pytest.raises(MerchantUnknown):
            alliance.merchant_by_code(world.community_id, "jinxian")
        back = alliance.join(
            actor=world.actor("community_admin"), now=NOW, community_id=world.community_id,
            code="jinxian", joined_on=TODAY,
        )  # fmt: skip
        assert (back.state, back.left_on, back.version) == ("joined", None, 3)

    def test_refusals(self, world: AllianceWorld) -> None:
        entered = enter(world)
        with pytest.raises(AlreadyJoined):
            alliance.join(
                actor=world.actor("community_admin"), now=NOW, community_id=world.community_id,
                code="jinxian", joined_on=TODAY,
            )  # fmt: skip
        with pytest.raises(StaleVersion):
            leave(world, entered.merchant.id, 2)
        with pytest.raises(WhyMissing):
            leave(world, entered.merchant.id, 1, why=" ")
        leave(world, entered.merchant.id, 1)
        with pytest.raises(IllegalMerchantStep):
            leave(world, entered.merchant.id, 2)

    def test_a_merchant_of_another_alliance_is_unknown(self, world: AllianceWorld) -> None:
        with pytest.raises(MerchantUnknown):
            leave(world, MerchantFactory().id, 1)


class TestPublic:
    def public(self, world: AllianceWorld, **query: Any) -> list[str]:
        found = alliance.public_merchants(
            **({"community_id": world.community_id, "on": TODAY} | query)
        )
        return [one.merchant.name for one in found]

    def test_shows_merchants_with_an_agreement_and_accepted_offers(
        self, world: AllianceWorld
    ) -> None:
        shown = world.offer(title="早餐")
        for state in ("proposed", "withdrawn"):
            world.offer(state=state)
        world.offer(state="paused", paused_by="merchant")
        world.offer(valid_to=TODAY)
        world.offer(valid_from=TODAY + dt.timedelta(days=1))
        world.other_shop()
        found = alliance.public_merchants(community_id=world.community_id, on=TODAY)
        assert [one.merchant.id for one in found] == [world.merchant.id]
        assert [offer.id for offer in found[0].offers] == [shown.id]

    @pytest.mark.parametrize("state", ["suspended", "ended"])
    def test_hides_them_without(self, world: AllianceWorld, state: str) -> None:
        world.agreement.state = state
        alliance.db.session.flush()
        assert self.public(world) == []
        with pytest.raises(MerchantUnknown):
            alliance.public_merchant(
                community_id=world.community_id, code=world.merchant.code, on=TODAY
            )

    def test_hides_who_left(self, world: AllianceWorld) -> None:
        leave(world, world.merchant.id, 1)
        assert self.public(world) == []

    @pytest.mark.parametrize(
        ("search", "is_found"),
        [("老邢", True), ("饭店", True), ("南门", True), ("早餐", True), ("%", False),
         ("别处", False)],
    )  # fmt: skip
    def test_searches_names_and_offers(
        self, world: AllianceWorld, search: str, is_found: bool
    ) -> None:
        world.offer(title="早餐一份")
        assert bool(self.public(world, search=search)) is is_found

    def test_goes_page_by_page(self, world: AllianceWorld) -> None:
        from tests.factories.merchants import RedemptionAgreementFactory

        for name in ("甲", "乙"):
            merchant = MerchantFactory(name=name)
            AllianceMerchantFactory(community_id=world.community_id, merchant_id=merchant.id)
            RedemptionAgreementFactory(community_id=world.community_id, merchant_id=merchant.id)
        first = alliance.public_merchants(community_id=world.community_id, on=TODAY, limit=2)
        rest = alliance.public_merchants(
            community_id=world.community_id, on=TODAY, after=first[-1].id, limit=2
        )
        assert [one.merchant.name for one in first + rest] == ["老邢家常菜", "甲", "乙"]


def test_staff_search_the_whole_alliance(world: AllianceWorld) -> None:
    entered = enter(world)
    leave(world, entered.merchant.id, 1)
    found = alliance.search(actor=world.actor("auditor"), community_id=world.community_id)
    assert [one.state for one in found] == ["joined", "left"]
    some = alliance.search(
        actor=world.actor("auditor"), community_id=world.community_id, text="果蔬"
    )
    assert [one.merchant.code for one in some] == ["jinxian"]
    with pytest.raises((Forbidden, NotFound)):
        alliance.search(actor=world.actor("member"), community_id=world.community_id)


def test_the_row_of_an_alliance_belongs_to_one_community(world: AllianceWorld) -> None:
    rows = tenancy.select(AllianceMerchant, world.community_id)
    assert len(list(alliance.db.session.scalars(rows))) == 1
