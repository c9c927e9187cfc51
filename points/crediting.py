"""The balance of a fresh award: one prepared statement on the holder's row."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from functools import partial

import sqlalchemy as sa

from kernel.database import table_of
from kernel.points_value import ZERO, Points
from kernel.prepared import Prepared
from points.models import AccountKind, PointsAccount


def award(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    points: Decimal,
    expires_on: dt.date | None,
) -> bool:
    """Give ``points`` (0.0 only notes the evaluation) where nothing stands in the way.

    False, and nothing changed, where a debt or a veto makes a full evaluation necessary.
    """
    values = {"p_community_id": community_id, "p_account_id": account_id, "p_points": points}
    if expires_on is None:
        return _AWARD(**values).first() is not None
    return _AWARD_EXPIRING(**values, p_expires_on=expires_on).first() is not None


def _awarding(*, is_expiring: bool) -> sa.Update:
    accounts, day = table_of(PointsAccount), sa.bindparam("p_expires_on", type_=sa.Date())
    known = accounts.c.next_expiry_on
    # Where no expiry was known so far, the comparison is not true and the new one is noted.
    expiry_noted = {"next_expiry_on": sa.case((known < day, known), else_=day)}
    return (
        sa.update(accounts)
        .where(
            accounts.c.community_id == sa.bindparam("p_community_id"),
            accounts.c.id == sa.bindparam("p_account_id"),
            accounts.c.kind == AccountKind.HOLDER.value,
            accounts.c.debt == ZERO,
            accounts.c.open_vetoes == 0,
        )
        .values(
            balance=accounts.c.balance + sa.bindparam("p_points", type_=Points()),
            evaluation_version=accounts.c.evaluation_version + 1,
            **(expiry_noted if is_expiring else {}),
        )
        .returning(accounts.c.id)
    )


_AWARD = Prepared(partial(_awarding, is_expiring=False))
_AWARD_EXPIRING = Prepared(partial(_awarding, is_expiring=True))
