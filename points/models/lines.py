"""Lines 行: what is reviewed and objected to."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

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
from kernel.database import Base, TenantRow
from kernel.points_value import Points
from points.models.columns import CODE, MONTH


class LineSource(StrEnum):
    """Where a line comes from."""

    FACT = "fact"
    BASE_GRANT = "base_grant"
    RANK_AWARD = "rank_award"
    ADJUSTMENT = "adjustment"


class LineKind(StrEnum):
    """Which part of the score it counts in. A warning or absence is a line of kind record."""

    BASE = "base"
    BONUS = "bonus"
    DEDUCTION = "deduction"
    RECORD = "record"


class PointsLine(TenantRow, Base):
    """One slice of a fact, a base grant, a rank award or an adjustment, with what it is worth.

    ``entitled`` is signed: a deduction is negative. ``posted`` is the sum of its entries; after
    every act the difference is posted, so both are equal outside a unit of work.
    """

    __tablename__ = "points_line"
    __table_args__ = (
        reference("fact_id", "fact"),
        reference("base_grant_id", "base_grant"),
        reference("rank_award_id", "rank_award"),
        reference("batch_row_id", "points_batch_row"),
        reference("account_id", "points_account"),
        reference("member_id", "member"),
        reference("score_item_id", "score_item"),
        reference("month_id", "accounting_month"),
        UniqueConstraint("community_id", "fact_id", "slice"),
        UniqueConstraint("community_id", "base_grant_id"),
        UniqueConstraint("community_id", "rank_award_id"),
        UniqueConstraint("community_id", "batch_row_id"),
        one_of("source", LineSource),
        one_of("kind", LineKind),
        CheckConstraint(
            "(source = 'fact') = (fact_id IS NOT NULL)"
            " AND (source = 'base_grant') = (base_grant_id IS NOT NULL)"
            " AND (source = 'rank_award') = (rank_award_id IS NOT NULL)"
            " AND (source = 'adjustment') = (batch_row_id IS NOT NULL)"
            " AND (source = 'adjustment') = (score_item_id IS NULL)",
            name="source_named",
        ),
        CheckConstraint("slice >= 0", name="slice_from_zero"),
        CheckConstraint(
            "CASE kind WHEN 'deduction' THEN entitled <= 0 AND posted <= 0"
            " WHEN 'record' THEN entitled = 0 AND posted = 0"
            " ELSE entitled >= 0 AND posted >= 0 END",
            name="sign_follows_kind",
        ),
        # serves: the lines of a month under review
        Index(None, "community_id", "month_id", "id"),
        # serves: evaluation compares every line of one holder
        Index(None, "community_id", "account_id", "id"),
    )

    source: Mapped[str] = mapped_column(String(WORD))
    fact_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    slice: Mapped[int] = mapped_column(Integer, default=0)
    base_grant_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    rank_award_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    batch_row_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None for the base of a household.
    member_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: None for an adjustment, which no item of the rulebook stands for.
    score_item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    item_code: Mapped[str] = mapped_column(String(CODE))
    kind: Mapped[str] = mapped_column(String(WORD))
    counts_in_score: Mapped[bool] = mapped_column(Boolean)
    counts_in_balance: Mapped[bool] = mapped_column(Boolean)
    entitled: Mapped[Decimal] = mapped_column(Points())
    posted: Mapped[Decimal] = mapped_column(Points())
    #: Why it is worth nothing or only a part (rulebook-format.md section 4).
    reason: Mapped[str | None] = mapped_column(String(40))
    belongs_month: Mapped[str] = mapped_column(String(MONTH))
    #: The month it is reviewed with.
    month_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    occurred_on: Mapped[dt.date] = mapped_column(Date)
