"""Shapes of activities, enrolments and attendances in requests and answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length

from kernel import personal_text
from kernel.fields import PageQuery, Schema, choice, day, instant, text, whole
from points.activities.codes import Purpose
from points.activities.lists import ActivityFilter
from points.activities.planning import Plan
from points.activities.settlement import Leaving
from points.api.fact_schemas import MOST_EVIDENCE, MOST_VERSION, FactEvidenceIn
from points.api.quantity_field import QuantityField
from points.models import ActivityAudience, ActivityState, EnrolmentState
from points.models.columns import CODE

#: A settlement records everybody who came in one transaction.
MOST_ATTENDEES = 1_000
MOST_ORGANISERS = 20
_PLAN = tuple(Plan.__dataclass_fields__)


def _version() -> ma.fields.Integer:
    return whole(
        least=1,
        most=MOST_VERSION,
        required=True,
        metadata={"description": "the version of the activity that was seen"},
    )


def _why(*, required: bool) -> ma.fields.String:
    if required:
        return text(longest=personal_text.LONGEST, required=True)
    return text(longest=personal_text.LONGEST, load_default=None, allow_none=True)


def _position() -> ma.fields.Integer:
    return ma.fields.Integer(
        allow_none=True,
        metadata={"description": "place in the queue, 1 is next; null for who does not wait"},
    )


def _has_priority() -> ma.fields.Boolean:
    return ma.fields.Boolean(
        metadata={"description": "waits before others by a tier with 优先 (effect priority)"}
    )


class PlanActivity(Schema):
    title = text(longest=80, required=True)
    place = text(longest=80, required=True)
    note = text(longest=500, load_default=None, allow_none=True)
    starts_at_utc = instant(required=True)
    ends_at_utc = instant(required=True)
    audience = choice(
        [each.value for each in ActivityAudience], load_default=ActivityAudience.MEMBERS.value
    )
    capacity = whole(
        least=1,
        most=MOST_ATTENDEES,
        load_default=None,
        allow_none=True,
        metadata={"description": "null: as many as come"},
    )
    rulebook_code = text(longest=CODE, load_default=None, allow_none=True)
    item_code = text(
        longest=CODE,
        load_default=None,
        allow_none=True,
        metadata={"description": "null: a service day, worth no points"},
    )
    level = text(longest=20, load_default=None, allow_none=True)
    counts_hours = ma.fields.Boolean(load_default=False)
    organiser_ids = ma.fields.List(
        ma.fields.UUID(), load_default=list, validate=Length(max=MOST_ORGANISERS)
    )

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        planned = {name: data.pop(name) for name in _PLAN}
        planned["audience"] = ActivityAudience(planned["audience"])
        return {**data, "planned": Plan(**planned)}


class ChangeActivity(PlanActivity):
    version = _version()
    why = _why(required=False)


class ActivityStep(Schema):
    version = _version()


class CancelActivity(ActivityStep):
    why = _why(required=True)


class SettleLeft(ActivityStep):
    evidence = ma.fields.List(
        ma.fields.Nested(FactEvidenceIn), load_default=list, validate=Length(max=MOST_EVIDENCE)
    )


class LeavingIn(Schema):
    attendance_id = ma.fields.UUID(required=True)
    left_at_utc = instant(required=True)
    reason = _why(required=True)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> Leaving:
        return Leaving(**data)


class SettleActivity(SettleLeft):
    leavings = ma.fields.List(
        ma.fields.Nested(LeavingIn), load_default=list, validate=Length(max=MOST_ATTENDEES)
    )


class ActivityQuery(PageQuery):
    state = choice([each.value for each in ActivityState], load_default=None)
    from_on = day(load_default=None)
    before_on = day(load_default=None)
    q = text(longest=40, load_default=None)
    is_mine = ma.fields.Boolean(load_default=False, data_key="mine")

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        after, limit, state = data.pop("after"), data.pop("limit"), data.pop("state")
        wanted = ActivityFilter(**data, state=ActivityState(state) if state else None)
        return {"wanted": wanted, "after": after, "limit": limit}


class ActivitySchema(Schema):
    id = ma.fields.UUID()
    version = ma.fields.Integer()
    state = ma.fields.String()
    title = ma.fields.String()
    place = ma.fields.String()
    note = ma.fields.String(allow_none=True)
    audience = ma.fields.String()
    starts_at_utc = ma.fields.AwareDateTime()
    ends_at_utc = ma.fields.AwareDateTime()
    capacity = ma.fields.Integer(allow_none=True)
    enrolled = ma.fields.Integer()
    item_code = ma.fields.String(allow_none=True)
    rulebook_code = ma.fields.String(allow_none=True)
    level = ma.fields.String(allow_none=True)
    counts_hours = ma.fields.Boolean()
    own = ma.fields.String(
        allow_none=True, metadata={"description": "the caller's own enrolment, if any"}
    )


class ActivityActSchema(Schema):
    act = ma.fields.String()
    version = ma.fields.Integer()
    from_state = ma.fields.String(allow_none=True)
    to_state = ma.fields.String()
    actor_id = ma.fields.UUID()
    why = ma.fields.String(allow_none=True)
    at_utc = ma.fields.AwareDateTime()


class ActivityDetailSchema(Schema):
    activity = ma.fields.Nested(ActivitySchema)
    organiser_ids = ma.fields.List(ma.fields.UUID())
    waiting = ma.fields.Integer()
    own_position = _position()
    own_has_priority = _has_priority()
    came = ma.fields.Integer()
    left = ma.fields.Integer(metadata={"description": "left for somebody else than who settled it"})
    acts = ma.fields.List(ma.fields.Nested(ActivityActSchema))


class Whom(Schema):
    """Nobody named: oneself."""

    member_id = ma.fields.UUID(load_default=None, allow_none=True)
    merchant_id = ma.fields.UUID(load_default=None, allow_none=True)


class EnrolmentQuery(PageQuery):
    state = choice([each.value for each in EnrolmentState], load_default=None)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        state = data["state"]
        return {**data, "state": EnrolmentState(state) if state else None}


class OwnEnrolmentSchema(Schema):
    id = ma.fields.UUID()
    activity_id = ma.fields.UUID()
    attendee_kind = ma.fields.String()
    attendee_id = ma.fields.UUID()
    state = ma.fields.String()
    position = _position()
    has_priority = _has_priority()
    asked_at_utc = ma.fields.AwareDateTime()
    changed_at_utc = ma.fields.AwareDateTime()


class ActivityEnrolmentSchema(Schema):
    id = ma.fields.UUID()
    attendee_kind = ma.fields.String()
    attendee_id = ma.fields.UUID()
    name = ma.fields.String()
    code = ma.fields.String(allow_none=True)
    state = ma.fields.String()
    position = _position()
    has_priority = _has_priority()
    asked_at_utc = ma.fields.AwareDateTime()
    changed_at_utc = ma.fields.AwareDateTime()


class CodeQuery(Schema):
    purpose = choice([each.value for each in Purpose], load_default=Purpose.COME.value)

    @ma.post_load
    def made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"purpose": Purpose(data["purpose"])}


class ActivityCodeSchema(Schema):
    payload = ma.fields.String(metadata={"description": "what the QR says"})
    purpose = ma.fields.String()
    issued_at_utc = ma.fields.AwareDateTime()
    expires_at_utc = ma.fields.AwareDateTime()
    seconds_left = ma.fields.Integer(metadata={"description": "ask again then"})


class ScanCode(Schema):
    code = text(longest=300, required=True, metadata={"description": "the scanned text"})
    merchant_id = ma.fields.UUID(load_default=None, allow_none=True)


class CheckIn(Whom):
    card_number = text(longest=40, load_default=None, allow_none=True)


class CheckOut(CheckIn):
    left_at_utc = instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "when it was forgotten; needs a reason"},
    )
    reason = _why(required=False)


class StrikeAttendance(Schema):
    reason = _why(required=True)


class OwnAttendanceSchema(Schema):
    id = ma.fields.UUID()
    activity_id = ma.fields.UUID()
    attendee_kind = ma.fields.String()
    attendee_id = ma.fields.UUID()
    came_at_utc = ma.fields.AwareDateTime()
    left_at_utc = ma.fields.AwareDateTime(allow_none=True)


class AttendanceSchema(Schema):
    id = ma.fields.UUID()
    attendee_kind = ma.fields.String()
    attendee_id = ma.fields.UUID()
    name = ma.fields.String()
    code = ma.fields.String(allow_none=True)
    came_at_utc = ma.fields.AwareDateTime()
    came_by = ma.fields.String()
    left_at_utc = ma.fields.AwareDateTime(allow_none=True)
    left_by = ma.fields.String(allow_none=True)
    is_struck = ma.fields.Boolean()
    hours = QuantityField(allow_none=True)
    outcome = ma.fields.String(allow_none=True)
    refusal = ma.fields.String(allow_none=True)
    fact_id = ma.fields.UUID(allow_none=True)
    elsewhere = ma.fields.List(
        ma.fields.String(), metadata={"description": "activities at the same time, as a warning"}
    )
