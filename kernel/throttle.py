"""Throttling of guesses (passwords, slips), counted in the database so that it holds for every
process and survives a restart. Keys are HMACs: the table holds no names and no addresses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, String, bindparam, case, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, LocalRow, UtcDateTime, db, upsert
from kernel.errors import TooMany
from kernel.ids import new_id
from kernel.one_time_codes import digest
from kernel.prepared import Prepared


class Throttle(LocalRow, Base):
    """Failed attempts under one key in the window that ends at ``window_ends_at_utc``."""

    __tablename__ = "throttle"
    __deletable__ = True

    key: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int] = mapped_column(Integer)
    window_ends_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Failures in the running window, this one included, and when the window ends."""

    failures: int
    until: dt.datetime


def check(*, purpose: str, subject: str, most: int, now: dt.datetime) -> None:
    """Raise TooMany when ``most`` failures stand in the running window."""
    seconds = wait(purpose=purpose, most={subject: most}, now=now)
    if seconds:
        raise TooMany(retry_after=seconds)


def wait(*, purpose: str, most: Mapping[str, int], now: dt.datetime) -> int:
    """Seconds until none of the subjects has reached its most failures; 0 when none has now.

    ``most`` is subject → failures. One statement.
    """
    keys = {digest(purpose, subject): limit for subject, limit in most.items()}
    rows = _FAILURES(p_keys=list(keys))
    return max(
        (
            int((row.window_ends_at_utc - now).total_seconds()) + 1
            for row in rows
            if row.failures >= keys[row.key] and row.window_ends_at_utc > now
        ),
        default=0,
    )


_FAILURES = Prepared(
    lambda: select(Throttle.key, Throttle.failures, Throttle.window_ends_at_utc).where(
        Throttle.key.in_(bindparam("p_keys", expanding=True))
    )
)


def note_failure(
    *,
    purpose: str,
    subject: str,
    window: dt.timedelta,
    now: dt.datetime,
    most: int | None = None,
) -> Counted:
    """Count one failure; one statement, so that concurrent guesses are all counted.

    The failure that reaches ``most`` begins the window anew: whoever is stopped waits all of it.
    """
    row = _NOTE(
        id=new_id(), key=digest(purpose, subject), failures=1, window_ends_at_utc=now + window,
        p_now=now, p_most=most,
    ).one()  # fmt: skip
    return Counted(failures=row.failures, until=row.window_ends_at_utc)


def _noting() -> Any:
    fresh = Throttle.window_ends_at_utc <= bindparam("p_now", type_=UtcDateTime())
    # Without a limit it is unknown whether that is reached, and nothing begins.
    begins_anew = fresh | (Throttle.failures + 1 == bindparam("p_most", type_=Integer()))
    statement = upsert(Throttle)
    return statement.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={
            "failures": case((fresh, 1), else_=Throttle.failures + 1),
            "window_ends_at_utc": case(
                (begins_anew, statement.excluded.window_ends_at_utc),
                else_=Throttle.window_ends_at_utc,
            ),
        },
    ).returning(Throttle.failures, Throttle.window_ends_at_utc)


_NOTE = Prepared(_noting)


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
