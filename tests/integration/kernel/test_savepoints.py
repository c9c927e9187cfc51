"""What a savepoint takes back, whichever way its statements reached the driver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from kernel import outbox, tenancy
from kernel.database import db
from kernel.ids import new_id
from kernel.outbox import OutboxMessage

COMMUNITY = new_id()


def add(now: dt.datetime) -> None:
    """A prepared statement."""
    outbox.add(community_id=COMMUNITY, topic="test", now=now, payload={})


def messages() -> int:
    return len(db.session.scalars(tenancy.select(OutboxMessage, COMMUNITY)).all())


def undone(act: Callable[[dt.datetime], Any], now: dt.datetime) -> None:
    savepoint = db.session.begin_nested()
    act(now)
    savepoint.rollback()


def test_prepared_statements_are_taken_back_too(session: Any, now: dt.datetime) -> None:
    add(now)
    undone(add, now)
    assert messages() == 1
    add(now)
    assert messages() == 2


def test_also_in_a_savepoint_within_another(session: Any, now: dt.datetime) -> None:
    def twice(at: dt.datetime) -> None:
        add(at)
        undone(add, at)
        assert messages() == 1

    add(now)
    undone(lambda at: undone(add, at), now)
    assert messages() == 1
    db.session.rollback()
    twice(now)
