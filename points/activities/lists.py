"""Reading activities: lists, and one in detail."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.personal_text import PersonalText
from points.activities import attendees, organisers, steps, waiting
from points.activities.errors import ActivityUnknown
from points.activities.views import (
    ActivityDetail,
    ActivityView,
    ActView,
)
from points.models import (
    Activity,
    ActivityAct,
    ActivityAttendance,
    ActivityEnrolment,
    ActivityOrganiser,
    ActivityState,
    AttendanceOutcome,
    AttendeeKind,
    EnrolmentState,
)
from points.permissions import PointsPermission


@dataclass(frozen=True, kw_only=True)
class ActivityFilter:
    """What a list of activities is narrowed to; None means any."""

    state: ActivityState | None = None
    from_on: dt.date | None = None
    #: The first day that is not shown any more.
    before_on: dt.date | None = None
    q: str | None = None
    is_mine: bool = False


EVERYTHING = ActivityFilter()


def search(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    wanted: ActivityFilter = EVERYTHING,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ActivityView]:
    """Activities, those that start last first; what is only planned is shown to organisers."""
    place = attendees.reading_place(actor, community_id)
    statement = tenancy.select(Activity, community_id)
    if not actor.may(PointsPermission.ORGANISE_ACTIVITY, place):
        statement = statement.where(Activity.state != ActivityState.PLANNED)
    if wanted.state is not None:
        statement = statement.where(Activity.state == wanted.state)
    if wanted.from_on is not None:
        statement = statement.where(Activity.starts_at_utc >= clock.start_of_day(wanted.from_on))
    if wanted.before_on is not None:
        statement = statement.where(Activity.starts_at_utc < clock.start_of_day(wanted.before_on))
    if wanted.q:
        found = Activity.title.contains(wanted.q, autoescape=True)
        statement = statement.where(found | Activity.place.contains(wanted.q, autoescape=True))
    if wanted.is_mine:
        statement = statement.where(_mine(actor, community_id))
    if after is not None:
        last = steps.of(community_id, after)
        statement = statement.where(
            sa.tuple_(Activity.starts_at_utc, Activity.id)
            < sa.tuple_(
                sa.literal(last.starts_at_utc, Activity.starts_at_utc.type),
                sa.literal(last.id, Activity.id.type),
            )
        )
    ordered = statement.order_by(Activity.starts_at_utc.desc(), Activity.id.desc()).limit(limit)
    rows = db.session.scalars(ordered).all()
    own = _own_states(actor, community_id, [row.id for row in rows])
    return [_view(row, own.get(row.id)) for row in rows]


def detail(*, actor: Actor, community_id: uuid.UUID, activity_id: uuid.UUID) -> ActivityDetail:
    """One activity with its organisers, counts and acts; reasons only for those who organise."""
    place = attendees.reading_place(actor, community_id)
    row = steps.of(community_id, activity_id)
    may_organise = actor.may(PointsPermission.ORGANISE_ACTIVITY, place)
    if row.state == ActivityState.PLANNED and not may_organise:
        raise ActivityUnknown()
    db.session.refresh(row)
    came = _count(ActivityAttendance, row, ActivityAttendance.struck_at_utc.is_(None))
    left = _count(ActivityAttendance, row, ActivityAttendance.outcome == AttendanceOutcome.LEFT)
    queue = waiting.queue(row)
    own = next((each for each in queue if _is_own(actor, each.enrolment)), None)
    return ActivityDetail(
        activity=_view(row, _own_states(actor, community_id, [row.id]).get(row.id)),
        organiser_ids=organisers.of(row),
        waiting=len(queue),
        own_position=own.position if own else None,
        own_has_priority=own is not None and own.has_priority,
        came=came,
        left=left,
        acts=_acts(row, with_reasons=may_organise),
    )


def _count(table: Any, row: Activity, condition: Any) -> int:
    statement = tenancy.columns(table, row.community_id, sa.func.count()).where(
        table.activity_id == row.id, condition
    )
    return int(db.session.execute(statement).scalar_one())


def _mine(actor: Actor, community_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Activities that the actor organises, or is enrolled for."""
    organised = tenancy.columns(
        ActivityOrganiser, community_id, ActivityOrganiser.activity_id
    ).where(
        ActivityOrganiser.account_id == actor.account_id,
        ActivityOrganiser.until_at_utc.is_(None),
    )
    enrolled = tenancy.columns(
        ActivityEnrolment, community_id, ActivityEnrolment.activity_id
    ).where(
        ActivityEnrolment.attendee_kind == AttendeeKind.MEMBER,
        ActivityEnrolment.attendee_id == actor.members.get(community_id),
        ActivityEnrolment.state != EnrolmentState.WITHDRAWN,
    )
    return Activity.id.in_(organised) | Activity.id.in_(enrolled)


def _own_states(
    actor: Actor, community_id: uuid.UUID, activity_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    member_id = actor.members.get(community_id)
    if member_id is None or not activity_ids:
        return {}
    rows = db.session.execute(
        tenancy.columns(
            ActivityEnrolment,
            community_id,
            ActivityEnrolment.activity_id,
            ActivityEnrolment.state,
        ).where(
            ActivityEnrolment.attendee_kind == AttendeeKind.MEMBER,
            ActivityEnrolment.attendee_id == member_id,
            ActivityEnrolment.activity_id.in_(activity_ids),
        )
    )
    return {row.activity_id: row.state for row in rows}


def _is_own(actor: Actor, enrolment: ActivityEnrolment) -> bool:
    return (
        enrolment.attendee_kind == AttendeeKind.MEMBER
        and enrolment.attendee_id == actor.members.get(enrolment.community_id)
    )


def _acts(row: Activity, *, with_reasons: bool) -> list[ActView]:
    rows = db.session.execute(
        tenancy.columns(ActivityAct, row.community_id, ActivityAct, PersonalText.body)
        .outerjoin(
            PersonalText,
            sa.and_(
                PersonalText.community_id == ActivityAct.community_id,
                PersonalText.id == ActivityAct.why_text_id,
            ),
        )
        .where(ActivityAct.activity_id == row.id)
        .order_by(ActivityAct.version)
    )
    return [
        ActView(
            act=act.act,
            version=act.version,
            from_state=act.from_state,
            to_state=act.to_state,
            actor_id=act.actor_id,
            why=body if with_reasons or act.to_state == ActivityState.CANCELLED else None,
            at_utc=act.at_utc,
        )
        for act, body in rows
    ]


def _view(row: Activity, own: str | None) -> ActivityView:
    return ActivityView(
        id=row.id,
        version=row.version,
        state=row.state,
        title=row.title,
        place=row.place,
        note=row.note,
        audience=row.audience,
        starts_at_utc=row.starts_at_utc,
        ends_at_utc=row.ends_at_utc,
        capacity=row.capacity,
        enrolled=row.enrolled,
        item_code=row.item_code,
        rulebook_code=row.rulebook_code,
        level=row.level,
        counts_hours=row.counts_hours,
        own=own,
    )
