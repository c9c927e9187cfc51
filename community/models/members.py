"""Members: people of one community, with dated kinds, grid, household and tags."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, period, reference
from kernel.database import Base, TenantRow


class MemberKind(StrEnum):
    """What a member is in the community; a person may be several at once."""

    RESIDENT = "resident"
    IN_SERVICE_PARTY_MEMBER = "in_service_party_member"
    GRID_WORKER = "grid_worker"
    PROPERTY_STAFF = "property_staff"
    NEW_EMPLOYMENT_WORKER = "new_employment_worker"


class LeaveReason(StrEnum):
    """Why somebody is no member any more."""

    #: to another community of the platform, as a new member there
    MOVED_WITHIN = "moved_within"
    MOVED_OUT = "moved_out"
    DIED = "died"
    OTHER = "other"


class Member(TenantRow, Base):
    """A person of one community. Someone who moves gets a new Member under the same account."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("community_id", "public_code"),
        # serves: the list of members in the order of their names
        Index(None, "community_id", "sort_key", "id"),
        period("joined_on", "left_on"),
        CheckConstraint(
            "left_reason IS NULL OR left_reason IN ('moved_within', 'moved_out', 'died', 'other')",
            name="left_reason_known",
        ),
        CheckConstraint("(left_on IS NULL) = (left_reason IS NULL)", name="left_for_a_reason"),
        CheckConstraint(
            "senior_from IS NULL OR senior_from BETWEEN 1900 AND 2200", name="senior_from_year"
        ),
    )

    name: Mapped[str] = mapped_column(String(40))
    #: Pinyin of the name, so that both engines sort alike.
    sort_key: Mapped[str] = mapped_column(String(160))
    #: Shown instead of a household code for members without a household.
    public_code: Mapped[str | None] = mapped_column(String(8))
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    joined_on: Mapped[dt.date] = mapped_column(Date)
    left_on: Mapped[dt.date | None] = mapped_column(Date)
    left_reason: Mapped[str | None] = mapped_column(String(WORD))
    #: The year from which the member counts as senior; never a birth date.
    senior_from: Mapped[int | None] = mapped_column(Integer)


class Membership(TenantRow, Base):
    """What a member is and where they belong in [valid_from, valid_to)."""

    __tablename__ = "membership"
    __table_args__ = (
        reference("member_id", "member"),
        reference("grid_id", "grid"),
        reference("household_id", "household"),
        period("valid_from", "valid_to"),
        CheckConstraint("CAST(kinds AS VARCHAR) <> '[]'", name="some_kind"),
        # serves: the membership of a member on a day
        Index(None, "community_id", "member_id", "valid_from"),
        # serves: who lives in a household
        Index(None, "community_id", "household_id"),
        # serves: who belongs to a grid
        Index(None, "community_id", "grid_id"),
        # one open membership per member
        Index(
            "uq_membership__open",
            "community_id",
            "member_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    grid_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    household_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    valid_from: Mapped[dt.date] = mapped_column(Date)
    valid_to: Mapped[dt.date | None] = mapped_column(Date)


class MemberTag(TenantRow, Base):
    """An assigned tag (relocated_household, party_member, student …) in [valid_from, valid_to)."""

    __tablename__ = "member_tag"
    __table_args__ = (
        reference("member_id", "member"),
        period("valid_from", "valid_to"),
        UniqueConstraint("community_id", "member_id", "tag", "valid_from"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    tag: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[dt.date] = mapped_column(Date)
    valid_to: Mapped[dt.date | None] = mapped_column(Date)
