"""Batches 批量记账: opening balances and adjustments from a table, entered by two bodies."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points

LIVING = "state IN ('waiting', 'posted')"


class BatchKind(StrEnum):
    """What a batch is: balances carried over from paper 期初, or adjustments 调整."""

    OPENING = "opening"
    ENTRIES = "entries"


#: How a line of a batch is called; no item of the rulebook stands for it.
ADJUSTMENT_NAMES: Mapping[str, str] = {
    BatchKind.OPENING: "期初余额",
    BatchKind.ENTRIES: "调整",
}


class BatchState(StrEnum):
    """waiting → posted (confirmed), rejected or withdrawn; all three are final."""

    WAITING = "waiting"
    POSTED = "posted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class BatchActKind(StrEnum):
    UPLOADED = "uploaded"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PointsBatch(TenantRow, Base):
    """One uploaded table. ``sha256`` is of what it says, whatever file it came in."""

    __tablename__ = "points_batch"
    __table_args__ = (
        reference("rulebook_id", "rulebook"),
        one_of("kind", BatchKind),
        one_of("state", BatchState),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint("row_count >= 1", name="rows_from_one"),
        CheckConstraint("added >= 0 AND taken >= 0", name="totals_not_negative"),
        CheckConstraint("decided_by IS NULL OR decided_by <> uploaded_by", name="two_people"),
        CheckConstraint(
            "state IN ('waiting', 'withdrawn') OR decided_by IS NOT NULL", name="decided_by_one"
        ),
        CheckConstraint("version >= 1", name="version_from_one"),
        # serves: the same content is refused while it waits and once it is posted
        Index(
            "uq_points_batch__living_content",
            "community_id",
            "rulebook_id",
            "sha256",
            unique=True,
            sqlite_where=sa.text(LIVING),
            postgresql_where=sa.text(LIVING),
        ),
        # serves: batches of a community by state, newest first
        Index(None, "community_id", "state", "id"),
    )

    kind: Mapped[str] = mapped_column(String(WORD))
    state: Mapped[str] = mapped_column(String(WORD))
    rulebook_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    row_count: Mapped[int] = mapped_column(Integer)
    #: Sum of the positive rows, and of the negative ones without their sign.
    added: Mapped[Decimal] = mapped_column(Points())
    taken: Mapped[Decimal] = mapped_column(Points())
    uploaded_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    uploaded_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer, default=1)


class PointsBatchRow(TenantRow, Base):
    """One row of a batch: signed points for one holder, with the reason."""

    __tablename__ = "points_batch_row"
    __append_only__ = True
    __table_args__ = (
        reference("batch_id", "points_batch"),
        reference("member_id", "member"),
        reference("reason_text_id", "personal_text"),
        # serves: a batch's rows in the order of the table
        UniqueConstraint("community_id", "batch_id", "row_number"),
        UniqueConstraint("community_id", "batch_id", "holder_id"),
        CheckConstraint("points <> 0", name="points_not_zero"),
        CheckConstraint("counts_in_score OR counts_in_balance", name="counts_somewhere"),
        CheckConstraint("member_id IS NULL OR member_id = holder_id", name="member_holds"),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: As the spreadsheet shows it.
    row_number: Mapped[int] = mapped_column(Integer)
    #: Member or household, as the rulebook says.
    holder_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    points: Mapped[Decimal] = mapped_column(Points())
    counts_in_score: Mapped[bool] = mapped_column(Boolean)
    counts_in_balance: Mapped[bool] = mapped_column(Boolean)
    occurred_on: Mapped[dt.date] = mapped_column(Date)
    reason_text_id: Mapped[uuid.UUID] = mapped_column(Uuid)


class PointsBatchAct(TenantRow, Base):
    """One act on a batch: who, in which body, when and why."""

    __tablename__ = "points_batch_act"
    __append_only__ = True
    __table_args__ = (
        reference("batch_id", "points_batch"),
        reference("why_text_id", "personal_text"),
        # serves: the acts of one batch, oldest first
        Index(None, "community_id", "batch_id", "id"),
        one_of("act", BatchActKind),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    act: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(String(WORD))
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
