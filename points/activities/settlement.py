"""The settlement 结算: once, who came becomes facts through the door.

Nobody records themselves or their household: those are left for another organiser. What the door
refuses for one person is kept with its reason and does not hold up the others; what concerns the
activity as a whole (its item, its month, its deadline) refuses the settlement, and nothing is
changed. Later corrections are acts on the facts.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel import personal_text, tenancy
from kernel.access import Actor
from kernel.audit import By
from kernel.database import db
from kernel.errors import LinliError, NotFound
from points.activities import attendees, organisers, planning, steps
from points.activities.attendees import Attendee
from points.activities.errors import (
    LeavingMissing,
    NothingLeft,
    NotYet,
    ReasonNeeded,
    TimeOutside,
)
from points.errors import BeneficiaryNotAllowed, DuplicateFact, QuantityOutOfRange
from points.fact_door import EvidenceGiven
from points.fact_recording import record_from
from points.models import (
    Activity,
    ActivityActKind,
    ActivityAttendance,
    AttendanceOutcome,
    AttendedBy,
    AttendeeKind,
    EvidenceKind,
    PointsAccount,
    Source,
)
from points.rulebooks import RulebookInForce
from points.rules.compiled import Item
from points.rules.hours import time_counted

ONE = Decimal(1)
#: What the door may say about one person; the others are recorded all the same.
_ABOUT_ONE = (NotFound, DuplicateFact, BeneficiaryNotAllowed, QuantityOutOfRange)


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """When somebody left who did not check out, and how the organiser knows."""

    attendance_id: uuid.UUID
    left_at_utc: dt.datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class _Settling:
    """What is the same for everybody who came."""

    row: Activity
    book: RulebookInForce
    item: Item
    actor: Actor
    role: str
    now: dt.datetime
    evidence: Sequence[EvidenceGiven]


def settle(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    version: int,
    leavings: Sequence[Leaving] = (),
    evidence: Sequence[EvidenceGiven] = (),
) -> Activity:
    """Settle who came, once. ``evidence`` is added to the check-in itself for every fact.

    Raises NotYet before the start, LeavingMissing, TimeOutside, ReasonNeeded, RecorderNotAllowed,
    IllegalActivityStep (a second time), StaleVersion, NotOrganiser, and the refusals of the door
    that concern the activity (too_late, evidence_missing, no_open_month …).
    """
    row = steps.locked(community_id, activity_id)
    organisers.require(actor, row)
    steps.seen(row, ActivityActKind.SETTLED, version)
    if now < row.starts_at_utc:
        raise NotYet(minutes=0)
    came = _came(row)
    _enter_leavings(row, came, leavings, actor=actor, now=now)
    _record(row, came, evidence, actor=actor, now=now)
    steps.take(row, ActivityActKind.SETTLED, By(actor=actor, now=now))
    return row


def settle_left(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    version: int,
    evidence: Sequence[EvidenceGiven] = (),
) -> Activity:
    """Somebody else records those whom the settling organiser had to leave.

    Raises NothingLeft where none is left, or all are the actor's own household; else like
    :func:`settle`.
    """
    row = steps.locked(community_id, activity_id)
    organisers.require(actor, row)
    steps.seen(row, ActivityActKind.LEFT_SETTLED, version)
    circle = attendees.circle_of(community_id, actor)
    waiting = [
        each
        for each in _came(row)
        if each.outcome == AttendanceOutcome.LEFT and not _is_near(actor, circle, each)
    ]
    if not waiting:
        raise NothingLeft()
    _record(row, waiting, evidence, actor=actor, now=now)
    steps.take(row, ActivityActKind.LEFT_SETTLED, By(actor=actor, now=now))
    return row


def _came(row: Activity) -> list[ActivityAttendance]:
    """Everybody who came, in the order in which they came."""
    statement = (
        tenancy.select(ActivityAttendance, row.community_id)
        .where(
            ActivityAttendance.activity_id == row.id,
            ActivityAttendance.struck_at_utc.is_(None),
        )
        .order_by(ActivityAttendance.id)
    )
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def _enter_leavings(
    row: Activity,
    came: Sequence[ActivityAttendance],
    leavings: Sequence[Leaving],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    given = {each.attendance_id: each for each in leavings}
    if not row.counts_hours:
        return
    open_ = [each for each in came if each.left_at_utc is None]
    missing = [str(each.id) for each in open_ if each.id not in given]
    if missing:
        refused = LeavingMissing(field="leavings", count=len(missing))
        refused.extra = {"attendance_ids": missing}
        raise refused
    for each in open_:
        leaving = given[each.id]
        if not leaving.reason.strip():
            raise ReasonNeeded(field="leavings")
        if not each.came_at_utc <= leaving.left_at_utc <= now:
            raise TimeOutside(field="leavings")
        text = personal_text.keep(community_id=row.community_id, body=leaving.reason, now=now)
        each.left_at_utc, each.left_by = leaving.left_at_utc, AttendedBy.ORGANISER
        each.left_entered_by, each.left_reason_text_id = actor.account_id, text.id
    db.session.flush()


def _record(
    row: Activity,
    came: Sequence[ActivityAttendance],
    evidence: Sequence[EvidenceGiven],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Give every attendance its outcome, and those that count a fact."""
    found = planning.item_of(row)
    if found is None:
        for each in came:
            each.outcome = AttendanceOutcome.NO_FACT
        db.session.flush()
        return
    book, item = found
    settling = _Settling(
        row=row,
        book=book,
        item=item,
        actor=actor,
        role=planning.recorder_role(actor, row.community_id, item),
        now=now,
        evidence=(
            EvidenceGiven(kind=EvidenceKind.CHECK_IN, note=str(row.id)),
            *evidence,
        ),
    )
    circle = attendees.circle_of(row.community_id, actor)
    for each in _in_order_of_accounts(settling, came):
        if _is_near(actor, circle, each):
            each.outcome = AttendanceOutcome.LEFT
        else:
            _record_one(settling, each)
    db.session.flush()


def _record_one(settling: _Settling, each: ActivityAttendance) -> None:
    row = settling.row
    quantity = ONE
    if row.counts_hours and each.left_at_utc is not None:
        quantity = time_counted(
            settling.item,
            came=each.came_at_utc,
            left=each.left_at_utc,
            starts=row.starts_at_utc,
            ends=row.ends_at_utc,
        )
        each.hours = quantity
        if quantity == 0:
            each.outcome = AttendanceOutcome.NO_FACT
            return
    db.session.flush()
    try:
        with db.session.begin_nested():
            fact_id = _fact(settling, each, quantity)
    except _ABOUT_ONE as refused:
        each.outcome, each.refusal = AttendanceOutcome.REFUSED, _code(refused)
    else:
        each.outcome, each.refusal, each.fact_id = AttendanceOutcome.RECORDED, None, fact_id


def _fact(settling: _Settling, each: ActivityAttendance, quantity: Decimal) -> uuid.UUID:
    row = settling.row
    is_member = each.attendee_kind == AttendeeKind.MEMBER
    return record_from(
        actor=settling.actor,
        now=settling.now,
        community_id=row.community_id,
        source=Source.ACTIVITY,
        member_id=each.attendee_id if is_member else None,
        merchant_id=None if is_member else each.attendee_id,
        item_code=settling.item.code,
        rulebook_code=settling.book.compiled.code,
        occurred_on=attendees.day_of(row),
        quantity=quantity,
        level=row.level,
        evidence=settling.evidence,
        reason=row.title,
        # One activity is one deed: the same person cannot be given it twice.
        deed=row.id,
        activity_id=row.id,
        recorded_by=settling.actor.account_id,
        recorder_role=settling.role,
    )


def _in_order_of_accounts(
    settling: _Settling, came: Sequence[ActivityAttendance]
) -> list[ActivityAttendance]:
    """Accounts are locked by id, so that two settlements hardly ever wait for each other."""
    statement = tenancy.columns(
        PointsAccount, settling.row.community_id, PointsAccount.holder_id, PointsAccount.id
    ).where(
        PointsAccount.rulebook_id == settling.book.rulebook_id,
        PointsAccount.holder_id.in_([each.attendee_id for each in came]),
    )
    accounts = {row.holder_id: row.id for row in db.session.execute(statement)}
    return sorted(came, key=lambda each: accounts.get(each.attendee_id, each.attendee_id))


def _is_near(actor: Actor, circle: frozenset[uuid.UUID], each: ActivityAttendance) -> bool:
    if each.attendee_kind == AttendeeKind.MEMBER:
        return each.attendee_id in circle
    who = Attendee(AttendeeKind.MERCHANT, each.attendee_id)
    return attendees.is_own(actor, each.community_id, who)


def _code(refused: LinliError) -> str:
    return refused.code
