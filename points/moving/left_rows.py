"""The rows of those who left, and what is asked about them."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from community.models import Membership
from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from points.models import AccountKind, HolderKind, LeftBalance, PointsAccount
from points.moving.errors import HeirLeft


def locked(community_id: uuid.UUID, left_balance_id: uuid.UUID) -> LeftBalance:
    """The row, held until the commit; NotFound."""
    return tenancy.locked(LeftBalance, community_id, left_balance_id)


def require_present(row: LeftBalance, heir_id: uuid.UUID, on: dt.date) -> None:
    """The heir lived with who left, and is still a member. Raises HeirLeft."""
    found = tenancy.columns(Membership, row.community_id, Membership.id).where(
        Membership.member_id == heir_id,
        Membership.household_id == last_household(row),
        Membership.valid_to.is_(None),
        Membership.valid_from <= on,
    )
    if heir_id == row.member_id or db.session.scalar(found) is None:
        raise HeirLeft(field="heir_id")


def last_household(row: LeftBalance) -> uuid.UUID | None:
    """The household of the last membership."""
    found: uuid.UUID | None = db.session.scalar(
        tenancy.columns(Membership, row.community_id, Membership.household_id)
        .where(Membership.member_id == row.member_id)
        .order_by(Membership.valid_from.desc(), Membership.id.desc())
        .limit(1)
    )
    return found


def accounts_of(community_id: uuid.UUID, member_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """Accounts of one member, under every rulebook."""
    return tenancy.columns(PointsAccount, community_id, PointsAccount.id).where(
        PointsAccount.kind == AccountKind.HOLDER,
        PointsAccount.holder_kind == HolderKind.MEMBER,
        PointsAccount.holder_id == member_id,
    )


def accounts_of_left(community_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """Accounts of the member of an outer row of LeftBalance."""
    return tenancy.columns(PointsAccount, community_id, PointsAccount.id).where(
        PointsAccount.kind == AccountKind.HOLDER,
        PointsAccount.holder_kind == HolderKind.MEMBER,
        PointsAccount.holder_id == LeftBalance.member_id,
    )


def note(actor: Actor, now: dt.datetime, act: str, row: LeftBalance) -> None:
    """Append to the trail."""
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=act,
        subject_kind="left_balance",
        subject_id=row.id,
        choice=row.choice,
    )
    db.session.flush()
