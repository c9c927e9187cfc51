"""Reversals 冲回: a grant or an adjustment taken back, asked for by one, confirmed by another."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime

LIVING = "state IN ('waiting', 'posted')"


class ReversalState(StrEnum):
    WAITING = "waiting"
    POSTED = "posted"
    REJECTED = "rejected"


class LineReversal(TenantRow, Base):
    """One line to be taken back as a whole, once."""

    __tablename__ = "line_reversal"
    __table_args__ = (
        reference("line_id", "points_line"),
        reference("reason_text_id", "personal_text"),
        one_of("state", ReversalState),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name="decided_by_one"),
        CheckConstraint("version >= 1", name="version_from_one"),
        # serves: a line is reversed once, and asked for once at a time
        Index(
            "uq_line_reversal__living",
            "community_id",
            "line_id",
            unique=True,
            sqlite_where=sa.text(LIVING),
            postgresql_where=sa.text(LIVING),
        ),
        # serves: reversals of a community by state, newest first
        Index(None, "community_id", "state", "id"),
    )

    line_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(String(WORD))
    reason_text_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    asked_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    asked_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer, default=1)


class LineReversalAct(TenantRow, Base):
    """One act on a reversal: asked for, confirmed (posted) or rejected."""

    __tablename__ = "line_reversal_act"
    __append_only__ = True
    __table_args__ = (
        reference("reversal_id", "line_reversal"),
        reference("why_text_id", "personal_text"),
        # serves: the acts of one reversal, oldest first
        Index(None, "community_id", "reversal_id", "id"),
        one_of("to_state", ReversalState),
    )

    reversal_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    to_state: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(String(WORD))
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
