"""What becomes of the points of those who leave, and points carried over between communities."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
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


class LeftChoice(StrEnum):
    """What becomes of the points of one member who left."""

    #: the community has not decided yet: they stay where they are
    UNDECIDED = "undecided"
    EXPIRES = "expires"
    HOUSEHOLD = "household"
    CARRIED_OVER = "carried_over"


class LeftBalance(TenantRow, Base):
    """One member who left: what becomes of their points, from ``settle_on`` on.

    What arrives later (a late fact, an upheld objection) goes the same way at the next run.
    """

    __tablename__ = "left_balance"
    __table_args__ = (
        reference("member_id", "member"),
        reference("heir_id", "member"),
        UniqueConstraint("community_id", "member_id"),
        one_of("choice", LeftChoice),
        CheckConstraint("choice <> 'household' OR heir_id IS NOT NULL", name="household_has_heir"),
        CheckConstraint(
            "choice <> 'carried_over' OR to_community_id IS NOT NULL", name="carried_somewhere"
        ),
        CheckConstraint("heir_id IS NULL OR heir_id <> member_id", name="heir_is_another"),
        CheckConstraint("version >= 1", name="version_from_one"),
        # serves: whose points are due to be settled, and the list of those who left
        Index(None, "community_id", "settle_on", "id"),
        # serves: where somebody was a member before
        Index(None, "person_id"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The account the member was bound to.
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    choice: Mapped[str] = mapped_column(String(WORD))
    settle_on: Mapped[dt.date] = mapped_column(Date)
    heir_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    to_community_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("community.id"))
    decided_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    decided_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class CarriedOut(TenantRow, Base):
    """Points on their way to another community; the transfer there has the same id.

    They are in transit until ``arrived_at_utc``.
    """

    __tablename__ = "carried_out"
    __table_args__ = (
        reference("left_balance_id", "left_balance"),
        reference("id", "transfer"),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("to_community_id <> community_id", name="to_another_community"),
        UniqueConstraint("community_id", "number"),
        # serves: what one who left has carried over
        Index(None, "community_id", "left_balance_id", "id"),
    )

    left_balance_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    to_community_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("community.id"))
    points: Mapped[Decimal] = mapped_column(Points())
    #: Told to the person: the other community finds the points by it.
    number: Mapped[str] = mapped_column(String(10))
    sent_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    arrived_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class CarriedIn(TenantRow, Base):
    """Points that came from another community; waiting until it is known whose they are here."""

    __tablename__ = "carried_in"
    __table_args__ = (
        reference("member_id", "member"),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("from_community_id <> community_id", name="from_another_community"),
        CheckConstraint(
            "(member_id IS NULL) = (arrived_at_utc IS NULL)", name="arrived_at_somebody"
        ),
        # serves: what waits for somebody, and finding it by its number
        Index(None, "community_id", "number"),
        # serves: what waits for the person who is bound now
        Index(None, "community_id", "person_id"),
    )

    from_community_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    points: Mapped[Decimal] = mapped_column(Points())
    number: Mapped[str] = mapped_column(String(10))
    received_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    member_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    arrived_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ExclusionActKind(StrEnum):
    """Somebody is excluded for a period, or is so no longer."""

    EXCLUDED = "excluded"
    ENDED = "ended"


class ExclusionAct(TenantRow, Base):
    """One act on an exclusion 不参评: the dated tag it set or ended, and why."""

    __tablename__ = "exclusion_act"
    __append_only__ = True
    __table_args__ = (
        reference("member_tag_id", "member_tag"),
        reference("member_id", "member"),
        reference("reason_text_id", "personal_text"),
        one_of("act", ExclusionActKind),
        # serves: the acts on one exclusion; set once, ended once
        UniqueConstraint("community_id", "member_tag_id", "act"),
        # serves: the exclusions of a member, newest first
        Index(None, "community_id", "member_id", "id"),
    )

    member_tag_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    act: Mapped[str] = mapped_column(String(WORD))
    #: The first day on which it does not count any more, after this act.
    ends_on: Mapped[dt.date] = mapped_column(Date)
    reason_text_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
