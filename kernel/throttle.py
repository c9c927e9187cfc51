"""Throttling of guesses (passwords, slips), counted in the database so that it holds for every
process and survives a restart. Keys are HMACs: the table holds no names and no addresses.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Integer, String, case, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, LocalRow, UtcDateTime, db, upsert
from kernel.errors import TooMany
from kernel.ids import new_id
from kernel.one_time_codes import digest


class Throttle(LocalRow, Base):
    """Failed attempts under one key in the window that ends at ``window_ends_at_utc``."""

    __tablename__ = "throttle"
    __deletable__ = True

    key: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int] = mapped_column(Integer)
    window_ends_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


def check(*, purpose: str, subject: str, most: int, now: dt.datetime) -> None:
    """Raise TooMany when ``most`` failures stand in the running window."""
    row = db.session.scalar(select(Throttle).where(Throttle.key == digest(purpose, subject)))
    if row is not None and row.failures >= most and row.window_ends_at_utc > now:
        seconds = int((row.window_ends_at_utc - now).total_seconds()) + 1
        raise TooMany(retry_after=seconds)


def note_failure(*, purpose: str, subject: str, window: dt.timedelta, now: dt.datetime) -> None:
    """Count one failure; one statement, so that concurrent guesses are all counted."""
    fresh = Throttle.window_ends_at_utc <= now
    statement = upsert(Throttle).values(
        id=new_id(), key=digest(purpose, subject), failures=1, window_ends_at_utc=now + window
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "failures": case((fresh, 1), else_=Throttle.failures + 1),
                "window_ends_at_utc": case(
                    (fresh, now + window), else_=Throttle.window_ends_at_utc
                ),
            },
        )
    )


def clear(*, purpose: str, subject: str) -> None:
    """Forget the failures after a success."""
    db.session.execute(delete(Throttle).where(Throttle.key == digest(purpose, subject)))


def take_back(*, purpose: str, subject: str) -> None:
    """Undo one count, for attempts that are counted before they are verified."""
    db.session.execute(
        update(Throttle)
        .where(Throttle.key == digest(purpose, subject), Throttle.failures > 0)
        .values(failures=Throttle.failures - 1)
    )
