"""Planning an activity, changing the plan, and its steps up to the start."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from community import places
from kernel import clock
from kernel.access import Actor
from kernel.audit import By
from kernel.database import db
from kernel.ids import new_id
from points import rulebooks
from points.activities import attendees, enrolments, organisers, steps
from points.activities.errors import (
    ActivityTimesWrong,
    AudienceWrong,
    CapacityTooSmall,
    FixedWhileRunning,
    HoursMustCount,
    ItemNotForActivity,
    ItemNotInHours,
    NotYet,
    ReasonNeeded,
)
from points.errors import (
    ItemNotInForce,
    LevelMissing,
    LevelUnknown,
    RecorderNotAllowed,
    RulebookAmbiguous,
)
from points.models import (
    Activity,
    ActivityActKind,
    ActivityAudience,
    ActivityState,
    HolderKind,
)
from points.permissions import PointsPermission
from points.rulebooks import RulebookInForce
from points.rules.compiled import Item, ItemKind
from points.rules.hours import TIME_UNITS

#: How long before its time an activity may be started, so that the first may check in.
STARTS_EARLY = dt.timedelta(minutes=60)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is planned. Without ``item_code`` it is a service day: no points for anybody."""

    title: str
    place: str
    starts_at_utc: dt.datetime
    ends_at_utc: dt.datetime
    audience: ActivityAudience = ActivityAudience.MEMBERS
    note: str | None = None
    capacity: int | None = None
    rulebook_code: str | None = None
    item_code: str | None = None
    level: str | None = None
    counts_hours: bool = False


def plan(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    planned: Plan,
    organiser_ids: Sequence[uuid.UUID] = (),
) -> Activity:
    """Plan an activity; without ``organiser_ids`` the actor organises it.

    Raises ActivityTimesWrong, OrganiserNotAllowed, and where an item is named ItemNotInForce,
    RulebookAmbiguous, ItemNotForActivity, LevelMissing, LevelUnknown, ItemNotInHours,
    AudienceWrong, RecorderNotAllowed.
    """
    actor.require(PointsPermission.ORGANISE_ACTIVITY, places.place_of(community_id))
    values = _checked(actor, community_id, planned)
    if planned.ends_at_utc <= now:
        raise ActivityTimesWrong(field="ends_at_utc")
    row = Activity(
        community_id=community_id,
        id=new_id(),
        **values,
        enrolled=0,
        state=ActivityState.PLANNED,
        version=1,
        planned_by=actor.account_id,
        planned_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    organisers.name(row, organiser_ids or [actor.account_id], actor=actor, now=now)
    steps.append(row, ActivityActKind.PLANNED, None, By(actor=actor, now=now))
    return row


def change(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    version: int,
    planned: Plan,
    organiser_ids: Sequence[uuid.UUID] = (),
    why: str | None = None,
) -> Activity:
    """Change the plan; once people could enrol with a reason, while it runs without new rules.

    More places go to who waits. Raises what :func:`plan` raises, ReasonNeeded, CapacityTooSmall,
    IllegalActivityStep, StaleVersion, NotOrganiser.
    """
    row = steps.locked(community_id, activity_id)
    organisers.require(actor, row)
    steps.seen(row, ActivityActKind.CHANGED, version)
    if row.state != ActivityState.PLANNED and not (why or "").strip():
        raise ReasonNeeded(field="why")
    values = _checked(actor, community_id, planned)
    if row.state == ActivityState.RUNNING:
        _require_same_rules(row, values)
    capacity = planned.capacity
    if capacity is not None and capacity < row.enrolled:
        raise CapacityTooSmall(field="capacity", enrolled=row.enrolled)
    for name, value in values.items():
        setattr(row, name, value)
    if organiser_ids:
        organisers.name(row, organiser_ids, actor=actor, now=now)
    steps.take(row, ActivityActKind.CHANGED, By(actor=actor, now=now, why=why))
    enrolments.fill_places(row, actor=actor, now=now)
    return row


def open_enrolment(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    version: int,
) -> Activity:
    """From now on members and merchants may enrol. Raises IllegalActivityStep, StaleVersion."""
    row = steps.locked(community_id, activity_id)
    organisers.require(actor, row)
    steps.seen(row, ActivityActKind.OPENED, version)
    steps.take(row, ActivityActKind.OPENED, By(actor=actor, now=now))
    return row


def start(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    version: int,
) -> Activity:
    """It runs: codes are shown, people check in. Raises NotYet more than an hour before."""
    row = steps.locked(community_id, activity_id)
    organisers.require(actor, row)
    steps.seen(row, ActivityActKind.STARTED, version)
    if now < row.starts_at_utc - STARTS_EARLY:
        raise NotYet(minutes=int(STARTS_EARLY.total_seconds()) // 60)
    steps.take(row, ActivityActKind.STARTED, By(actor=actor, now=now))
    return row


def cancel(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    version: int,
    why: str,
) -> Activity:
    """It does not take place, or does not count; rows stay readable. Raises ReasonNeeded."""
    row = steps.locked(community_id, activity_id)
    organisers.require(actor, row)
    steps.seen(row, ActivityActKind.CANCELLED, version)
    if not why.strip():
        raise ReasonNeeded(field="why")
    steps.take(row, ActivityActKind.CANCELLED, By(actor=actor, now=now, why=why))
    return row


def item_of(activity: Activity) -> tuple[RulebookInForce, Item] | None:
    """The rulebook of the activity's day and its item; None for a service day.

    Raises ItemNotInForce where a later rulebook does not have it any more.
    """
    if activity.item_code is None:
        return None
    return _in_force(
        activity.community_id, attendees.day_of(activity), activity.item_code,
        activity.rulebook_code,
    )  # fmt: skip


def _checked(actor: Actor, community_id: uuid.UUID, planned: Plan) -> dict[str, object]:
    """The columns of the plan, with the rulebook's code filled in."""
    first, last = planned.starts_at_utc, planned.ends_at_utc
    if last <= first or clock.business_date(first) != clock.business_date(last):
        raise ActivityTimesWrong(field="ends_at_utc")
    values: dict[str, object] = asdict(planned)
    if planned.item_code is None:
        if planned.counts_hours:
            raise ItemNotInHours(field="counts_hours")
        values |= {"rulebook_code": None, "level": None}
        return values
    book, item = _in_force(
        community_id, clock.business_date(first), planned.item_code, planned.rulebook_code
    )
    _require_fitting(actor, community_id, planned, book, item)
    return values | {"rulebook_code": book.compiled.code}


def _in_force(
    community_id: uuid.UUID, on: dt.date, item_code: str, rulebook_code: str | None
) -> tuple[RulebookInForce, Item]:
    found = [
        (book, book.compiled.by_code[item_code])
        for book in rulebooks.all_in_force(community_id, on)
        if item_code in book.compiled.by_code and rulebook_code in (None, book.compiled.code)
    ]
    if not found:
        raise ItemNotInForce(field="item_code")
    if len(found) > 1:
        raise RulebookAmbiguous(field="rulebook_code")
    return found[0]


def _require_fitting(
    actor: Actor, community_id: uuid.UUID, planned: Plan, book: RulebookInForce, item: Item
) -> None:
    if item.kind is ItemKind.DEDUCTION:
        raise ItemNotForActivity(field="item_code")
    if item.levels and planned.level is None:
        raise LevelMissing(field="level")
    if planned.level is not None and planned.level not in item.levels:
        raise LevelUnknown(field="level")
    if planned.counts_hours and item.unit not in TIME_UNITS:
        raise ItemNotInHours(field="counts_hours")
    if item.unit in TIME_UNITS and not planned.counts_hours:
        raise HoursMustCount(field="counts_hours")
    is_merchants = book.compiled.holder == HolderKind.MERCHANT
    wanted = ActivityAudience.MERCHANTS if is_merchants else ActivityAudience.MEMBERS
    if planned.audience is not wanted:
        raise AudienceWrong(field="audience")
    recorder_role(actor, community_id, item)


def recorder_role(actor: Actor, community_id: uuid.UUID, item: Item) -> str:
    """The role in which an organiser records the item. Raises RecorderNotAllowed."""
    held = {
        role
        for role in actor.roles_at(places.place_of(community_id))
        if PointsPermission.ORGANISE_ACTIVITY in actor.table[role]
    }
    allowed = item.recording.recorders
    fitting = sorted(held & allowed if allowed else held)
    if not fitting:
        raise RecorderNotAllowed(field="item_code")
    return fitting[0]


def _require_same_rules(row: Activity, values: dict[str, object]) -> None:
    """While people come, neither the item nor the day changes under them."""
    fixed = ("item_code", "rulebook_code", "level", "counts_hours", "audience", "starts_at_utc")
    for name in fixed:
        if getattr(row, name) != values[name]:
            raise FixedWhileRunning(field=name)
