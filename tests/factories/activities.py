"""Minimal valid rows of activities."""

from __future__ import annotations

import datetime as dt

import factory

from kernel.ids import new_id
from points import models
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


class ActivityFactory(RowFactory):
    """A service day of three hours, being planned."""

    class Meta:
        model = models.Activity

    id = factory.LazyFunction(new_id)
    title = "服务日"
    place = "一号楼前"
    audience = "members"
    starts_at_utc = NOW
    ends_at_utc = NOW + dt.timedelta(hours=3)
    enrolled = 0
    counts_hours = False
    state = "planned"
    version = 1
    planned_by = factory.LazyFunction(new_id)
    planned_at_utc = NOW


class ActivityOrganiserFactory(RowFactory):
    class Meta:
        model = models.ActivityOrganiser

    id = factory.LazyFunction(new_id)
    account_id = factory.LazyFunction(new_id)
    since_at_utc = NOW


class ActivityActFactory(RowFactory):
    class Meta:
        model = models.ActivityAct

    id = factory.LazyFunction(new_id)
    act = "planned"
    version = 1
    to_state = "planned"
    actor_id = factory.LazyFunction(new_id)
    at_utc = NOW


class ActivityEnrolmentFactory(RowFactory):
    class Meta:
        model = models.ActivityEnrolment

    id = factory.LazyFunction(new_id)
    attendee_kind = "member"
    attendee_id = factory.LazyFunction(new_id)
    state = "enrolled"
    asked_at_utc = NOW
    asked_by = factory.LazyFunction(new_id)
    changed_at_utc = NOW


class ActivityAttendanceFactory(RowFactory):
    class Meta:
        model = models.ActivityAttendance

    id = factory.LazyFunction(new_id)
    attendee_kind = "member"
    attendee_id = factory.LazyFunction(new_id)
    came_at_utc = NOW
    came_by = "code"
    came_entered_by = factory.LazyFunction(new_id)
