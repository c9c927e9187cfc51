"""What a sealed sheet brought to the balances of its holders."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from sqlalchemy import CheckConstraint, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from points.models.columns import MONTH, month_reference


class MonthNet(TenantRow, Base):
    """The net of a holder's entries that waited for the seal of one sheet 封账入账.

    Usually one row per holder and sheet. Where deductions go ``to_zero``, corrections of an
    earlier sealed month stand in a row of their own, because they move the balance by that
    month's ``before_floor``: max(0, x + net) − max(0, x), and then x grows by net.
    """

    __tablename__ = "month_net"
    __table_args__ = (
        reference("account_id", "points_account"),
        month_reference("month"),
        month_reference("belongs_month"),
        # serves: the nets of one holder, and x of the month a correction belongs to
        UniqueConstraint("community_id", "account_id", "month", "belongs_month"),
        CheckConstraint("belongs_month <= month", name="belongs_to_no_later_month"),
        CheckConstraint("moved - debt_change = net + let_off", name="moved_and_debt_explain_net"),
        CheckConstraint(
            "before_floor IS NOT NULL OR belongs_month < month OR let_off = 0",
            name="let_off_only_at_a_floor",
        ),
        CheckConstraint(
            "before_floor IS NULL OR belongs_month = month", name="floor_of_the_own_month"
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The sheet that was sealed.
    month: Mapped[str] = mapped_column(String(MONTH))
    #: The sheet itself, or the earlier month whose corrections these are.
    belongs_month: Mapped[str] = mapped_column(String(MONTH))
    #: Sum of the entries that waited, and of what had expired of bonuses they take back.
    net: Mapped[Decimal] = mapped_column(Points())
    #: Of bonuses taken back: what had expired of them, which is not taken again (negative where
    #: they are given again).
    expired_before: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    #: Change of the balance, signed.
    moved: Mapped[Decimal] = mapped_column(Points())
    debt_change: Mapped[Decimal] = mapped_column(Points())
    #: What the floor at zero let off (negative where a correction filled a shortfall first).
    let_off: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    #: x: balance and net before the floor, with later corrections; None without a floor.
    before_floor: Mapped[Decimal | None] = mapped_column(Points())
    sealed_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
