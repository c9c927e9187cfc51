"""Quotas 名额: how much of a limited thing is used, one conditionally updated row per cell."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow

#: Length of a quota's code and of a cell.
NAME = 120


class QuotaUsage(TenantRow, Base):
    """How much of one quota is used in one cell; a busy quota is split into several slots.

    Counted in the quota's smallest unit: pieces, times, or tenths of a point. ``cap`` is the slot's
    share of ``whole``, the cap of the whole quota as it stood when the shares were made; the
    shares of all slots add up to it.
    """

    __tablename__ = "quota_usage"
    __table_args__ = (
        UniqueConstraint("community_id", "quota_code", "cell", "slot"),
        CheckConstraint("used >= 0 AND used <= cap", name="used_within_cap"),
        CheckConstraint("cap <= whole", name="cap_within_whole"),
        CheckConstraint("slot >= 0", name="slot_from_zero"),
    )

    #: What is limited, such as "stock:<offer id>"; made in quotas.py only.
    quota_code: Mapped[str] = mapped_column(String(NAME))
    #: The period, and for a limit per holder the holder.
    cell: Mapped[str] = mapped_column(String(NAME))
    slot: Mapped[int] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(BigInteger)
    cap: Mapped[int] = mapped_column(BigInteger)
    whole: Mapped[int] = mapped_column(BigInteger)
