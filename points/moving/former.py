"""Where somebody was a member before: their history there stays readable for the account."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from community.models import Community, Member
from kernel.access import Actor
from kernel.database import db
from kernel.points_value import Points
from points.models import CarriedOut, LeftBalance


@dataclass(frozen=True, kw_only=True)
class FormerMembership:
    """A community that was left, and the points that are on their way from it."""

    id: uuid.UUID
    community_code: str
    community_name: str
    member_id: uuid.UUID
    left_on: dt.date
    left_reason: str
    choice: str
    settle_on: dt.date
    #: Carried over and not arrived yet; the number is told at the counter of the new community.
    in_transit: Decimal
    number: str | None


def memberships(
    *, actor: Actor, after: uuid.UUID | None = None, limit: int = 20
) -> list[FormerMembership]:
    """The account's former memberships on the platform, the last first."""
    on_the_way = sa.and_(
        CarriedOut.community_id == LeftBalance.community_id,
        CarriedOut.left_balance_id == LeftBalance.id,
        CarriedOut.arrived_at_utc.is_(None),
    )
    total = sa.select(sa.func.coalesce(sa.func.sum(CarriedOut.points), 0)).where(on_the_way)
    number = sa.select(sa.func.max(CarriedOut.number)).where(on_the_way)
    statement = (
        sa.select(
            LeftBalance.id, Community.code.label("community_code"),
            Community.name.label("community_name"), LeftBalance.member_id, Member.left_on,
            Member.left_reason, LeftBalance.choice, LeftBalance.settle_on,
            sa.type_coerce(total.scalar_subquery(), Points()).label("in_transit"),
            number.scalar_subquery().label("number"),
        )
        .join(Community, Community.id == LeftBalance.community_id)
        .join(
            Member,
            sa.and_(
                Member.community_id == LeftBalance.community_id, Member.id == LeftBalance.member_id
            ),
        )
        .where(LeftBalance.person_id == actor.account_id)
        .order_by(LeftBalance.id.desc())
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        statement = statement.where(LeftBalance.id < after)
    return [FormerMembership(**row._mapping) for row in db.session.execute(statement)]
