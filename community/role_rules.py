"""Roles as data: for what kind of place each is granted, by whom, and which never go together."""

from __future__ import annotations

from enum import StrEnum
from itertools import product

from community.permissions import CommunityPermission
from community.role_names import RoleName
from kernel.access import Place


class Scope(StrEnum):
    """The kind of place a grant is for."""

    EVERYWHERE = "everywhere"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    MERCHANT = "merchant"


#: Roles that act inside one community; officers of street and district stay out of them.
COMMUNITY_ROLES = (
    RoleName.GRID_WORKER,
    RoleName.PANELIST,
    RoleName.SUPERVISOR,
    RoleName.COMMUNITY_ADMIN,
)
OFFICERS = (RoleName.STREET_OFFICER, RoleName.DISTRICT_OFFICER)

#: role → the places it may be granted for. A member is bound, an operator is made by a command.
SCOPES: dict[RoleName, frozenset[Scope]] = {
    RoleName.MEMBER: frozenset(),
    RoleName.GRID_WORKER: frozenset({Scope.COMMUNITY}),
    RoleName.PANELIST: frozenset({Scope.COMMUNITY}),
    RoleName.SUPERVISOR: frozenset({Scope.COMMUNITY}),
    RoleName.COMMUNITY_ADMIN: frozenset({Scope.COMMUNITY}),
    RoleName.STREET_OFFICER: frozenset({Scope.STREET}),
    RoleName.DISTRICT_OFFICER: frozenset({Scope.DISTRICT}),
    RoleName.AUDITOR: frozenset({Scope.DISTRICT, Scope.STREET, Scope.COMMUNITY}),
    RoleName.MERCHANT_OWNER: frozenset({Scope.MERCHANT}),
    RoleName.MERCHANT_CLERK: frozenset({Scope.MERCHANT}),
    RoleName.OPERATOR: frozenset({Scope.EVERYWHERE}),
}

#: role → what whoever grants or ends it must be allowed at its place (product: who seats whom).
GRANTED_WITH: dict[RoleName, CommunityPermission] = {
    RoleName.GRID_WORKER: CommunityPermission.GRANT_ROLES,
    RoleName.PANELIST: CommunityPermission.GRANT_ROLES,
    RoleName.MERCHANT_OWNER: CommunityPermission.GRANT_ROLES,
    RoleName.MERCHANT_CLERK: CommunityPermission.GRANT_ROLES,
    RoleName.SUPERVISOR: CommunityPermission.SEAT_BODIES,
    RoleName.COMMUNITY_ADMIN: CommunityPermission.SEAT_BODIES,
    RoleName.STREET_OFFICER: CommunityPermission.GRANT_OFFICERS,
    RoleName.DISTRICT_OFFICER: CommunityPermission.GRANT_OFFICERS,
    RoleName.AUDITOR: CommunityPermission.GRANT_OFFICERS,
    RoleName.OPERATOR: CommunityPermission.GRANT_OFFICERS,
}

#: Pairs that one person never holds in one community at one time.
INCOMPATIBLE: frozenset[frozenset[RoleName]] = frozenset(
    {
        frozenset({RoleName.PANELIST, RoleName.SUPERVISOR}),
        frozenset({RoleName.PANELIST, RoleName.COMMUNITY_ADMIN}),
        frozenset({RoleName.SUPERVISOR, RoleName.COMMUNITY_ADMIN}),
        frozenset({RoleName.SUPERVISOR, RoleName.GRID_WORKER}),
        *(frozenset(pair) for pair in product(OFFICERS, COMMUNITY_ROLES)),
    }
)

#: role → how it is called on Chinese pages.
TITLES: dict[RoleName, str] = {
    RoleName.MEMBER: "居民",
    RoleName.GRID_WORKER: "网格员",
    RoleName.PANELIST: "评议组成员",
    RoleName.SUPERVISOR: "监督组成员",
    RoleName.COMMUNITY_ADMIN: "社区管理员",
    RoleName.STREET_OFFICER: "街道工作人员",
    RoleName.DISTRICT_OFFICER: "区级工作人员",
    RoleName.AUDITOR: "审计人员",
    RoleName.MERCHANT_OWNER: "商户店主",
    RoleName.MERCHANT_CLERK: "商户店员",
    RoleName.OPERATOR: "系统运维",
}


def are_incompatible(one: RoleName, other: RoleName) -> bool:
    """Whether one person may not hold both in one community."""
    return frozenset({one, other}) in INCOMPATIBLE


def scope_of(place: Place) -> Scope:
    """The kind of place, by the narrowest id that is given."""
    if place.merchant_id is not None:
        return Scope.MERCHANT
    if place.community_id is not None:
        return Scope.COMMUNITY
    if place.street_id is not None:
        return Scope.STREET
    return Scope.EVERYWHERE if place.district_id is None else Scope.DISTRICT


def share_a_community(one: Place, other: Place) -> bool:
    """Whether some community lies in both places; both must name their parents too."""
    return all(
        mine is None or theirs is None or mine == theirs
        for mine, theirs in (
            (one.district_id, other.district_id),
            (one.street_id, other.street_id),
            (one.community_id, other.community_id),
        )
    )
