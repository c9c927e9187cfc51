"""Enrolling and withdrawing: a place is taken by one conditional statement, else one waits.

Whoever enrols or withdraws holds the activity's row, so that a place given back and somebody who
begins to wait cannot miss each other.
"""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from kernel import audit, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id
from points.activities import attendees, organisers, steps, waiting
from points.activities.attendees import Attendee
from points.activities.errors import (
    AlreadyCame,
    AlreadyEnrolled,
    EnrolmentClosed,
    NotEnrolled,
)
from points.models import (
    Activity,
    ActivityAttendance,
    ActivityEnrolment,
    ActivityState,
    EnrolmentState,
)

_WITH_PLACES = (ActivityState.OPEN, ActivityState.RUNNING)


def enrol(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    merchant_id: uuid.UUID | None = None,
) -> ActivityEnrolment:
    """Enrol oneself or one's shop; an organiser enrols anybody. Where it is full one waits.

    Raises EnrolmentClosed, AlreadyEnrolled, NotForYou, NotOrganiser, NotFound, WhoMissing.
    """
    who = _whom(actor, community_id, member_id, merchant_id)
    row = steps.locked(community_id, activity_id)
    _require_may(actor, row, who)
    if row.state not in _WITH_PLACES:
        raise EnrolmentClosed()
    attendees.require_suited(row, who)
    return enter(row, who, actor=actor, now=now)


def withdraw(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    merchant_id: uuid.UUID | None = None,
) -> ActivityEnrolment:
    """Give the place back, or leave the waiting list; the first of the queue gets the place.

    Raises EnrolmentClosed, NotEnrolled, AlreadyCame, NotOrganiser, NotFound, WhoMissing.
    """
    who = _whom(actor, community_id, member_id, merchant_id)
    row = steps.locked(community_id, activity_id)
    _require_may(actor, row, who)
    if row.state not in _WITH_PLACES:
        raise EnrolmentClosed()
    enrolment = of(row, who)
    if enrolment is None or enrolment.state == EnrolmentState.WITHDRAWN:
        raise NotEnrolled()
    came = tenancy.columns(ActivityAttendance, community_id, ActivityAttendance.id).where(
        ActivityAttendance.activity_id == activity_id,
        ActivityAttendance.attendee_kind == who.kind,
        ActivityAttendance.attendee_id == who.id,
        ActivityAttendance.struck_at_utc.is_(None),
    )
    if db.session.scalar(came) is not None:
        raise AlreadyCame()
    had_place = enrolment.state == EnrolmentState.ENROLLED
    _set(enrolment, EnrolmentState.WITHDRAWN, actor=actor, now=now)
    if had_place:
        db.session.execute(
            tenancy.update(Activity, community_id)
            .where(Activity.id == activity_id)
            .values(enrolled=Activity.enrolled - 1)
            .execution_options(synchronize_session=False)
        )
        fill_places(row, actor=actor, now=now)
    return enrolment


def enter(row: Activity, who: Attendee, *, actor: Actor, now: dt.datetime) -> ActivityEnrolment:
    """Enrol in a locked activity, or put on its waiting list. Raises AlreadyEnrolled."""
    enrolment = of(row, who)
    if enrolment is not None and enrolment.state != EnrolmentState.WITHDRAWN:
        raise AlreadyEnrolled()
    has_place = take_place(row.community_id, row.id)
    db.session.expire(row, ["enrolled"])
    if enrolment is None:
        enrolment = ActivityEnrolment(
            community_id=row.community_id,
            id=new_id(),
            activity_id=row.id,
            attendee_kind=who.kind,
            attendee_id=who.id,
        )
        db.session.add(enrolment)
    enrolment.asked_at_utc = now
    enrolment.asked_by = actor.account_id
    state = EnrolmentState.ENROLLED if has_place else EnrolmentState.WAITING
    _set(enrolment, state, actor=actor, now=now)
    return enrolment


def take_place(community_id: uuid.UUID, activity_id: uuid.UUID) -> bool:
    """Count one more, if there is room: one statement, under the table's CHECK."""
    taken = db.session.execute(
        tenancy.update(Activity, community_id)
        .where(
            Activity.id == activity_id,
            sa.or_(Activity.capacity.is_(None), Activity.enrolled < Activity.capacity),
        )
        .values(enrolled=Activity.enrolled + 1)
        .returning(Activity.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def fill_places(row: Activity, *, actor: Actor, now: dt.datetime) -> None:
    """Give free places of a locked activity to the first of the queue (waiting.queue)."""
    for each in waiting.queue(row):
        if not take_place(row.community_id, row.id):
            break
        _set(each.enrolment, EnrolmentState.ENROLLED, actor=actor, now=now)
    db.session.refresh(row)


def of(row: Activity, who: Attendee) -> ActivityEnrolment | None:
    """The attendee's enrolment, whatever its state."""
    statement = tenancy.select(ActivityEnrolment, row.community_id).where(
        ActivityEnrolment.activity_id == row.id,
        ActivityEnrolment.attendee_kind == who.kind,
        ActivityEnrolment.attendee_id == who.id,
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _whom(
    actor: Actor,
    community_id: uuid.UUID,
    member_id: uuid.UUID | None,
    merchant_id: uuid.UUID | None,
) -> Attendee:
    """Whom it is about: who is named, else the actor."""
    named = attendees.of_ids(member_id, merchant_id)
    return named or attendees.acting(actor, community_id)


def _require_may(actor: Actor, row: Activity, who: Attendee) -> None:
    """For oneself and one's shop; for others only the organiser. Raises NotOrganiser …"""
    attendees.reading_place(actor, row.community_id)
    if not attendees.is_own(actor, row.community_id, who):
        organisers.require(actor, row)


def _set(
    enrolment: ActivityEnrolment, state: EnrolmentState, *, actor: Actor, now: dt.datetime
) -> None:
    enrolment.state = state
    enrolment.changed_at_utc = now
    audit.record(
        actor=actor,
        now=now,
        community_id=enrolment.community_id,
        act=f"activity_enrolment.{state}",
        subject_kind="activity_enrolment",
        subject_id=enrolment.id,
    )
    db.session.flush()
