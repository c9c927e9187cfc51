"""Members as other packages see them: identity on a day, roster of a day, own circle."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Date,
    Select,
    Uuid,
    and_,
    bindparam,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import Executable

from community import persons
from community.models import (
    Grid,
    Household,
    Member,
    MemberBinding,
    Membership,
    MemberTag,
)
from kernel import tenancy
from kernel.access import Actor
from kernel.errors import NotFound
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY

# Made once: an alias learns its columns anew each time, which costs more than asking the database.
_OWN, _OTHER = aliased(Membership), aliased(Membership)


@dataclass(frozen=True, kw_only=True)
class MemberOn:
    """What a member is on one day; ``tags`` joins kinds and assigned tags."""

    member_id: uuid.UUID
    name: str
    household_id: uuid.UUID | None
    grid_id: uuid.UUID | None
    kinds: frozenset[str]
    tags: frozenset[str]


def get(community_id: uuid.UUID, member_id: uuid.UUID) -> Member:
    """The member, or NotFound."""
    return tenancy.get(Member, community_id, member_id)


def identity(community_id: uuid.UUID, member_id: uuid.UUID, on: dt.date) -> MemberOn:
    """Household, grid, kinds and tags of a member on a day; NotFound when not a member then."""
    rows = _IDENTITY(p_community_id=community_id, p_member_id=member_id, p_on=on).all()
    if not rows:
        raise NotFound(field="member_id")
    row = rows[0]
    kinds = frozenset(row.kinds)
    return MemberOn(
        member_id=member_id,
        name=row.name,
        household_id=row.household_id,
        grid_id=row.grid_id,
        kinds=kinds,
        tags=kinds | {each.tag for each in rows if each.tag is not None},
    )


def _identity() -> Executable:
    """One row for each assigned tag of the member on the day; one row where there is none."""
    on = bindparam("p_on", type_=Date())
    return (
        tenancy.columns(
            Member, COMMUNITY, Member.name,
            Membership.household_id, Membership.grid_id, Membership.kinds, MemberTag.tag,
        )
        .join(
            Membership,
            and_(Membership.community_id == Member.community_id, Membership.member_id == Member.id),
        )
        .outerjoin(
            MemberTag,
            and_(
                MemberTag.community_id == Member.community_id, MemberTag.member_id == Member.id,
                current(MemberTag, on),
            ),
        )
        .where(
            Member.id == bindparam("p_member_id", type_=Uuid()), current(Membership, on)
        )
    )  # fmt: skip


_IDENTITY = Prepared(_identity)


def roster(community_id: uuid.UUID, on: dt.date) -> Select[Any]:
    """Everybody who is a member on a day, for joins in bulk.

    Columns: member_id, name, public_code, kinds, household_id, household_code, grid_id,
    grid_number, joined_on.
    """
    return (
        tenancy.columns(
            Member, community_id,
            Member.id.label("member_id"), Member.name, Member.public_code, Member.joined_on,
            Membership.kinds, Membership.household_id, Household.code.label("household_code"),
            Membership.grid_id, Grid.number.label("grid_number"),
        )
        .join(
            Membership,
            and_(Membership.community_id == Member.community_id, Membership.member_id == Member.id),
        )
        .outerjoin(
            Household,
            and_(
                Household.community_id == Membership.community_id,
                Household.id == Membership.household_id,
            ),
        )
        .outerjoin(
            Grid, and_(Grid.community_id == Membership.community_id, Grid.id == Membership.grid_id)
        )
        .where(current(Membership, on))
    )  # fmt: skip


def own_circle(community_id: uuid.UUID, who: Actor | uuid.UUID) -> frozenset[uuid.UUID]:
    """The members somebody is, and everybody who shares the household with them now.

    Nobody records, approves, decides or redeems for these; empty for who is nobody in the
    community. All accounts of a person count (community/persons.py): a clerk's login has the
    household of the same person's phone. One statement for an actor with one account; by an
    account's id one more, which asks whose it is.
    """
    accounts = persons.accounts_of(who) if isinstance(who, Actor) else persons.of_account(who)
    rows = [
        row
        for account_id in accounts
        for row in _CIRCLE(p_community_id=community_id, p_account_id=account_id)
    ]
    return frozenset(
        member_id for row in rows for member_id in (row.member_id, row.relative_id) if member_id
    )


def _circle() -> Executable:
    own, other = _OWN, _OTHER
    return (
        select(MemberBinding.member_id, other.member_id.label("relative_id"))
        .outerjoin(
            own,
            and_(
                own.community_id == MemberBinding.community_id,
                own.member_id == MemberBinding.member_id,
                own.valid_to.is_(None),
            ),
        )
        .outerjoin(
            other,
            and_(
                other.community_id == own.community_id,
                other.household_id == own.household_id,
                other.valid_to.is_(None),
            ),
        )
        .where(
            MemberBinding.community_id == COMMUNITY,
            MemberBinding.account_id == bindparam("p_account_id", type_=Uuid()),
            MemberBinding.ended_at_utc.is_(None),
        )
    )


_CIRCLE = Prepared(_circle)


def current(table: Any, on: dt.date | BindParameter[dt.date]) -> Any:
    """Condition: [valid_from, valid_to) of a dated row holds the day."""
    return and_(table.valid_from <= on, or_(table.valid_to.is_(None), table.valid_to > on))
