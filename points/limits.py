"""Limits 封顶: how much of each was used, one row per limit, holder and cell.

The fast path claims room with one conditional statement per limit; a full evaluation writes back
what it found. Never "sum, then insert": two recorders would both see the same room.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points.models import Accumulation, CounterMonth, LimitUsage
from points.models.columns import Quantity
from points.rules.fast import LimitClaim
from points.rules.usage import CounterCell, LimitCell, Total, TotalCell, Used

_KEY = ["community_id", "rulebook_id", "limit_code", "whose", "cell"]
_COUNTER_KEY = ["community_id", "account_id", "counter", "month"]


def claim(community_id: uuid.UUID, rulebook_id: uuid.UUID, wanted: LimitClaim) -> bool:
    """Take the whole amount if it fits under the caps; False takes nothing.

    One statement. ``cap_lowest`` also bounds it, because a version may have lowered the cap
    within the period: an earlier-dated fact must then be evaluated in full.
    """
    amount, cap = wanted.amount_stored, wanted.cap_stored
    if amount > cap:
        return False
    claimed = _CLAIM(
        community_id=community_id,
        id=new_id(),
        rulebook_id=rulebook_id,
        limit_code=wanted.key.limit_code,
        whose=wanted.key.whose,
        cell=wanted.key.cell,
        used=amount,
        cap_lowest=cap,
        cap_highest=cap,
    )
    return claimed.first() is not None


def _claiming() -> Any:
    statement = upsert(LimitUsage)
    new = statement.excluded
    used = LimitUsage.used + new.used
    return statement.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "used": used,
            "cap_lowest": sa.case(
                (LimitUsage.cap_lowest > new.cap_lowest, new.cap_lowest),
                else_=LimitUsage.cap_lowest,
            ),
            "cap_highest": sa.case(
                (LimitUsage.cap_highest < new.cap_highest, new.cap_highest),
                else_=LimitUsage.cap_highest,
            ),
        },
        where=sa.and_(used <= new.cap_highest, used <= LimitUsage.cap_lowest),
    ).returning(LimitUsage.used)


_CLAIM = Prepared(_claiming)


def rewrite(
    community_id: uuid.UUID,
    rulebook_id: uuid.UUID,
    whose: Collection[uuid.UUID],
    found: Mapping[LimitCell, Used],
) -> None:
    """Make the rows of these accounts and households what a full evaluation found.

    A cell that nobody uses any more falls to 0.
    """
    owners = {*whose, *(key.whose for key in found)}
    rows = {
        LimitCell(row.limit_code, row.whose, row.cell): row
        for row in db.session.scalars(
            _USAGE,
            {"p_community_id": community_id, "p_rulebook_id": rulebook_id, "p_ids": list(owners)},
        )
    }
    for key, row in rows.items():
        if key not in found:
            row.used = 0
    for key in sorted(found):
        used, kept = found[key], rows.get(key)
        if kept is None:
            kept = LimitUsage(
                community_id=community_id,
                id=new_id(),
                rulebook_id=rulebook_id,
                limit_code=key.limit_code,
                whose=key.whose,
                cell=key.cell,
            )
            db.session.add(kept)
        kept.used = used.measure.stored(used.used)
        kept.cap_lowest = used.measure.stored(used.cap_lowest)
        kept.cap_highest = used.measure.stored(used.cap_highest)
    db.session.flush()


_IDS: sa.BindParameter[Any] = sa.bindparam("p_ids", expanding=True)
_USAGE = (
    tenancy.select(LimitUsage, COMMUNITY)
    .where(
        LimitUsage.rulebook_id == sa.bindparam("p_rulebook_id", type_=sa.Uuid()),
        LimitUsage.whose.in_(_IDS),
    )
    .order_by(LimitUsage.limit_code, LimitUsage.whose, LimitUsage.cell)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_TOTALS = (
    tenancy.select(Accumulation, COMMUNITY)
    .where(Accumulation.account_id.in_(_IDS))
    .execution_options(populate_existing=True)
)
_COUNTERS = (
    tenancy.select(CounterMonth, COMMUNITY)
    .where(CounterMonth.account_id.in_(_IDS))
    .execution_options(populate_existing=True)
)


def total(community_id: uuid.UUID, key: TotalCell) -> Total | None:
    """The running total of an item in a period; the caller has locked the holder's account."""
    row = db.session.execute(
        tenancy.columns(
            Accumulation,
            community_id,
            Accumulation.quantity,
            Accumulation.granted,
            Accumulation.last_on,
        ).where(
            Accumulation.account_id == key.holder,
            Accumulation.item_code == key.item,
            Accumulation.cell == key.cell,
        )
    ).first()
    return Total(quantity=row.quantity, granted=row.granted, last_on=row.last_on) if row else None


def store_total(community_id: uuid.UUID, key: TotalCell, now: Total) -> None:
    """Write one running total; the caller has locked the holder's account."""
    statement = upsert(Accumulation).values(
        community_id=community_id,
        id=new_id(),
        account_id=key.holder,
        item_code=key.item,
        cell=key.cell,
        quantity=now.quantity,
        granted=now.granted,
        last_on=now.last_on,
    )
    new = statement.excluded
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["community_id", "account_id", "item_code", "cell"],
            set_={"quantity": new.quantity, "granted": new.granted, "last_on": new.last_on},
        ).execution_options(synchronize_session=False)
    )


def rewrite_totals(
    community_id: uuid.UUID,
    account_ids: Collection[uuid.UUID],
    found: Mapping[TotalCell, Total],
) -> None:
    """Make the holders' running totals what a full evaluation found."""
    rows = {
        TotalCell(row.item_code, row.account_id, row.cell): row
        for row in db.session.scalars(
            _TOTALS, {"p_community_id": community_id, "p_ids": list(account_ids)}
        )
    }
    for key, row in rows.items():
        now = found.get(key, Total())
        row.quantity, row.granted = now.quantity, now.granted
        row.last_on = now.last_on or row.last_on
    db.session.flush()
    for key in sorted(found):
        if key not in rows:
            store_total(community_id, key, found[key])


def count(community_id: uuid.UUID, key: CounterCell, quantity: Decimal) -> None:
    """Add to one counter's month."""
    statement = _counted(community_id, key, quantity)
    added = CounterMonth.quantity + statement.excluded.quantity
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=_COUNTER_KEY,
            set_={"quantity": sa.type_coerce(added, Quantity())},
        ).execution_options(synchronize_session=False)
    )


def rewrite_counters(
    community_id: uuid.UUID,
    account_ids: Collection[uuid.UUID],
    found: Mapping[CounterCell, Decimal],
) -> None:
    """Make the holders' counters what a full evaluation found."""
    rows = {
        CounterCell(row.counter, row.account_id, row.month): row
        for row in db.session.scalars(
            _COUNTERS, {"p_community_id": community_id, "p_ids": list(account_ids)}
        )
    }
    for key, row in rows.items():
        row.quantity = found.get(key, Decimal(0))
    db.session.flush()
    for key in sorted(found):
        if key not in rows:
            count(community_id, key, found[key])


def _counted(community_id: uuid.UUID, key: CounterCell, quantity: Decimal) -> Any:
    return upsert(CounterMonth).values(
        community_id=community_id,
        id=new_id(),
        account_id=key.holder,
        counter=key.counter,
        month=key.month,
        quantity=quantity,
    )
