"""What becomes of the points of somebody who left: chosen by the community, settled when due."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from community import places
from community.departures import Departure
from community.models import Member
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import StaleVersion
from points.models import (
    LeftBalance,
    LeftChoice,
    PointsAccount,
)
from points.moving import left_rows
from points.moving.errors import HeirMissing, TargetMissing
from points.permissions import PointsPermission
from points.recorder_roles import require_nobody_near
from points.rules import leaving


@dataclass(frozen=True, kw_only=True)
class LeftView:
    """One member who left, with what still lies on their accounts."""

    id: uuid.UUID
    version: int
    member_id: uuid.UUID
    member_name: str
    left_on: dt.date | None
    left_reason: str | None
    choice: str
    settle_on: dt.date
    heir_id: uuid.UUID | None
    to_community_id: uuid.UUID | None
    balance: Decimal
    debt: Decimal


def note(departure: Departure, actor: Actor, now: dt.datetime) -> None:
    """Keep what becomes of the points; app.py registers it for the moment somebody leaves.

    Nothing moves yet: the last month is still reviewed, and its points go the same way.
    """
    community = places.community(departure.community_id)
    chosen = leaving.choice(
        community.leaving_balance,
        has_heir=departure.heir_id is not None,
        has_target=departure.to_community_id is not None,
    )
    # What is carried over goes at once: the person wants to use it where they live now.
    wait = 0 if chosen == LeftChoice.CARRIED_OVER else community.leaving_notice_days
    row = LeftBalance(
        community_id=departure.community_id,
        member_id=departure.member_id,
        person_id=departure.person_id,
        choice=chosen,
        settle_on=departure.left_on + dt.timedelta(days=wait),
        heir_id=departure.heir_id,
        to_community_id=departure.to_community_id,
        decided_by=actor.account_id,
        decided_at_utc=now,
        version=1,
    )
    db.session.add(row)
    db.session.flush()
    left_rows.note(actor, now, "left_balance.noted", row)


def decide(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    left_balance_id: uuid.UUID,
    version: int,
    choice: LeftChoice,
    heir_id: uuid.UUID | None = None,
    to_community: str | None = None,
) -> LeftView:
    """Decide, or decide anew, about what is not settled yet.

    Raises HeirMissing, HeirLeft, TargetMissing, OwnHousehold, StaleVersion, NotFound.
    """
    actor.require(PointsPermission.SETTLE_LEFT, places.place_of(community_id))
    row = left_rows.locked(community_id, left_balance_id)
    if row.version != version:
        raise StaleVersion(field="version")
    require_nobody_near(
        community_id, actor, member_ids=[row.member_id, heir_id],
        household_ids=[left_rows.last_household(row)],
    )  # fmt: skip
    target = places.community_by_code(to_community).id if to_community else None
    if choice is LeftChoice.HOUSEHOLD:
        if heir_id is None:
            raise HeirMissing(field="heir_id")
        left_rows.require_present(row, heir_id, clock.business_date(now))
    if choice is LeftChoice.CARRIED_OVER and target in (None, community_id):
        raise TargetMissing(field="to_community")
    row.choice, row.heir_id, row.to_community_id = choice, heir_id, target
    row.decided_by, row.decided_at_utc = actor.account_id, now
    row.version += 1
    db.session.flush()
    left_rows.note(actor, now, "left_balance.decided", row)
    return _views(community_id, LeftBalance.id == row.id)[0]


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    choice: LeftChoice | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[LeftView]:
    """Those who left, the last first, with what still lies on their accounts."""
    actor.require(PointsPermission.SETTLE_LEFT, places.place_of(community_id))
    which = sa.true() if choice is None else LeftBalance.choice == choice
    if after is not None:
        which = sa.and_(which, LeftBalance.id < after)
    return _views(community_id, which, limit=limit)


def _views(
    community_id: uuid.UUID, which: sa.ColumnElement[bool], *, limit: int = 1
) -> list[LeftView]:
    own = left_rows.accounts_of_left(community_id).correlate(LeftBalance)
    balance = own.with_only_columns(sa.func.coalesce(sa.func.sum(PointsAccount.balance), 0))
    debt = own.with_only_columns(sa.func.coalesce(sa.func.sum(PointsAccount.debt), 0))
    points = PointsAccount.balance.type
    rows = db.session.execute(
        tenancy.columns(
            LeftBalance, community_id, LeftBalance.id, LeftBalance.version, LeftBalance.member_id,
            Member.name.label("member_name"), Member.left_on, Member.left_reason,
            LeftBalance.choice, LeftBalance.settle_on, LeftBalance.heir_id,
            LeftBalance.to_community_id,
            sa.type_coerce(balance.scalar_subquery(), points).label("balance"),
            sa.type_coerce(debt.scalar_subquery(), points).label("debt"),
        )
        .join(
            Member,
            sa.and_(
                Member.community_id == LeftBalance.community_id, Member.id == LeftBalance.member_id
            ),
        )
        .where(which)
        .order_by(LeftBalance.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [LeftView(**row._mapping) for row in rows]
