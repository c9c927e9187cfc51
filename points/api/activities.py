"""Activities: planning, their steps, enrolment and the settlement."""

from __future__ import annotations

import uuid
from typing import Any

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, idempotent, in_unit_of_work
from points.activities import attendance_lists, enrolments, lists, planning, settlement
from points.activities.views import ActivityDetail, OwnEnrolmentView
from points.api.activity_schemas import (
    ActivityDetailSchema,
    ActivityEnrolmentSchema,
    ActivityQuery,
    ActivitySchema,
    ActivityStep,
    CancelActivity,
    ChangeActivity,
    EnrolmentQuery,
    OwnEnrolmentSchema,
    PlanActivity,
    SettleActivity,
    SettleLeft,
    Whom,
)
from points.models import Activity

blp = Blueprint(
    "activities",
    __name__,
    url_prefix="/api/v1/communities/<community>/activities",
    description="Activities 活动 and service days: planned, enrolled for, settled once",
)


def replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> ActivityDetail:
    """The answer of a repeated request: the activity as it stands now."""
    return lists.detail(actor=actor(), community_id=community_id, activity_id=result_id)


@blp.get("")
@blp.arguments(ActivityQuery, location="query")
@blp.response(200, page_of(ActivitySchema))
def search(query: dict[str, Any], community_id: uuid.UUID) -> dict[str, Any]:
    """Activities, those that start last first."""
    limit = query.pop("limit")
    rows = lists.search(actor=actor(), community_id=community_id, limit=limit + 1, **query)
    return page(rows, limit)


@blp.post("")
@blp.arguments(PlanActivity)
@blp.response(201, ActivityDetailSchema)
@in_unit_of_work
def plan(body: dict[str, Any], community_id: uuid.UUID) -> ActivityDetail:
    """Plan an activity, or a service day without an item."""
    row = planning.plan(actor=actor(), now=clock.now(), community_id=community_id, **body)
    return _detail(row)


@blp.get("/<uuid:activity_id>")
@blp.response(200, ActivityDetailSchema)
def detail(community_id: uuid.UUID, activity_id: uuid.UUID) -> ActivityDetail:
    """One activity with its organisers, counts and acts."""
    return lists.detail(actor=actor(), community_id=community_id, activity_id=activity_id)


@blp.put("/<uuid:activity_id>")
@blp.arguments(ChangeActivity)
@blp.response(200, ActivityDetailSchema)
@in_unit_of_work
def change(body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID) -> ActivityDetail:
    """Change the plan; more places go to who waits."""
    row = planning.change(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return _detail(row)


@blp.post("/<uuid:activity_id>/opening")
@blp.arguments(ActivityStep)
@blp.response(201, ActivityDetailSchema)
@in_unit_of_work
def open_enrolment(
    body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID
) -> ActivityDetail:
    """Open it for enrolment."""
    row = planning.open_enrolment(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return _detail(row)


@blp.post("/<uuid:activity_id>/start")
@blp.arguments(ActivityStep)
@blp.response(201, ActivityDetailSchema)
@in_unit_of_work
def start(body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID) -> ActivityDetail:
    """It runs: people check in."""
    row = planning.start(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return _detail(row)


@blp.post("/<uuid:activity_id>/cancellation")
@blp.arguments(CancelActivity)
@blp.response(201, ActivityDetailSchema)
@in_unit_of_work
def cancel(body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID) -> ActivityDetail:
    """It does not take place, with the reason."""
    row = planning.cancel(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return _detail(row)


@blp.post("/<uuid:activity_id>/settlement")
@blp.arguments(SettleActivity)
@blp.response(201, ActivityDetailSchema)
@in_unit_of_work
@idempotent("settle_activity", replay=replay)
def settle(body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID) -> ActivityDetail:
    """Who came is recorded, once; whoever did not check out gets a time and a reason."""
    row = settlement.settle(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return _detail(row)


@blp.post("/<uuid:activity_id>/left-settlement")
@blp.arguments(SettleLeft)
@blp.response(201, ActivityDetailSchema)
@in_unit_of_work
@idempotent("settle_left", replay=replay)
def settle_left(
    body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID
) -> ActivityDetail:
    """Record those whom the settling organiser had to leave: themselves and their household."""
    row = settlement.settle_left(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return _detail(row)


@blp.get("/<uuid:activity_id>/enrolments")
@blp.arguments(EnrolmentQuery, location="query")
@blp.response(200, page_of(ActivityEnrolmentSchema))
def enrolled(
    query: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID
) -> dict[str, Any]:
    """Who is enrolled or waits, in the order they asked, with their place in the queue."""
    limit = query.pop("limit")
    rows = attendance_lists.enrolments(
        actor=actor(), community_id=community_id, activity_id=activity_id, limit=limit + 1, **query
    )
    return page(rows, limit)


@blp.post("/<uuid:activity_id>/enrolments")
@blp.arguments(Whom)
@blp.response(201, OwnEnrolmentSchema)
@in_unit_of_work
def enrol(
    body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID
) -> OwnEnrolmentView:
    """Enrol; where it is full one waits, who has 优先 by the tier before others."""
    row = enrolments.enrol(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return attendance_lists.own_enrolment(row)


@blp.post("/<uuid:activity_id>/withdrawal")
@blp.arguments(Whom)
@blp.response(201, OwnEnrolmentSchema)
@in_unit_of_work
def withdraw(
    body: dict[str, Any], community_id: uuid.UUID, activity_id: uuid.UUID
) -> OwnEnrolmentView:
    """Give the place back."""
    row = enrolments.withdraw(
        actor=actor(), now=clock.now(), community_id=community_id, activity_id=activity_id, **body
    )
    return attendance_lists.own_enrolment(row)


def _detail(row: Activity) -> ActivityDetail:
    return lists.detail(actor=actor(), community_id=row.community_id, activity_id=row.id)
