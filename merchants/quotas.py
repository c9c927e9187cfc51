"""Quotas 名额: stock, limits per holder, the agreement's cap of the month.

Taking is one conditional statement on one row: it succeeds only while the row's share covers it,
whatever else runs at the same time. A busy quota is split into slots, so that it is not one hot
row; the shares always add up to the cap. Where the own slot does not cover the amount, or the cap
is another one than the shares were made for (a new edition of the agreement), all slots are locked
in their order, and what is free is shared out anew: the cap is used to the last unit and never
exceeded.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, tuple_

from kernel import clock, tenancy
from kernel.database import db, table_of
from kernel.points_value import from_tenths, to_tenths
from kernel.prepared import Prepared
from merchants import quota_slots
from merchants.models import Offer, Per, QuotaUsage
from merchants.rules.offers import cell_of
from merchants.rules.quotas import Quota, Taken

__all__ = [
    "Quota",
    "Taken",
    "as_points",
    "from_json",
    "give_back",
    "holder_limit",
    "left",
    "month_cap",
    "stock",
    "take",
    "used_of",
]

#: From this stock on an offer's quota is split.
BUSY_STOCK = 200
#: From this cap of a month on the merchant's takings are split: tenths, so 5,000 points.
BUSY_CAP = 50_000
BUSY_SLOTS = 8


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
    cap = to_tenths(monthly_cap)
    return Quota(
        kind="month_cap",
        code=f"takings:{merchant_id}",
        cell=clock.month_of(on),
        cap=cap,
        slots=BUSY_SLOTS if cap >= BUSY_CAP else 1,
    )


def take(
    *, community_id: uuid.UUID, quota: Quota, amount: int, first_slot: int = 0
) -> Taken | None:
    """Take ``amount`` ≥ 1; None, and nothing changed, when the cap does not cover it.

    Always from one slot: where it has too little, the others' free share comes to it first.
    """
    if amount > quota.cap:
        return None
    slot = first_slot % quota.slots
    if quota_slots.take(community_id, quota, slot, amount) or quota_slots.share_out(
        community_id, quota, slot, amount
    ):
        return Taken(code=quota.code, cell=quota.cell, slot=slot, amount=amount)
    return None


def give_back(*, community_id: uuid.UUID, taken: Iterable[Taken]) -> None:
    """Return what was taken, rows in the order in which issuing takes them.

    The codes sort that way: holder, stock, takings; so the two cannot wait for each other.
    """
    for one in sorted(taken, key=lambda one: (one.code, one.cell, one.slot)):
        _GIVE_BACK(
            p_community_id=community_id, p_code=one.code, p_cell=one.cell, p_slot=one.slot,
            p_amount=one.amount,
        )  # fmt: skip


_ROWS = table_of(QuotaUsage)
_AMOUNT = sa.bindparam("p_amount", type_=_ROWS.c.used.type)
_GIVE_BACK = Prepared(
    lambda: (
        sa.update(_ROWS)
        .where(
            _ROWS.c.community_id == sa.bindparam("p_community_id"),
            _ROWS.c.quota_code == sa.bindparam("p_code"),
            _ROWS.c.cell == sa.bindparam("p_cell"),
            _ROWS.c.slot == sa.bindparam("p_slot"),
            _ROWS.c.used >= _AMOUNT,
        )
        .values(used=_ROWS.c.used - _AMOUNT)
    )
)


def from_json(rows: Iterable[dict[str, Any]]) -> list[Taken]:
    """What a redemption keeps as JSON."""
    return [Taken(**row) for row in rows]


def left(*, community_id: uuid.UUID, wanted: Iterable[Quota]) -> dict[str, int]:
    """Kind → what is left of each quota now, never below 0; one statement."""
    quotas = list(wanted)
    used = used_of(community_id=community_id, wanted=quotas)
    return {
        quota.kind: max(0, quota.cap - used.get((quota.code, quota.cell), 0)) for quota in quotas
    }


def used_of(*, community_id: uuid.UUID, wanted: Iterable[Quota]) -> dict[tuple[str, str], int]:
    """(code, cell) → what of it is used now, for any number of quotas; one statement.

    A quota that nobody has used yet is not in it.
    """
    places = {(quota.code, quota.cell) for quota in wanted}
    if not places:
        return {}
    rows = db.session.execute(
        tenancy.columns(
            QuotaUsage,
            community_id,
            QuotaUsage.quota_code,
            QuotaUsage.cell,
            func.sum(QuotaUsage.used).label("used"),
        )
        .where(tuple_(QuotaUsage.quota_code, QuotaUsage.cell).in_(sorted(places)))
        .group_by(QuotaUsage.quota_code, QuotaUsage.cell)
    )
    return {(row.quota_code, row.cell): int(row.used) for row in rows}


def as_points(tenths: int) -> Decimal:
    """A number of the month cap as points."""
    return from_tenths(tenths)


def _per(word: str | None) -> Per | None:
    return None if word is None else Per(word)
