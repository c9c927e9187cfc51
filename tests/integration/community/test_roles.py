"""Granting and ending roles: who may, where, and what excludes what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from access_table import ROLES
from community import accounts, role_lists, roles
from community.errors import (
    GrantEnded,
    LoginNameInvalid,
    LoginNameTaken,
    PasswordTooWeak,
    PeriodEmpty,
    RoleAlreadyHeld,
    RoleNotGrantable,
    RolePlaceWrong,
    RolesIncompatible,
    SelfGrant,
)
from community.models import RoleGrant
from community.role_names import RoleName
from kernel.access import Actor, Grant, Place, system_actor
from kernel.errors import Forbidden, NotFound
from kernel.ids import new_id
from tests.integration.community.world import NOW, TODAY, World, make_world

SYSTEM = system_actor(ROLES, "test")


@pytest.fixture
def account_id(world: World) -> Any:
    return world.factories.user_account().id


def officer(place: Place) -> Actor:
    return Actor(
        account_id=new_id(), grants=(Grant(role="street_officer", place=place),), table=ROLES
    )


def give(
    account_id: Any, role: str, place: Place, actor: Actor = SYSTEM, **given: Any
) -> RoleGrant:
    return roles.grant(
        actor=actor,
        now=NOW,
        account_id=account_id,
        role=role,
        place=place,
        granted_from=given.pop("granted_from", TODAY),
        **given,
    )


def here(world: World) -> Place:
    return Place(community_id=world.community_id)


def test_a_grant_names_its_place_with_all_parents(world: World, account_id: Any) -> None:
    row = give(account_id, "grid_worker", here(world), world.admin, grid_id=world.grids[0].id)
    assert roles.place_of(row) == world.place
    assert row.granted_by == world.admin.account_id
    assert roles.grids_of(account_id, world.community_id, TODAY) == {world.grids[0].id}
    assert roles.holders(world.community_id, RoleName.GRID_WORKER, TODAY) == [account_id]


def test_the_street_seats_bodies_and_the_community_the_rest(
    world: World, noise: World, account_id: Any
) -> None:
    street = officer(Place(street_id=world.place.street_id))
    give(account_id, "supervisor", here(world), street)
    other = world.factories.user_account().id
    with pytest.raises(Forbidden):
        give(other, "panelist", here(world), street)
    with pytest.raises(Forbidden):
        give(other, "supervisor", here(world), world.admin)
    with pytest.raises(NotFound):
        give(other, "supervisor", here(noise), street)
    with pytest.raises(NotFound):
        give(other, "panelist", here(noise), world.admin)
    give(other, "panelist", here(world), world.admin)


def test_only_an_operator_makes_officers(world: World, account_id: Any) -> None:
    street = Place(street_id=world.place.street_id)
    with pytest.raises(Forbidden):
        give(account_id, "street_officer", street, officer(street))
    operator = Actor(
        account_id=new_id(), grants=(Grant(role="operator", place=Place()),), table=ROLES
    )
    row = give(account_id, "street_officer", street, operator)
    assert (row.district_id, row.street_id) == (world.place.district_id, world.place.street_id)


def test_nobody_grants_to_the_own_account(world: World) -> None:
    with pytest.raises(SelfGrant):
        give(world.admin.account_id, "panelist", here(world), world.admin)


def test_an_incompatible_role_is_refused_in_the_same_community_and_period(
    world: World, noise: World, account_id: Any
) -> None:
    give(account_id, "panelist", here(world), granted_to=TODAY + dt.timedelta(days=30))
    with pytest.raises(RolesIncompatible) as refused:
        give(account_id, "supervisor", here(world))
    assert "监督组成员" in refused.value.sentence("zh")
    assert "supervisor" in refused.value.sentence("en")
    give(account_id, "supervisor", here(noise))
    give(account_id, "supervisor", here(world), granted_from=TODAY + dt.timedelta(days=30))


def test_an_officer_holds_no_role_in_the_communities_below(
    world: World, noise: World, account_id: Any
) -> None:
    sister = make_world(world.factories, street_id=world.place.street_id)
    give(account_id, "street_officer", Place(street_id=world.place.street_id))
    for community in (world, sister):
        with pytest.raises(RolesIncompatible):
            give(account_id, "grid_worker", here(community))
    give(account_id, "grid_worker", here(noise))


def test_whoever_works_in_a_community_becomes_no_officer_above_it(
    world: World, noise: World, account_id: Any
) -> None:
    # The stored grant names its community only, as grants of older data may.
    world.factories.role_grant(
        account_id=account_id, role="panelist", community_id=world.community_id
    )
    for above in (
        Place(street_id=world.place.street_id),
        Place(district_id=world.place.district_id),
    ):
        role = "street_officer" if above.street_id else "district_officer"
        with pytest.raises(RolesIncompatible):
            give(account_id, role, above)
    give(account_id, "street_officer", Place(street_id=noise.place.street_id))


def test_an_ended_grant_stands_in_nobodys_way(world: World, account_id: Any) -> None:
    row = give(account_id, "panelist", here(world), world.admin)
    ended = roles.end(actor=world.admin, now=NOW, grant_id=row.id)
    assert (ended.ended_at_utc, ended.ended_by) == (NOW, world.admin.account_id)
    give(account_id, "supervisor", here(world))
    with pytest.raises(GrantEnded):
        roles.end(actor=world.admin, now=NOW, grant_id=row.id)


def test_ending_needs_what_granting_needs(world: World, noise: World, account_id: Any) -> None:
    row = give(account_id, "supervisor", here(world))
    with pytest.raises(Forbidden):
        roles.end(actor=world.admin, now=NOW, grant_id=row.id)
    with pytest.raises(NotFound):
        roles.end(actor=noise.admin, now=NOW, grant_id=row.id)
    with pytest.raises(NotFound):
        roles.end(actor=world.admin, now=NOW, grant_id=new_id())


def test_the_same_role_twice_is_refused_another_grid_is_not(world: World, account_id: Any) -> None:
    first, second = (grid.id for grid in world.grids)
    give(account_id, "grid_worker", here(world), grid_id=first)
    give(account_id, "grid_worker", here(world), grid_id=second)
    with pytest.raises(RoleAlreadyHeld):
        give(account_id, "grid_worker", here(world), grid_id=second)


@pytest.mark.parametrize(
    ("role", "error"),
    [
        ("member", RoleNotGrantable),
        ("king", RoleNotGrantable),
        ("street_officer", RolePlaceWrong),
        ("merchant_clerk", RolePlaceWrong),
        ("operator", RolePlaceWrong),
    ],
)
def test_roles_that_are_not_for_a_community(
    world: World, account_id: Any, role: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        give(account_id, role, here(world))


def test_other_refusals(world: World, noise: World, account_id: Any) -> None:
    with pytest.raises(PeriodEmpty):
        give(account_id, "panelist", here(world), granted_to=TODAY)
    with pytest.raises(RolePlaceWrong):
        give(account_id, "panelist", here(world), grid_id=world.grids[0].id)
    with pytest.raises(NotFound):
        give(account_id, "grid_worker", here(world), grid_id=noise.grids[0].id)
    with pytest.raises(NotFound):
        give(new_id(), "panelist", here(world))
    with pytest.raises(RolePlaceWrong):
        give(account_id, "merchant_clerk", Place(merchant_id=new_id()))


def test_the_list_of_a_community(world: World, noise: World, account_id: Any) -> None:
    give(account_id, "panelist", here(noise))
    rows = [give(world.factories.user_account().id, "panelist", here(world)) for _ in range(3)]
    roles.end(actor=SYSTEM, now=NOW, grant_id=rows[1].id)
    held = role_lists.in_community(
        actor=world.admin, community_id=world.community_id, on=TODAY, role=RoleName.PANELIST
    )
    assert [row.id for row in held] == [rows[0].id, rows[2].id]
    assert held[0].place_name == "怡居苑西社区"
    after = role_lists.in_community(
        actor=world.admin, community_id=world.community_id, on=TODAY, after=rows[0].id
    )
    assert [row.id for row in after] == [rows[2].id]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"login_name": "x"}, LoginNameInvalid),
        ({"login_name": "张三张三"}, LoginNameInvalid),
        ({"login_name": "Taken.Name"}, LoginNameTaken),
        ({"password": "short"}, PasswordTooWeak),
    ],
)
def test_accounts_that_are_refused(
    world: World, given: dict[str, str], error: type[Exception]
) -> None:
    form = {"login_name": "taken.name", "password": "a-good-password", "display_name": "店主"}
    accounts.create(actor=world.admin, now=NOW, place=world.place, **form)
    form["login_name"] = "free.name"
    with pytest.raises(error):
        accounts.create(actor=world.admin, now=NOW, place=world.place, **{**form, **given})
