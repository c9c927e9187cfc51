"""Grids and households of a community."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from community import member_rules, members, places
from community.member_errors import GridNumberTaken, GridUnknown, HouseholdCodeTaken
from community.models import Grid, Household, Membership
from community.permissions import CommunityPermission
from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db


@dataclass(frozen=True, kw_only=True)
class GridSeen:
    """A grid with how many households it has and how many members belong to it on the day."""

    id: uuid.UUID
    number: int
    name: str
    households: int
    members: int


@dataclass(frozen=True, kw_only=True)
class HouseholdSeen:
    """A household with its grid and how many members live in it on the day."""

    id: uuid.UUID
    code: str
    grid_id: uuid.UUID
    grid_number: int
    members: int


def grids(*, actor: Actor, community_id: uuid.UUID, on: dt.date) -> list[GridSeen]:
    """Every grid of the community by number; a community has a few dozen at most."""
    actor.require(CommunityPermission.READ_MEMBERS, places.place_of(community_id))
    households = (
        tenancy.columns(Household, community_id, Household.grid_id, func.count().label("n"))
        .group_by(Household.grid_id)
        .subquery()
    )
    living = (
        tenancy.columns(Membership, community_id, Membership.grid_id, func.count().label("n"))
        .where(members.current(Membership, on))
        .group_by(Membership.grid_id)
        .subquery()
    )
    rows = db.session.execute(
        tenancy.columns(
            Grid, community_id, Grid.id, Grid.number, Grid.name,
            func.coalesce(households.c.n, 0).label("households"),
            func.coalesce(living.c.n, 0).label("members"),
        )
        .outerjoin(households, households.c.grid_id == Grid.id)
        .outerjoin(living, living.c.grid_id == Grid.id)
        .order_by(Grid.number, Grid.id)
    )  # fmt: skip
    return [GridSeen(**row._mapping) for row in rows]


def households(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    on: dt.date,
    code: str | None = None,
    grid_id: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[HouseholdSeen]:
    """Households by code, those whose code begins with ``code`` and lie in the grid, if given."""
    actor.require(CommunityPermission.READ_MEMBERS, places.place_of(community_id))
    living = (
        tenancy.columns(Membership, community_id, Membership.household_id, func.count().label("n"))
        .where(members.current(Membership, on))
        .group_by(Membership.household_id)
        .subquery()
    )
    statement = (
        tenancy.columns(
            Household, community_id, Household.id, Household.code, Household.grid_id,
            Grid.number.label("grid_number"), func.coalesce(living.c.n, 0).label("members"),
        )
        .join(Grid, and_(Grid.community_id == Household.community_id, Grid.id == Household.grid_id))
        .outerjoin(living, living.c.household_id == Household.id)
        .order_by(Household.code, Household.id)
        .limit(limit)
    )  # fmt: skip
    if code:
        statement = statement.where(Household.code.startswith(code.upper(), autoescape=True))
    if grid_id is not None:
        statement = statement.where(Household.grid_id == grid_id)
    if after is not None:
        last = select(Household.code).where(
            Household.community_id == community_id, Household.id == after
        )
        code_of_last = last.scalar_subquery()
        statement = statement.where(
            or_(
                Household.code > code_of_last,
                and_(Household.code == code_of_last, Household.id > after),
            )
        )
    return [HouseholdSeen(**row._mapping) for row in db.session.execute(statement)]


def add_grid(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, number: int, name: str
) -> GridSeen:
    """Enter a grid; GridNumberTaken when its number is."""
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    taken = tenancy.columns(Grid, community_id, Grid.id).where(Grid.number == number)
    if db.session.scalar(taken) is not None:
        raise GridNumberTaken(field="number", number=number)
    row = Grid(community_id=community_id, number=number, name=name.strip())
    db.session.add(row)
    db.session.flush()
    _note(actor, now, "grid.added", row)
    return GridSeen(id=row.id, number=row.number, name=row.name, households=0, members=0)


def add_household(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, code: str, grid_id: uuid.UUID
) -> HouseholdSeen:
    """Enter a household; raises HouseholdCodeInvalid, HouseholdCodeTaken, GridUnknown."""
    actor.require(CommunityPermission.MANAGE_MEMBERS, places.place_of(community_id))
    clean = member_rules.household_code(code)
    taken = tenancy.columns(Household, community_id, Household.id).where(Household.code == clean)
    if db.session.scalar(taken) is not None:
        raise HouseholdCodeTaken(field="code", given=clean)
    grid = tenancy.find(Grid, community_id, grid_id)
    if grid is None:
        raise GridUnknown(field="grid_id", given="")
    row = Household(community_id=community_id, code=clean, grid_id=grid_id)
    db.session.add(row)
    db.session.flush()
    _note(actor, now, "household.added", row)
    return HouseholdSeen(
        id=row.id, code=row.code, grid_id=grid_id, grid_number=grid.number, members=0
    )


def _note(actor: Actor, now: dt.datetime, act: str, row: Grid | Household) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=act,
        subject_kind=act.partition(".")[0],
        subject_id=row.id,
    )
