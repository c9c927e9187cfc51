"""Claims 申报: what a member says to have done, the photos that show it, and the acts on it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Date, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, LocalRow, TenantRow, UtcDateTime
from kernel.files import StoredFile
from points.models.columns import CODE, Quantity
from points.models.facts import EvidenceKind

MOST_PHOTOS = 3


class ClaimState(StrEnum):
    """Where a claim stands."""

    SUBMITTED = "submitted"
    #: A grid worker or another checker looked at it, and it may be decided.
    CHECKED = "checked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ClaimActKind(StrEnum):
    """What was done to a claim; ``approved`` is an approval after which others are missing."""

    SUBMITTED = "submitted"
    CHECKED = "checked"
    APPROVED = "approved"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Screening(StrEnum):
    """What WeChat's content check says of a photo."""

    #: not asked: the check is not set up, or the account has no openid
    NONE = "none"
    WAITING = "waiting"
    PASSED = "passed"
    #: WeChat is not sure: people look
    REVIEW = "review"
    #: shown to nobody
    RISKY = "risky"


class Claim(TenantRow, Base):
    """One thing a member says to have done, judged by one item version; a fact once accepted.

    It changes only together with an appended :class:`ClaimAct`.
    """

    __tablename__ = "claim"
    __table_args__ = (
        reference("member_id", "member"),
        reference("household_id", "household"),
        reference("grid_id", "grid"),
        reference("score_item_id", "score_item"),
        reference("text_id", "personal_text"),
        reference("fact_id", "fact"),
        one_of("state", ClaimState),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("occurred_on <= received_on", name="claimed_afterwards"),
        CheckConstraint("(state = 'accepted') = (fact_id IS NOT NULL)", name="accepted_is_a_fact"),
        CheckConstraint(
            "(state IN ('accepted', 'declined')) = (decided_by IS NOT NULL)"
            " AND (decided_by IS NULL) = (decided_at_utc IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "(state <> 'submitted' OR checked_by IS NULL)"
            " AND (state NOT IN ('checked', 'accepted') OR checked_by IS NOT NULL)",
            name="checked_before_decided",
        ),
        CheckConstraint(
            "(checked_by IS NULL OR checked_by <> claimed_by)"
            " AND (decided_by IS NULL OR decided_by <> claimed_by)",
            name="nobody_for_oneself",
        ),
        # serves: the deciders' list by state, oldest first, and the counts by state
        Index(None, "community_id", "state", "id"),
        # serves: my claims, newest first
        Index(None, "community_id", "member_id", "id"),
        # serves: claims like this one: same item and day
        Index(None, "community_id", "item_code", "occurred_on"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The member's household and grid on that day, pinned.
    household_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    grid_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    claimed_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    score_item_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    item_code: Mapped[str] = mapped_column(String(CODE))
    rulebook_code: Mapped[str] = mapped_column(String(CODE))
    occurred_on: Mapped[dt.date] = mapped_column(Date)
    #: The business date it came in: the item's deadline counts to it, not to the decision.
    received_on: Mapped[dt.date] = mapped_column(Date)
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    level: Mapped[str | None] = mapped_column(String(20))
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(String(WORD))
    checked_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    fact_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    submitted_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ClaimAct(TenantRow, Base):
    """One step of a claim, with the version it made."""

    __tablename__ = "claim_act"
    __append_only__ = True
    __table_args__ = (
        reference("claim_id", "claim"),
        reference("reason_text_id", "personal_text"),
        UniqueConstraint("community_id", "claim_id", "version"),
        one_of("act", ClaimActKind),
        CheckConstraint("act <> 'declined' OR reason_text_id IS NOT NULL", name="declined_why"),
    )

    claim_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    act: Mapped[str] = mapped_column(String(WORD))
    #: The version of the claim after this act.
    version: Mapped[int] = mapped_column(Integer)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    actor_role: Mapped[str] = mapped_column(String(WORD))
    reason_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ClaimApproval(TenantRow, Base):
    """One person's word that it happened as claimed; whoever checked it is the first."""

    __tablename__ = "claim_approval"
    __append_only__ = True
    __table_args__ = (
        reference("claim_id", "claim"),
        UniqueConstraint("community_id", "claim_id", "approver_id"),
    )

    claim_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    approver_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(String(WORD))
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ClaimPhoto(TenantRow, Base):
    """A photo a member uploaded, alone at first, then one of at most three of a claim."""

    __tablename__ = "claim_photo"
    __table_args__ = (
        reference("member_id", "member"),
        reference("file_id", StoredFile.__tablename__),
        reference("claim_id", "claim"),
        UniqueConstraint("community_id", "file_id"),
        # serves: the photos of a claim, in their order
        UniqueConstraint("community_id", "claim_id", "position"),
        one_of("kind", EvidenceKind),
        one_of("screening", Screening),
        CheckConstraint("(claim_id IS NULL) = (position IS NULL)", name="placed_in_a_claim"),
        CheckConstraint(
            f"position IS NULL OR position BETWEEN 1 AND {MOST_PHOTOS}", name="three_at_most"
        ),
        # serves: everything one member uploaded, to be erased
        Index(None, "community_id", "member_id", "id"),
        # serves: the sweep's search for photos that nothing needs any more
        Index(
            "ix_claim_photo__not_erased",
            "community_id",
            "uploaded_at_utc",
            sqlite_where=sa.text("erased_at_utc IS NULL"),
            postgresql_where=sa.text("erased_at_utc IS NULL"),
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    uploaded_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    file_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    claim_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    position: Mapped[int | None] = mapped_column(Integer)
    #: What the photo shows, as a rulebook asks for it: itself, or a certificate, a receipt …
    kind: Mapped[str] = mapped_column(String(WORD))
    screening: Mapped[str] = mapped_column(String(WORD))
    uploaded_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    erased_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ClaimDay(TenantRow, Base):
    """How much a member sent on one business day: the row that both quotas are taken from."""

    __tablename__ = "claim_day"
    __deletable__ = True
    __table_args__ = (
        reference("member_id", "member"),
        UniqueConstraint("community_id", "member_id", "day"),
        CheckConstraint("claims >= 0 AND uploads >= 0", name="counted_up"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    day: Mapped[dt.date] = mapped_column(Date)
    claims: Mapped[int] = mapped_column(Integer, default=0)
    uploads: Mapped[int] = mapped_column(Integer, default=0)


class PhotoCheck(LocalRow, Base):
    """A content check WeChat was asked for: its answer names nothing but the trace id."""

    __tablename__ = "photo_check"
    __deletable__ = True

    trace_id: Mapped[str] = mapped_column(String(80), unique=True)
    community_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    photo_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    asked_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
