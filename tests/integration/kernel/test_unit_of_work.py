"""Commit what is returned, roll back what is raised, retry what the database asks to retry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from kernel import unit_of_work
from kernel.database import db
from kernel.errors import Conflict, Invalid, Refused, Unavailable
from kernel.throttle import Throttle
from kernel.unit_of_work import as_domain_error


def add_row(key: str, now: dt.datetime) -> str:
    db.session.add(Throttle(key=key, failures=1, window_ends_at_utc=now))
    db.session.flush()
    return key


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Throttle)) or 0


class TestRun:
    def test_what_is_returned_is_committed(self, session: Any, now: dt.datetime) -> None:
        assert unit_of_work.run(add_row, "a", now) == "a"
        assert rows() == 1

    def test_what_is_raised_is_rolled_back(self, session: Any, now: dt.datetime) -> None:
        def fails() -> None:
            add_row("a", now)
            raise Invalid()

        with pytest.raises(Invalid):
            unit_of_work.run(fails)
        assert rows() == 0

    def test_a_refusal_is_committed(self, session: Any, now: dt.datetime) -> None:
        def refuses() -> Refused:
            add_row("a", now)
            return Refused(code="x", zh="不行", en="no")

        assert isinstance(unit_of_work.run(refuses), Refused)
        assert rows() == 1

    def test_a_read_before_it_does_not_spoil_the_write(
        self, session: Any, now: dt.datetime
    ) -> None:
        assert db.session.scalar(select(func.count()).select_from(Throttle)) == 0
        unit_of_work.run(add_row, "a", now)
        assert rows() == 1

    def test_an_unforeseen_error_repeats_no_values(self, session: Any) -> None:
        """Its text goes to the log, and a value may be a name or a telephone number."""
        broken = text("INSERT INTO no_such_table (name) VALUES (:name)")
        with pytest.raises(DBAPIError) as caught:
            unit_of_work.run(db.session.execute, broken, {"name": "张秀英"})
        assert "no_such_table" in str(caught.value)
        assert "张秀英" not in str(caught.value)

    def test_one_inside_another_is_a_defect(self, session: Any, now: dt.datetime) -> None:
        with pytest.raises(RuntimeError):
            unit_of_work.run(lambda: unit_of_work.run(add_row, "a", now))

    def test_a_broken_constraint_is_a_conflict(self, session: Any, now: dt.datetime) -> None:
        unit_of_work.run(add_row, "a", now)
        with pytest.raises(Conflict):
            unit_of_work.run(add_row, "a", now)

    def test_a_serialization_failure_runs_again(self, session: Any, now: dt.datetime) -> None:
        attempts: list[int] = []

        def meets_another_twice() -> str:
            attempts.append(1)
            add_row("a", now)
            if len(attempts) < 3:
                raise _operational("40001")
            return "done"

        assert unit_of_work.run(meets_another_twice) == "done"
        assert len(attempts) == 3
        assert rows() == 1

    def test_it_gives_up_after_three_times(self, session: Any) -> None:
        def always() -> None:
            raise _operational("40P01")

        with pytest.raises(Unavailable):
            unit_of_work.run(always)


@pytest.mark.parametrize("state", ["08006", "57P01", "57P03", "57014", "55P03", "53300"])
def test_what_passes_by_itself_is_unavailable(state: str) -> None:
    assert isinstance(as_domain_error(_operational(state)), Unavailable)


def test_an_unknown_database_error_is_a_defect() -> None:
    error = _operational("42703")
    assert as_domain_error(error) is error


class _Original(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def _operational(sqlstate: str) -> OperationalError:
    return OperationalError("SELECT 1", {}, _Original(sqlstate))
