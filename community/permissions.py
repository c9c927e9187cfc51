"""What the package community lets somebody do; which role may do it stands in access_table.py."""

from __future__ import annotations

from kernel.access import Permission


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
    #: Erase what is personal about those who left, when the time is over or when they ask.
    ERASE_LEAVERS = "community.erase_leavers"
