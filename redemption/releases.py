"""Releases: a hold ends without being redeemed, and what was set aside goes back.

Whoever ends it (holder, clerk, clock, departure) makes one conditional update that only the first
of them can make; only what it returns is given back. Lock order: redemption rows → holders by id
→ quotas.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row

from community.departures import Departure
from kernel import tenancy
from kernel.access import Actor
from kernel.database import UtcDateTime, db, table_of
from kernel.prepared import Prepared
from merchants import quotas
from points import accounts
from redemption import receipts
from redemption.errors import NotHeld
from redemption.models import DeclineReason, Redemption, RedemptionState
from redemption.receipts import Receipt


def withdraw(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, redemption_id: uuid.UUID
) -> Receipt:
    """Take one's own hold back; doing it twice changes nothing. RedemptionUnknown, NotHeld."""
    # Whose it is is asked first, how it stands only when it was too late.
    own = partial(
        receipts.receipt, actor=actor, now=now, community_id=community_id,
        redemption_id=redemption_id,
    )  # fmt: skip
    own()
    if give_up_one(community_id, redemption_id, resolved_by=actor.account_id, now=now):
        return receipts.by_id(community_id, redemption_id)
    stands = own()
    if stands.state != RedemptionState.WITHDRAWN:
        raise NotHeld(state=stands.state)
    return stands


def give_up(
    community_id: uuid.UUID,
    which: sa.ColumnElement[bool],
    *,
    resolved_by: uuid.UUID,
    now: dt.datetime,
) -> int:
    """held → withdrawn for what ``which`` names, and give it back; returns how many there were."""
    return _end(
        community_id, which, now=now, state=RedemptionState.WITHDRAWN.value,
        resolved_by=resolved_by, decline_reason=None,
    )  # fmt: skip


def give_up_one(
    community_id: uuid.UUID,
    redemption_id: uuid.UUID,
    *,
    resolved_by: uuid.UUID,
    now: dt.datetime,
    reason: DeclineReason | None = None,
) -> bool:
    """:func:`give_up` one hold, even where its time is over; whether it was held.

    ``reason`` is that of a clerk who declines a request, which has to be in time.
    """
    freed = _resolve_one(
        community_id, redemption_id, resolved_by=resolved_by, now=now, reason=reason
    )
    return _give_back(community_id, freed, now) > 0


def expire(community_id: uuid.UUID, which: sa.ColumnElement[bool], *, now: dt.datetime) -> int:
    """held → expired for those of ``which`` whose time is over; returns how many there were."""
    return _end(
        community_id, which & (Redemption.hold_expires_at_utc <= now), now=now,
        state=RedemptionState.EXPIRED.value, resolved_by=None,
    )  # fmt: skip


def expire_of_account(community_id: uuid.UUID, account_id: uuid.UUID, *, now: dt.datetime) -> int:
    """:func:`expire` for the holds of one holder, whose every act asks for it first."""
    return _give_back(community_id, _resolve_expired(community_id, account_id, now=now), now)


def free_of_departed(departure: Departure, actor: Actor, now: dt.datetime) -> None:
    """Take every hold of somebody who left back; app.py registers it for that moment."""
    give_up(
        departure.community_id, Redemption.member_id == departure.member_id,
        resolved_by=actor.account_id, now=now,
    )  # fmt: skip


def expire_holds(*, community_id: uuid.UUID, now: dt.datetime, limit: int) -> int:
    """Free up to ``limit`` expired holds of a community, oldest first; returns how many.

    Rows that somebody else is resolving at this moment are left to them.
    """
    due = list(
        db.session.scalars(
            tenancy.columns(Redemption, community_id, Redemption.id)
            .where(Redemption.state == RedemptionState.HELD, Redemption.hold_expires_at_utc <= now)
            .order_by(Redemption.hold_expires_at_utc, Redemption.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    return expire(community_id, Redemption.id.in_(due), now=now) if due else 0


def _end(
    community_id: uuid.UUID, which: sa.ColumnElement[bool], *, now: dt.datetime, **resolution: Any
) -> int:
    """Resolve what is still held and give back what that says; returns how many there were."""
    freed = _resolve(community_id, which, resolved_at_utc=now, **resolution)
    return _give_back(community_id, freed, now)


def _give_back(community_id: uuid.UUID, freed: Sequence[Row[Any]], now: dt.datetime) -> int:
    for row in sorted(freed, key=lambda row: row.account_id):
        accounts.release(
            community_id=community_id, account_id=row.account_id, points=row.points, now=now
        )
    quotas.give_back(
        community_id=community_id,
        taken=[one for row in freed for one in quotas.from_json(row.quotas_taken)],
    )
    return len(freed)


def _resolve(
    community_id: uuid.UUID, which: sa.ColumnElement[bool], **resolution: Any
) -> Sequence[Row[Any]]:
    """held → something, once, whoever else tries; returns what was set aside for each."""
    return db.session.execute(
        tenancy.update(Redemption, community_id)
        .where(which, Redemption.state == RedemptionState.HELD)
        .values(**resolution)
        .returning(Redemption.account_id, Redemption.points, Redemption.quotas_taken)
        .execution_options(synchronize_session=False)
    ).all()


def _resolve_one(
    community_id: uuid.UUID,
    redemption_id: uuid.UUID,
    *,
    resolved_by: uuid.UUID,
    now: dt.datetime,
    reason: DeclineReason | None,
) -> Sequence[Row[Any]]:
    """held → withdrawn, once, for one hold; a decline only in time."""
    ended = _WITHDRAWN if reason is None else _DECLINED
    return ended(
        p_community_id=community_id, p_redemption_id=redemption_id, p_by=resolved_by, p_now=now,
        p_reason=reason,
    ).all()  # fmt: skip


def _resolve_expired(
    community_id: uuid.UUID, account_id: uuid.UUID, *, now: dt.datetime
) -> Sequence[Row[Any]]:
    """held → expired, once, for the holds of one holder whose time is over."""
    return _EXPIRED(p_community_id=community_id, p_account_id=account_id, p_now=now).all()


_ROWS = table_of(Redemption)
_NOW: sa.BindParameter[dt.datetime] = sa.bindparam("p_now", type_=UtcDateTime())


def _ending(state: RedemptionState, *which: sa.ColumnElement[bool], **values: Any) -> Prepared:
    return Prepared(
        lambda: (
            sa.update(_ROWS)
            .where(
                _ROWS.c.community_id == sa.bindparam("p_community_id"),
                _ROWS.c.state == RedemptionState.HELD.value,
                *which,
            )
            .values(state=state.value, resolved_at_utc=_NOW, **values)
            .returning(_ROWS.c.account_id, _ROWS.c.points, _ROWS.c.quotas_taken)
        )
    )


_EXPIRED = _ending(
    RedemptionState.EXPIRED,
    _ROWS.c.account_id == sa.bindparam("p_account_id"),
    _ROWS.c.hold_expires_at_utc <= _NOW,
)
_ONE = _ROWS.c.id == sa.bindparam("p_redemption_id")
_BY: dict[str, Any] = {
    "resolved_by": sa.bindparam("p_by"),
    "decline_reason": sa.bindparam("p_reason"),
}
_WITHDRAWN = _ending(RedemptionState.WITHDRAWN, _ONE, **_BY)
_DECLINED = _ending(RedemptionState.WITHDRAWN, _ONE, _ROWS.c.hold_expires_at_utc > _NOW, **_BY)
