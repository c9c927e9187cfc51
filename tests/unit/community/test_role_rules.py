"""The tables of roles: every pair of roles has an expected answer, every role its grantor."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from access_table import ROLES
from community import role_rules
from community.permissions import CommunityPermission as P
from community.role_names import RoleName as R
from community.role_rules import Scope
from kernel.access import Place
from kernel.ids import new_id

#: Written out from the product description, not computed: 11 of 66 pairs exclude each other.
EXCLUDED = [
    (R.PANELIST, R.SUPERVISOR),
    (R.PANELIST, R.COMMUNITY_ADMIN),
    (R.SUPERVISOR, R.COMMUNITY_ADMIN),
    (R.GRID_WORKER, R.SUPERVISOR),
    (R.GRID_WORKER, R.STREET_OFFICER),
    (R.PANELIST, R.STREET_OFFICER),
    (R.SUPERVISOR, R.STREET_OFFICER),
    (R.COMMUNITY_ADMIN, R.STREET_OFFICER),
    (R.GRID_WORKER, R.DISTRICT_OFFICER),
    (R.PANELIST, R.DISTRICT_OFFICER),
    (R.SUPERVISOR, R.DISTRICT_OFFICER),
    (R.COMMUNITY_ADMIN, R.DISTRICT_OFFICER),
]


@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(R, 2)))
def test_every_pair_of_roles(one: R, other: R) -> None:
    expected = (one, other) in EXCLUDED or (other, one) in EXCLUDED
    assert role_rules.are_incompatible(one, other) is expected
    assert role_rules.are_incompatible(other, one) is expected


def test_a_grid_worker_may_be_a_panelist() -> None:
    assert not role_rules.are_incompatible(R.GRID_WORKER, R.PANELIST)


GRANTORS = {
    R.GRID_WORKER: {R.COMMUNITY_ADMIN},
    R.PANELIST: {R.COMMUNITY_ADMIN},
    R.MERCHANT_OWNER: {R.COMMUNITY_ADMIN},
    R.MERCHANT_CLERK: {R.COMMUNITY_ADMIN},
    R.SUPERVISOR: {R.STREET_OFFICER},
    R.COMMUNITY_ADMIN: {R.STREET_OFFICER},
    R.STREET_OFFICER: {R.OPERATOR},
    R.DISTRICT_OFFICER: {R.OPERATOR},
    R.AUDITOR: {R.OPERATOR},
    R.OPERATOR: {R.OPERATOR},
}


@pytest.mark.parametrize("role", R)
def test_who_grants_each_role(role: R) -> None:
    needed = role_rules.GRANTED_WITH.get(role)
    grantors = {holder for holder in R if needed is not None and needed in ROLES[holder]}
    assert grantors == GRANTORS.get(role, set())


@pytest.mark.parametrize("role", R)
def test_every_role_has_a_title_a_scope_and_permissions(role: R) -> None:
    assert role_rules.TITLES[role]
    assert bool(role_rules.SCOPES[role]) is (role in role_rules.GRANTED_WITH)
    assert role in ROLES


@pytest.mark.parametrize("permission", P)
def test_every_permission_is_somebodys(permission: P) -> None:
    assert any(permission in ROLES[role] for role in R)


ID = new_id()


@pytest.mark.parametrize(
    ("place", "scope"),
    [
        (Place(), Scope.EVERYWHERE),
        (Place(district_id=ID), Scope.DISTRICT),
        (Place(district_id=ID, street_id=ID), Scope.STREET),
        (Place(community_id=ID), Scope.COMMUNITY),
        (Place(community_id=ID, merchant_id=ID), Scope.MERCHANT),
    ],
)
def test_the_narrowest_id_names_the_scope(place: Place, scope: Scope) -> None:
    assert role_rules.scope_of(place) is scope


def test_places_share_a_community_when_one_lies_in_the_other() -> None:
    district, street, community = new_id(), new_id(), new_id()
    here = Place(district_id=district, street_id=street, community_id=community)
    above = Place(district_id=district, street_id=street)
    elsewhere = Place(district_id=district, street_id=new_id())
    assert role_rules.share_a_community(here, above)
    assert role_rules.share_a_community(above, here)
    assert role_rules.share_a_community(here, Place(district_id=district))
    assert not role_rules.share_a_community(here, elsewhere)
