"""One activity with the people around it, for the tests of this folder."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from kernel.access import Actor
from kernel.database import db
from points.activities import at_the_desk, attendance_lists, enrolments, planning, scanning
from points.activities import settlement as settling
from points.activities.codes import Purpose
from points.activities.planning import Plan
from points.activities.views import AttendanceView
from points.models import Activity, ActivityAttendance, ActivityEnrolment
from tests.integration.points.world import NOW, World

#: From noon to three o'clock in Shanghai on 21 November.
STARTS, ENDS = NOW, NOW + dt.timedelta(hours=3)


def minutes(count: float) -> dt.datetime:
    """That long after the start."""
    return STARTS + dt.timedelta(minutes=count)


@dataclass
class Stage:
    """An activity in a world; ``organiser`` runs it and is no member of the community."""

    world: World
    organiser: Actor = field(init=False)
    activity: Activity = field(init=False)

    def __post_init__(self) -> None:
        self.organiser = self.world.actor("grid_worker")

    @property
    def community_id(self) -> uuid.UUID:
        return self.world.community_id

    @property
    def where(self) -> dict[str, Any]:
        return {"community_id": self.community_id, "activity_id": self.activity.id}

    def planned(self, **values: Any) -> Activity:
        organiser_ids = values.pop("organiser_ids", ())
        given = {
            "title": "周末清洁", "place": "一号楼前", "starts_at_utc": STARTS,
            "ends_at_utc": ENDS, "item_code": "CAP", **values,
        }  # fmt: skip
        self.activity = planning.plan(
            actor=self.organiser, now=NOW - dt.timedelta(days=1), community_id=self.community_id,
            planned=Plan(**given), organiser_ids=organiser_ids,
        )  # fmt: skip
        return self.activity

    def opened(self, **values: Any) -> Activity:
        self.planned(**values)
        return self.step(planning.open_enrolment, now=NOW - dt.timedelta(hours=2))

    def running(self, **values: Any) -> Activity:
        self.opened(**values)
        return self.step(planning.start)

    def step(self, act: Any, **values: Any) -> Activity:
        given = {
            "actor": self.organiser, "now": NOW, "version": self.activity.version, **self.where,
            **values,
        }  # fmt: skip
        self.activity = act(**given)
        return self.activity

    def person(self, **values: Any) -> Actor:
        """Somebody who signs in as a member of the community."""
        return self.world.bound_actor("member", self.world.member(**values))

    def id_of(self, person: Actor) -> uuid.UUID:
        return person.members[self.community_id]

    def enrol(self, person: Actor, **values: Any) -> ActivityEnrolment:
        return enrolments.enrol(**{"actor": person, "now": NOW, **self.where, **values})

    def withdraw(self, person: Actor, **values: Any) -> ActivityEnrolment:
        return enrolments.withdraw(**{"actor": person, "now": NOW, **self.where, **values})

    def token(self, now: dt.datetime = NOW, purpose: Purpose = Purpose.COME) -> str:
        return scanning.code(actor=self.organiser, now=now, purpose=purpose, **self.where).token

    def come(self, person: Actor, now: dt.datetime = NOW) -> ActivityAttendance:
        """Scan the code of this moment."""
        return scanning.scan(
            actor=person, now=now, community_id=self.community_id, scanned=self.token(now)
        )

    def leave(self, person: Actor, now: dt.datetime) -> ActivityAttendance:
        return scanning.scan(
            actor=person, now=now, community_id=self.community_id,
            scanned=self.token(now, Purpose.LEAVE),
        )  # fmt: skip

    def check_in(self, **values: Any) -> ActivityAttendance:
        return at_the_desk.check_in(**{"actor": self.organiser, "now": NOW, **self.where, **values})

    def check_out(self, **values: Any) -> ActivityAttendance:
        return at_the_desk.check_out(
            **{"actor": self.organiser, "now": NOW, **self.where, **values}
        )

    def settle(self, **values: Any) -> Activity:
        return self.step(settling.settle, **{"now": ENDS, **values})

    def sheet(self, actor: Actor | None = None) -> list[AttendanceView]:
        db.session.flush()
        return attendance_lists.attendances(actor=actor or self.organiser, limit=100, **self.where)

    def outcomes(self) -> dict[uuid.UUID, tuple[str | None, str | None]]:
        return {each.attendee_id: (each.outcome, each.refusal) for each in self.sheet()}
