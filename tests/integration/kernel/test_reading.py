"""Who only reads: no session, no transaction; and whoever writes afterwards has both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import MultipleResultsFound, NoResultFound

from kernel import unit_of_work
from kernel.database import begin_reading, connection_in_use, db, end_reading, table_of
from kernel.errors import Invalid
from kernel.prepared import Prepared
from kernel.throttle import Throttle

COUNT = Prepared(lambda: sa.select(sa.func.count()).select_from(table_of(Throttle)))
FIRST = Prepared(
    lambda: (
        sa.select(Throttle.key, Throttle.failures)
        .where(Throttle.failures >= sa.bindparam("p_failures"))
        .order_by(Throttle.key)
    )
)


@pytest.fixture
def reading(app: Flask, session: Any) -> Iterator[None]:
    """A request that reads, before its first statement."""
    db.session.remove()
    begin_reading()
    yield
    end_reading()
    db.session.remove()


def add(now: dt.datetime, *keys: str) -> None:
    for number, key in enumerate(keys, start=1):
        db.session.add(Throttle(key=key, failures=number, window_ends_at_utc=now))
    db.session.flush()


def fails(now: dt.datetime) -> None:
    add(now, "a", "b")
    raise Invalid()


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


@pytest.mark.usefixtures("reading")
class TestReading:
    def test_it_makes_no_session_and_no_transaction(self) -> None:
        assert COUNT().scalar_one() == 0
        assert db.session.registry.has() is not is_postgresql()
        if is_postgresql():
            raw = connection_in_use().connection.dbapi_connection
            assert raw is not None
            assert raw.autocommit

    def test_a_session_that_is_asked_for_shares_the_connection(self) -> None:
        used = connection_in_use()
        assert db.session.execute(sa.select(sa.literal(1))).scalar_one() == 1
        assert not is_postgresql() or connection_in_use() is used

    def test_a_unit_of_work_after_it_is_undone_whole(self, now: dt.datetime) -> None:
        assert COUNT().scalar_one() == 0
        with pytest.raises(Invalid):
            unit_of_work.run(fails, now)
        assert COUNT().scalar_one() == 0

    def test_a_unit_of_work_after_it_is_committed(self, now: dt.datetime) -> None:
        assert COUNT().scalar_one() == 0
        unit_of_work.run(add, now, "a")
        assert COUNT().scalar_one() == 1

    def test_its_connection_writes_in_transactions_again(self, now: dt.datetime) -> None:
        """The pool of the next request holds the connection of this one."""
        for _request in range(3):
            begin_reading()
            assert COUNT().scalar_one() == 0
            end_reading()
            with pytest.raises(Invalid):
                unit_of_work.run(fails, now)
        assert COUNT().scalar_one() == 0


class TestRows:
    @pytest.fixture(autouse=True)
    def three(self, session: Any, now: dt.datetime) -> None:
        add(now, "a", "b", "c")

    def test_they_are_asked_for_as_results_are(self) -> None:
        rows = FIRST(p_failures=2)
        assert [(row.key, row.failures) for row in rows] == [("b", 2), ("c", 3)]
        assert rows.all() == [("b", 2), ("c", 3)]
        assert rows.first() == ("b", 2)
        assert FIRST(p_failures=3).one() == ("c", 3)
        assert FIRST(p_failures=3).scalar_one() == "c"
        assert FIRST(p_failures=3).scalar_one_or_none() == "c"

    def test_none_is_none_or_refused(self) -> None:
        none = FIRST(p_failures=4)
        assert none.first() is None
        assert none.one_or_none() is None
        assert none.scalar_one_or_none() is None
        with pytest.raises(NoResultFound):
            none.one()

    def test_two_are_not_one(self) -> None:
        for asked in (FIRST(p_failures=2).one, FIRST(p_failures=2).one_or_none):
            with pytest.raises(MultipleResultsFound):
                asked()
