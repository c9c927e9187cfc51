"""Rows that keep a running total, each updated by one conditional statement."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from points.models.columns import BIG, CODE, MONTH, TIER, Quantity, month_reference

#: The longest key of a cell: a month, a deed and a person.
CELL = 80


class MonthlyScore(TenantRow, Base):
    """The score of one holder on one month's sheet; score = base + bonus − deduction.

    A part may be negative: what is taken back after the seal stands on a later sheet.
    """

    __tablename__ = "monthly_score"
    __table_args__ = (
        reference("account_id", "points_account"),
        reference("member_id", "member"),
        month_reference("month"),
        UniqueConstraint("community_id", "account_id", "month"),
        # serves: the ranking of a month, read in one pass
        Index(None, "community_id", "month", "account_id"),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None where the holder is a household.
    member_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    month: Mapped[str] = mapped_column(String(MONTH))
    base: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    bonus: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    #: Positive when points were deducted.
    deduction: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    #: The tier 等级 reached when the month was sealed; None before, and where none fits.
    tier: Mapped[str | None] = mapped_column(String(TIER))


class LimitUsage(TenantRow, Base):
    """How much of one limit one holder, person or household used in one cell.

    Counted in the limit's smallest unit: tenths of a point, times, hundredths of a quantity.
    Two caps stand here because a version may lower a cap inside a period (rulebook-format.md
    section 6).
    """

    __tablename__ = "limit_usage"
    __table_args__ = (
        reference("rulebook_id", "rulebook"),
        UniqueConstraint("community_id", "rulebook_id", "limit_code", "whose", "cell"),
        CheckConstraint("used >= 0 AND used <= cap_highest", name="used_within_cap"),
        CheckConstraint("cap_lowest <= cap_highest", name="caps_ordered"),
        # serves: the rewriting of a holder's usage after a full evaluation
        Index(None, "community_id", "whose"),
    )

    #: A person or household may stand under the same code in two rulebooks.
    rulebook_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: A shared limit's code, or "item|measure|per|across" for an item's own limit.
    limit_code: Mapped[str] = mapped_column(String(2 * CODE))
    #: The holder's account, the person or the household, as the limit says.
    whose: Mapped[uuid.UUID] = mapped_column(Uuid)
    cell: Mapped[str] = mapped_column(String(CELL))
    used: Mapped[int] = mapped_column(BIG)
    cap_lowest: Mapped[int] = mapped_column(BIG)
    cap_highest: Mapped[int] = mapped_column(BIG)


class Accumulation(TenantRow, Base):
    """The quantity of one item that one holder gathered in one period, and what it brought."""

    __tablename__ = "accumulation"
    __table_args__ = (
        reference("account_id", "points_account"),
        UniqueConstraint("community_id", "account_id", "item_code", "cell"),
        CheckConstraint("quantity >= 0 AND granted >= 0", name="totals_not_negative"),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    item_code: Mapped[str] = mapped_column(String(CODE))
    cell: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    granted: Mapped[Decimal] = mapped_column(Points())
    #: Date of the latest fact counted; an earlier one must be evaluated in full.
    last_on: Mapped[dt.date] = mapped_column(Date)


class CounterMonth(TenantRow, Base):
    """What one holder gathered in one counter (hours, activities) in one month; kept beside points.

    Longer periods add months up.
    """

    __tablename__ = "counter_month"
    __table_args__ = (
        reference("account_id", "points_account"),
        UniqueConstraint("community_id", "account_id", "counter", "month"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    counter: Mapped[str] = mapped_column(String(CODE))
    month: Mapped[str] = mapped_column(String(MONTH))
    quantity: Mapped[Decimal] = mapped_column(Quantity())


class BaseGrant(TenantRow, Base):
    """Base points given once to one holder for one period."""

    __tablename__ = "base_grant"
    __table_args__ = (
        reference("account_id", "points_account"),
        reference("score_item_id", "score_item"),
        UniqueConstraint("community_id", "account_id", "base_code", "period_start"),
        CheckConstraint("points > 0", name="points_positive"),
    )
    __append_only__ = True

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    score_item_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    base_code: Mapped[str] = mapped_column(String(CODE))
    period_start: Mapped[dt.date] = mapped_column(Date)
    points: Mapped[Decimal] = mapped_column(Points())
    granted_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
