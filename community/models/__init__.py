"""Tables of people and places."""

from community.models.accounts import RoleGrant, SignInSession, UserAccount, WebTicket
from community.models.bindings import (
    BindingRequest,
    BindingWay,
    Consent,
    ConsentChannel,
    HouseholdSlip,
    MemberBinding,
    RequestState,
)
from community.models.erasures import ErasureWay, MemberErasure
from community.models.members import LeaveReason, Member, MemberKind, Membership, MemberTag
from community.models.places import (
    Community,
    District,
    Grid,
    Household,
    LeavingBalance,
    Street,
)
from community.models.proxies import HouseholdChild, ProxyGrant, ProxyRevocation

__all__ = [
    "BindingRequest",
    "BindingWay",
    "Community",
    "Consent",
    "ConsentChannel",
    "District",
    "ErasureWay",
    "Grid",
    "Household",
    "HouseholdChild",
    "HouseholdSlip",
    "LeaveReason",
    "LeavingBalance",
    "Member",
    "MemberBinding",
    "MemberErasure",
    "MemberKind",
    "MemberTag",
    "Membership",
    "ProxyGrant",
    "ProxyRevocation",
    "RequestState",
    "RoleGrant",
    "SignInSession",
    "Street",
    "UserAccount",
    "WebTicket",
]
