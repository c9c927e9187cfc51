"""The accounting month: opening it, its legal steps, and which month takes what happened.

Recording holds the month's row shared (FOR SHARE on PostgreSQL; on SQLite a unit of work writes
alone), a step updates it and so waits for every recording under way.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from community import places
from kernel import audit, clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.errors import StaleVersion, WhyMissing
from kernel.ids import new_id
from kernel.tenancy import COMMUNITY
from points import undecided
from points.errors import IllegalMonthStep, MonthUnknown, NoOpenMonth
from points.held_months import (
    HeldMonth,
    HeldMonths,
    Posting,
    for_posting,
    hold,
    posting_in,
)
from points.models import AccountingMonth, MonthAct, MonthState
from points.permissions import PointsPermission

__all__ = [
    "LEGAL_STEPS",
    "HeldMonth",
    "HeldMonths",
    "MonthDetail",
    "Posting",
    "current_open",
    "detail",
    "find",
    "for_posting",
    "hold",
    "listed",
    "of",
    "oldest_not_closed",
    "open_month",
    "posting_in",
    "step",
]

#: state → states one step away; signed → frozen is the supervisors' sending back.
LEGAL_STEPS: Mapping[MonthState, frozenset[MonthState]] = {
    MonthState.OPEN: frozenset({MonthState.FROZEN}),
    MonthState.FROZEN: frozenset({MonthState.SIGNED}),
    MonthState.SIGNED: frozenset({MonthState.COUNTERSIGNED, MonthState.FROZEN}),
    MonthState.COUNTERSIGNED: frozenset({MonthState.ON_NOTICE}),
    MonthState.ON_NOTICE: frozenset({MonthState.SEALED}),
    MonthState.SEALED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class MonthDetail:
    """A month and its steps."""

    month: AccountingMonth
    acts: Sequence[MonthAct]


def of(community_id: uuid.UUID, month: str) -> AccountingMonth:
    """The month's row as it stands now; MonthUnknown when it was never opened."""
    found = find(community_id, month)
    if found is None:
        raise MonthUnknown(field="month")
    return found


def find(community_id: uuid.UUID, month: str) -> AccountingMonth | None:
    """The month's row, or None."""
    named = {"p_community_id": community_id, "p_month": month}
    return db.session.scalars(_NAMED, named).one_or_none()


#: Built once: most pages and every step of a month begin with it.
_NAMED = (
    tenancy.select(AccountingMonth, COMMUNITY)
    .where(AccountingMonth.month == sa.bindparam("p_month"))
    .execution_options(populate_existing=True)
)


def current_open(community_id: uuid.UUID) -> AccountingMonth | None:
    """The oldest open month, which takes what is late; None when none is open."""
    statement = (
        tenancy.select(AccountingMonth, community_id)
        .where(AccountingMonth.state == MonthState.OPEN)
        .order_by(AccountingMonth.month)
        .limit(1)
    )
    return db.session.scalars(statement).one_or_none()


def oldest_not_closed(community_id: uuid.UUID) -> str | None:
    """The oldest open month, else the one after the last month there is; None without months."""
    opened = current_open(community_id)
    if opened is not None:
        return opened.month
    latest: str | None = db.session.execute(
        tenancy.columns(AccountingMonth, community_id, sa.func.max(AccountingMonth.month))
    ).scalar_one()
    return clock.next_month(latest) if latest else None


def listed(
    *, actor: Actor, community_id: uuid.UUID, after: uuid.UUID | None, limit: int
) -> list[AccountingMonth]:
    """Months newest first, from the one after ``after``."""
    actor.require(PointsPermission.READ_RULEBOOK, places.place_of(community_id))
    statement = tenancy.select(AccountingMonth, community_id)
    if after is not None:
        seen = tenancy.get(AccountingMonth, community_id, after)
        statement = statement.where(AccountingMonth.month < seen.month)
    return list(db.session.scalars(statement.order_by(AccountingMonth.month.desc()).limit(limit)))


def detail(*, actor: Actor, community_id: uuid.UUID, month: str) -> MonthDetail:
    """One month with every step it took, oldest first."""
    actor.require(PointsPermission.READ_RULEBOOK, places.place_of(community_id))
    row = of(community_id, month)
    steps = db.session.scalars(
        tenancy.select(MonthAct, community_id)
        .where(MonthAct.month_id == row.id)
        .order_by(MonthAct.id)
    )
    return MonthDetail(month=row, acts=list(steps))


def open_month(
    *, community_id: uuid.UUID, month: str, actor: Actor, now: dt.datetime
) -> AccountingMonth:
    """Open ``month``; opening it again changes nothing, whatever its state has become."""
    actor.require(PointsPermission.OPEN_MONTH, places.place_of(community_id))
    clock.first_day(month)
    row_id = new_id()
    claim = (
        upsert(AccountingMonth)
        .values(
            community_id=community_id,
            id=row_id,
            month=month,
            state=MonthState.OPEN,
            version=1,
            opened_at_utc=now,
        )
        .on_conflict_do_nothing()
        .returning(AccountingMonth.id)
    )
    if db.session.execute(claim).first() is not None:
        _append(
            month_id=row_id,
            before=None,
            to=MonthState.OPEN,
            why=None,
            community_id=community_id,
            actor=actor,
            now=now,
        )
        db.session.flush()
    return of(community_id, month)


def step(
    *,
    community_id: uuid.UUID,
    month: str,
    to: MonthState,
    actor: Actor,
    now: dt.datetime,
    version: int,
    why: str | None = None,
) -> AccountingMonth:
    """Take the month one legal step; the caller (review) has checked the permission.

    Raises StaleVersion, IllegalMonthStep, WhyMissing (sending back needs a reason).
    """
    row = of(community_id, month)
    if row.version != version:
        raise StaleVersion(field="version")
    before = MonthState(row.state)
    if to not in LEGAL_STEPS[before]:
        raise IllegalMonthStep(state=before, to=to)
    if (before, to) == (MonthState.SIGNED, MonthState.FROZEN) and not why:
        raise WhyMissing(field="why")
    values: dict[str, object] = {"state": to, "version": version + 1}
    if before is MonthState.OPEN:
        values["frozen_at_utc"] = now
    if to is MonthState.SEALED:
        values["sealed_at_utc"] = now
    changed = db.session.execute(
        tenancy.update(AccountingMonth, community_id)
        .where(AccountingMonth.id == row.id, AccountingMonth.version == version)
        .values(values)
        .returning(AccountingMonth.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise StaleVersion(field="version")
    if before is MonthState.OPEN:
        _move_undecided(community_id, row)
    _append(
        month_id=row.id,
        before=before,
        to=to,
        why=why,
        community_id=community_id,
        actor=actor,
        now=now,
    )
    db.session.flush()
    return of(community_id, month)


def _move_undecided(community_id: uuid.UUID, frozen: AccountingMonth) -> None:
    # Nothing is approved by silence: where no later month is open yet, they wait where they are.
    try:
        to = hold(community_id, frozen.month).open_from(frozen.month)
    except NoOpenMonth:
        return
    undecided.move_on(
        community_id=community_id, month_id=frozen.id, to_month_id=to.month_id, to_month=to.month
    )


def _append(
    *,
    month_id: uuid.UUID,
    before: MonthState | None,
    to: MonthState,
    why: str | None,
    community_id: uuid.UUID,
    actor: Actor,
    now: dt.datetime,
) -> None:
    db.session.add(
        MonthAct(
            community_id=community_id,
            month_id=month_id,
            from_state=before,
            to_state=to,
            actor_id=actor.account_id,
            why_text_id=personal_text.keep_why(community_id=community_id, why=why, now=now),
            at_utc=now,
        )
    )
    audit.record(
        actor=actor,
        now=now,
        community_id=community_id,
        act=f"month.{to}",
        subject_kind="month",
        subject_id=month_id,
    )
