"""Ledger checks 对账, and the stops of redemption 暂停兑换 that follow from a mismatch."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, CheckConstraint, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, period, reference
from kernel.database import Base, TenantRow, UtcDateTime


class StopReason(StrEnum):
    """Why nobody can redeem in a community."""

    LEDGER_MISMATCH = "ledger_mismatch"


class StopStep(StrEnum):
    """暂停, 恢复."""

    STOP = "stop"
    LIFT = "lift"


class LedgerCheck(TenantRow, Base):
    """One run of the ledger check over one community: when it began and ended, what it found.

    ``found`` keeps the first mismatches as what, place, stored, found; ids and numbers only.
    """

    __tablename__ = "ledger_check"
    __append_only__ = True
    __table_args__ = (
        CheckConstraint("mismatches >= 0", name="mismatches_not_negative"),
        CheckConstraint("stuck_holds >= 0", name="stuck_holds_not_negative"),
        CheckConstraint("ended_at_utc >= began_at_utc", name="ended_after_began"),
        # serves: the newest check of a community
        Index(None, "community_id", "began_at_utc", "id"),
    )

    began_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    mismatches: Mapped[int] = mapped_column(Integer)
    #: Holds that expired long ago and were not freed: late, but nothing is wrong with the totals.
    stuck_holds: Mapped[int] = mapped_column(Integer)
    found: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


_STANDS = sa.text("lifted_at_utc IS NULL")


class RedemptionStop(TenantRow, Base):
    """Redemption stands still in the whole community until a person lifts that."""

    __tablename__ = "redemption_stop"
    __table_args__ = (
        reference("check_id", "ledger_check"),
        one_of("reason", StopReason),
        period("stopped_at_utc", "lifted_at_utc"),
        # serves: whether redemption is stopped, asked by every redemption; and one stop at a time
        Index(
            "uq_redemption_stop__stands", "community_id",
            unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS,
        ),
    )  # fmt: skip

    #: The check that found the mismatch.
    check_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(String(WORD))
    stopped_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    lifted_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class RedemptionStopAct(TenantRow, Base):
    """One step of a stop: who, after which check, why (a person who lifts says it), when."""

    __tablename__ = "redemption_stop_act"
    __append_only__ = True
    __table_args__ = (
        reference("stop_id", "redemption_stop"),
        reference("check_id", "ledger_check"),
        reference("why_text_id", "personal_text"),
        UniqueConstraint("community_id", "stop_id", "step"),
        one_of("step", StopStep),
        CheckConstraint("(step = 'lift') = (why_text_id IS NOT NULL)", name="lifted_with_a_reason"),
    )

    stop_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    step: Mapped[str] = mapped_column(String(WORD))
    #: The check that found the mismatch, or the clean one after it.
    check_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
