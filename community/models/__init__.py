"""Tables of people and places."""

from community.models.accounts import RoleGrant, SignInSession, UserAccount
from community.models.bindings import (
    BindingRequest,
    BindingWay,
    Consent,
    ConsentChannel,
    HouseholdSlip,
    MemberBinding,
    RequestState,
)
from community.models.members import Member, MemberKind, Membership, MemberTag
from community.models.places import Community, District, Grid, Household, Street

__all__ = [
    "BindingRequest",
    "BindingWay",
    "Community",
    "Consent",
    "ConsentChannel",
    "District",
    "Grid",
    "Household",
    "HouseholdSlip",
    "Member",
    "MemberBinding",
    "MemberKind",
    "MemberTag",
    "Membership",
    "RequestState",
    "RoleGrant",
    "SignInSession",
    "Street",
    "UserAccount",
]
