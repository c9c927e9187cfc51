"""Prepared statements answer, fail and are heard as the session's own do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kernel.database import db, table_of
from kernel.ids import new_id
from kernel.outbox import OutboxMessage
from kernel.points_value import Points
from kernel.prepared import Prepared
from kernel.unattached import Unattached

COMMUNITY = new_id()
_MESSAGE = Unattached(OutboxMessage)
_SHORT = Unattached(OutboxMessage, without=("payload",))


def _of_topic(*what: Any) -> Prepared:
    return Prepared(
        lambda: (
            sa.select(*what)
            .where(
                OutboxMessage.community_id == sa.bindparam("p_community_id"),
                OutboxMessage.topic == sa.bindparam("p_topic"),
            )
            .order_by(OutboxMessage.id)
        )
    )


@pytest.fixture
def messages(session: Any, now: dt.datetime) -> list[OutboxMessage]:
    made = [
        OutboxMessage(
            community_id=COMMUNITY, id=new_id(), topic="news", payload={"number": number},
            available_at_utc=now, attempts=number,
        )
        for number in range(3)
    ]  # fmt: skip
    session.add_all(made)
    return made


def test_it_reads_what_the_session_has_not_written_yet(messages: list[OutboxMessage]) -> None:
    read = _of_topic(OutboxMessage.id, OutboxMessage.payload, OutboxMessage.available_at_utc)

    rows = read(p_community_id=COMMUNITY, p_topic="news").all()

    assert [(row.id, row.payload, row.available_at_utc) for row in rows] == [
        (each.id, each.payload, each.available_at_utc) for each in messages
    ]
    assert read(p_community_id=COMMUNITY, p_topic="other").first() is None


def test_lists_of_values_and_defaults_are_sqlalchemys(messages: list[OutboxMessage]) -> None:
    among = Prepared(
        lambda: sa.select(OutboxMessage.id).where(
            OutboxMessage.community_id == COMMUNITY,
            OutboxMessage.id.in_(sa.bindparam("p_ids", expanding=True)),
        )
    )
    add = Prepared(lambda: sa.insert(table_of(OutboxMessage)))

    assert len(among(p_ids=[each.id for each in messages[:2]]).all()) == 2
    assert len(among(p_ids=[messages[0].id]).all()) == 1
    add(
        community_id=COMMUNITY, topic="made", payload={},
        available_at_utc=messages[0].available_at_utc,
    )  # fmt: skip
    made = _of_topic(OutboxMessage.attempts)(p_community_id=COMMUNITY, p_topic="made")
    assert made.scalar_one() == 0


def test_constants_are_written_as_their_type_says(messages: list[OutboxMessage]) -> None:
    said = Prepared(
        lambda: (
            sa.select(
                sa.literal(5, Points()).label("points"),
                sa.literal("it's", sa.String()).label("text"),
                OutboxMessage.topic,
            )
            .where(
                OutboxMessage.community_id == sa.bindparam("p_community_id"),
                OutboxMessage.topic == "news",
            )
            .limit(2)
        )
    )

    rows = said(p_community_id=COMMUNITY).all()

    assert [tuple(row) for row in rows] == [(Decimal(5), "it's", "news")] * 2


def test_a_value_that_is_missing_is_named(session: Any) -> None:
    with pytest.raises(TypeError, match="p_topic"):
        _of_topic(OutboxMessage.id)(p_community_id=COMMUNITY)


def test_whoever_listens_hears_it(messages: list[OutboxMessage], count_statements: Any) -> None:
    db.session.flush()
    read = _of_topic(OutboxMessage.id)

    with count_statements() as seen:
        read(p_community_id=COMMUNITY, p_topic="news")
        read(p_community_id=COMMUNITY, p_topic="news")

    assert len(seen) == 2
    assert "outbox_message" in seen[0]


def test_a_refused_row_is_an_error_of_sqlalchemys_and_the_connection_goes_on(
    messages: list[OutboxMessage],
) -> None:
    db.session.commit()
    add = Prepared(lambda: sa.insert(table_of(OutboxMessage)))
    first = messages[0]

    with pytest.raises(IntegrityError):
        add(
            community_id=COMMUNITY, id=first.id, topic="news", payload={},
            available_at_utc=first.available_at_utc, attempts=0,
        )  # fmt: skip
    db.session.rollback()

    read = _of_topic(OutboxMessage.id)
    assert len(read(p_community_id=COMMUNITY, p_topic="news").all()) == 3


def test_an_unattached_object_is_the_row_and_nobody_writes_it(
    messages: list[OutboxMessage],
) -> None:
    db.session.commit()
    read = _of_topic(*_MESSAGE.columns)

    found = _MESSAGE.of(read(p_community_id=COMMUNITY, p_topic="news").all()[2])
    found.topic = "changed"
    db.session.commit()

    assert (found.id, found.attempts, found.payload) == (messages[2].id, 2, {"number": 2})
    assert found.last_error is None
    assert found not in db.session
    assert read(p_community_id=COMMUNITY, p_topic="changed").first() is None


def test_what_was_left_out_is_none(messages: list[OutboxMessage]) -> None:
    read = _of_topic(*_SHORT.columns)

    found = _SHORT.of(read(p_community_id=COMMUNITY, p_topic="news").all()[0])

    assert found.attempts == 0
    assert found.payload is None
