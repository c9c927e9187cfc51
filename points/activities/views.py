"""How activities, enrolments and attendances are shown."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class ActivityView:
    """An activity as lists show it; ``own`` is the caller's own enrolment state, if any."""

    id: uuid.UUID
    version: int
    state: str
    title: str
    place: str
    note: str | None
    audience: str
    starts_at_utc: dt.datetime
    ends_at_utc: dt.datetime
    capacity: int | None
    enrolled: int
    item_code: str | None
    rulebook_code: str | None
    level: str | None
    counts_hours: bool
    own: str | None


@dataclass(frozen=True, kw_only=True)
class ActView:
    """One act on an activity; who and why only for staff."""

    act: str
    version: int
    from_state: str | None
    to_state: str
    actor_id: uuid.UUID
    why: str | None
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ActivityDetail:
    """An activity with its organisers, counts and acts."""

    activity: ActivityView
    organiser_ids: Sequence[uuid.UUID]
    waiting: int
    #: Which place the caller has among those who wait, from 1; None for anybody else.
    own_position: int | None
    own_has_priority: bool
    came: int
    #: Left for somebody else than the settling organiser.
    left: int
    acts: Sequence[ActView]

    @property
    def id(self) -> uuid.UUID:
        return self.activity.id


@dataclass(frozen=True, kw_only=True)
class EnrolmentView:
    """One line of the list of those enrolled or waiting.

    ``position`` is the place in the queue, from 1, and None for who does not wait;
    ``has_priority`` says that a tier with 优先 put somebody before others who wait.
    """

    id: uuid.UUID
    attendee_kind: str
    attendee_id: uuid.UUID
    name: str
    code: str | None
    state: str
    position: int | None
    has_priority: bool
    asked_at_utc: dt.datetime
    changed_at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class OwnEnrolmentView:
    """What became of enrolling or withdrawing."""

    id: uuid.UUID
    activity_id: uuid.UUID
    attendee_kind: str
    attendee_id: uuid.UUID
    state: str
    position: int | None
    has_priority: bool
    asked_at_utc: dt.datetime
    changed_at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class AttendanceView:
    """One line of the attendance sheet; ``elsewhere`` warns of activities at the same time."""

    id: uuid.UUID
    attendee_kind: str
    attendee_id: uuid.UUID
    name: str
    code: str | None
    came_at_utc: dt.datetime
    came_by: str
    left_at_utc: dt.datetime | None
    left_by: str | None
    is_struck: bool
    hours: Decimal | None
    outcome: str | None
    refusal: str | None
    fact_id: uuid.UUID | None
    elsewhere: Sequence[str]
