"""Alarms 试码提醒: somebody typed wrong digits until the counter was paused."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import period
from kernel.database import Base, TenantRow, UtcDateTime


class GuessingAlarm(TenantRow, Base):
    """One pause of typed digits, for one clerk or for a whole shop; not one row per guess."""

    __tablename__ = "guessing_alarm"
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id"], ["merchant.id"]),
        CheckConstraint("guesses >= 1", name="guesses_some"),
        period("at_utc", "resumes_at_utc"),
        # serves: the alarms of a community, latest first
        Index(None, "community_id", "at_utc", "id"),
    )

    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The clerk's account; None where the shop as a whole was paused.
    clerk_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: Wrong digits that were counted until then.
    guesses: Mapped[int] = mapped_column(Integer)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    resumes_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
