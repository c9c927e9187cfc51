"""Activities 活动 and service days: planned, enrolled for, attended, settled once."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, period, reference
from kernel.database import Base, TenantRow, UtcDateTime
from points.models.columns import CODE, Quantity

#: Length of the code of a refusal (``DuplicateFact.code`` …).
REFUSAL = 40


class ActivityState(StrEnum):
    """planned → open for enrolment → running → settled; cancelled from each but the last."""

    PLANNED = "planned"
    OPEN = "open"
    RUNNING = "running"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class ActivityActKind(StrEnum):
    """What was done to an activity."""

    PLANNED = "planned"
    CHANGED = "changed"
    OPENED = "opened"
    STARTED = "started"
    SETTLED = "settled"
    #: Who was left out at the settlement is recorded by somebody else.
    LEFT_SETTLED = "left_settled"
    CANCELLED = "cancelled"


class ActivityAudience(StrEnum):
    """Whom an activity is for."""

    MEMBERS = "members"
    MERCHANTS = "merchants"
    EVERYBODY = "everybody"


class AttendeeKind(StrEnum):
    """Who attends."""

    MEMBER = "member"
    MERCHANT = "merchant"


class EnrolmentState(StrEnum):
    """Whether somebody has a place, waits for one, or has given it back."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


class AttendedBy(StrEnum):
    """How it was shown that somebody came or left."""

    CODE = "code"
    CARD = "card"
    ORGANISER = "organiser"


class AttendanceOutcome(StrEnum):
    """What the settlement made of an attendance."""

    RECORDED = "recorded"
    #: The activity has no item, or the time was too short to count.
    NO_FACT = "no_fact"
    #: The settling organiser or their household: somebody else records it.
    LEFT = "left"
    #: The door refused this one; ``refusal`` names why.
    REFUSED = "refused"


class Activity(TenantRow, Base):
    """One activity at a place and time; without an item it is a service day worth no points."""

    __tablename__ = "activity"
    __table_args__ = (
        one_of("state", ActivityState),
        one_of("audience", ActivityAudience),
        CheckConstraint("ends_at_utc > starts_at_utc", name="ends_after_start"),
        CheckConstraint("enrolled >= 0", name="enrolled_not_negative"),
        CheckConstraint("capacity IS NULL OR enrolled <= capacity", name="within_capacity"),
        CheckConstraint("capacity IS NULL OR capacity >= 1", name="room_for_somebody"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("(item_code IS NULL) = (rulebook_code IS NULL)", name="item_of_a_rulebook"),
        CheckConstraint(
            "item_code IS NOT NULL OR (level IS NULL AND NOT counts_hours)",
            name="service_day_without_points",
        ),
        # serves: the list of activities, by state and by day
        Index(None, "community_id", "state", "starts_at_utc", "id"),
        # serves: the list of activities, and those at the same time
        Index(None, "community_id", "starts_at_utc", "id"),
    )

    title: Mapped[str] = mapped_column(String(80))
    #: Where people meet: 一号楼前广场.
    place: Mapped[str] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(String(500))
    audience: Mapped[str] = mapped_column(String(WORD))
    starts_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: None: as many as come.
    capacity: Mapped[int | None] = mapped_column(Integer)
    enrolled: Mapped[int] = mapped_column(Integer, default=0)
    rulebook_code: Mapped[str | None] = mapped_column(String(CODE))
    item_code: Mapped[str | None] = mapped_column(String(CODE))
    level: Mapped[str | None] = mapped_column(String(20))
    #: The item's quantity is the time between coming and leaving.
    counts_hours: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(WORD))
    version: Mapped[int] = mapped_column(Integer, default=1)
    planned_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    planned_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ActivityOrganiser(TenantRow, Base):
    """An account runs the activity from ``since_at_utc`` until it is taken off again."""

    __tablename__ = "activity_organiser"
    __table_args__ = (
        reference("activity_id", "activity"),
        period("since_at_utc", "until_at_utc"),
        # one present row per account
        Index(
            "uq_activity_organiser__present",
            "community_id",
            "activity_id",
            "account_id",
            unique=True,
            sqlite_where=text("until_at_utc IS NULL"),
            postgresql_where=text("until_at_utc IS NULL"),
        ),
        # serves: the activities that an account organises
        Index(None, "community_id", "account_id"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    since_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    until_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ActivityAct(TenantRow, Base):
    """One act on an activity: who, from which state, to which, why."""

    __tablename__ = "activity_act"
    __append_only__ = True
    __table_args__ = (
        reference("activity_id", "activity"),
        reference("why_text_id", "personal_text"),
        UniqueConstraint("community_id", "activity_id", "version"),
        one_of("act", ActivityActKind),
        one_of("to_state", ActivityState),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    act: Mapped[str] = mapped_column(String(WORD))
    #: The version of the activity after this act.
    version: Mapped[int] = mapped_column(Integer)
    #: None for the act that planned it.
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ActivityEnrolment(TenantRow, Base):
    """Somebody's place in an activity, or in its waiting list, in the order of ``asked_at_utc``."""

    __tablename__ = "activity_enrolment"
    __table_args__ = (
        reference("activity_id", "activity"),
        one_of("attendee_kind", AttendeeKind),
        one_of("state", EnrolmentState),
        UniqueConstraint("community_id", "activity_id", "attendee_kind", "attendee_id"),
        # serves: the list of those enrolled, and who is the next to get a place
        Index(None, "community_id", "activity_id", "state", "asked_at_utc", "id"),
        # serves: what somebody is enrolled for
        Index(None, "community_id", "attendee_kind", "attendee_id", "id"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    attendee_kind: Mapped[str] = mapped_column(String(WORD))
    attendee_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(String(WORD))
    asked_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    changed_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ActivityAttendance(TenantRow, Base):
    """That somebody came, when they left where hours count, and what the settlement made of it."""

    __tablename__ = "activity_attendance"
    __table_args__ = (
        reference("activity_id", "activity"),
        reference("fact_id", "fact"),
        reference("left_reason_text_id", "personal_text"),
        reference("struck_reason_text_id", "personal_text"),
        one_of("attendee_kind", AttendeeKind),
        one_of("came_by", AttendedBy),
        CheckConstraint(
            "left_by IS NULL OR left_by IN ('code', 'card', 'organiser')", name="left_by_known"
        ),
        CheckConstraint(
            "(left_at_utc IS NULL) = (left_by IS NULL)"
            " AND (left_by IS NULL) = (left_entered_by IS NULL)",
            name="left_somehow",
        ),
        CheckConstraint("left_at_utc IS NULL OR left_at_utc >= came_at_utc", name="left_later"),
        CheckConstraint(
            "(struck_at_utc IS NULL) = (struck_by IS NULL)"
            " AND (struck_by IS NULL) = (struck_reason_text_id IS NULL)",
            name="struck_for_a_reason",
        ),
        CheckConstraint(
            "outcome IS NULL OR outcome IN ('recorded', 'no_fact', 'left', 'refused')",
            name="outcome_known",
        ),
        CheckConstraint("(fact_id IS NULL) = (outcome IS NULL OR outcome <> 'recorded')",
                        name="recorded_as_a_fact"),
        CheckConstraint("hours IS NULL OR hours >= 0", name="hours_not_negative"),
        # nobody comes twice; a struck attendance does not count
        Index(
            "uq_activity_attendance__once",
            "community_id",
            "activity_id",
            "attendee_kind",
            "attendee_id",
            unique=True,
            sqlite_where=text("struck_at_utc IS NULL"),
            postgresql_where=text("struck_at_utc IS NULL"),
        ),
        # serves: the attendance sheet of an activity
        Index(None, "community_id", "activity_id", "id"),
        # serves: who is in two activities at once
        Index(None, "community_id", "attendee_id", "came_at_utc"),
    )  # fmt: skip

    activity_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    attendee_kind: Mapped[str] = mapped_column(String(WORD))
    attendee_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    came_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    came_by: Mapped[str] = mapped_column(String(WORD))
    #: The account that scanned, or the organiser who looked.
    came_entered_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    left_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    left_by: Mapped[str | None] = mapped_column(String(WORD))
    left_entered_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: Why the organiser gave the time of leaving.
    left_reason_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    struck_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    struck_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    struck_reason_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: What counted at the settlement, in the item's unit.
    hours: Mapped[Decimal | None] = mapped_column(Quantity())
    outcome: Mapped[str | None] = mapped_column(String(WORD))
    refusal: Mapped[str | None] = mapped_column(String(REFUSAL))
    fact_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
