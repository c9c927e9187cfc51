"""What the package community lets somebody do, and which role may do it where it is granted."""

from __future__ import annotations

from community.role_names import RoleName
from kernel.access import SYSTEM_ROLE, Permission


class CommunityPermission(Permission):
    """Every member names one thing."""

    #: Read grids, households and members with their names.
    READ_MEMBERS = "community.read_members"
    #: Add, change and import members, households and grids.
    MANAGE_MEMBERS = "community.manage_members"
    #: Hand out household slips and decide binding requests.
    BIND_MEMBERS = "community.bind_members"
    #: Seat supervisors and community administrators.
    SEAT_BODIES = "community.seat_bodies"
    #: Grant and end the roles inside a community, and of its merchants.
    GRANT_ROLES = "community.grant_roles"
    #: Grant and end the roles of street and district.
    GRANT_OFFICERS = "community.grant_officers"
    #: Change settings of a community, such as how long a notice stands.
    CHANGE_SETTINGS = "community.change_settings"
    #: Read who holds which role.
    READ_ROLES = "community.read_roles"
    #: Make accounts with name and password for staff and merchants.
    CREATE_ACCOUNTS = "community.create_accounts"
    #: Disable an account everywhere, and enable it again.
    DISABLE_ACCOUNTS = "community.disable_accounts"
    #: Enter districts, streets and communities.
    FOUND_PLACES = "community.found_places"
    #: Change the brand name and slogan of a district.
    CHANGE_BRAND = "community.change_brand"
    #: Enter a member's consent, or its withdrawal, at the counter.
    RECORD_CONSENT = "community.record_consent"


_P = CommunityPermission

#: role → permissions of this package; access_table.py merges these tables.
GRANTED: dict[str, frozenset[Permission]] = {
    RoleName.MEMBER: frozenset(),
    RoleName.GRID_WORKER: frozenset({_P.READ_MEMBERS, _P.BIND_MEMBERS, _P.RECORD_CONSENT}),
    RoleName.PANELIST: frozenset({_P.READ_MEMBERS, _P.READ_ROLES}),
    RoleName.SUPERVISOR: frozenset({_P.READ_MEMBERS, _P.READ_ROLES}),
    RoleName.COMMUNITY_ADMIN: frozenset(
        {
            _P.READ_MEMBERS,
            _P.MANAGE_MEMBERS,
            _P.BIND_MEMBERS,
            _P.RECORD_CONSENT,
            _P.GRANT_ROLES,
            _P.READ_ROLES,
            _P.CREATE_ACCOUNTS,
            _P.CHANGE_SETTINGS,
        }
    ),
    RoleName.STREET_OFFICER: frozenset(
        {_P.READ_MEMBERS, _P.READ_ROLES, _P.SEAT_BODIES, _P.CREATE_ACCOUNTS}
    ),
    RoleName.DISTRICT_OFFICER: frozenset({_P.READ_ROLES, _P.CHANGE_BRAND}),
    RoleName.AUDITOR: frozenset({_P.READ_MEMBERS, _P.READ_ROLES}),
    RoleName.MERCHANT_OWNER: frozenset(),
    RoleName.MERCHANT_CLERK: frozenset(),
    RoleName.OPERATOR: frozenset(
        {
            _P.FOUND_PLACES,
            _P.GRANT_OFFICERS,
            _P.READ_ROLES,
            _P.CREATE_ACCOUNTS,
            _P.DISABLE_ACCOUNTS,
        }
    ),
    # Operator commands seed and repair on the server itself.
    SYSTEM_ROLE: frozenset(_P),
}
