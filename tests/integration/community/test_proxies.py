"""Proxies: granted and revoked, only within one household; children as nicknames."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from community import children, memberships, proxies
from community.memberships import Belonging
from community.models import Member
from kernel.access import Actor
from kernel.errors import LinliError
from tests.integration.community.world import NOW, TODAY, World

TOMORROW = TODAY + dt.timedelta(days=1)


class Family:
    """Zhang and Li live together, Wang next door; each has a phone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.zhang, self.zhangs_phone = self.person("张三", 0)
        self.li, self.lis_phone = self.person("李梅", 0)
        self.wang, self.wangs_phone = self.person("王五", 1)

    def person(self, name: str, household: int | None) -> tuple[Member, Actor]:
        member = self.world.add(name, household)
        actor = self.world.actor("member", members={self.world.community_id: member.id})
        self.world.bound(member, actor)
        return member, actor

    def grant(self, **values: Any) -> proxies.ProxyView:
        given = {
            "actor": self.zhangs_phone, "now": NOW, "community_id": self.world.community_id,
            "proxy_id": self.li.id, **values,
        }  # fmt: skip
        return proxies.grant(**given)

    def revoke(self, actor: Actor, made: proxies.ProxyView) -> proxies.ProxyView:
        return proxies.revoke(
            actor=actor, now=NOW, community_id=self.world.community_id, proxy_grant_id=made.id
        )

    def may(self, actor: Actor, member: Member, on: dt.date | None = TODAY) -> bool:
        return proxies.may_act_for(actor, self.world.community_id, member.id, on)


@pytest.fixture
def family(world: World) -> Family:
    return Family(world)


def test_a_proxy_acts_until_it_is_revoked(family: Family) -> None:
    assert not family.may(family.lis_phone, family.zhang)
    made = family.grant()
    assert (made.grantor_name, made.proxy_name) == ("张三", "李梅")
    assert family.may(family.lis_phone, family.zhang)
    assert not family.may(family.zhangs_phone, family.li)
    assert not family.may(family.zhangs_phone, family.zhang)
    family.revoke(family.zhangs_phone, made)
    assert not family.may(family.lis_phone, family.zhang)
    rows = proxies.listed(actor=family.lis_phone, community_id=family.world.community_id)
    assert [row.revoked_at_utc for row in rows] == [NOW]
    assert family.grant().revoked_at_utc is None


@pytest.mark.parametrize("who", ["zhangs_phone", "lis_phone", "admin"])
def test_either_of_the_two_and_the_counter_may_revoke(family: Family, who: str) -> None:
    made = family.grant()
    actor = family.world.admin if who == "admin" else getattr(family, who)
    assert family.revoke(actor, made).revoked_at_utc == NOW
    with pytest.raises(LinliError) as refused:
        family.revoke(actor, made)
    assert refused.value.code == "proxy_ended"


def test_nobody_else_may(family: Family) -> None:
    made = family.grant()
    for act in (
        lambda: family.revoke(family.wangs_phone, made),
        lambda: family.grant(actor=family.wangs_phone, grantor_id=family.zhang.id),
        lambda: proxies.listed(
            actor=family.wangs_phone, community_id=family.world.community_id,
            member_id=family.zhang.id,
        ),
    ):  # fmt: skip
        with pytest.raises(LinliError) as refused:
            act()
        assert refused.value.code == "forbidden"


@pytest.mark.parametrize("who", ["wang", "zhang"])
def test_only_somebody_else_of_the_household(family: Family, who: str) -> None:
    with pytest.raises(LinliError) as refused:
        family.grant(proxy_id=getattr(family, who).id)
    assert refused.value.code == "not_one_household"


def test_once_is_enough(family: Family) -> None:
    family.grant()
    with pytest.raises(LinliError) as refused:
        family.grant()
    assert refused.value.code == "already_proxy"


def test_at_the_counter_but_not_for_the_own_household(family: Family) -> None:
    made = family.grant(actor=family.world.admin, grantor_id=family.zhang.id)
    assert family.may(family.lis_phone, family.zhang)
    assert made.grantor_id == family.zhang.id
    clerk = replace(family.world.actor("community_admin"), account_id=family.lis_phone.account_id)
    with pytest.raises(LinliError) as refused:
        family.grant(actor=clerk, grantor_id=family.zhang.id)
    assert refused.value.code == "own_household"


@pytest.mark.parametrize("on", [TOMORROW, None], ids=["that day", "now"])
def test_whoever_moves_out_acts_no_more(family: Family, on: dt.date | None) -> None:
    family.grant()
    memberships.change(
        actor=family.world.admin, now=NOW, community_id=family.world.community_id,
        member_id=family.li.id, membership_id=_membership(family.world, family.li), on=TODAY,
        kinds=["resident"], belonging=Belonging(household_id=family.world.households[1].id),
    )  # fmt: skip
    assert not family.may(family.lis_phone, family.zhang, on)


def test_another_community_knows_nothing_of_it(family: Family, noise: World) -> None:
    family.grant()
    assert not proxies.may_act_for(family.lis_phone, noise.community_id, family.zhang.id, TODAY)


class TestChildren:
    def add(self, family: Family, nickname: str = "豆豆", **values: Any) -> Any:
        given = {
            "actor": family.zhangs_phone, "now": NOW,
            "community_id": family.world.community_id, **values,
        }  # fmt: skip
        return children.add(nickname=nickname, **given)

    def test_a_guardian_acts_for_a_nickname(self, family: Family) -> None:
        child = self.add(family, " 豆豆 ")
        where = {"community_id": family.world.community_id}
        assert (child.nickname, child.guardian_id) == ("豆豆", family.zhang.id)
        assert children.own(actor=family.zhangs_phone, **where) == [child]
        for actor in (family.lis_phone, family.wangs_phone):
            with pytest.raises(LinliError) as refused:
                children.of_guardian(actor=actor, child_id=child.id, **where)
            assert refused.value.code == "not_found"
        children.end(actor=family.zhangs_phone, now=NOW, child_id=child.id, **where)
        assert children.own(actor=family.zhangs_phone, **where) == []
        assert self.add(family).id != child.id
        with pytest.raises(LinliError) as again:
            children.end(actor=family.zhangs_phone, now=NOW, child_id=child.id, **where)
        assert again.value.code == "child_ended"

    @pytest.mark.parametrize(
        "nickname",
        ["", "  ", "豆豆2019", "a" * 21, "<b>"],
        ids=["", "blank", "year", "long", "tag"],
    )
    def test_no_numbers_nor_signs(self, family: Family, nickname: str) -> None:
        with pytest.raises(LinliError) as refused:
            self.add(family, nickname)
        assert refused.value.code == "nickname_invalid"

    def test_one_of_a_name_in_a_household(self, family: Family) -> None:
        self.add(family)
        with pytest.raises(LinliError) as refused:
            self.add(family, actor=family.lis_phone)
        assert refused.value.code == "nickname_taken"
        assert self.add(family, actor=family.wangs_phone).nickname == "豆豆"

    def test_not_without_a_household(self, family: Family) -> None:
        _, courier = family.person("快递员", None)
        with pytest.raises(LinliError) as refused:
            self.add(family, actor=courier)
        assert refused.value.code == "not_one_household"


def _membership(world: World, member: Member) -> Any:
    from community.models import Membership
    from kernel import tenancy
    from kernel.database import db

    return db.session.scalar(
        tenancy.columns(Membership, world.community_id, Membership.id).where(
            Membership.member_id == member.id
        )
    )
