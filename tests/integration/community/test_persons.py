"""One person with several accounts: how they are joined, and what that keeps apart."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from access_table import ROLES
from community import accounts, bindings, identity, members, persons, roles, sign_in_sessions
from community.errors import MemberNotBound, RoleAlreadyHeld, RolesIncompatible, SelfGrant
from community.models import BindingWay, Member, UserAccount
from kernel.access import Actor, Place, system_actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound
from tests.integration.community.world import NOW, TODAY, World
from tests.support.persons import one_person

SYSTEM = system_actor(ROLES, "test")


def account(world: World, **given: Any) -> uuid.UUID:
    row: UserAccount = world.factories.user_account(**given)
    return row.id


def bind(world: World, member: Member, account_id: uuid.UUID) -> None:
    bindings.bind(
        actor=world.admin, now=NOW, community_id=world.community_id, member_id=member.id,
        account_id=account_id, way=BindingWay.APPROVED,
    )  # fmt: skip


class TestJoining:
    def test_an_account_is_alone_at_first(self, world: World) -> None:
        alone = account(world)
        bind(world, world.add("张三"), alone)
        assert persons.of_account(alone) == {alone}
        assert db.session.get(UserAccount, alone).person_id is None

    def test_a_member_on_a_new_phone_is_the_same_person(self, world: World) -> None:
        member, old, new = world.add("张三"), account(world), account(world)
        for phone in (old, new):
            bind(world, member, phone)
        assert persons.of_account(old) == persons.of_account(new) == {old, new}

    def test_it_goes_on_across_communities(self, world: World, noise: World) -> None:
        """A login was bound here before the phone, another one there: the phone joins all."""
        here, phone, there = (account(world) for _ in range(3))
        member, moved = world.add("张三"), noise.add("张三")
        for each in (here, phone):
            bind(world, member, each)
        for each in (there, phone):
            bind(noise, moved, each)
        assert persons.of_account(here) == {here, phone, there}
        assert persons.of_account(there) == {here, phone, there}

    def test_wechat_knows_a_person_by_one_unionid(self, world: World) -> None:
        first, second, other = (
            accounts.of_wechat(openid=openid, unionid=unionid, now=NOW).id
            for openid, unionid in (("a", "u"), ("b", "u"), ("c", None))
        )
        assert persons.of_account(first) == {first, second}
        assert persons.of_account(other) == {other}
        accounts.of_wechat(openid="a", unionid="u", now=NOW)
        assert persons.of_account(second) == {first, second}

    def test_the_office_says_whose_work_account_it_is(self, world: World) -> None:
        member, phone, login = world.add("张三"), account(world), account(world)
        given = {
            "now": NOW, "community_id": world.community_id, "account_id": login,
            "member_id": member.id,
        }  # fmt: skip
        with pytest.raises(MemberNotBound):
            accounts.declare_person(actor=world.admin, **given)
        bind(world, member, phone)
        accounts.declare_person(actor=world.admin, **given)
        assert persons.of_account(login) == {login, phone}
        for actor, refusal in ((world.actor("panelist"), Forbidden), (world.stranger(), NotFound)):
            with pytest.raises(refusal):
                accounts.declare_person(actor=actor, **given)


class TestWhatFollows:
    def test_a_request_knows_the_person_from_its_sign_in(self, world: World) -> None:
        first, second = account(world), account(world)
        token = sign_in_sessions.issue(
            account_id=first, is_staff=False, counter=None, now=NOW
        ).token
        assert identity.authenticate(token=token, now=NOW, table=ROLES).person_id is None
        persons.join(first, [second])
        actor = identity.authenticate(token=token, now=NOW, table=ROLES)
        assert persons.accounts_of(actor) == {first, second}

    def test_who_has_one_account_costs_no_statement(
        self, world: World, count_statements: Any
    ) -> None:
        with count_statements() as seen:
            assert persons.accounts_of(world.admin) == {world.admin.account_id}
        assert seen == []
        with count_statements() as seen:
            members.own_circle(world.community_id, world.admin)
        assert len(seen) == 1

    def test_the_household_is_that_of_every_account(self, world: World) -> None:
        member, relative = world.add("张三"), world.add("李梅")
        login, phone = world.actor("merchant_clerk"), world.stranger()
        world.bound(member, phone)
        assert members.own_circle(world.community_id, login.account_id) == frozenset()
        for each in one_person(login, phone):
            for who in (each, each.account_id):
                circle = members.own_circle(world.community_id, who)
                assert circle == {member.id, relative.id}

    def test_roles_that_exclude_each_other_do_so_for_the_person(self, world: World) -> None:
        login, other = account(world), account(world)
        persons.join(login, [other])
        give(login, "panelist", world)
        with pytest.raises(RolesIncompatible):
            give(other, "supervisor", world)
        give(other, "panelist", world)
        with pytest.raises(RoleAlreadyHeld):
            give(other, "panelist", world)

    def test_nobody_grants_a_role_to_another_account_of_their_own(self, world: World) -> None:
        admin, other = one_person(world.admin, world.stranger())
        with pytest.raises(SelfGrant):
            give(other.account_id, "grid_worker", world, actor=admin)


def give(account_id: uuid.UUID, role: str, world: World, actor: Actor = SYSTEM) -> Any:
    return roles.grant(
        actor=actor, now=NOW, account_id=account_id, role=role, granted_from=TODAY,
        place=Place(community_id=world.community_id),
    )  # fmt: skip
