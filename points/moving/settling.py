"""Settling the points of those who left, when they are due; again it moves nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.points_value import ZERO
from points import accounts, balances, counterparts, expiry, transfers
from points.models import LeftBalance, LeftChoice, PointsAccount, Transfer, TransferKind
from points.moving import carrying, left_rows, receiving
from points.moving.errors import HeirMissing
from points.permissions import PointsPermission


def due(
    *, community_id: uuid.UUID, now: dt.datetime, after: uuid.UUID | None, limit: int
) -> list[uuid.UUID]:
    """Those who left, whose points are due and not all gone, by id from the one after ``after``."""
    spendable = left_rows.accounts_of_left(community_id).where(
        PointsAccount.balance > PointsAccount.held
    )
    statement = tenancy.columns(LeftBalance, community_id, LeftBalance.id).where(
        LeftBalance.settle_on <= clock.business_date(now),
        LeftBalance.choice != LeftChoice.UNDECIDED,
        spendable.exists(),
    )
    if after is not None:
        statement = statement.where(LeftBalance.id > after)
    return list(db.session.scalars(statement.order_by(LeftBalance.id).limit(limit)))


def settle(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, left_balance_id: uuid.UUID
) -> Decimal:
    """Move what is there and due, as was chosen; again it moves nothing. Returns the points.

    Raises HeirLeft where the heir has left, too.
    """
    actor.require(PointsPermission.SETTLE_LEFT, places.place_of(community_id))
    row = left_rows.locked(community_id, left_balance_id)
    total = ZERO
    if row.choice == LeftChoice.UNDECIDED or row.settle_on > clock.business_date(now):
        return total
    ids = db.session.scalars(left_rows.accounts_of(community_id, row.member_id))
    for account_id in sorted(ids):
        total += _settle_account(row, account_id, actor, now)
    if total:
        left_rows.note(actor, now, "left_balance.settled", row)
    return total


def _settle_account(
    row: LeftBalance, account_id: uuid.UUID, actor: Actor, now: dt.datetime
) -> Decimal:
    expiry.settle(community_id=row.community_id, account_ids=[account_id], now=now)
    account = db.session.execute(
        tenancy.columns(
            PointsAccount, row.community_id, PointsAccount.balance, PointsAccount.held,
            PointsAccount.rulebook_id,
        )
        .where(PointsAccount.id == account_id)
        .with_for_update()
    ).one()  # fmt: skip
    free: Decimal = account.balance - account.held
    if free <= ZERO:
        return ZERO
    balances.debit(community_id=row.community_id, account_id=account_id, points=free, now=now)
    if row.choice == LeftChoice.EXPIRES:
        gone = counterparts.expired(row.community_id, account.rulebook_id)
        _write(row, TransferKind.LEFT_BEHIND, giver=account_id, receiver=gone, points=free, now=now)
    elif row.choice == LeftChoice.HOUSEHOLD:
        _hand_on(row, account_id, account.rulebook_id, free, now)
    else:
        carrying.send(
            left=row, account_id=account_id, rulebook_id=account.rulebook_id, points=free,
            actor=actor, now=now,
        )  # fmt: skip
    return free


def _hand_on(
    row: LeftBalance,
    account_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    points: Decimal,
    now: dt.datetime,
) -> None:
    if row.heir_id is None:
        raise HeirMissing(field="heir_id")
    left_rows.require_present(row, row.heir_id, clock.business_date(now))
    heir = accounts.for_member(row.community_id, row.heir_id, rulebook_id)
    _write(row, TransferKind.HANDED_ON, giver=account_id, receiver=heir.id, points=points, now=now)
    receiving.receive(
        community_id=row.community_id, account_id=heir.id, rulebook_id=rulebook_id,
        points=points, now=now,
    )  # fmt: skip


def _write(
    row: LeftBalance,
    kind: TransferKind,
    *,
    giver: uuid.UUID,
    receiver: uuid.UUID,
    points: Decimal,
    now: dt.datetime,
) -> None:
    db.session.execute(
        sa.insert(Transfer),
        transfers.row(
            community_id=row.community_id, kind=kind, from_account_id=giver,
            to_account_id=receiver, points=points, now=now,
        ),
    )  # fmt: skip
