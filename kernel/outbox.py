"""The transactional outbox: what must happen after a commit, exactly as often as it committed.

A unit of work adds a message; ``flask ops worker`` leases due messages, runs the handler that
app.py registered for the topic, and marks them done. A killed worker's lease runs out and the
message is leased again, so a handler must be safe to run twice (it gets the message id).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel import tenancy
from kernel.database import Base, TenantRow, UtcDateTime, db, table_of
from kernel.ids import new_id
from kernel.prepared import Prepared

LEASE = dt.timedelta(seconds=60)
MOST_ATTEMPTS = 10
BATCH = 20


class OutboxMessage(TenantRow, Base):
    """One thing to do after the commit; payload holds ids only."""

    __tablename__ = "outbox_message"
    __deletable__ = True
    __table_args__ = (
        # serves: the worker's search for due messages of a community
        Index(
            "ix_outbox_message__due",
            "community_id",
            "available_at_utc",
            "id",
            sqlite_where=sa.text("done_at_utc IS NULL"),
            postgresql_where=sa.text("done_at_utc IS NULL"),
        ),
    )

    topic: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Not before this instant; a lease and a failure both move it into the future.
    available_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    done_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    #: Class name of the last failure; never its text, which could hold personal data.
    last_error: Mapped[str | None] = mapped_column(String(80))


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a handler gets."""

    community_id: uuid.UUID
    message_id: uuid.UUID
    topic: str
    payload: Mapping[str, Any]
    attempts: int


Handler = Callable[[Message], None]


def add(
    *, community_id: uuid.UUID, topic: str, now: dt.datetime, payload: Mapping[str, str]
) -> None:
    """Add a message to the running unit of work."""
    _ADD(
        community_id=community_id,
        id=new_id(),
        topic=topic,
        payload=dict(payload),
        available_at_utc=now,
        attempts=0,
    )


_ADD = Prepared(lambda: sa.insert(table_of(OutboxMessage)))


def lease(*, community_id: uuid.UUID, now: dt.datetime) -> list[Message]:
    """Take up to BATCH due messages of one community for LEASE; run it in a unit of work."""
    due = (
        tenancy.columns(OutboxMessage, community_id, OutboxMessage.id)
        .where(
            OutboxMessage.done_at_utc.is_(None),
            OutboxMessage.available_at_utc <= now,
            OutboxMessage.attempts < MOST_ATTEMPTS,
        )
        .order_by(OutboxMessage.available_at_utc, OutboxMessage.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(due))
    if not ids:
        return []
    rows = db.session.execute(
        tenancy.update(OutboxMessage, community_id)
        .where(OutboxMessage.id.in_(ids))
        .values(available_at_utc=now + LEASE, attempts=OutboxMessage.attempts + 1)
        .returning(
            OutboxMessage.id, OutboxMessage.topic, OutboxMessage.payload, OutboxMessage.attempts
        )
    )
    return [
        Message(
            community_id=community_id,
            message_id=row.id,
            topic=row.topic,
            payload=row.payload,
            attempts=row.attempts,
        )
        for row in rows
    ]


def finish(*, message: Message, now: dt.datetime) -> None:
    """Mark a handled message done."""
    db.session.execute(
        tenancy.update(OutboxMessage, message.community_id)
        .where(OutboxMessage.id == message.message_id)
        .values(done_at_utc=now, last_error=None)
    )


def postpone(*, message: Message, now: dt.datetime, error: BaseException) -> None:
    """Try again later, doubling the wait up to an hour."""
    wait = dt.timedelta(seconds=min(3600, 5 * 2**message.attempts))
    db.session.execute(
        tenancy.update(OutboxMessage, message.community_id)
        .where(OutboxMessage.id == message.message_id)
        .values(available_at_utc=now + wait, last_error=type(error).__name__)
    )


def given_up(*, community_id: uuid.UUID) -> list[OutboxMessage]:
    """Messages that failed MOST_ATTEMPTS times, oldest first; they wait for a person."""
    return list(
        db.session.scalars(
            tenancy.select(OutboxMessage, community_id)
            .where(OutboxMessage.done_at_utc.is_(None), OutboxMessage.attempts >= MOST_ATTEMPTS)
            .order_by(OutboxMessage.id)
        )
    )


def revive(*, community_id: uuid.UUID, now: dt.datetime) -> int:
    """Let every message that was given up on be tried again; returns how many."""
    revived = db.session.execute(
        tenancy.update(OutboxMessage, community_id)
        .where(OutboxMessage.done_at_utc.is_(None), OutboxMessage.attempts >= MOST_ATTEMPTS)
        .values(attempts=0, available_at_utc=now)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(revived.all())
