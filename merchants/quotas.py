"""Quotas 名额: stock, limits per holder, the agreement's cap of the month.

Taking is one conditional upsert on one row: it succeeds only while the cap covers it, whatever
else runs at the same time. A large stock is split into slots, so that a busy offer is not one
hot row; each slot has its share of the cap.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, tuple_

from kernel import clock, tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from kernel.points_value import from_tenths, to_tenths
from merchants.models import Offer, Per, QuotaUsage
from merchants.rules.offers import cell_of

#: From this stock on an offer's quota is split.
BUSY_STOCK = 200
BUSY_SLOTS = 8


@dataclass(frozen=True, kw_only=True)
class Quota:
    """One limited thing in one period. ``cap`` counts its smallest unit."""

    kind: str
    code: str
    cell: str
    cap: int
    slots: int = 1

    def cap_of(self, slot: int) -> int:
        """The slot's share of the cap; the shares add up to the cap."""
        return self.cap // self.slots + (slot < self.cap % self.slots)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was taken from which row, so that exactly that is given back."""

    code: str
    cell: str
    slot: int
    amount: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def stock(offer: Offer, on: dt.date) -> Quota | None:
    """Pieces of the offer in the period of ``on``; None when it is not limited."""
    if offer.stock is None:
        return None
    return Quota(
        kind="stock",
        code=f"stock:{offer.id}",
        cell=cell_of(_per(offer.stock_period), on),
        cap=offer.stock,
        slots=BUSY_SLOTS if offer.stock >= BUSY_STOCK else 1,
    )


def holder_limit(offer: Offer, account_id: uuid.UUID, on: dt.date) -> Quota | None:
    """Times the holder may have the offer in the period of ``on``; None when not limited."""
    if offer.per_holder_limit is None:
        return None
    return Quota(
        kind="per_holder",
        code=f"holder:{offer.id}",
        cell=f"{cell_of(_per(offer.per_holder_period), on)}:{account_id}",
        cap=offer.per_holder_limit,
    )


def month_cap(merchant_id: uuid.UUID, monthly_cap: Decimal, on: dt.date) -> Quota:
    """Tenths of points the merchant may take in the month of ``on``.

    Counted by merchant, so that a new edition of the agreement does not begin at nothing.
    """
    return Quota(
        kind="month_cap",
        code=f"takings:{merchant_id}",
        cell=clock.month_of(on),
        cap=to_tenths(monthly_cap),
    )


def take(
    *, community_id: uuid.UUID, quota: Quota, amount: int, first_slot: int = 0
) -> Taken | None:
    """Take ``amount`` ≥ 1; None, and nothing changed, when the cap does not cover it."""
    for step in range(quota.slots):
        slot = (first_slot + step) % quota.slots
        if _take_slot(community_id, quota, slot, amount):
            return Taken(code=quota.code, cell=quota.cell, slot=slot, amount=amount)
    return None


def give_back(*, community_id: uuid.UUID, taken: Iterable[Taken]) -> None:
    """Return what was taken, rows in the order in which issuing takes them.

    The codes sort that way: holder, stock, takings; so the two cannot wait for each other.
    """
    for one in sorted(taken, key=lambda one: (one.code, one.cell, one.slot)):
        db.session.execute(
            tenancy.update(QuotaUsage, community_id)
            .where(
                QuotaUsage.quota_code == one.code,
                QuotaUsage.cell == one.cell,
                QuotaUsage.slot == one.slot,
                QuotaUsage.used >= one.amount,
            )
            .values(used=QuotaUsage.used - one.amount)
            .execution_options(synchronize_session=False)
        )


def from_json(rows: Iterable[dict[str, Any]]) -> list[Taken]:
    """What a redemption keeps as JSON."""
    return [Taken(**row) for row in rows]


def left(*, community_id: uuid.UUID, wanted: Iterable[Quota]) -> dict[str, int]:
    """Kind → what is left of each quota now, never below 0; one statement."""
    quotas = list(wanted)
    if not quotas:
        return {}
    rows = db.session.execute(
        tenancy.columns(
            QuotaUsage,
            community_id,
            QuotaUsage.quota_code,
            QuotaUsage.cell,
            func.sum(QuotaUsage.used).label("used"),
        )
        .where(
            tuple_(QuotaUsage.quota_code, QuotaUsage.cell).in_(
                [(quota.code, quota.cell) for quota in quotas]
            )
        )
        .group_by(QuotaUsage.quota_code, QuotaUsage.cell)
    )
    used = {(row.quota_code, row.cell): int(row.used) for row in rows}
    return {
        quota.kind: max(0, quota.cap - used.get((quota.code, quota.cell), 0)) for quota in quotas
    }


def as_points(tenths: int) -> Decimal:
    """A number of the month cap as points."""
    return from_tenths(tenths)


def _take_slot(community_id: uuid.UUID, quota: Quota, slot: int, amount: int) -> bool:
    cap = quota.cap_of(slot)
    if amount > cap:
        return False
    insert = upsert(QuotaUsage).values(
        community_id=community_id,
        id=new_id(),
        quota_code=quota.code,
        cell=quota.cell,
        slot=slot,
        used=amount,
        cap=cap,
    )
    statement = insert.on_conflict_do_update(
        index_elements=["community_id", "quota_code", "cell", "slot"],
        set_={"used": QuotaUsage.used + amount, "cap": cap},
        where=QuotaUsage.used + amount <= cap,
    ).returning(QuotaUsage.id)
    return db.session.execute(statement).first() is not None


def _per(word: str | None) -> Per | None:
    return None if word is None else Per(word)
