"""Who holds accounts under a rulebook, page by page: members, households or merchants.

Pages run by id, so that a community of any size is walked with flat memory and every page is a
constant number of statements.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community import members
from community.members import current
from community.models import Membership, MemberTag
from kernel import tenancy
from kernel.database import db
from points.models import HolderKind

#: (community, day) → a Select with the one column ``holder_id``
MerchantRoster = Callable[[uuid.UUID, dt.date], sa.Select[Any]]
_merchants: list[MerchantRoster] = []


@dataclass(frozen=True, kw_only=True)
class HolderOn:
    """A holder on one day; ``tags`` joins kinds and tags, of a household those of all of it."""

    holder_id: uuid.UUID
    tags: frozenset[str]


def merchants_from(roster: MerchantRoster) -> None:
    """Tell where merchants are found: they live in a package above this one."""
    _merchants[:] = [roster]


def count(community_id: uuid.UUID, kind: str, on: dt.date) -> int:
    """How many holders there are on a day; what a progress bar runs to."""
    found = _ids(community_id, kind, on).subquery()
    return int(db.session.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def exists(community_id: uuid.UUID, kind: str, holder_id: uuid.UUID, on: dt.date) -> bool:
    """Whether there is this holder on a day."""
    found = _ids(community_id, kind, on).subquery()
    statement = sa.select(found.c.holder_id).where(found.c.holder_id == holder_id)
    return db.session.execute(statement).first() is not None


def page(
    community_id: uuid.UUID, kind: str, on: dt.date, *, after: uuid.UUID | None, limit: int
) -> list[HolderOn]:
    """Up to ``limit`` holders of a day in the order of their ids, from the one after ``after``."""
    found = _ids(community_id, kind, on).subquery()
    statement = sa.select(found.c.holder_id).order_by(found.c.holder_id).limit(limit)
    if after is not None:
        statement = statement.where(found.c.holder_id > after)
    ids = list(db.session.scalars(statement))
    tags = tags_of(community_id, kind, ids, on)
    return [HolderOn(holder_id=each, tags=tags.get(each, frozenset())) for each in ids]


def tags_of(
    community_id: uuid.UUID, kind: str, ids: Collection[uuid.UUID], on: dt.date
) -> dict[uuid.UUID, frozenset[str]]:
    """Kinds and tags of these holders on a day; merchants have none. Two statements."""
    if not ids or kind == HolderKind.MERCHANT:
        return {}
    whose = Membership.member_id if kind == HolderKind.MEMBER else Membership.household_id
    rows = db.session.execute(
        tenancy.columns(
            Membership, community_id, whose.label("holder_id"), Membership.member_id,
            Membership.kinds,
        ).where(whose.in_(ids), current(Membership, on))
    ).all()  # fmt: skip
    assigned: dict[uuid.UUID, set[str]] = {}
    member_ids = [row.member_id for row in rows]
    for member_id, tag in db.session.execute(
        tenancy.columns(MemberTag, community_id, MemberTag.member_id, MemberTag.tag).where(
            MemberTag.member_id.in_(member_ids), current(MemberTag, on)
        )
    ):
        assigned.setdefault(member_id, set()).add(tag)
    found: dict[uuid.UUID, frozenset[str]] = {}
    for row in rows:
        tags = frozenset(row.kinds) | frozenset(assigned.get(row.member_id, ()))
        found[row.holder_id] = found.get(row.holder_id, frozenset()) | tags
    return found


def tagged(
    community_id: uuid.UUID, kind: str, tags: Collection[str], on: dt.date
) -> set[uuid.UUID]:
    """Holders with one of these assigned tags on a day; a household where everybody has one.

    One statement; merchants have no tags.
    """
    if kind == HolderKind.MERCHANT or not tags:
        return set()
    is_tagged = (
        tenancy.columns(MemberTag, community_id, sa.literal(1))
        .where(
            MemberTag.member_id == Membership.member_id,
            MemberTag.tag.in_(tags),
            current(MemberTag, on),
        )
        .exists()
    )
    if kind == HolderKind.MEMBER:
        statement = tenancy.columns(Membership, community_id, Membership.member_id).where(
            current(Membership, on), is_tagged
        )
        return set(db.session.scalars(statement))
    without = sa.func.sum(sa.case((is_tagged, 0), else_=1))
    households = (
        tenancy.columns(Membership, community_id, Membership.household_id)
        .where(Membership.household_id.is_not(None), current(Membership, on))
        .group_by(Membership.household_id)
        .having(without == 0)
    )
    return set(db.session.scalars(households))


def heads(
    community_id: uuid.UUID,
    excluded: Collection[str],
    on: dt.date,
    household_ids: Collection[uuid.UUID],
) -> dict[uuid.UUID, int]:
    """Members of each household on a day who have none of the excluded tags; one statement."""
    has_tag = (
        tenancy.columns(MemberTag, community_id, sa.literal(1))
        .where(
            MemberTag.member_id == Membership.member_id,
            MemberTag.tag.in_(excluded),
            current(MemberTag, on),
        )
        .exists()
    )
    rows = db.session.execute(
        tenancy.columns(
            Membership, community_id, Membership.household_id, sa.func.count().label("heads")
        )
        .where(Membership.household_id.in_(household_ids), current(Membership, on), ~has_tag)
        .group_by(Membership.household_id)
    )
    return {row.household_id: row.heads for row in rows}


def _ids(community_id: uuid.UUID, kind: str, on: dt.date) -> sa.Select[Any]:
    if kind == HolderKind.MERCHANT:
        if not _merchants:
            raise RuntimeError("nobody told where merchants are found")
        return _merchants[0](community_id, on)
    if kind == HolderKind.HOUSEHOLD:
        return (
            tenancy.columns(Membership, community_id, Membership.household_id.label("holder_id"))
            .where(Membership.household_id.is_not(None), current(Membership, on))
            .distinct()
        )
    return members.roster(community_id, on).with_only_columns(
        Membership.member_id.label("holder_id"), maintain_column_froms=True
    )
