"""Transfers: the rows that say which points moved where. Hot path: Core statements only."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import String, Uuid

from kernel import tenancy
from kernel.database import UtcDateTime, db
from kernel.ids import new_id
from kernel.points_value import Points
from points import balances, counterparts
from points.models import ALLOWED_TRANSFERS, AccountKind, PointsAccount, Transfer, TransferKind

_COLUMNS = (
    "community_id",
    "id",
    "from_account_id",
    "from_kind",
    "to_account_id",
    "to_kind",
    "points",
    "kind",
    "redemption_id",
    "reverses_id",
    "at_utc",
)


def to_merchant(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    merchant_id: uuid.UUID,
    points: Decimal,
    redemption_id: uuid.UUID,
    now: dt.datetime,
) -> uuid.UUID:
    """Write that captured ``points`` went to the merchant; returns the transfer's id.

    One statement, which also finds the merchant's account; a merchant's first redemption makes it.
    """
    return _with_merchant(
        community_id=community_id,
        merchant_id=merchant_id,
        kind=TransferKind.REDEMPTION,
        holder_account_id=account_id,
        points=points,
        redemption_id=redemption_id,
        reverses=None,
        now=now,
    )


def back_to_holder(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    merchant_id: uuid.UUID,
    points: Decimal,
    redemption_id: uuid.UUID,
    reverses: uuid.UUID,
    now: dt.datetime,
) -> uuid.UUID:
    """Return ``points`` of a cancelled redemption, a debt first; returns the transfer's id.

    ``reverses`` is the redemption's transfer; it can be reversed once.
    """
    transfer_id = _with_merchant(
        community_id=community_id,
        merchant_id=merchant_id,
        kind=TransferKind.CANCELLATION,
        holder_account_id=account_id,
        points=points,
        redemption_id=redemption_id,
        reverses=reverses,
        now=now,
    )
    given = balances.credit(community_id=community_id, account_id=account_id, points=points)
    if given.debt_change:
        debt_repayment(
            community_id=community_id,
            account_id=account_id,
            points=-given.debt_change,
            now=now,
            redemption_id=redemption_id,
        )
    return transfer_id


def debt_repayment(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    points: Decimal,
    now: dt.datetime,
    redemption_id: uuid.UUID | None = None,
) -> None:
    """Write that released or returned points paid a debt of the holder."""
    rulebook_id = db.session.execute(
        tenancy.columns(PointsAccount, community_id, PointsAccount.rulebook_id).where(
            PointsAccount.id == account_id
        )
    ).scalar_one()
    db.session.execute(
        sa.insert(Transfer),
        row(
            community_id=community_id,
            kind=TransferKind.DEBT_REPAYMENT,
            from_account_id=account_id,
            to_account_id=counterparts.issuance(community_id, rulebook_id),
            points=points,
            now=now,
            redemption_id=redemption_id,
        ),
    )


def row(
    *,
    community_id: uuid.UUID,
    kind: TransferKind,
    from_account_id: uuid.UUID,
    to_account_id: uuid.UUID,
    points: Decimal,
    now: dt.datetime,
    entry_id: uuid.UUID | None = None,
    redemption_id: uuid.UUID | None = None,
) -> dict[str, object]:
    """The values of one transfer, its account kinds taken from the allow-list."""
    giver, receiver = ALLOWED_TRANSFERS[kind]
    return {
        "community_id": community_id,
        "id": new_id(),
        "from_account_id": from_account_id,
        "from_kind": giver,
        "to_account_id": to_account_id,
        "to_kind": receiver,
        "points": points,
        "kind": kind,
        "entry_id": entry_id,
        "redemption_id": redemption_id,
        "at_utc": now,
    }


def _with_merchant(
    *,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    kind: TransferKind,
    holder_account_id: uuid.UUID,
    points: Decimal,
    redemption_id: uuid.UUID,
    reverses: uuid.UUID | None,
    now: dt.datetime,
) -> uuid.UUID:
    transfer_id = new_id()
    holder = sa.literal(holder_account_id, Uuid())
    giver, receiver = ALLOWED_TRANSFERS[kind]
    to_the_merchant = receiver is AccountKind.MERCHANT
    source = tenancy.columns(
        PointsAccount,
        community_id,
        PointsAccount.community_id,
        sa.literal(transfer_id, Uuid()),
        holder if to_the_merchant else PointsAccount.id,
        sa.literal(giver.value, String()),
        PointsAccount.id if to_the_merchant else holder,
        sa.literal(receiver.value, String()),
        sa.literal(points, Points()),
        sa.literal(kind.value, String()),
        sa.literal(redemption_id, Uuid()),
        sa.literal(reverses, Uuid()),
        sa.literal(now, UtcDateTime()),
    ).where(PointsAccount.kind == AccountKind.MERCHANT, PointsAccount.holder_id == merchant_id)
    insert = (
        sa.insert(Transfer)
        .from_select(_COLUMNS, source, include_defaults=False)
        .returning(Transfer.id)
    )
    if db.session.execute(insert).first() is None:
        counterparts.ensure_merchant(community_id, merchant_id)
        db.session.execute(insert).one()
    return transfer_id
