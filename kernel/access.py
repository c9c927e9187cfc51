"""Who acts, where, and whether they may: the mechanism. The table itself is access_table.py."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kernel.errors import Forbidden, NotFound


class Permission(StrEnum):
    """Base of every package's permissions; a member's docstring says what it allows."""


#: role name → what it allows
AccessTable = Mapping[str, frozenset[Permission]]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is, or how far a grant reaches. ``None`` in a grant means "any"."""

    district_id: uuid.UUID | None = None
    street_id: uuid.UUID | None = None
    community_id: uuid.UUID | None = None
    merchant_id: uuid.UUID | None = None

    def covers(self, other: Place) -> bool:
        """Whether a grant for this place reaches ``other``."""
        return all(
            mine is None or mine == theirs
            for mine, theirs in (
                (self.district_id, other.district_id),
                (self.street_id, other.street_id),
                (self.community_id, other.community_id),
                (self.merchant_id, other.merchant_id),
            )
        )


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role held at a place."""

    role: str
    place: Place


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The account that acts, with what it is granted at this moment.

    ``members`` maps community id → the member this account is bound to there.
    """

    account_id: uuid.UUID
    grants: tuple[Grant, ...]
    table: AccessTable = field(repr=False)
    members: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    session_id: uuid.UUID | None = None
    #: Shared with the person's other accounts; None where this is the only one.
    person_id: uuid.UUID | None = None
    #: The one counter (community and merchant) a clerk's session is signed in to.
    counter: Place | None = None

    def roles_at(self, place: Place) -> frozenset[str]:
        """Names of the roles whose grant reaches ``place``."""
        return frozenset(grant.role for grant in self.grants if grant.place.covers(place))

    def may(self, permission: Permission, place: Place) -> bool:
        """Whether some grant that reaches ``place`` allows ``permission``."""
        return any(permission in self.table[role] for role in self.roles_at(place))

    def require(self, permission: Permission, place: Place) -> None:
        """Raise Forbidden, or NotFound when ``place`` does not exist for this actor at all."""
        roles = self.roles_at(place)
        if not roles:
            raise NotFound()
        if not any(permission in self.table[role] for role in roles):
            raise Forbidden()

    def member_in(self, community_id: uuid.UUID) -> uuid.UUID:
        """The member this account is in the community; NotFound when it is nobody there."""
        member_id = self.members.get(community_id)
        if member_id is None:
            raise NotFound()
        return member_id


#: Commands and the outbox worker act under an account id that no person has.
SYSTEM_ROLE = "system"
_SYSTEM = uuid.UUID("6c696e6c-6900-5000-8000-000000000000")


def system_actor(table: AccessTable, command: str) -> Actor:
    """The actor of an operator command or job; ``command`` makes its account id recognizable."""
    return Actor(
        account_id=uuid.uuid5(_SYSTEM, command),
        grants=(Grant(role=SYSTEM_ROLE, place=Place()),),
        table=table,
    )
