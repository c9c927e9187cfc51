"""What expires next, and when: for the holder, and as an advance notice for the office."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import places
from community.models import Member
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.points_value import ZERO
from points import lot_ledger
from points.models import AccountKind, HolderKind, PointsAccount
from points.permissions import PointsPermission
from points.rules.lots import Lots


@dataclass(frozen=True)
class DayOfExpiry:
    """``points`` can be spent until the day before ``expires_on``."""

    expires_on: dt.date
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class UpcomingExpiry:
    """One account that loses something before the day asked about; ``id`` is the account's."""

    id: uuid.UUID
    holder_kind: str
    holder_id: uuid.UUID
    name: str | None
    points: Decimal
    first_on: dt.date | None
    days: Sequence[DayOfExpiry]


def of_member(*, actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID) -> list[DayOfExpiry]:
    """Every day on which points of the member die, the next one first; empty where none do."""
    place = places.place_of(community_id)
    if actor.members.get(community_id) == member_id:
        actor.require(PointsPermission.READ_OWN_POINTS, place)
    elif not actor.may(PointsPermission.READ_POINTS, place):
        actor.require(PointsPermission.READ_OWN_POINTS, place)
        raise NotFound()
    accounts = db.session.execute(
        _accounts(community_id).where(
            PointsAccount.holder_kind == HolderKind.MEMBER, PointsAccount.holder_id == member_id
        )
    ).all()
    lots = lot_ledger.of_accounts(community_id, {row.id: row.rulebook_id for row in accounts})
    return _days(list(lots.values()), dt.date.max)


def upcoming(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    before: dt.date,
    after: uuid.UUID | None,
    limit: int,
) -> list[UpcomingExpiry]:
    """Who loses how much when, up to the day ``before``; by account, from the one after ``after``.

    An account whose points were all spent meanwhile loses nothing and says so with 0.0.
    """
    actor.require(PointsPermission.READ_POINTS, places.place_of(community_id))
    statement = (
        _accounts(community_id)
        .add_columns(Member.name)
        .outerjoin(
            Member,
            sa.and_(
                Member.community_id == PointsAccount.community_id,
                Member.id == PointsAccount.holder_id,
            ),
        )
        .where(PointsAccount.next_expiry_on < before)
    )
    if after is not None:
        statement = statement.where(PointsAccount.id > after)
    rows = db.session.execute(statement.order_by(PointsAccount.id).limit(limit)).all()
    lots = lot_ledger.of_accounts(community_id, {row.id: row.rulebook_id for row in rows})
    return [_upcoming(row, _days([lots[row.id]], before)) for row in rows]


def _upcoming(row: Any, days: Sequence[DayOfExpiry]) -> UpcomingExpiry:
    return UpcomingExpiry(
        id=row.id,
        holder_kind=row.holder_kind,
        holder_id=row.holder_id,
        name=row.name,
        points=sum((day.points for day in days), ZERO),
        first_on=days[0].expires_on if days else None,
        days=days,
    )


def _accounts(community_id: uuid.UUID) -> sa.Select[Any]:
    return tenancy.columns(
        PointsAccount, community_id, PointsAccount.id, PointsAccount.rulebook_id,
        PointsAccount.holder_kind, PointsAccount.holder_id,
    ).where(
        PointsAccount.kind == AccountKind.HOLDER, PointsAccount.next_expiry_on.is_not(None)
    )  # fmt: skip


def _days(all_lots: Sequence[Lots], before: dt.date) -> list[DayOfExpiry]:
    dying: dict[dt.date, Decimal] = defaultdict(lambda: ZERO)
    for lots in all_lots:
        for lot in lots.in_turn():
            if lot.expires_on is not None and lot.expires_on < before:
                dying[lot.expires_on] += lot.left
    return [DayOfExpiry(day, dying[day]) for day in sorted(dying)]
