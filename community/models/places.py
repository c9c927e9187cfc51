"""District, street, community, grid, household: where people live."""

from __future__ import annotations

import uuid
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, reference
from kernel.database import Base, ReferenceRow, TenantRow
from kernel.points_value import Points

#: What a card may spend in a day where a community has not decided otherwise.
CARD_DAILY_POINTS = Decimal(20)


class LeavingBalance(StrEnum):
    """What becomes of the points of somebody who is no member any more."""

    #: gone after the notice days
    EXPIRES = "expires"
    #: to the household's other member who is named
    HOUSEHOLD = "household"
    #: to the community of the platform the person moves to; else to the household
    CARRIED_OVER = "carried_over"


class District(ReferenceRow, Base):
    """A district 区 with the brand name and slogan that its pages, notices and cards carry."""

    __tablename__ = "district"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    brand: Mapped[str] = mapped_column(String(40))
    slogan: Mapped[str] = mapped_column(String(80))


class Street(ReferenceRow, Base):
    """A street office 街道 of a district."""

    __tablename__ = "street"

    district_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("district.id"))
    name: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20), unique=True)


class Community(ReferenceRow, Base):
    """A community 社区: the tenant. Its short code stands in URLs and codes and never changes."""

    __tablename__ = "community"
    __table_args__ = (
        CheckConstraint(
            "notice_working_days IS NULL OR notice_working_days BETWEEN 1 AND 30",
            name="notice_working_days_range",
        ),
        CheckConstraint(
            "leaving_balance IS NULL"
            " OR leaving_balance IN ('expires', 'household', 'carried_over')",
            name="leaving_balance_known",
        ),
        CheckConstraint("leaving_notice_days BETWEEN 1 AND 366", name="leaving_notice_days_range"),
        CheckConstraint("card_daily_points > 0", name="card_daily_points_positive"),
    )

    street_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("street.id"))
    name: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    #: Who publishes: 怡居苑西社区居民委员会.
    committee: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(30))
    office: Mapped[str] = mapped_column(String(80))
    hours: Mapped[str] = mapped_column(String(60))
    #: How long a notice stands; there is no default, the community must decide.
    notice_working_days: Mapped[int | None] = mapped_column(Integer)
    #: No default either: until the community has decided, the points stay where they are.
    leaving_balance: Mapped[str | None] = mapped_column(String(WORD))
    #: So long the points of somebody who left stay untouched, for what is still reviewed.
    leaving_notice_days: Mapped[int] = mapped_column(Integer, default=60)
    #: What a card 积分兑换卡 may spend in one day, low on purpose: six digits guard it.
    card_daily_points: Mapped[Decimal] = mapped_column(Points(), default=CARD_DAILY_POINTS)
    #: 红色商业联盟 …, as this community calls its alliance.
    alliance_name: Mapped[str] = mapped_column(String(40))


class Grid(TenantRow, Base):
    """A grid 网格 of a community."""

    __tablename__ = "grid"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 999", name="number_range"),
    )

    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(40))


class Household(TenantRow, Base):
    """A household 户, known in public by its code only."""

    __tablename__ = "household"
    __table_args__ = (reference("grid_id", "grid"), UniqueConstraint("community_id", "code"))

    code: Mapped[str] = mapped_column(String(8))
    grid_id: Mapped[uuid.UUID] = mapped_column(Uuid)
