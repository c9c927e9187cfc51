from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from kernel import throttle, unit_of_work
from kernel.database import db
from kernel.errors import TooMany

WINDOW = dt.timedelta(minutes=15)


def fail(now: dt.datetime, subject: str = "yjyx-admin") -> None:
    unit_of_work.run(
        throttle.note_failure, purpose="password", subject=subject, window=WINDOW, now=now
    )


def check(now: dt.datetime, subject: str = "yjyx-admin") -> None:
    throttle.check(purpose="password", subject=subject, most=3, now=now)


def test_the_fourth_guess_must_wait(session: Any, now: dt.datetime) -> None:
    for _ in range(3):
        check(now)
        fail(now)
    with pytest.raises(TooMany) as refusal:
        check(now + dt.timedelta(minutes=5))
    assert refusal.value.retry_after == 601
    check(now, subject="somebody else")
    check(now + WINDOW + dt.timedelta(seconds=1))


def test_a_success_forgets_the_failures(session: Any, now: dt.datetime) -> None:
    for _ in range(3):
        fail(now)
    unit_of_work.run(throttle.clear, purpose="password", subject="yjyx-admin")
    check(now)


def test_a_new_window_starts_counting_anew(session: Any, now: dt.datetime) -> None:
    for _ in range(3):
        fail(now)
    later = now + WINDOW + dt.timedelta(seconds=1)
    fail(later)
    check(later)


def test_guesses_made_at_once_are_all_counted(app: Flask, now: dt.datetime) -> None:
    def guess() -> None:
        with app.app_context():
            fail(now)
            db.session.remove()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        row = db.session.query(throttle.Throttle).one()
        assert row.failures == 8
        db.session.remove()


def test_a_count_that_is_read_and_written_back_loses_guesses(app: Flask, now: dt.datetime) -> None:
    """The twin: what one statement counts, two would not."""
    together = threading.Barrier(8)

    def guess(_: int) -> None:
        with app.app_context():
            failures = db.session.query(throttle.Throttle).one().failures
            db.session.rollback()
            together.wait(10)
            counted = sa.update(throttle.Throttle).values(failures=failures + 1)
            unit_of_work.run(db.session.execute, counted)
            db.session.remove()

    with app.app_context():
        fail(now)
        db.session.remove()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, range(8)))
    with app.app_context():
        assert db.session.query(throttle.Throttle).one().failures == 2
        db.session.remove()
