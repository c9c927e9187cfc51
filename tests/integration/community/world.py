"""A street with one community, two grids, one household in each, and its administrator."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from access_table import ROLES
from community import memberships, places
from community.memberships import Belonging
from community.models import Grid, Household, Member, MemberBinding
from kernel.access import Actor, Grant, Place
from kernel.ids import new_id

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 21)
JOINED = dt.date(2026, 9, 1)


@dataclass(frozen=True, kw_only=True)
class World:
    """One community and what most tests need of it."""

    factories: Any
    community_id: uuid.UUID
    code: str
    place: Place
    grids: tuple[Grid, Grid]
    households: tuple[Household, Household]
    admin: Actor

    def actor(self, role: str, **members: Any) -> Actor:
        """Somebody with one role in this community."""
        return Actor(
            account_id=new_id(),
            grants=(Grant(role=role, place=Place(community_id=self.community_id)),),
            table=ROLES,
            **members,
        )

    def stranger(self, account_id: uuid.UUID | None = None) -> Actor:
        """Somebody who is signed in and holds nothing."""
        return Actor(account_id=account_id or new_id(), grants=(), table=ROLES)

    def add(self, name: str = "张秀英", household: int | None = 0, **given: Any) -> Member:
        """Enter a member through the front door."""
        belonging = Belonging(
            household_id=None if household is None else self.households[household].id,
            grid_id=given.pop("grid_id", None),
        )
        return memberships.add(
            actor=self.admin,
            now=NOW,
            community_id=self.community_id,
            name=name,
            kinds=given.pop("kinds", ["resident"]),
            belonging=belonging,
            joined_on=given.pop("joined_on", JOINED),
            **given,
        )

    def bound(self, member: Member, actor: Actor) -> MemberBinding:
        """Bind the actor's account to a member, as if long ago."""
        row: MemberBinding = self.factories.member_binding(
            community_id=self.community_id, member_id=member.id, account_id=actor.account_id
        )
        return row


def make_world(factories: SimpleNamespace, *, street_id: uuid.UUID | None = None) -> World:
    community = factories.community(street_id=street_id) if street_id else factories.community()
    grids = tuple(
        factories.grid(community_id=community.id, number=number, name=f"{number} 网格")
        for number in (1, 2)
    )
    households = tuple(
        factories.household(community_id=community.id, grid_id=grid.id, code=code)
        for grid, code in zip(grids, ("0101", "0201"), strict=True)
    )
    place = places.place_of(community.id)
    return World(
        factories=factories,
        community_id=community.id,
        code=community.code,
        place=place,
        grids=grids,  # type: ignore[arg-type]  # a generator loses how many there are
        households=households,  # type: ignore[arg-type]
        admin=Actor(
            account_id=new_id(),
            grants=(Grant(role="community_admin", place=Place(community_id=community.id)),),
            table=ROLES,
        ),
    )
