"""Coming and leaving 签到签退: the rows, and what is refused however somebody is checked in.

Only the server's clock counts. Nobody comes twice: the table refuses it. Who is in two activities
at once is let in; the organiser's list shows it.
"""

from __future__ import annotations

import datetime as dt
import uuid

from kernel import audit, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.ids import new_id
from points.activities import attendees, enrolments, organisers, steps
from points.activities.attendees import Attendee
from points.activities.codes import Purpose
from points.activities.errors import (
    ActivityFull,
    ActivityOver,
    AlreadyCheckedIn,
    AlreadyCheckedOut,
    HoursDoNotCount,
    NotCheckedIn,
    NotRunning,
    ReasonNeeded,
    TimeOutside,
)
from points.models import (
    Activity,
    ActivityAttendance,
    ActivityState,
    AttendedBy,
    EnrolmentState,
)


def require_running(row: Activity, purpose: Purpose, now: dt.datetime) -> None:
    """Raises NotRunning, HoursDoNotCount, ActivityOver."""
    if row.state != ActivityState.RUNNING:
        raise NotRunning()
    if purpose is Purpose.LEAVE and not row.counts_hours:
        raise HoursDoNotCount()
    if purpose is Purpose.COME and now >= row.ends_at_utc:
        raise ActivityOver()


def held(community_id: uuid.UUID, activity_id: uuid.UUID, who: Attendee) -> Activity:
    """The activity, held: shared for who has a place, alone for who must take one first."""
    enrolment = enrolments.of(steps.of(community_id, activity_id), who)
    has_place = enrolment is not None and enrolment.state == EnrolmentState.ENROLLED
    return steps.locked(community_id, activity_id, shared=has_place)


def come(
    row: Activity, who: Attendee, way: AttendedBy, *, actor: Actor, now: dt.datetime
) -> ActivityAttendance:
    """Check in to a held activity. Raises AlreadyCheckedIn, ActivityFull, NotForYou, NotFound."""
    attendees.require_suited(row, who)
    already = of(row, who)
    if already is not None:
        raise AlreadyCheckedIn()
    _require_place(row, who, actor=actor, now=now)
    insert = (
        upsert(ActivityAttendance)
        .values(
            community_id=row.community_id,
            id=new_id(),
            activity_id=row.id,
            attendee_kind=who.kind,
            attendee_id=who.id,
            came_at_utc=now,
            came_by=way,
            came_entered_by=actor.account_id,
        )
        .on_conflict_do_nothing()
        .returning(ActivityAttendance.id)
    )
    if db.session.execute(insert).first() is None:
        raise AlreadyCheckedIn()
    found = of(row, who)
    if found is None:
        raise RuntimeError("an attendance that was written a moment ago is gone")
    _note(actor, now, "activity_attendance.came", found)
    return found


def leave(
    row: Activity,
    who: Attendee,
    way: AttendedBy,
    *,
    actor: Actor,
    now: dt.datetime,
    left: dt.datetime,
    reason: str | None = None,
) -> ActivityAttendance:
    """Check out as of ``left``. Raises NotCheckedIn, AlreadyCheckedOut, TimeOutside."""
    found = of(row, who)
    if found is None:
        raise NotCheckedIn()
    if not found.came_at_utc <= left <= now:
        raise TimeOutside(field="left_at_utc")
    changed = db.session.execute(
        tenancy.update(ActivityAttendance, row.community_id)
        .where(ActivityAttendance.id == found.id, ActivityAttendance.left_at_utc.is_(None))
        .values(
            left_at_utc=left,
            left_by=way,
            left_entered_by=actor.account_id,
            left_reason_text_id=personal_text.keep_why(
                community_id=row.community_id, why=reason, now=now
            ),
        )
        .returning(ActivityAttendance.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise AlreadyCheckedOut()
    db.session.refresh(found)
    _note(actor, now, "activity_attendance.left", found)
    return found


def strike(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    attendance_id: uuid.UUID,
    reason: str,
) -> ActivityAttendance:
    """Take back a mistaken check-in before the settlement; the row stays, with the reason.

    Raises NotRunning, NotCheckedIn, ReasonNeeded, NotOrganiser.
    """
    row = steps.locked(community_id, activity_id, shared=True)
    organisers.require(actor, row)
    if row.state != ActivityState.RUNNING:
        raise NotRunning()
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    found = tenancy.get(ActivityAttendance, community_id, attendance_id)
    if found.activity_id != activity_id or found.struck_at_utc is not None:
        raise NotCheckedIn()
    text = personal_text.keep(community_id=community_id, body=reason, now=now)
    found.struck_at_utc, found.struck_by = now, actor.account_id
    found.struck_reason_text_id = text.id
    _note(actor, now, "activity_attendance.struck", found)
    db.session.flush()
    return found


def of(row: Activity, who: Attendee) -> ActivityAttendance | None:
    """The attendance that counts, or None."""
    statement = tenancy.select(ActivityAttendance, row.community_id).where(
        ActivityAttendance.activity_id == row.id,
        ActivityAttendance.attendee_kind == who.kind,
        ActivityAttendance.attendee_id == who.id,
        ActivityAttendance.struck_at_utc.is_(None),
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _require_place(row: Activity, who: Attendee, *, actor: Actor, now: dt.datetime) -> None:
    """Who comes without a place takes a free one. Raises ActivityFull."""
    enrolment = enrolments.of(row, who)
    if enrolment is not None and enrolment.state == EnrolmentState.ENROLLED:
        return
    if enrolment is not None and enrolment.state == EnrolmentState.WAITING:
        raise ActivityFull()
    if enrolments.enter(row, who, actor=actor, now=now).state != EnrolmentState.ENROLLED:
        raise ActivityFull()


def _note(actor: Actor, now: dt.datetime, act: str, row: ActivityAttendance) -> None:
    audit.record(
        actor=actor,
        now=now,
        community_id=row.community_id,
        act=act,
        subject_kind="activity_attendance",
        subject_id=row.id,
        way=row.left_by if act.endswith("left") else row.came_by,
    )
    db.session.flush()
