"""Rows of activities that the database must refuse, for test_constraints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kernel.ids import new_id

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
EARLIER = NOW - dt.timedelta(hours=1)
LEFT = {"left_at_utc": NOW, "left_by": "code", "left_entered_by": new_id()}


def activity(rows: Any, **values: Any) -> Any:
    return rows.make.activity(**rows.own, **values)


def _of(rows: Any, factory: str, **values: Any) -> Any:
    activity_id = values.pop("activity_id", None) or activity(rows).id
    return getattr(rows.make, factory)(activity_id=activity_id, **rows.own, **values)


def attendance(rows: Any, **values: Any) -> Any:
    return _of(rows, "activity_attendance", **values)


def _twice(rows: Any, factory: str, **values: Any) -> None:
    same = {"activity_id": activity(rows).id, **values}
    for _ in range(2):
        _of(rows, factory, **same)


BROKEN: dict[str, Callable[[Any], Any]] = {
    "activity state": lambda r: activity(r, state="over"),
    "activity audience": lambda r: activity(r, audience="children"),
    "activity ends after its start": lambda r: activity(r, ends_at_utc=NOW),
    "activity enrolled not negative": lambda r: activity(r, enrolled=-1),
    "activity within capacity": lambda r: activity(r, capacity=2, enrolled=3),
    "activity room for somebody": lambda r: activity(r, capacity=0),
    "activity version": lambda r: activity(r, version=0),
    "activity item of a rulebook": lambda r: activity(r, item_code="CAP"),
    "service day without hours": lambda r: activity(r, counts_hours=True),
    "service day without level": lambda r: activity(r, level="大"),
    "organiser once": lambda r: _twice(r, "activity_organiser", account_id=new_id()),
    "organiser until later": lambda r: _of(r, "activity_organiser", until_at_utc=NOW),
    "organiser of an activity": lambda r: _of(r, "activity_organiser", activity_id=new_id()),
    "activity act": lambda r: _of(r, "activity_act", act="forgotten"),
    "activity act leads somewhere": lambda r: _of(r, "activity_act", to_state="over"),
    "activity act per version": lambda r: _twice(r, "activity_act"),
    "enrolment once": lambda r: _twice(r, "activity_enrolment", attendee_id=new_id()),
    "enrolment state": lambda r: _of(r, "activity_enrolment", state="maybe"),
    "enrolment of whom": lambda r: _of(r, "activity_enrolment", attendee_kind="dog"),
    "attends once": lambda r: _twice(r, "activity_attendance", attendee_id=new_id()),
    "attendance of whom": lambda r: attendance(r, attendee_kind="dog"),
    "came somehow": lambda r: attendance(r, came_by="rumor"),
    "left somehow known": lambda r: attendance(r, **{**LEFT, "left_by": "rumor"}),
    "left by somebody": lambda r: attendance(r, **{**LEFT, "left_entered_by": None}),
    "left later": lambda r: attendance(r, **{**LEFT, "left_at_utc": EARLIER}),
    "struck for a reason": lambda r: attendance(r, struck_at_utc=NOW, struck_by=new_id()),
    "outcome known": lambda r: attendance(r, outcome="lost"),
    "recorded as a fact": lambda r: attendance(r, outcome="recorded"),
    "a fact only where recorded": lambda r: attendance(r, outcome="left", fact_id=r.fact.id),
    "hours not negative": lambda r: attendance(r, hours=Decimal("-0.01")),
    "fact of an activity there is": lambda r: r.new_fact(activity_id=new_id()),
}  # fmt: skip
