"""Points by rank 按名次计分: given once for one item, place and period."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from points.models.columns import CODE, Quantity


class RankAward(TenantRow, Base):
    """What one holder's rank by the quantity of an item was worth when the period closed.

    Computed once, from what was frozen; later quantities do not move it.
    """

    __tablename__ = "rank_award"
    __table_args__ = (
        reference("account_id", "points_account"),
        reference("score_item_id", "score_item"),
        UniqueConstraint("community_id", "account_id", "item_code", "period_start"),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("place >= 1", name="place_from_one"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    score_item_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    item_code: Mapped[str] = mapped_column(String(CODE))
    period_start: Mapped[dt.date] = mapped_column(Date)
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    #: The rank; equals share it.
    place: Mapped[int] = mapped_column(Integer)
    points: Mapped[Decimal] = mapped_column(Points())
    awarded_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
