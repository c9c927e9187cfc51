"""Redemption's part of the ledger check: holds, transfers and quotas, each mismatch with its
receipt number and shop. Reads only; run it in one snapshot, like the rest of the check.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select

from kernel import tenancy
from kernel.database import db
from kernel.points_value import Points
from merchants import quotas
from merchants.models import Merchant, QuotaUsage
from points.ledger_check import Mismatch
from points.models import PointsAccount, Transfer, TransferKind
from redemption.models import (
    Redemption,
    RedemptionCancellation,
    RedemptionReversal,
    RedemptionState,
)

#: What a hold is called that expired long ago and that nobody freed.
STUCK_HOLD = "stuck_hold"
#: The sweeper runs every few minutes; an hour later it does not run.
STUCK_AFTER = dt.timedelta(hours=1)
_AT_ONCE = 1000


def differences(community_id: uuid.UUID, *, now: dt.datetime) -> list[Mismatch]:
    """Every mismatch of holds, transfers and quotas, in a stable order; empty when all is well."""
    found = [
        *_stuck(community_id, now),
        *_held(community_id),
        *_without_transfer(community_id),
        *_without_redemption(community_id),
        *_back_without_act(community_id),
        *_quotas(community_id),
    ]
    return sorted(found, key=lambda each: (each.what, str(each.row_id), each.detail))


def _stuck(community_id: uuid.UUID, now: dt.datetime) -> Iterator[Mismatch]:
    """Points of a holder and a shop's quota that nobody can use."""
    overdue = _named(community_id, Redemption.hold_expires_at_utc).where(
        Redemption.state == RedemptionState.HELD,
        Redemption.hold_expires_at_utc < now - STUCK_AFTER,
    )
    for row in db.session.execute(overdue):
        yield Mismatch(
            what=STUCK_HOLD, row_id=row.id, stored=row.hold_expires_at_utc.isoformat(),
            found=now.isoformat(), detail=_place(row),
        )  # fmt: skip


def _held(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """Which open holds an account has whose held points or their number it does not tell."""
    total = sa.type_coerce(sa.func.sum(Redemption.points), Points()).label("total")
    holds = (
        tenancy.columns(
            Redemption, community_id, Redemption.account_id, total, sa.func.count().label("number")
        )
        .where(Redemption.state == RedemptionState.HELD)
        .group_by(Redemption.account_id)
        .subquery()
    )
    wrong = (
        _named(
            community_id,
            PointsAccount.held,
            PointsAccount.open_holds,
            holds.c.total,
            holds.c.number,
        )
        .join(holds, holds.c.account_id == Redemption.account_id)
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == Redemption.community_id,
                PointsAccount.id == Redemption.account_id,
            ),
        )
        .where(
            Redemption.state == RedemptionState.HELD,
            sa.or_(PointsAccount.held != holds.c.total, PointsAccount.open_holds != holds.c.number),
        )
    )
    for row in db.session.execute(wrong):
        yield Mismatch(
            what="hold_of_account", row_id=row.id, detail=_place(row),
            stored=f"{row.held} in {row.open_holds}", found=f"{row.total} in {row.number}",
        )  # fmt: skip


def _without_transfer(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """A redeemed redemption moved its points from its account to its merchant."""
    moved = sa.and_(
        Transfer.community_id == Redemption.community_id,
        Transfer.redemption_id == Redemption.id,
        Transfer.kind == TransferKind.REDEMPTION,
        Transfer.from_account_id == Redemption.account_id,
        Transfer.points == Redemption.points,
    )
    wrong = (
        _named(community_id, Redemption.points)
        .outerjoin(Transfer, moved)
        .where(Redemption.state == RedemptionState.REDEEMED, Transfer.id.is_(None))
    )
    for row in db.session.execute(wrong):
        yield Mismatch(
            what="redeemed_without_transfer", row_id=row.id, stored=str(row.points), found="-",
            detail=_place(row),
        )  # fmt: skip


def _without_redemption(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """A transfer to or from a merchant belongs to a redeemed redemption."""
    belongs = sa.and_(
        Redemption.community_id == Transfer.community_id,
        Redemption.id == Transfer.redemption_id,
    )
    wrong = (
        tenancy.columns(
            Transfer, community_id, Transfer.id, Transfer.points, Transfer.kind,
            Transfer.redemption_id, Redemption.state, Redemption.receipt_number,
        )
        .outerjoin(Redemption, belongs)
        .where(
            Transfer.kind.in_([TransferKind.REDEMPTION, TransferKind.CANCELLATION]),
            sa.or_(Redemption.id.is_(None), Redemption.state != RedemptionState.REDEEMED),
        )
    )  # fmt: skip
    for row in db.session.execute(wrong):
        yield Mismatch(
            what="transfer_without_redemption", row_id=row.id, stored=f"{row.kind} {row.points}",
            found=row.state or "-", detail=row.receipt_number or str(row.redemption_id),
        )  # fmt: skip


def _back_without_act(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """What went back to a holder was cancelled at the counter or reversed after a review."""
    acts = [
        tenancy.columns(table, community_id, sa.literal(1)).where(table.transfer_id == Transfer.id)
        for table in (RedemptionCancellation, RedemptionReversal)
    ]
    wrong = (
        _named(community_id, Transfer.id.label("transfer_id"), Transfer.points)
        .join(
            Transfer,
            sa.and_(
                Transfer.community_id == Redemption.community_id,
                Transfer.redemption_id == Redemption.id,
            ),
        )
        .where(
            Transfer.kind == TransferKind.CANCELLATION, *(~act.exists() for act in acts)
        )
    )  # fmt: skip
    for row in db.session.execute(wrong):
        yield Mismatch(
            what="back_without_act", row_id=row.transfer_id, stored=str(row.points), found="-",
            detail=_place(row),
        )  # fmt: skip


def _quotas(community_id: uuid.UUID) -> Iterator[Mismatch]:
    """What is used of each quota is what live redemptions took."""
    taken = _taken(community_id)
    rows = db.session.execute(
        tenancy.columns(
            QuotaUsage, community_id, QuotaUsage.id, QuotaUsage.quota_code, QuotaUsage.cell,
            QuotaUsage.slot, QuotaUsage.used,
        )
    )  # fmt: skip
    for row in rows:
        key = (row.quota_code, row.cell, row.slot)
        found = taken.pop(key, 0)
        if row.used != found:
            yield Mismatch(
                what="quota_used", row_id=row.id, stored=str(row.used), found=str(found),
                detail=_words(key),
            )  # fmt: skip
    for key, found in taken.items():
        yield Mismatch(
            what="quota_used", row_id=community_id, stored="-", found=str(found),
            detail=_words(key),
        )  # fmt: skip


def _taken(community_id: uuid.UUID) -> Counter[tuple[str, str, int]]:
    """(code, cell, slot) → what redemptions took that stand: held, or redeemed and not taken back
    since, by a cancellation or a reversal.
    """
    found: Counter[tuple[str, str, int]] = Counter()
    live = (
        tenancy.columns(Redemption, community_id, Redemption.quotas_taken)
        .outerjoin(
            Transfer,
            sa.and_(
                Transfer.community_id == Redemption.community_id,
                Transfer.redemption_id == Redemption.id,
                Transfer.kind == TransferKind.CANCELLATION,
            ),
        )
        .where(
            Redemption.state.in_([RedemptionState.HELD, RedemptionState.REDEEMED]),
            Transfer.id.is_(None),
        )
        .execution_options(yield_per=_AT_ONCE)
    )
    for rows in db.session.scalars(live):
        for one in quotas.from_json(rows):
            found[one.code, one.cell, one.slot] += one.amount
    return found


def _named(community_id: uuid.UUID, *also: Any) -> Select[Any]:
    """Redemptions with what names them to people: receipt number and shop."""
    return (
        tenancy.columns(
            Redemption, community_id, Redemption.id, Redemption.receipt_number,
            Merchant.name.label("merchant_name"), *also,
        )
        .join(Merchant, Merchant.id == Redemption.merchant_id)
    )  # fmt: skip


def _place(row: Any) -> str:
    return f"{row.receipt_number} {row.merchant_name}"


def _words(key: tuple[str, str, int]) -> str:
    code, cell, slot = key
    return f"{code} {cell} slot {slot}"
