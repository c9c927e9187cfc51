"""Asking for a reversal, confirming it, rejecting it; each step is appended."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from community import members, persons, places
from community.models import Membership
from kernel import audit, personal_text, tenancy
from kernel.access import Actor, Permission
from kernel.database import db
from kernel.errors import require_version
from kernel.ids import new_id
from points import entries, evaluation, months, rulebooks
from points.batches import steps
from points.entries import By, Holder, NewEntry
from points.errors import RankMovesByObjection
from points.models import (
    EntryCause,
    LineKind,
    LineReversal,
    LineReversalAct,
    LineSource,
    MonthState,
    PointsAccount,
    PointsLine,
    ReversalState,
)
from points.permissions import PointsPermission
from points.reversals.errors import (
    AlreadyReversed,
    IllegalReversalStep,
    NothingToReverse,
    NotReversible,
    ReversalOwnHousehold,
    ReversalSameBody,
    ReversalWhyMissing,
)
from points.reversals.views import ReversalView, of
from points.rules.expiry import reach_of

#: Stands on the line once it was taken back.
REASON = "reversed"


def ask(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, line_id: uuid.UUID, reason: str
) -> ReversalView:
    """Ask for a grant or an adjustment to be taken back; nothing moves yet.

    Raises ReversalWhyMissing, NotReversible (a fact is struck instead), RankMovesByObjection,
    NothingToReverse, AlreadyReversed, ReversalOwnHousehold.
    """
    actor.require(PointsPermission.PREPARE_BATCH, places.place_of(community_id))
    if not reason.strip():
        raise ReversalWhyMissing(field="reason")
    line = _line(community_id, line_id)
    _require_unconcerned(line, actor)
    _require_none(community_id, line_id)
    text = personal_text.keep(community_id=community_id, body=reason.strip(), now=now)
    row = LineReversal(
        community_id=community_id,
        id=new_id(),
        line_id=line_id,
        state=ReversalState.WAITING,
        reason_text_id=text.id,
        asked_by=actor.account_id,
        asked_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    _append(row, ReversalState.WAITING, actor, PointsPermission.PREPARE_BATCH, now)
    return of(community_id, row.id)


def confirm(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, reversal_id: uuid.UUID, version: int
) -> ReversalView:
    """Take the line back; what was spent of it meanwhile is left as a debt.

    Raises ReversalSameBody, ReversalOwnHousehold, NothingToReverse, IllegalReversalStep,
    StaleVersion, NoOpenMonth.
    """
    actor.require(PointsPermission.CONFIRM_BATCH, places.place_of(community_id))
    row = _waiting(community_id, reversal_id, version)
    line = _line(community_id, row.line_id)
    _require_other_body(row, actor)
    _require_unconcerned(line, actor)
    _reverse(line, By(actor_id=actor.account_id, now=now))
    _finish(row, ReversalState.POSTED, actor, now)
    return of(community_id, reversal_id)


def reject(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    reversal_id: uuid.UUID,
    version: int,
    why: str,
) -> ReversalView:
    """Leave the line as it is, with the reason.

    Raises ReversalWhyMissing, ReversalSameBody, IllegalReversalStep, StaleVersion.
    """
    actor.require(PointsPermission.CONFIRM_BATCH, places.place_of(community_id))
    if not why.strip():
        raise ReversalWhyMissing(field="why")
    row = _waiting(community_id, reversal_id, version)
    _require_other_body(row, actor)
    _finish(row, ReversalState.REJECTED, actor, now, why=why.strip())
    return of(community_id, reversal_id)


def _line(community_id: uuid.UUID, line_id: uuid.UUID) -> PointsLine:
    line = tenancy.get(PointsLine, community_id, line_id)
    if line.source == LineSource.FACT:
        raise NotReversible(field="line_id")
    if line.source == LineSource.RANK_AWARD:
        raise RankMovesByObjection(field="line_id")
    db.session.refresh(line, with_for_update=True)
    if not line.posted:
        raise NothingToReverse(field="line_id")
    return line


def _require_none(community_id: uuid.UUID, line_id: uuid.UUID) -> None:
    living = tenancy.columns(LineReversal, community_id, LineReversal.id).where(
        LineReversal.line_id == line_id, LineReversal.state != ReversalState.REJECTED
    )
    if db.session.execute(living).first() is not None:
        raise AlreadyReversed(field="line_id")


def _waiting(community_id: uuid.UUID, reversal_id: uuid.UUID, version: int) -> LineReversal:
    row = tenancy.locked(LineReversal, community_id, reversal_id)
    if row.state != ReversalState.WAITING:
        raise IllegalReversalStep(state=row.state)
    require_version(row.version, version)
    return row


def _reverse(line: PointsLine, by: By) -> None:
    """Post the difference to nothing: on the line's own sheet while open, else the oldest open."""
    community_id, points = line.community_id, -line.posted
    account = tenancy.get(PointsAccount, community_id, line.account_id)
    if account.rulebook_id is None:
        raise AssertionError("a line stands on a holder's account")
    held = months.hold(community_id, line.belongs_month)
    own = held.by_id.get(line.month_id)
    is_open = own is not None and own.state is MonthState.OPEN
    sheet = own if own is not None and is_open else held.open_from(line.belongs_month)
    versions = rulebooks.versions_of(community_id, account.rulebook_id)
    new = NewEntry(
        line_id=line.id,
        kind=LineKind(line.kind),
        points=points,
        month=sheet.month,
        belongs_month=line.belongs_month,
        counts_in_score=line.counts_in_score,
        counts_in_balance=line.counts_in_balance,
        reach=reach_of([each.compiled for each in versions], line.occurred_on),
        cause=EntryCause.REVERSED,
        occurred_on=line.occurred_on,
        reverses_id=evaluation.reversed_by(line, points),
    )
    line.entitled = line.posted = line.posted + points
    line.reason = REASON
    db.session.flush()
    holder = Holder(
        community_id=community_id,
        account_id=account.id,
        rulebook_id=account.rulebook_id,
        member_id=line.member_id,
    )
    entries.post(holder, new, by)


def _finish(
    row: LineReversal,
    state: ReversalState,
    actor: Actor,
    now: dt.datetime,
    *,
    why: str | None = None,
) -> None:
    row.state = state
    row.decided_by = actor.account_id
    row.version += 1
    _append(row, state, actor, PointsPermission.CONFIRM_BATCH, now, why=why)


def _append(
    row: LineReversal,
    state: ReversalState,
    actor: Actor,
    permission: Permission,
    now: dt.datetime,
    *,
    why: str | None = None,
) -> None:
    community_id = row.community_id
    db.session.add(
        LineReversalAct(
            community_id=community_id,
            reversal_id=row.id,
            to_state=state,
            actor_id=actor.account_id,
            role=steps.role_of(actor, community_id, permission),
            why_text_id=personal_text.keep_why(community_id=community_id, why=why, now=now),
            at_utc=now,
        )
    )
    audit.record(
        actor=actor, now=now, community_id=community_id, act=f"line_reversal.{state}",
        subject_kind="line_reversal", subject_id=row.id,
    )  # fmt: skip
    db.session.flush()


def _require_other_body(row: LineReversal, actor: Actor) -> None:
    asked_as = db.session.execute(
        tenancy.columns(LineReversalAct, row.community_id, LineReversalAct.role).where(
            LineReversalAct.reversal_id == row.id,
            LineReversalAct.to_state == ReversalState.WAITING,
        )
    ).scalar_one()
    own = steps.role_of(actor, row.community_id, PointsPermission.CONFIRM_BATCH)
    if row.asked_by in persons.accounts_of(actor) or own == asked_as:
        raise ReversalSameBody()


def _require_unconcerned(line: PointsLine, actor: Actor) -> None:
    circle = members.own_circle(line.community_id, actor)
    homes = tenancy.columns(Membership, line.community_id, Membership.household_id).where(
        Membership.member_id.in_(circle), Membership.valid_to.is_(None)
    )
    concerned = tenancy.columns(PointsAccount, line.community_id, sa.literal(1)).where(
        PointsAccount.id == line.account_id,
        PointsAccount.holder_id.in_(circle) | PointsAccount.holder_id.in_(homes),
    )
    if circle and db.session.execute(concerned).first() is not None:
        raise ReversalOwnHousehold()
