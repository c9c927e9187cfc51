"""Two activities of each community: one of last month, settled; one of next week, to enrol for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kernel import clock, tenancy
from kernel.database import db
from ops.demo.data_files import read_json
from ops.demo.script import Script
from ops.demo.stage import Neighbourhood
from points import facts
from points.activities import at_the_desk, enrolments, planning, scanning, settlement
from points.activities.codes import Purpose
from points.activities.planning import Plan
from points.activities.settlement import Leaving
from points.models import Activity, ActivityAttendance

HOURS_ITEM, CLEANING_ITEM, CLEANING_LEVEL = "XF-05", "XF-07", "参加或配合"
#: Who enrols by telephone, who is entered at the desk, who enrols and stays away.
WITH_PHONE, AT_THE_DESK, ABSENT, NEXT_TIME = 7, 3, 2, 6
SATURDAY = 5
STARTS, ENDS = dt.time(9, 0), dt.time(11, 30)
FORGOTTEN = "走得急忘了签退，组织者记得是十点半离开"


@dataclass
class Activities:
    """The activities of one community; the grid worker of the first grid organises them."""

    hood: Neighbourhood
    script: Script
    _ids: dict[str, uuid.UUID] = field(default_factory=dict)

    def write(self) -> None:
        """Put both into the script."""
        told = read_json("activities.json")[self.hood.code]
        people = self._draw(WITH_PHONE + AT_THE_DESK + ABSENT + NEXT_TIME)
        came = WITH_PHONE + AT_THE_DESK + ABSENT
        self._write_past(told["past"], people[:came])
        self._write_coming(told["coming"], people[came:])

    def _write_past(self, told: Mapping[str, Any], people: Sequence[int]) -> None:
        today = self.hood.stage.days.today
        month = clock.previous_month(clock.month_of(today))
        day = _second_saturday(month)
        with_phone, desk = people[:WITH_PHONE], people[WITH_PHONE : WITH_PHONE + AT_THE_DESK]
        at, on = self.script.at, partial(clock.at, day)
        self._plan(told, day, item_code=HOURS_ITEM, counts_hours=True, days_before=6)
        for number, index in enumerate((*with_phone, *people[-ABSENT:])):
            enrolled_on = clock.at(day - dt.timedelta(days=5), dt.time(12, number))
            at(enrolled_on, partial(self._enrol, "past", index))
        at(on(dt.time(8, 30)), partial(self._start, "past"))
        for number, index in enumerate(with_phone):
            at(on(dt.time(8, 50 + number)), partial(self._scan, index, Purpose.COME))
            if number:
                leave = partial(self._scan, index, Purpose.LEAVE)
                at(on(dt.time(11, 10 + 3 * number)), leave)
        for number, index in enumerate(desk):
            at(on(dt.time(8, 55 + number)), partial(self._check, index, at_the_desk.check_in))
            at(on(dt.time(11, 20 + number)), partial(self._check, index, at_the_desk.check_out))
        forgotten = partial(self._settle, with_phone[0], on(dt.time(10, 30)))
        at(on(dt.time(12, 0)), forgotten)

    def _write_coming(self, told: Mapping[str, Any], people: Sequence[int]) -> None:
        """The Saturday of next week; places are left for whoever signs in to the demo."""
        today = self.hood.stage.days.today
        day = today + dt.timedelta(days=7 - today.weekday() + SATURDAY)
        days_before = (day - today).days + 3
        self._plan(
            told, day, item_code=CLEANING_ITEM, level=CLEANING_LEVEL, days_before=days_before
        )
        for number, index in enumerate(people):
            asked_on = clock.at(today - dt.timedelta(days=1), dt.time(9 + number, 10))
            self.script.at(asked_on, partial(self._enrol, "coming", index))

    def _plan(
        self, told: Mapping[str, Any], day: dt.date, *, days_before: int, **terms: Any
    ) -> None:
        planned = Plan(
            title=f"{told['title']}（演示）",
            place=told["place"],
            note=told.get("note"),
            starts_at_utc=clock.at(day, STARTS),
            ends_at_utc=clock.at(day, ENDS),
            capacity=20,
            **terms,
        )
        name = "past" if terms.get("counts_hours") else "coming"
        announced = clock.at(day - dt.timedelta(days=days_before), dt.time(10, 0))
        self.script.at(announced, partial(self._announce, name, planned))

    def _announce(self, name: str, planned: Plan, now: dt.datetime) -> None:
        organiser, community_id = self.hood.staff("grid1"), self.hood.community_id
        row = planning.plan(actor=organiser, now=now, community_id=community_id, planned=planned)
        planning.open_enrolment(
            actor=organiser,
            now=now,
            community_id=community_id,
            activity_id=row.id,
            version=row.version,
        )
        self._ids[name] = row.id

    def _enrol(self, name: str, index: int, now: dt.datetime) -> None:
        enrolments.enrol(
            actor=self.hood.resident(index, now),
            now=now,
            community_id=self.hood.community_id,
            activity_id=self._ids[name],
        )

    def _start(self, name: str, now: dt.datetime) -> None:
        planning.start(
            actor=self.hood.staff("grid1"),
            now=now,
            community_id=self.hood.community_id,
            activity_id=self._ids[name],
            version=self._row(name).version,
        )

    def _scan(self, index: int, purpose: Purpose, now: dt.datetime) -> None:
        shown = scanning.code(
            actor=self.hood.staff("grid1"),
            now=now,
            community_id=self.hood.community_id,
            activity_id=self._ids["past"],
            purpose=purpose,
        )
        scanning.scan(
            actor=self.hood.resident(index, now),
            now=now,
            community_id=self.hood.community_id,
            scanned=shown.token,
        )

    def _check(self, index: int, step: Any, now: dt.datetime) -> None:
        step(
            actor=self.hood.staff("grid1"),
            now=now,
            community_id=self.hood.community_id,
            activity_id=self._ids["past"],
            member_id=self.hood.member_ids[index],
        )

    def _settle(self, forgotten: int, left_at: dt.datetime, now: dt.datetime) -> None:
        """Once; who forgot to check out is entered with the reason, a panelist approves."""
        came = self._came()
        member_id = self.hood.member_ids[forgotten]
        open_row = next(each for each in came if each.attendee_id == member_id)
        settlement.settle(
            actor=self.hood.staff("grid1"),
            now=now,
            community_id=self.hood.community_id,
            activity_id=self._ids["past"],
            version=self._row("past").version,
            leavings=[Leaving(attendance_id=open_row.id, left_at_utc=left_at, reason=FORGOTTEN)],
        )
        for each in self._came():
            if each.fact_id is not None:
                approve = partial(self._approve, each.fact_id, each.attendee_id)
                self.script.at(now + dt.timedelta(hours=4), approve)

    def _approve(self, fact_id: uuid.UUID, member_id: uuid.UUID, now: dt.datetime) -> None:
        facts.approve(
            actor=self.hood.stranger(("panel1", "panel2"), self.hood.index_of(member_id)),
            now=now,
            community_id=self.hood.community_id,
            fact_id=fact_id,
            version=1,
        )

    def _row(self, name: str) -> Activity:
        return tenancy.get(Activity, self.hood.community_id, self._ids[name])

    def _came(self) -> Sequence[ActivityAttendance]:
        statement = tenancy.select(ActivityAttendance, self.hood.community_id).where(
            ActivityAttendance.activity_id == self._ids["past"]
        )
        return db.session.scalars(statement.order_by(ActivityAttendance.id)).all()

    def _draw(self, count: int) -> list[int]:
        """Residents without an office who live elsewhere than the organiser."""
        population = self.hood.population
        organiser = population.cast_person("grid1").index
        fit = [
            person.index
            for person in population.people
            if person.household_code
            and person.has_phone
            and not person.cast_login
            and not population.share_household(organiser, person.index)
        ]
        return self.hood.rng.sample(fit, count)


def _second_saturday(month: str) -> dt.date:
    first = clock.first_day(month)
    return first + dt.timedelta(days=(SATURDAY - first.weekday()) % 7 + 7)
