"""The database was restarted between two requests: nobody notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import create_app
from kernel import clock, throttle, unit_of_work
from kernel.database import db
from kernel.errors import Unavailable
from tests.support.backend import Backend, settings_for
from tests.support.postgresql import APP, PostgresServer

pytestmark = pytest.mark.postgresql
#: Waits until each is gone: until then a statement may still be answered.
CUT = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    f" WHERE datname = 'linli' AND usename = '{APP}'"
)


@pytest.fixture
def app(postgresql_once: Backend) -> Iterator[Flask]:
    postgresql_once.reset()
    yield postgresql_once.app
    # Nobody after us is to meet a connection that was cut here.
    with postgresql_once.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def cut(app: Flask, postgres_server: PostgresServer) -> Callable[[], None]:
    """Ends every connection of the application, as a restart does."""
    with app.app_context():
        db.session.remove()
    return lambda: postgres_server.execute(CUT)


def note(attempts: list[int]) -> None:
    attempts.append(1)
    throttle.note_failure(
        purpose="test", subject="somebody", window=dt.timedelta(minutes=5), now=clock.now()
    )


def test_reading_is_answered_over_a_fresh_connection(app: Flask, cut: Callable[[], None]) -> None:
    client: FlaskClient = app.test_client()
    assert client.get("/").status_code == 200
    cut()
    assert client.get("/").status_code == 200


def test_a_unit_of_work_runs_again_where_nothing_was_committed(
    app: Flask, cut: Callable[[], None]
) -> None:
    attempts: list[int] = []
    with app.app_context():
        unit_of_work.run(note, attempts)
        cut()
        unit_of_work.run(note, attempts)
        assert len(attempts) == 3
        db.session.remove()


def test_without_it_the_connection_is_really_gone(app: Flask, cut: Callable[[], None]) -> None:
    """Proves that the tests above look where the danger is."""
    with app.app_context():
        db.session.execute(db.text("SELECT 1"))
        db.session.rollback()
        cut()
        with pytest.raises(OperationalError):
            db.session.execute(db.text("SELECT 1"))
        db.session.remove()


def test_a_server_that_is_away_is_told_as_such() -> None:
    """It is being restarted: callers ask again, nobody searches for a defect."""
    nobody = create_app(settings_for("postgresql+psycopg://app@/linli?host=/nowhere"))
    with nobody.app_context():
        with pytest.raises(Unavailable):
            unit_of_work.run(note, [])
        db.session.remove()
    read = nobody.test_client().get("/api/v1/me", headers={"Authorization": "Bearer x"})
    assert (read.status_code, read.headers["Retry-After"]) == (503, "2")
