"""Finding members and reading one member's history."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, String, and_, cast, or_, select

from community import members, places
from community.models import Grid, Household, Member, Membership, MemberTag
from community.permissions import CommunityPermission
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound


class Status(StrEnum):
    """Members of the day, or those who have left."""

    PRESENT = "present"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """A tag of a member in [valid_from, valid_to)."""

    id: uuid.UUID
    tag: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, kw_only=True)
class MemberSeen:
    """A member as staff see it; those who left with the last membership and no tags."""

    id: uuid.UUID
    name: str
    public_code: str | None
    is_demo: bool
    joined_on: dt.date
    left_on: dt.date | None
    left_reason: str | None
    senior_from: int | None
    membership_id: uuid.UUID
    kinds: list[str]
    valid_from: dt.date
    grid_id: uuid.UUID | None
    grid_number: int | None
    household_id: uuid.UUID | None
    household_code: str | None
    tags: tuple[Tagged, ...]


@dataclass(frozen=True, kw_only=True)
class MembershipSeen:
    """What a member was in [valid_from, valid_to)."""

    id: uuid.UUID
    kinds: list[str]
    grid_id: uuid.UUID | None
    grid_number: int | None
    household_id: uuid.UUID | None
    household_code: str | None
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything a member was here, oldest first."""

    memberships: list[MembershipSeen]
    tags: list[Tagged]


def search(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    on: dt.date,
    q: str | None = None,
    kind: str | None = None,
    tag: str | None = None,
    grid_id: uuid.UUID | None = None,
    household_id: uuid.UUID | None = None,
    status: Status = Status.PRESENT,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[MemberSeen]:
    """Members in the order of their names (pinyin), three statements whatever the length.

    ``q`` is part of a name, the beginning of its pinyin, or of a household or public code.
    """
    actor.require(CommunityPermission.READ_MEMBERS, places.place_of(community_id))
    has_left = Member.left_on.is_not(None) & (Member.left_on <= on)
    wanted: list[ColumnElement[bool]] = [
        has_left if status is Status.LEFT else ~has_left | Member.left_on.is_(None)
    ]
    if q and q.strip():
        wanted.append(_matches(q.strip()))
    if kind:
        wanted.append(cast(Membership.kinds, String).contains(f'"{kind}"', autoescape=True))
    if tag:
        wanted.append(Member.id.in_(_carriers(community_id, tag, on)))
    if grid_id is not None:
        wanted.append(Membership.grid_id == grid_id)
    if household_id is not None:
        wanted.append(Membership.household_id == household_id)
    if after is not None:
        wanted.append(_comes_after(community_id, after))
    statement = _seen(community_id, on).where(*wanted).order_by(Member.sort_key, Member.id)
    return _with_tags(community_id, on, statement.limit(limit))


def one(*, actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID, on: dt.date) -> MemberSeen:
    """One member; NotFound."""
    actor.require(CommunityPermission.READ_MEMBERS, places.place_of(community_id))
    found = _with_tags(community_id, on, _seen(community_id, on).where(Member.id == member_id))
    if not found:
        raise NotFound()
    return found[0]


def history(*, actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID) -> History:
    """Memberships and tags of one member from the first day on."""
    actor.require(CommunityPermission.READ_MEMBERS, places.place_of(community_id))
    members.get(community_id, member_id)
    rows = db.session.execute(
        _placed(
            tenancy.columns(
                Membership, community_id, Membership.id, Membership.kinds,
                Membership.grid_id, Grid.number.label("grid_number"),
                Membership.household_id, Household.code.label("household_code"),
                Membership.valid_from, Membership.valid_to,
            )
        )
        .where(Membership.member_id == member_id)
        .order_by(Membership.valid_from, Membership.id)
    )  # fmt: skip
    tags = db.session.scalars(
        tenancy.select(MemberTag, community_id)
        .where(MemberTag.member_id == member_id)
        .order_by(MemberTag.valid_from, MemberTag.id)
    )
    return History(
        memberships=[MembershipSeen(**row._mapping) for row in rows],
        tags=[_tagged(row) for row in tags],
    )


def _seen(community_id: uuid.UUID, on: dt.date) -> Select[*tuple[object, ...]]:
    """Each member once, with the membership of the day, or the last one of who has left."""
    return _placed(
        tenancy.columns(
            Member, community_id, Member.id, Member.name, Member.public_code, Member.is_demo,
            Member.joined_on, Member.left_on, Member.left_reason, Member.senior_from,
            Membership.id.label("membership_id"), Membership.kinds, Membership.valid_from,
            Membership.grid_id, Grid.number.label("grid_number"),
            Membership.household_id, Household.code.label("household_code"),
        ).join(
            Membership,
            and_(
                Membership.community_id == Member.community_id,
                Membership.member_id == Member.id,
                or_(members.current(Membership, on), Membership.valid_to == Member.left_on),
            ),
        )
    )  # fmt: skip


def _placed(statement: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    return statement.outerjoin(
        Grid, and_(Grid.community_id == Membership.community_id, Grid.id == Membership.grid_id)
    ).outerjoin(
        Household,
        and_(
            Household.community_id == Membership.community_id,
            Household.id == Membership.household_id,
        ),
    )


def _matches(q: str) -> ColumnElement[bool]:
    return or_(
        Member.name.contains(q, autoescape=True),
        Member.sort_key.startswith(q.lower(), autoescape=True),
        Household.code.startswith(q.upper(), autoescape=True),
        Member.public_code.startswith(q.upper(), autoescape=True),
    )


def _carriers(community_id: uuid.UUID, tag: str, on: dt.date) -> Select[uuid.UUID]:
    return tenancy.columns(MemberTag, community_id, MemberTag.member_id).where(
        MemberTag.tag == tag, members.current(MemberTag, on)
    )


def _comes_after(community_id: uuid.UUID, after: uuid.UUID) -> ColumnElement[bool]:
    last = (
        select(Member.sort_key)
        .where(Member.community_id == community_id, Member.id == after)
        .scalar_subquery()
    )
    return or_(Member.sort_key > last, and_(Member.sort_key == last, Member.id > after))


def _with_tags(
    community_id: uuid.UUID, on: dt.date, statement: Select[*tuple[object, ...]]
) -> list[MemberSeen]:
    rows = db.session.execute(statement).all()
    tags = _tags_of(community_id, [row.id for row in rows], on)
    return [MemberSeen(**row._mapping, tags=tuple(tags[row.id])) for row in rows]


def _tags_of(
    community_id: uuid.UUID, member_ids: Iterable[uuid.UUID], on: dt.date
) -> dict[uuid.UUID, list[Tagged]]:
    found: dict[uuid.UUID, list[Tagged]] = defaultdict(list)
    rows = db.session.scalars(
        tenancy.select(MemberTag, community_id)
        .where(MemberTag.member_id.in_(list(member_ids)), members.current(MemberTag, on))
        .order_by(MemberTag.tag, MemberTag.id)
    )
    for row in rows:
        found[row.member_id].append(_tagged(row))
    return found


def _tagged(row: MemberTag) -> Tagged:
    return Tagged(id=row.id, tag=row.tag, valid_from=row.valid_from, valid_to=row.valid_to)
