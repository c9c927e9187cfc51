"""Transfers: the rows that say which points moved where. Hot path: Core statements only.

Each is one INSERT … SELECT that finds the account on the other side by its key, so that nobody
has to read it first; where that account does not stand yet, it is made and the insert repeated.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import sqlalchemy as sa
from sqlalchemy import String, Uuid

from kernel import tenancy
from kernel.database import UtcDateTime, db
from kernel.ids import new_id
from kernel.points_value import Points
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
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
    "entry_id",
    "redemption_id",
    "reverses_id",
    "at_utc",
)


@dataclass(frozen=True, kw_only=True)
class _New:
    """One movement between a holder's account and one found by its key."""

    community_id: uuid.UUID
    holder_account_id: uuid.UUID
    kind: TransferKind
    points: Decimal
    now: dt.datetime
    entry_id: uuid.UUID | None = None
    redemption_id: uuid.UUID | None = None
    reverses_id: uuid.UUID | None = None


def to_merchant(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    merchant_id: uuid.UUID,
    points: Decimal,
    redemption_id: uuid.UUID,
    now: dt.datetime,
) -> uuid.UUID:
    """Write that captured ``points`` went to the merchant; returns the transfer's id."""
    return _insert(
        _New(
            community_id=community_id,
            holder_account_id=account_id,
            kind=TransferKind.REDEMPTION,
            points=points,
            redemption_id=redemption_id,
            now=now,
        ),
        other_id=merchant_id,
        make=lambda: counterparts.ensure_merchant(community_id, merchant_id),
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
    transfer_id = _insert(
        _New(
            community_id=community_id,
            holder_account_id=account_id,
            kind=TransferKind.CANCELLATION,
            points=points,
            redemption_id=redemption_id,
            reverses_id=reverses,
            now=now,
        ),
        other_id=merchant_id,
        make=lambda: counterparts.ensure_merchant(community_id, merchant_id),
    )
    given = balances.give_back(community_id=community_id, account_id=account_id, points=points)
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
    _insert(
        _New(
            community_id=community_id,
            holder_account_id=account_id,
            kind=TransferKind.DEBT_REPAYMENT,
            points=points,
            redemption_id=redemption_id,
            now=now,
        ),
        other_id=rulebook_id,
        make=lambda: counterparts.ensure_issuance(community_id, rulebook_id),
    )


def for_entry(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    entry_id: uuid.UUID,
    moved: Decimal,
    now: dt.datetime,
) -> None:
    """Write what an entry really moved: positive from issuance, negative back to it."""
    _insert(
        _New(
            community_id=community_id,
            holder_account_id=account_id,
            kind=TransferKind.AWARD if moved > 0 else TransferKind.TAKE_BACK,
            points=abs(moved),
            entry_id=entry_id,
            now=now,
        ),
        other_id=rulebook_id,
        make=lambda: counterparts.ensure_issuance(community_id, rulebook_id),
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
    month_net_id: uuid.UUID | None = None,
) -> dict[str, object]:
    """The columns of one transfer between known accounts, for writing many at once."""
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
        "month_net_id": month_net_id,
        "at_utc": now,
    }


def _insert(new: _New, *, other_id: uuid.UUID, make: Callable[[], None]) -> uuid.UUID:
    """Write one movement; where the account on the other side does not stand yet, make it."""
    transfer_id = new_id()
    values = {
        "p_community_id": new.community_id,
        "p_id": transfer_id,
        "p_holder": new.holder_account_id,
        "p_other": other_id,
        "p_points": new.points,
        "p_entry_id": new.entry_id,
        "p_redemption_id": new.redemption_id,
        "p_reverses_id": new.reverses_id,
        "p_now": new.now,
    }
    if _STATEMENTS[new.kind](**values).first() is None:
        make()
        _STATEMENTS[new.kind](**values).one()
    return transfer_id


def _statement(kind: TransferKind) -> sa.Insert:
    """INSERT … SELECT that finds the account on the other side of a kind of transfer by its key:
    the merchant, or the rulebook whose points are issued or expired.
    """
    giver, receiver = ALLOWED_TRANSFERS[kind]
    holder_gives = giver is AccountKind.HOLDER
    other_kind = receiver if holder_gives else giver
    is_merchant = other_kind is AccountKind.MERCHANT
    key = PointsAccount.holder_id if is_merchant else PointsAccount.rulebook_id
    holder = sa.bindparam("p_holder", type_=Uuid())
    source = tenancy.columns(
        PointsAccount,
        COMMUNITY,
        PointsAccount.community_id,
        sa.bindparam("p_id", type_=Uuid()),
        holder if holder_gives else PointsAccount.id,
        sa.literal(giver.value, String()),
        PointsAccount.id if holder_gives else holder,
        sa.literal(receiver.value, String()),
        sa.bindparam("p_points", type_=Points()),
        sa.literal(kind.value, String()),
        sa.bindparam("p_entry_id", type_=Uuid()),
        sa.bindparam("p_redemption_id", type_=Uuid()),
        sa.bindparam("p_reverses_id", type_=Uuid()),
        sa.bindparam("p_now", type_=UtcDateTime()),
    ).where(PointsAccount.kind == other_kind, key == sa.bindparam("p_other", type_=Uuid()))
    return (
        sa.insert(Transfer)
        .from_select(_COLUMNS, source, include_defaults=False)
        .returning(Transfer.id)
    )


_STATEMENTS = {kind: Prepared(partial(_statement, kind)) for kind in TransferKind}
