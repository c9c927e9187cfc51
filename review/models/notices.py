"""Public notices 公示, their numbers, the sheets on them and their corrections 更正公告."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
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
from review.models.columns import HOUSEHOLD_CODE, LABEL, MONTH, month_reference


class NoticeState(StrEnum):
    """The clock runs, or the month is sealed."""

    ON_NOTICE = "on_notice"
    SEALED = "sealed"


class NoticeCounter(TenantRow, Base):
    """The last number given in one year: 公示〔2026〕11 号. Numbers have no gaps."""

    __tablename__ = "notice_counter"
    __table_args__ = (
        UniqueConstraint("community_id", "year"),
        CheckConstraint("last >= 1", name="last_from_one"),
    )

    year: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)


class PublicNotice(TenantRow, Base):
    """One month on the board. Due dates are fixed when it is published."""

    __tablename__ = "public_notice"
    __table_args__ = (
        month_reference(),
        # serves: the notice of a month; newest first
        UniqueConstraint("community_id", "month"),
        UniqueConstraint("community_id", "year", "number"),
        one_of("state", NoticeState),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("working_days >= 1", name="working_days_from_one"),
        CheckConstraint("due_at_utc > published_at_utc", name="due_after_publishing"),
        CheckConstraint(
            "(state = 'sealed') = (sealed_at_utc IS NOT NULL)", name="sealed_at_a_time"
        ),
    )

    month: Mapped[str] = mapped_column(String(MONTH))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(WORD))
    published_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    published_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    working_days: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[dt.date] = mapped_column(Date)
    due_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    sealed_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class NoticePart(TenantRow, Base):
    """One rulebook's sheet on a notice, with its totals, fixed when it is published.

    Totals are never restated: the difference between two editions would be one household's.
    ``bonus`` and ``deduction`` are None where the disclosure rule withholds them.
    """

    __tablename__ = "notice_part"
    __table_args__ = (
        reference("notice_id", "public_notice"),
        reference("rulebook_id", "rulebook"),
        reference("sheet_id", "sheet"),
        UniqueConstraint("community_id", "notice_id", "rulebook_id"),
        # serves: the sheets of a notice in their order
        UniqueConstraint("community_id", "notice_id", "place"),
        CheckConstraint("place >= 1", name="place_from_one"),
        CheckConstraint(
            "participants >= 0 AND records >= 0 AND adjustments >= 0", name="totals_not_negative"
        ),
        CheckConstraint("(bonus IS NULL) = (deduction IS NULL)", name="sums_shown_together"),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    rulebook_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The newest edition.
    sheet_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    place: Mapped[int] = mapped_column(Integer)
    #: Holders with at least one record that earned something.
    participants: Mapped[int] = mapped_column(Integer)
    records: Mapped[int] = mapped_column(Integer)
    bonus: Mapped[Decimal | None] = mapped_column(Points())
    deduction: Mapped[Decimal | None] = mapped_column(Points())
    #: Rows of batches 批量调整 on the month's sheet, and their sum where it is told.
    adjustments: Mapped[int] = mapped_column(Integer, default=0)
    adjusted_points: Mapped[Decimal | None] = mapped_column(Points())
    #: [{"category", "count"}], categories of fewer than five households left out.
    deductions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Correction(TenantRow, Base):
    """One row that a new edition changed, as the public may see it.

    ``number`` is that of the corrigendum within its notice; every row of one new edition has it.
    """

    __tablename__ = "correction"
    __append_only__ = True
    __table_args__ = (
        reference("notice_id", "public_notice"),
        reference("sheet_id", "sheet"),
        reference("account_id", "points_account"),
        reference("member_id", "member"),
        UniqueConstraint("community_id", "sheet_id", "account_id"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint(
            "is_public OR (household_code IS NULL AND label IS NULL AND score_before IS NULL"
            " AND score_after IS NULL AND rank_before IS NULL AND rank_after IS NULL)",
            name="private_rows_say_nothing",
        ),
        # serves: the corrections of one notice, oldest first
        Index(None, "community_id", "notice_id", "number", "id"),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    sheet_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Both editions of the row are public; otherwise only its existence is.
    is_public: Mapped[bool] = mapped_column(Boolean)
    household_code: Mapped[str | None] = mapped_column(String(HOUSEHOLD_CODE))
    label: Mapped[str | None] = mapped_column(String(LABEL))
    score_before: Mapped[Decimal | None] = mapped_column(Points())
    score_after: Mapped[Decimal | None] = mapped_column(Points())
    rank_before: Mapped[int | None] = mapped_column(Integer)
    rank_after: Mapped[int | None] = mapped_column(Integer)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
