"""Entries 记账: signed points posted for a line, never changed."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import Boolean, CheckConstraint, Date, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from points.models.columns import MONTH, month_reference


class EntryCause(StrEnum):
    """The act after which the difference was posted."""

    RECORDED = "recorded"
    APPROVED = "approved"
    DECIDED = "decided"
    AMENDED = "amended"
    STRUCK = "struck"
    TOLD = "told"
    CORRECTED = "corrected"
    #: A failing that nobody put right is charged again as a month begins.
    MONTH_BEGUN = "month_begun"
    REVIEW = "review"
    OBJECTION = "objection"
    BASE_GRANT = "base_grant"
    #: Points by rank 按名次计分, paid into the month after the period.
    RANK_AWARD = "rank_award"
    #: The base of a holder who turned out to be excluded from the period 不参评.
    EXCLUDED = "excluded"
    #: A row of a batch that a second body confirmed.
    ADJUSTED = "adjusted"
    #: A grant or an adjustment taken back as a whole 冲回.
    REVERSED = "reversed"
    #: Another line of the same holder took the room of this one, or gave it back 封顶重排.
    REARRANGED = "rearranged"


class Entry(TenantRow, Base):
    """The difference between what a line is worth and what was posted for it.

    ``month`` is the sheet it stands on. ``points`` = ``moved`` − ``debt_change`` − ``lapsed``
    where it reaches the balance by itself; otherwise nothing moved.
    """

    __tablename__ = "entry"
    __append_only__ = True
    __table_args__ = (
        reference("line_id", "points_line"),
        reference("account_id", "points_account"),
        reference("reverses_id", "entry"),
        reference("moved_with_id", "entry"),
        month_reference("month"),
        UniqueConstraint("community_id", "reverses_id"),
        one_of("kind", ("base", "bonus", "deduction")),
        one_of("cause", EntryCause),
        CheckConstraint("points <> 0", name="points_not_zero"),
        CheckConstraint(
            "CASE WHEN counts_in_balance AND NOT awaits_seal"
            " THEN points = moved - debt_change - lapsed"
            " ELSE moved = 0 AND debt_change = 0 AND lapsed = 0 END",
            name="moved_and_debt_explain_points",
        ),
        CheckConstraint("lapsed = 0 OR (lapsed > 0) = (points < 0)", name="lapsed_against_points"),
        CheckConstraint("NOT awaits_seal OR counts_in_balance", name="only_balance_awaits"),
        CheckConstraint("reverses_id IS NULL OR reverses_id <> id", name="reverses_another"),
        CheckConstraint(
            "moved_with_id IS NULL OR (moved_with_id <> id AND cause = 'rearranged')",
            name="moved_with_another",
        ),
        # serves: a holder's history, newest first, at any depth
        Index(None, "community_id", "account_id", "id"),
        # serves: the sheet of a month, per holder
        Index(None, "community_id", "month", "account_id"),
        # serves: what was rearranged by one act, shown as one row
        Index(
            None,
            "community_id",
            "moved_with_id",
            sqlite_where=sa.text("moved_with_id IS NOT NULL"),
            postgresql_where=sa.text("moved_with_id IS NOT NULL"),
        ),
        # serves: the entries of one line
        Index(None, "community_id", "line_id", "id"),
    )

    line_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    month: Mapped[str] = mapped_column(String(MONTH))
    #: The month of the deed, where another month's sheet carries the entry.
    belongs_month: Mapped[str] = mapped_column(String(MONTH))
    kind: Mapped[str] = mapped_column(String(WORD))
    points: Mapped[Decimal] = mapped_column(Points())
    counts_in_score: Mapped[bool] = mapped_column(Boolean)
    counts_in_balance: Mapped[bool] = mapped_column(Boolean)
    #: What really moved between issuance and holder, signed as the holder sees it.
    moved: Mapped[Decimal] = mapped_column(Points())
    debt_change: Mapped[Decimal] = mapped_column(Points())
    #: Of a bonus taken back: what had expired of it before, which is not taken again. Negative
    #: where the bonus is given again.
    lapsed: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    #: Reaches the balance with the net of its sheet, when that is sealed.
    awaits_seal: Mapped[bool] = mapped_column(Boolean, default=False)
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: The entry of the same act and account that this one was rearranged with 封顶重排.
    moved_with_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    cause: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    occurred_on: Mapped[dt.date] = mapped_column(Date)
    created_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
