"""The rows of a quota: one slot in the common case, all of them where what is free must move.

Lock order: the slots of one quota by number. A unit of work that waited for its own slot in vain
may still hold it while it locks the others; two of those can meet, and the database makes one of
them run again (unit_of_work).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import bindparam

from kernel import tenancy
from kernel.database import db, table_of, upsert
from kernel.ids import new_id
from kernel.prepared import Prepared
from merchants.models import QuotaUsage
from merchants.rules.quotas import Quota, shares


def take(community_id: uuid.UUID, quota: Quota, slot: int, amount: int) -> bool:
    """The common case: one statement on one row."""
    values = {
        "p_community_id": community_id,
        "p_code": quota.code,
        "p_cell": quota.cell,
        "p_slot": slot,
        "p_amount": amount,
        "p_whole": quota.cap,
    }
    if quota.slots == 1:
        return _TAKE_OR_OPEN(p_id=new_id(), **values).first() is not None
    return _TAKE(**values).first() is not None


def share_out(community_id: uuid.UUID, quota: Quota, slot: int, amount: int) -> bool:
    """Lock every slot in order, share out what is free anew, take the amount from ``slot``."""
    used = _locked(community_id, quota)
    missing = [one for one in range(quota.slots) if one not in used]
    if missing:
        _open(community_id, quota, missing)
        used = _locked(community_id, quota)
    caps = shares(quota, used, slot=slot, amount=amount)
    if not caps:
        return False
    db.session.execute(
        tenancy.update(QuotaUsage, community_id)
        .where(QuotaUsage.quota_code == quota.code, QuotaUsage.cell == quota.cell)
        .values(
            whole=quota.cap,
            cap=sa.case(caps, value=QuotaUsage.slot),
            used=QuotaUsage.used + sa.case((QuotaUsage.slot == slot, amount), else_=0),
        )
        .execution_options(synchronize_session=False)
    )
    return True


def _locked(community_id: uuid.UUID, quota: Quota) -> dict[int, int]:
    """Slot → what is used in it, each row locked until the end of the unit of work."""
    rows = db.session.execute(
        tenancy.columns(QuotaUsage, community_id, QuotaUsage.slot, QuotaUsage.used)
        .where(QuotaUsage.quota_code == quota.code, QuotaUsage.cell == quota.cell)
        .order_by(QuotaUsage.slot)
        .with_for_update()
    )
    return {row.slot: row.used for row in rows}


def _open(community_id: uuid.UUID, quota: Quota, slots: Sequence[int]) -> None:
    """Rows of slots without any share yet; whoever opens them at the same time waits here."""
    rows = [
        {
            "community_id": community_id, "id": new_id(), "quota_code": quota.code,
            "cell": quota.cell, "slot": slot, "used": 0, "cap": 0, "whole": quota.cap,
        }
        for slot in slots
    ]  # fmt: skip
    db.session.execute(upsert(QuotaUsage).values(rows).on_conflict_do_nothing())


_ROWS = table_of(QuotaUsage)


def _covers() -> sa.ColumnElement[bool]:
    """The row's share was made for this cap and covers the amount."""
    return sa.and_(
        _ROWS.c.whole == bindparam("p_whole"),
        _ROWS.c.used + bindparam("p_amount") <= _ROWS.c.cap,
    )


_TAKE = Prepared(
    lambda: (
        sa.update(_ROWS)
        .where(
            _ROWS.c.community_id == bindparam("p_community_id"),
            _ROWS.c.quota_code == bindparam("p_code"),
            _ROWS.c.cell == bindparam("p_cell"),
            _ROWS.c.slot == bindparam("p_slot"),
            _covers(),
        )
        .values(used=_ROWS.c.used + bindparam("p_amount"))
        .returning(_ROWS.c.id)
    )
)

#: A quota of one slot: its only row is made by whoever takes first.
_TAKE_OR_OPEN = Prepared(
    lambda: (
        upsert(QuotaUsage)
        .values(
            community_id=bindparam("p_community_id"),
            id=bindparam("p_id"),
            quota_code=bindparam("p_code"),
            cell=bindparam("p_cell"),
            slot=bindparam("p_slot"),
            used=bindparam("p_amount"),
            cap=bindparam("p_whole"),
            whole=bindparam("p_whole"),
        )
        .on_conflict_do_update(
            index_elements=["community_id", "quota_code", "cell", "slot"],
            set_={"used": _ROWS.c.used + bindparam("p_amount")},
            where=_covers(),
        )
        .returning(_ROWS.c.id)
    )
)
