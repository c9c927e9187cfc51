"""Reading who is enrolled and who came."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from points.activities import attendees, organisers, steps, waiting
from points.activities.attendees import Attendee, Named
from points.activities.views import AttendanceView, EnrolmentView, OwnEnrolmentView
from points.models import (
    Activity,
    ActivityAttendance,
    ActivityEnrolment,
    ActivityState,
    AttendeeKind,
    EnrolmentState,
)

_UNNAMED = Named(name="")
# Made once: an alias learns its columns anew each time.
_OTHER, _THERE = aliased(Activity), aliased(ActivityAttendance)


def enrolments(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    state: EnrolmentState | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[EnrolmentView]:
    """Who is enrolled or waits, in the order they asked for; for the organisers."""
    row = steps.of(community_id, activity_id)
    organisers.require(actor, row)
    statement = tenancy.select(ActivityEnrolment, community_id).where(
        ActivityEnrolment.activity_id == activity_id
    )
    if state is not None:
        statement = statement.where(ActivityEnrolment.state == state)
    if after is not None:
        last = tenancy.get(ActivityEnrolment, community_id, after)
        statement = statement.where(
            sa.tuple_(ActivityEnrolment.asked_at_utc, ActivityEnrolment.id)
            > sa.tuple_(
                sa.literal(last.asked_at_utc, ActivityEnrolment.asked_at_utc.type),
                sa.literal(last.id, ActivityEnrolment.id.type),
            )
        )
    ordered = statement.order_by(ActivityEnrolment.asked_at_utc, ActivityEnrolment.id)
    rows = db.session.scalars(ordered.limit(limit)).all()
    names = _names(row, rows)
    queue = {each.enrolment.id: each for each in waiting.queue(row)}
    return [
        EnrolmentView(
            id=each.id,
            attendee_kind=each.attendee_kind,
            attendee_id=each.attendee_id,
            name=names.get(_who(each), _UNNAMED).name,
            code=names.get(_who(each), _UNNAMED).code,
            state=each.state,
            position=queue[each.id].position if each.id in queue else None,
            has_priority=each.id in queue and queue[each.id].has_priority,
            asked_at_utc=each.asked_at_utc,
            changed_at_utc=each.changed_at_utc,
        )
        for each in rows
    ]


def own_enrolment(enrolment: ActivityEnrolment) -> OwnEnrolmentView:
    """An enrolment as the answer of an act, with its place in the queue."""
    row = steps.of(enrolment.community_id, enrolment.activity_id)
    found = next((each for each in waiting.queue(row) if each.enrolment is enrolment), None)
    return OwnEnrolmentView(
        id=enrolment.id,
        activity_id=enrolment.activity_id,
        attendee_kind=enrolment.attendee_kind,
        attendee_id=enrolment.attendee_id,
        state=enrolment.state,
        position=found.position if found else None,
        has_priority=found is not None and found.has_priority,
        asked_at_utc=enrolment.asked_at_utc,
        changed_at_utc=enrolment.changed_at_utc,
    )


def attendances(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[AttendanceView]:
    """Who came, in the order in which they came, struck ones too; for the organisers."""
    row = steps.of(community_id, activity_id)
    organisers.require(actor, row)
    statement = tenancy.select(ActivityAttendance, community_id).where(
        ActivityAttendance.activity_id == activity_id
    )
    if after is not None:
        statement = statement.where(ActivityAttendance.id > after)
    ordered = statement.order_by(ActivityAttendance.id).limit(limit)
    return _attendance_views(row, db.session.scalars(ordered).all())


def attendance(
    *, community_id: uuid.UUID, activity_id: uuid.UUID, attendance_id: uuid.UUID
) -> AttendanceView:
    """One attendance as the answer of an act; the caller has checked who asks."""
    row = steps.of(community_id, activity_id)
    found = tenancy.get(ActivityAttendance, community_id, attendance_id)
    db.session.refresh(found)
    return _attendance_views(row, [found])[0]


def _attendance_views(row: Activity, rows: Sequence[ActivityAttendance]) -> list[AttendanceView]:
    names = _names(row, rows)
    elsewhere = _elsewhere(row, [each.attendee_id for each in rows])
    return [
        AttendanceView(
            id=each.id,
            attendee_kind=each.attendee_kind,
            attendee_id=each.attendee_id,
            name=names.get(_who(each), _UNNAMED).name,
            code=names.get(_who(each), _UNNAMED).code,
            came_at_utc=each.came_at_utc,
            came_by=each.came_by,
            left_at_utc=each.left_at_utc,
            left_by=each.left_by,
            is_struck=each.struck_at_utc is not None,
            hours=each.hours,
            outcome=each.outcome,
            refusal=each.refusal,
            fact_id=each.fact_id,
            elsewhere=elsewhere[each.attendee_id],
        )
        for each in rows
    ]


def _elsewhere(row: Activity, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Titles of other activities at the same time that these attended, too."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    if not ids:
        return found
    statement = (
        sa.select(_THERE.attendee_id, _OTHER.title)
        .join(
            _OTHER,
            sa.and_(_OTHER.community_id == _THERE.community_id, _OTHER.id == _THERE.activity_id),
        )
        .where(
            _THERE.community_id == row.community_id,
            _THERE.attendee_id.in_(ids),
            _THERE.struck_at_utc.is_(None),
            _THERE.activity_id != row.id,
            _OTHER.state != ActivityState.CANCELLED,
            _OTHER.starts_at_utc < row.ends_at_utc,
            _OTHER.ends_at_utc > row.starts_at_utc,
        )
        .order_by(_OTHER.starts_at_utc, _OTHER.id)
    )
    for attendee_id, title in db.session.execute(statement):
        found[attendee_id].append(title)
    return found


def _who(row: ActivityEnrolment | ActivityAttendance) -> Attendee:
    return Attendee(AttendeeKind(row.attendee_kind), row.attendee_id)


def _names(
    row: Activity, rows: Sequence[ActivityEnrolment] | Sequence[ActivityAttendance]
) -> dict[Attendee, Named]:
    return attendees.names_of(
        row.community_id, [_who(each) for each in rows], attendees.day_of(row)
    )
