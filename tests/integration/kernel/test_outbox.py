"""A message is handled after its commit; a killed worker's lease runs out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from kernel import outbox, tenancy, unit_of_work
from kernel.database import db
from kernel.ids import new_id

COMMUNITY = new_id()


def add(now: dt.datetime, topic: str = "redemption.redeemed") -> None:
    unit_of_work.run(
        outbox.add,
        community_id=COMMUNITY,
        topic=topic,
        now=now,
        payload={"redemption_id": str(new_id())},
    )


def lease(now: dt.datetime) -> list[outbox.Message]:
    return unit_of_work.run(outbox.lease, community_id=COMMUNITY, now=now)


def test_a_message_is_leased_once(session: Any, now: dt.datetime) -> None:
    add(now)
    assert len(lease(now)) == 1
    assert lease(now) == []


def test_a_rolled_back_message_does_not_exist(session: Any, now: dt.datetime) -> None:
    def fails() -> None:
        outbox.add(community_id=COMMUNITY, topic="x", now=now, payload={})
        raise RuntimeError

    with pytest.raises(RuntimeError):
        unit_of_work.run(fails)
    assert lease(now) == []


def test_the_lease_of_a_killed_worker_runs_out(session: Any, now: dt.datetime) -> None:
    add(now)
    first = lease(now)[0]
    later = now + outbox.LEASE + dt.timedelta(seconds=1)
    again = lease(later)
    assert [message.message_id for message in again] == [first.message_id]
    assert again[0].attempts == 2


def test_a_finished_message_never_comes_back(session: Any, now: dt.datetime) -> None:
    add(now)
    message = lease(now)[0]
    unit_of_work.run(outbox.finish, message=message, now=now)
    assert lease(now + dt.timedelta(days=1)) == []


def test_a_failed_message_waits_longer_each_time(session: Any, now: dt.datetime) -> None:
    add(now)
    message = lease(now)[0]
    unit_of_work.run(outbox.postpone, message=message, now=now, error=ValueError("secret 138"))
    assert lease(now + dt.timedelta(seconds=9)) == []
    later = now + dt.timedelta(seconds=11)
    assert len(lease(later)) == 1
    db.session.rollback()
    row = db.session.scalars(tenancy.select(outbox.OutboxMessage, COMMUNITY)).one()
    assert row.last_error == "ValueError"


def test_another_community_has_its_own_messages(session: Any, now: dt.datetime) -> None:
    add(now)
    other = unit_of_work.run(outbox.lease, community_id=new_id(), now=now)
    assert other == []
    assert (
        db.session.scalar(
            select(outbox.OutboxMessage.attempts).where(
                outbox.OutboxMessage.community_id == COMMUNITY
            )
        )
        == 0
    )


def test_what_failed_too_often_is_named_and_tried_again(session: Any, now: dt.datetime) -> None:
    add(now)
    for attempt in range(outbox.MOST_ATTEMPTS):
        (message,) = lease(now + dt.timedelta(days=attempt))
        late = now + dt.timedelta(days=attempt)
        unit_of_work.run(outbox.postpone, message=message, now=late, error=KeyError("x"))
    much_later = now + dt.timedelta(days=99)
    assert lease(much_later) == []
    (left,) = outbox.given_up(community_id=COMMUNITY)
    assert (left.id, left.last_error) == (message.message_id, "KeyError")
    assert unit_of_work.run(outbox.revive, community_id=new_id(), now=much_later) == 0
    assert unit_of_work.run(outbox.revive, community_id=COMMUNITY, now=much_later) == 1
    assert [one.message_id for one in lease(much_later)] == [message.message_id]
    assert outbox.given_up(community_id=COMMUNITY) == []
