"""The accounting month 会计月 and its steps."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from points.models.columns import MONTH


class MonthState(StrEnum):
    """open → frozen → signed → countersigned → on notice → sealed."""

    OPEN = "open"
    FROZEN = "frozen"
    SIGNED = "signed"
    COUNTERSIGNED = "countersigned"
    ON_NOTICE = "on_notice"
    SEALED = "sealed"


class AccountingMonth(TenantRow, Base):
    """One month of one community: the row that recording shares and freezing locks."""

    __tablename__ = "accounting_month"
    __table_args__ = (
        UniqueConstraint("community_id", "month"),
        one_of("state", MonthState),
        CheckConstraint("length(month) = 7", name="month_whole"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint(
            "(state = 'open') = (frozen_at_utc IS NULL)", name="frozen_once_no_longer_open"
        ),
        CheckConstraint(
            "(state = 'sealed') = (sealed_at_utc IS NOT NULL)", name="sealed_at_a_time"
        ),
    )

    #: "2026-11"
    month: Mapped[str] = mapped_column(String(MONTH))
    state: Mapped[str] = mapped_column(String(WORD))
    version: Mapped[int] = mapped_column(Integer, default=1)
    opened_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    frozen_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    sealed_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class MonthAct(TenantRow, Base):
    """One step of a month: who, from which state, to which, why."""

    __tablename__ = "month_act"
    __append_only__ = True
    __table_args__ = (
        reference("month_id", "accounting_month"),
        reference("why_text_id", "personal_text"),
        one_of("to_state", MonthState),
        # serves: the history of one month
        Index(None, "community_id", "month_id", "id"),
    )

    month_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None for the act that opened the month.
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
