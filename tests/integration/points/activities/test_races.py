"""Two at once: the last places, one settlement, one member scanning twice.

Each race has a twin with the guard switched off, whose check must fail.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm.attributes import set_committed_value

from kernel import tenancy, unit_of_work
from kernel.database import db
from kernel.errors import LinliError
from points.activities import attendance, enrolments, scanning, settlement, steps
from points.models import Activity, ActivityAttendance, ActivityEnrolment
from tests.integration.points.activities.stage import ENDS, NOW, Stage

WAIT_SECONDS = 20
EIGHT, PLACES = 8, 3
seen = threading.local()


def at_once(
    app: Flask, acts: list[Callable[[], Any]], before: Callable[[], None] = lambda: None
) -> list[Any]:
    """Run every act in its own thread and unit of work; errors of ours are answers as well."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            try:
                before()
                db.session.rollback()
                barrier.wait(WAIT_SECONDS)
                return unit_of_work.run(act)
            except LinliError as error:
                return error.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(WAIT_SECONDS) for future in [pool.submit(run, act) for act in acts]]


class TestTheLastPlaces:
    @staticmethod
    def requests(stage: Stage) -> list[Callable[[], Any]]:
        stage.opened(capacity=PLACES)
        people = [stage.person(name=str(number)) for number in range(EIGHT)]
        where = stage.where
        db.session.commit()
        return [
            lambda person=person: enrolments.enrol(actor=person, now=NOW, **where).state
            for person in people
        ]

    @staticmethod
    def check(stage: Stage, answers: list[Any]) -> None:
        """Exactly as many have a place as there are, and the count says so."""
        assert sorted(answers) == ["enrolled"] * PLACES + ["waiting"] * (EIGHT - PLACES)
        db.session.rollback()
        enrolled = tenancy.columns(Activity, stage.community_id, Activity.enrolled)
        assert db.session.scalar(enrolled.where(Activity.id == stage.activity.id)) == PLACES
        rows = tenancy.columns(ActivityEnrolment, stage.community_id, sa.func.count())
        assert db.session.scalar(rows) == EIGHT

    def test_exactly_so_many_get_one(self, app: Flask, stage: Stage) -> None:
        self.check(stage, at_once(app, self.requests(stage)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        requests = self.requests(stage)
        where = stage.where
        enrolled = tenancy.columns(Activity, where["community_id"], Activity.enrolled)

        def read_first() -> None:
            seen.enrolled = db.session.scalar(enrolled.where(Activity.id == where["activity_id"]))

        def write_later(community_id: Any, activity_id: Any) -> bool:
            if seen.enrolled >= PLACES:
                return False
            db.session.execute(
                tenancy.update(Activity, community_id)
                .where(Activity.id == activity_id)
                .values(enrolled=seen.enrolled + 1)
                .execution_options(synchronize_session=False)
            )
            return True

        monkeypatch.setattr(enrolments, "take_place", write_later)
        answers = at_once(app, requests, before=read_first)
        with pytest.raises(AssertionError):
            self.check(stage, answers)


class TestOneSettlement:
    @staticmethod
    def requests(stage: Stage) -> list[Callable[[], Any]]:
        stage.running()
        stage.come(stage.person())
        values = {"actor": stage.organiser, "now": ENDS, "version": stage.activity.version}
        where = stage.where
        db.session.commit()
        return [lambda: settlement.settle(**values, **where).state] * 2

    @staticmethod
    def check(answers: list[Any]) -> None:
        """One settles; the other is told that it is settled."""
        assert sorted(answers) == ["illegal_activity_step", "settled"]

    def test_it_is_settled_once(self, app: Flask, stage: Stage) -> None:
        self.check(at_once(app, self.requests(stage)))

    def test_the_check_fails_without_the_guard(
        self, app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Then only the database stands in the way: the act's version is unique."""
        requests = self.requests(stage)
        where = stage.where

        def read_first() -> None:
            row = steps.of(where["community_id"], where["activity_id"])
            seen.state, seen.version = row.state, row.version

        def as_it_was(community_id: Any, activity_id: Any) -> Activity:
            row = steps.of(community_id, activity_id)
            set_committed_value(row, "state", seen.state)
            set_committed_value(row, "version", seen.version)
            return row

        monkeypatch.setattr(steps, "locked", as_it_was)
        answers = at_once(app, requests, before=read_first)
        assert answers.count("settled") == 1
        with pytest.raises(AssertionError):
            self.check(answers)


class TestOneMemberOnTwoPhones:
    @staticmethod
    def scans(stage: Stage) -> list[Callable[[], Any]]:
        stage.running()
        person, token = stage.person(), stage.token()
        stage.enrol(person)
        community_id = stage.community_id
        db.session.commit()
        return [
            lambda: (
                scanning.scan(
                    actor=person, now=NOW, community_id=community_id, scanned=token
                ).came_by
            )
        ] * 2

    @staticmethod
    def came(stage: Stage) -> Any:
        db.session.rollback()
        return db.session.scalar(
            tenancy.columns(ActivityAttendance, stage.community_id, sa.func.count())
        )

    def test_they_come_once(self, app: Flask, stage: Stage) -> None:
        answers = at_once(app, self.scans(stage))
        assert sorted(answers) == ["already_checked_in", "code"]
        assert self.came(stage) == 1

    def test_without_the_guard_the_second_is_told_nothing_of_use(
        self, app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither sees the other, and the insert looks for nobody: the unique key refuses it.

        That there is one row is the key's work alone; no code could be switched off to get two.
        """
        look, scans = attendance.of, self.scans(stage)

        class PlainInsert(sa.Insert):
            inherit_cache = True

            def on_conflict_do_nothing(self) -> PlainInsert:
                seen.has_written = True
                return self

        def see_only_the_own(row: Any, who: Any) -> ActivityAttendance | None:
            return look(row, who) if getattr(seen, "has_written", False) else None

        monkeypatch.setattr(attendance, "of", see_only_the_own)
        monkeypatch.setattr(attendance, "upsert", PlainInsert)
        assert sorted(at_once(app, scans)) == ["code", "conflict"]
        assert self.came(stage) == 1
