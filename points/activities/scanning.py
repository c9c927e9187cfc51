"""The code on the organiser's screen, and scanning it to come or leave."""

from __future__ import annotations

import datetime as dt
import uuid

from kernel.access import Actor
from points.activities import attendance, attendees, codes, organisers, steps
from points.activities.attendees import Attendee
from points.activities.codes import Purpose, ShownCode
from points.activities.errors import NotForYou
from points.models import ActivityAttendance, AttendedBy, AttendeeKind


def code(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    activity_id: uuid.UUID,
    purpose: Purpose,
) -> ShownCode:
    """The code the organiser's screen shows now; writes nothing.

    Raises NotRunning, ActivityOver (to come), HoursDoNotCount (to leave), NotOrganiser.
    """
    row = steps.of(community_id, activity_id)
    organisers.require(actor, row)
    attendance.require_running(row, purpose, now)
    return codes.current(activity_id, purpose, now)


def scan(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    scanned: str,
    merchant_id: uuid.UUID | None = None,
) -> ActivityAttendance:
    """Come or leave by the code on the screen, as whoever is signed in, or as one's own shop.

    Raises CodeUnreadable, CodeOld, NotForYou, and what :func:`check_in` and :func:`check_out`
    raise.
    """
    if merchant_id is None:
        who = attendees.acting(actor, community_id)
    else:
        who = Attendee(AttendeeKind.MERCHANT, merchant_id)
        if not attendees.is_own(actor, community_id, who):
            raise NotForYou(field="merchant_id")
    read = codes.read(scanned, now)
    row = attendance.held(community_id, read.activity_id, who)
    attendance.require_running(row, read.purpose, now)
    if read.purpose is Purpose.COME:
        return attendance.come(row, who, AttendedBy.CODE, actor=actor, now=now)
    return attendance.leave(row, who, AttendedBy.CODE, actor=actor, now=now, left=now)
