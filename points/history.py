"""A member's points: where they stand, and the history 明细 of every entry and movement.

The history is read newest first by id, so that its cost does not depend on how much there is.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import bindings, places, proxies
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.points_value import ZERO
from points import accounts, balances, history_rows
from points.history_rows import Asked, HistoryRow, Mark
from points.models import (
    AccountKind,
    HolderKind,
    MonthlyScore,
    PointsAccount,
    Transfer,
)
from points.permissions import PointsPermission

__all__ = ["HistoryRow", "Mark", "Summary", "history", "summary"]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Score and balance, which never mix: the score is honor, the balance can be spent."""

    member_id: uuid.UUID
    balance: Decimal
    held: Decimal
    spendable: Decimal
    debt: Decimal
    month: str
    base: Decimal
    bonus: Decimal
    deduction: Decimal
    score: Decimal


def summary(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    month: str,
) -> Summary:
    """Balance now and score of ``month``; zeros for a member who has no account yet."""
    _require_reader(actor, community_id, member_id)
    row = db.session.execute(
        tenancy.columns(
            PointsAccount,
            community_id,
            PointsAccount.balance,
            PointsAccount.held,
            PointsAccount.debt,
            MonthlyScore.base,
            MonthlyScore.bonus,
            MonthlyScore.deduction,
            PointsAccount.id,
            PointsAccount.rulebook_id,
            PointsAccount.next_expiry_on,
            balances.spend_above(clock.business_date(now)).label("stays"),
        )
        .outerjoin(
            MonthlyScore,
            sa.and_(
                MonthlyScore.community_id == PointsAccount.community_id,
                MonthlyScore.account_id == PointsAccount.id,
                MonthlyScore.month == month,
            ),
        )
        .where(*_of_member(member_id))
        .order_by(PointsAccount.id)
        .limit(1)
    ).first()
    balance, held, debt, base, bonus, deduction = (
        [ZERO if value is None else value for value in row[:6]] if row else [ZERO] * 6
    )
    return Summary(
        member_id=member_id,
        balance=balance,
        held=held,
        spendable=accounts.spendable_of(community_id, row, now) if row else ZERO,
        debt=debt,
        month=month,
        base=base,
        bonus=bonus,
        deduction=deduction,
        score=base + bonus - deduction,
    )


def history(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    month: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[HistoryRow]:
    """Entries and movements newest first, from the one after ``after``; four statements.

    What one act rearranged under limits is one row.

    ``month`` narrows to one sheet's entries and the movements of its days.
    """
    _require_reader(actor, community_id, member_id)
    account_id = _account(community_id, member_id).scalar_subquery()
    asked = Asked(community_id, account_id, month, after, limit)
    newest = [
        *history_rows.entry_rows(asked),
        *map(_movement_row, db.session.execute(_movements(asked))),
    ]
    return sorted(newest, key=lambda row: row.id, reverse=True)[:limit]


def _require_reader(actor: Actor, community_id: uuid.UUID, member_id: uuid.UUID) -> None:
    place = places.place_of(community_id)
    if actor.members.get(community_id) == member_id:
        actor.require(PointsPermission.READ_OWN_POINTS, place)
        return
    if actor.may(PointsPermission.READ_POINTS, place):
        return
    # Whoever has left has no role here any more, and still reads what was theirs.
    if bindings.was_of(actor.account_id, community_id, member_id):
        return
    actor.require(PointsPermission.READ_OWN_POINTS, place)
    # Somebody else's points do not exist for a member who is not their proxy.
    if not proxies.may_act_for(actor, community_id, member_id):
        raise NotFound()


def _of_member(member_id: uuid.UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        PointsAccount.kind == AccountKind.HOLDER,
        PointsAccount.holder_kind == HolderKind.MEMBER,
        PointsAccount.holder_id == member_id,
    )


def _account(community_id: uuid.UUID, member_id: uuid.UUID) -> sa.Select[Any]:
    return (
        tenancy.columns(PointsAccount, community_id, PointsAccount.id)
        .where(*_of_member(member_id))
        .order_by(PointsAccount.id)
        .limit(1)
    )


def _movements(asked: Asked) -> sa.CompoundSelect[Any]:
    # Each direction reads its own index from the newest end; an OR would read everything.
    sides = [_side(asked, Transfer.from_account_id), _side(asked, Transfer.to_account_id)]
    return sa.union_all(*(sa.select(side.subquery()) for side in sides))


def _side(asked: Asked, account: Any) -> sa.Select[Any]:
    statement = tenancy.columns(
        Transfer,
        asked.community_id,
        Transfer.id,
        Transfer.at_utc,
        Transfer.kind,
        Transfer.points,
        Transfer.redemption_id,
        sa.literal(account is Transfer.to_account_id).label("is_gain"),
    ).where(Transfer.entry_id.is_(None), account == asked.account_id)
    if asked.month is not None:
        start = clock.start_of_day(clock.first_day(asked.month))
        end = clock.start_of_day(clock.first_day(clock.next_month(asked.month)))
        statement = statement.where(Transfer.at_utc >= start, Transfer.at_utc < end)
    if asked.after is not None:
        statement = statement.where(Transfer.id < asked.after)
    return statement.order_by(Transfer.id.desc()).limit(asked.limit)


def _movement_row(transfer: Any) -> HistoryRow:
    day = clock.business_date(transfer.at_utc)
    points = transfer.points if transfer.is_gain else -transfer.points
    return HistoryRow(
        id=transfer.id,
        at_utc=transfer.at_utc,
        kind=transfer.kind,
        points=points,
        net=points,
        month=clock.month_of(day),
        belongs_month=clock.month_of(day),
        occurred_on=day,
        redemption_id=transfer.redemption_id,
    )
