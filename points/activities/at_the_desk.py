"""The organiser checks in and out who has no phone at hand: by card, or found by search."""

from __future__ import annotations

import datetime as dt
import uuid

from kernel.access import Actor
from points.activities import attendance, attendees, cards, organisers, steps
from points.activities.attendees import Attendee
from points.activities.codes import Purpose
from points.activities.errors import ReasonNeeded, WhoMissing
from points.errors import OwnHousehold
from points.models import ActivityAttendance, AttendedBy, AttendeeKind


def check_in(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    merchant_id: uuid.UUID | None = None,
    card_number: str | None = None,
) -> ActivityAttendance:
    """The organiser checks in somebody without a phone, by card or by search.

    Whoever is not enrolled is enrolled with it, while there is room. Raises NotRunning,
    ActivityOver, AlreadyCheckedIn, ActivityFull, NotForYou, OwnHousehold (another organiser does
    it), CardsNotInUse, WhoMissing, NotFound, NotOrganiser.
    """
    organisers.require(actor, steps.of(community_id, activity_id))
    who, way = _seen(community_id, member_id, merchant_id, card_number, now)
    row = attendance.held(community_id, activity_id, who)
    attendance.require_running(row, Purpose.COME, now)
    _require_stranger(actor, community_id, who)
    return attendance.come(row, who, way, actor=actor, now=now)


def check_out(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    member_id: uuid.UUID | None = None,
    merchant_id: uuid.UUID | None = None,
    card_number: str | None = None,
    left_at_utc: dt.datetime | None = None,
    reason: str | None = None,
) -> ActivityAttendance:
    """The organiser checks somebody out: now, or, where it was forgotten, at a time with a reason.

    Raises NotRunning, HoursDoNotCount, NotCheckedIn, AlreadyCheckedOut, ReasonNeeded, TimeOutside,
    OwnHousehold, CardsNotInUse, WhoMissing, NotOrganiser.
    """
    organisers.require(actor, steps.of(community_id, activity_id))
    who, way = _seen(community_id, member_id, merchant_id, card_number, now)
    row = steps.locked(community_id, activity_id, shared=True)
    attendance.require_running(row, Purpose.LEAVE, now)
    _require_stranger(actor, community_id, who)
    if left_at_utc is None:
        return attendance.leave(row, who, way, actor=actor, now=now, left=now)
    if not (reason or "").strip():
        raise ReasonNeeded(field="reason")
    return attendance.leave(row, who, way, actor=actor, now=now, left=left_at_utc, reason=reason)


def _seen(
    community_id: uuid.UUID,
    member_id: uuid.UUID | None,
    merchant_id: uuid.UUID | None,
    card_number: str | None,
    now: dt.datetime,
) -> tuple[Attendee, AttendedBy]:
    """Whom the organiser means, and how they know."""
    named = attendees.of_ids(member_id, merchant_id)
    if card_number is not None and named is None:
        held_by = cards.holder(community_id, card_number, now)
        return Attendee(AttendeeKind.MEMBER, held_by), AttendedBy.CARD
    if named is None or card_number is not None:
        raise WhoMissing(field="member_id")
    return named, AttendedBy.ORGANISER


def _require_stranger(actor: Actor, community_id: uuid.UUID, who: Attendee) -> None:
    """An organiser is nobody's witness at home, nor their own. Raises OwnHousehold."""
    if who.id in attendees.circle_of(community_id, actor) or (
        who.kind is AttendeeKind.MERCHANT and attendees.is_own(actor, community_id, who)
    ):
        raise OwnHousehold()
