"""Stops 暂停兑换: a ledger that does not add up stops redemption in its community, and a person
lifts the stop after a clean check. The neighbours go on.

Whoever redeems asks :func:`is_stopped` inside a statement that runs anyway.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BindParameter

from community import places
from kernel import audit, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.ids import new_id
from kernel.personal_text import PersonalText
from points.ledger_check import Mismatch
from redemption.errors import CheckNotClean, NotStopped, ReasonMissing
from redemption.ledger_parts import STUCK_HOLD
from redemption.models import (
    LedgerCheck,
    RedemptionStop,
    RedemptionStopAct,
    StopReason,
    StopStep,
)
from redemption.permissions import RedemptionPermission

#: So many mismatches of a check are kept word by word; all are counted and printed.
MOST_KEPT = 50


@dataclass(frozen=True, kw_only=True)
class StopView:
    """One stop with who lifted it and why; ``check`` found the mismatch."""

    id: uuid.UUID
    reason: str
    stopped_at_utc: dt.datetime
    lifted_at_utc: dt.datetime | None
    lifted_by: uuid.UUID | None
    why: str | None
    mismatches: int
    found: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class CheckView:
    """One ledger check; ``stuck_holds`` are late, nothing is wrong with the totals."""

    id: uuid.UUID
    began_at_utc: dt.datetime
    ended_at_utc: dt.datetime
    mismatches: int
    stuck_holds: int


def is_stopped(community_id: uuid.UUID | BindParameter[uuid.UUID]) -> sa.ColumnElement[bool]:
    """Condition for other statements: redemption stands still in this community."""
    return (
        tenancy.columns(RedemptionStop, community_id, RedemptionStop.id)
        .where(RedemptionStop.lifted_at_utc.is_(None))
        .exists()
    )


def standing(community_id: uuid.UUID) -> RedemptionStop | None:
    """The stop that stands now, or None; everybody may know it."""
    found: RedemptionStop | None = db.session.scalars(
        tenancy.select(RedemptionStop, community_id)
        .where(RedemptionStop.lifted_at_utc.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    return found


def note_check(
    *,
    actor: Actor,
    began: dt.datetime,
    now: dt.datetime,
    community_id: uuid.UUID,
    mismatches: Sequence[Mismatch],
) -> LedgerCheck:
    """Keep what a check found, and stop redemption where something does not add up.

    A hold that is stuck is named and counted, but stops nothing: the totals are right. Where a
    stop stands already, it stays the one it is.
    """
    wrong = [each for each in mismatches if each.what != STUCK_HOLD]
    check = LedgerCheck(
        community_id=community_id,
        id=new_id(),
        began_at_utc=began,
        ended_at_utc=max(began, now),
        mismatches=len(wrong),
        stuck_holds=len(mismatches) - len(wrong),
        found=[_kept(each) for each in (wrong or mismatches)[:MOST_KEPT]],
    )
    db.session.add(check)
    db.session.flush()
    if wrong:
        _stop(actor=actor, now=now, check=check)
    return check


def lift(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, why: str) -> StopView:
    """Let redemption go on: a person decides, after a check that began later and was clean.

    Raises ReasonMissing, NotStopped, CheckNotClean.
    """
    actor.require(RedemptionPermission.LIFT_STOP, places.place_of(community_id))
    if not why.strip():
        raise ReasonMissing(field="why")
    stop = db.session.scalars(
        tenancy.select(RedemptionStop, community_id)
        .where(RedemptionStop.lifted_at_utc.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if stop is None:
        raise NotStopped()
    check = _newest_check(community_id)
    if check is None or check.began_at_utc <= stop.stopped_at_utc or check.mismatches:
        raise CheckNotClean()
    # A clock that runs behind must not date the end before the beginning.
    stop.lifted_at_utc = max(now, stop.stopped_at_utc + dt.timedelta(microseconds=1))
    text = personal_text.keep(community_id=community_id, body=why.strip(), now=now)
    _keep_act(
        actor=actor, now=now, stop=stop, check_id=check.id, step=StopStep.LIFT, why_text_id=text.id
    )
    row = db.session.execute(_views(community_id).where(RedemptionStop.id == stop.id)).one()
    return _view(row)


def stops(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[StopView]:
    """Stops of the community, latest first, with what was found and why each was lifted."""
    actor.require(RedemptionPermission.READ_STOPS, places.place_of(community_id))
    statement = _views(community_id).order_by(RedemptionStop.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(RedemptionStop.id < after)
    return [_view(row) for row in db.session.execute(statement)]


def checks(*, actor: Actor, community_id: uuid.UUID, limit: int = 10) -> list[CheckView]:
    """The last ledger checks of the community, newest first."""
    actor.require(RedemptionPermission.READ_STOPS, places.place_of(community_id))
    rows = db.session.execute(
        tenancy.columns(
            LedgerCheck, community_id, LedgerCheck.id, LedgerCheck.began_at_utc,
            LedgerCheck.ended_at_utc, LedgerCheck.mismatches, LedgerCheck.stuck_holds,
        )
        .order_by(LedgerCheck.began_at_utc.desc(), LedgerCheck.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [CheckView(**row._mapping) for row in rows]


def _stop(*, actor: Actor, now: dt.datetime, check: LedgerCheck) -> None:
    """One statement decides which of two checks at once makes the stop."""
    stop_id = new_id()
    made = db.session.execute(
        upsert(RedemptionStop)
        .values(
            community_id=check.community_id, id=stop_id, check_id=check.id,
            reason=StopReason.LEDGER_MISMATCH.value, stopped_at_utc=now,
        )
        .on_conflict_do_nothing()
        .returning(RedemptionStop.id)
    ).first()  # fmt: skip
    if made is None:
        return
    stop = tenancy.get(RedemptionStop, check.community_id, stop_id)
    _keep_act(
        actor=actor, now=now, stop=stop, check_id=check.id, step=StopStep.STOP, why_text_id=None
    )


def _keep_act(
    *,
    actor: Actor,
    now: dt.datetime,
    stop: RedemptionStop,
    check_id: uuid.UUID,
    step: StopStep,
    why_text_id: uuid.UUID | None,
) -> None:
    db.session.add(
        RedemptionStopAct(
            community_id=stop.community_id, stop_id=stop.id, step=step, check_id=check_id,
            actor_id=actor.account_id, why_text_id=why_text_id, at_utc=now,
        )
    )  # fmt: skip
    done = {StopStep.STOP: "redemption.stopped", StopStep.LIFT: "redemption.stop_lifted"}
    audit.record(
        actor=actor, now=now, community_id=stop.community_id, act=done[step],
        subject_kind="redemption_stop", subject_id=stop.id,
    )  # fmt: skip
    db.session.flush()


def _newest_check(community_id: uuid.UUID) -> LedgerCheck | None:
    found: LedgerCheck | None = db.session.scalars(
        tenancy.select(LedgerCheck, community_id)
        .order_by(LedgerCheck.began_at_utc.desc(), LedgerCheck.id.desc())
        .limit(1)
    ).one_or_none()
    return found


def _views(community_id: uuid.UUID) -> sa.Select[Any]:
    """Stops with the check that made each, and the act and words that lifted it."""
    lifted = sa.and_(
        RedemptionStopAct.community_id == RedemptionStop.community_id,
        RedemptionStopAct.stop_id == RedemptionStop.id,
        RedemptionStopAct.step == StopStep.LIFT,
    )
    return (
        tenancy.columns(
            RedemptionStop, community_id, RedemptionStop.id, RedemptionStop.reason,
            RedemptionStop.stopped_at_utc, RedemptionStop.lifted_at_utc, LedgerCheck.mismatches,
            LedgerCheck.found, RedemptionStopAct.actor_id, PersonalText.body,
        )
        .join(
            LedgerCheck,
            sa.and_(
                LedgerCheck.community_id == RedemptionStop.community_id,
                LedgerCheck.id == RedemptionStop.check_id,
            ),
        )
        .outerjoin(RedemptionStopAct, lifted)
        .outerjoin(
            PersonalText,
            sa.and_(
                PersonalText.community_id == RedemptionStopAct.community_id,
                PersonalText.id == RedemptionStopAct.why_text_id,
            ),
        )
    )  # fmt: skip


def _view(row: sa.Row[Any]) -> StopView:
    return StopView(
        id=row.id,
        reason=row.reason,
        stopped_at_utc=row.stopped_at_utc,
        lifted_at_utc=row.lifted_at_utc,
        lifted_by=row.actor_id,
        why=row.body,
        mismatches=row.mismatches,
        found=row.found,
    )


def _kept(each: Mismatch) -> dict[str, str]:
    return {
        "what": each.what,
        "row_id": str(each.row_id),
        "stored": each.stored,
        "found": each.found,
        "detail": each.detail,
    }
