"""The roles a person may hold; what each allows stands in access_table.py."""

from __future__ import annotations

from enum import StrEnum


class RoleName(StrEnum):
    """A role is granted at a place, or at a merchant, from a day on."""

    #: Implied by a binding, never granted: the account is a member of the community.
    MEMBER = "member"
    GRID_WORKER = "grid_worker"
    PANELIST = "panelist"
    SUPERVISOR = "supervisor"
    COMMUNITY_ADMIN = "community_admin"
    STREET_OFFICER = "street_officer"
    DISTRICT_OFFICER = "district_officer"
    AUDITOR = "auditor"
    MERCHANT_OWNER = "merchant_owner"
    MERCHANT_CLERK = "merchant_clerk"
    OPERATOR = "operator"
