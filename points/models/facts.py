"""What happened 事实, and the acts that recorded, approved and corrected it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

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
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from points.models.columns import CODE, MONTH, Quantity, month_reference


class FactActKind(StrEnum):
    """What was done to a fact."""

    RECORDED = "recorded"
    APPROVED = "approved"
    DECIDED = "decided"
    AMENDED = "amended"
    STRUCK = "struck"
    #: The member was told of it: only then a later occurrence is judged more sharply.
    TOLD = "told"
    #: An approver confirmed that what was wrong is put right.
    CORRECTED = "corrected"


class Authority(StrEnum):
    """On whose behalf an act is done; it decides which month's sheet takes the difference."""

    #: everyday recording and checking: the open month
    RECORDING = "recording"
    #: an approved claim, a settled activity, a confirmed batch: taken in like a recording
    CLAIM = "claim"
    ACTIVITY = "activity"
    BATCH = "batch"
    #: the review of the line's own month: that month until it is sealed
    REVIEW = "review"
    #: an upheld objection: that month until it is sealed, then the open one
    OBJECTION = "objection"


class Source(StrEnum):
    """What a fact comes from that no recorder typed in; the word is its authority, too."""

    CLAIM = Authority.CLAIM
    ACTIVITY = Authority.ACTIVITY
    BATCH = Authority.BATCH


class EvidenceKind(StrEnum):
    """The closed list of rulebook.schema.json, recording.evidence."""

    PHOTO = "photo"
    LIVE_PHOTO = "live_photo"
    CHECK_IN = "check_in"
    CERTIFICATE = "certificate"
    OFFICIAL_LETTER = "official_letter"
    RECEIPT = "receipt"
    PLATFORM_RECORD = "platform_record"
    BOTH_PARTIES = "both_parties"
    MEDIATION_FILE = "mediation_file"
    ACTIVITY_NOTICE = "activity_notice"
    RATING_SHEET = "rating_sheet"
    WARNING_RECORD = "warning_record"
    RECORDER_CONFIRMATION = "recorder_confirmation"
    COMMITTEE_CONFIRMATION = "committee_confirmation"
    OTHER_DOCUMENT = "other_document"


class Fact(TenantRow, Base):
    """One thing a member did, judged by one item version; points are derived, never stored here.

    It changes only together with an appended :class:`FactAct`, and is never removed: a fact found
    wrong is struck.
    """

    __tablename__ = "fact"
    __table_args__ = (
        reference("score_item_id", "score_item"),
        reference("account_id", "points_account"),
        reference("member_id", "member"),
        reference("household_id", "household"),
        reference("reason_text_id", "personal_text"),
        reference("activity_id", "activity"),
        month_reference("month"),
        UniqueConstraint("community_id", "account_id", "person_id", "item_code", "deed_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("decided IS NULL OR decided > 0", name="decided_positive"),
        CheckConstraint("approvals_needed >= 0 AND approvals >= 0", name="approvals_counted"),
        CheckConstraint(
            "is_approved = (approvals >= approvals_needed)", name="approved_when_all_agree"
        ),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("member_id IS NULL OR person_id = member_id", name="person_is_the_member"),
        CheckConstraint("told_on IS NULL OR told_on >= occurred_on", name="told_afterwards"),
        CheckConstraint(
            "corrected_on IS NULL OR corrected_on >= occurred_on", name="corrected_afterwards"
        ),
        CheckConstraint("NOT promised OR corrected_on IS NOT NULL", name="promised_corrected"),
        # serves: evaluation reads every fact of one holder
        Index(None, "community_id", "account_id", "occurred_on"),
        # serves: the list of a month's facts, newest first, and what waits for approval in it
        Index(None, "community_id", "month", "id"),
        # serves: the facts of one member, newest first
        Index(None, "community_id", "member_id", "id"),
        # serves: evaluation of a household, and what is like a fact about to be recorded
        Index(None, "community_id", "household_id", "item_code", "occurred_on"),
        # serves: evaluation of one person's limits, and what is like a fact about to be recorded
        Index(None, "community_id", "person_id", "item_code", "occurred_on"),
        # serves: the failings that go on when a month begins
        Index(None, "community_id", "item_code", "corrected_on", "account_id"),
    )

    score_item_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    item_code: Mapped[str] = mapped_column(String(CODE))
    #: The holder's account: who receives what the fact is worth.
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Whose conduct it is: the member, or the household or merchant where nobody is named.
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The same where it is a member.
    member_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: The household of who receives it, on that day, pinned.
    household_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    occurred_on: Mapped[dt.date] = mapped_column(Date)
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    level: Mapped[str | None] = mapped_column(String(20))
    #: What the panel decided for a range item.
    decided: Mapped[Decimal | None] = mapped_column(Points())
    #: Facts of one deed share it; the fact's own id where it stands alone.
    deed_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    activity_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: When the member was told of it; when it was put right, and whether with a promise.
    told_on: Mapped[dt.date | None] = mapped_column(Date)
    corrected_on: Mapped[dt.date | None] = mapped_column(Date)
    promised: Mapped[bool] = mapped_column(Boolean, default=False)
    #: Tags of member and household on that day, pinned.
    tags: Mapped[list[str]] = mapped_column(JSON)
    recorded_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    recorder_role: Mapped[str] = mapped_column(String(WORD))
    reason_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    approvals_needed: Mapped[int] = mapped_column(Integer)
    approvals: Mapped[int] = mapped_column(Integer, default=0)
    is_approved: Mapped[bool] = mapped_column(Boolean)
    is_struck: Mapped[bool] = mapped_column(Boolean, default=False)
    #: The open month that took the fact in; ``belongs_month`` is the one it happened in.
    month: Mapped[str] = mapped_column(String(MONTH))
    belongs_month: Mapped[str] = mapped_column(String(MONTH))
    recorded_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class FactAct(TenantRow, Base):
    """One act on a fact, with the version it made."""

    __tablename__ = "fact_act"
    __append_only__ = True
    __table_args__ = (
        reference("fact_id", "fact"),
        reference("reason_text_id", "personal_text"),
        UniqueConstraint("community_id", "fact_id", "version"),
        one_of("act", FactActKind),
        one_of("authority", Authority),
    )

    fact_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    act: Mapped[str] = mapped_column(String(WORD))
    #: The version of the fact after this act.
    version: Mapped[int] = mapped_column(Integer)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    actor_role: Mapped[str] = mapped_column(String(WORD))
    authority: Mapped[str] = mapped_column(String(WORD))
    reason_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: {"field": [before, after]} of what changed; numbers and levels only.
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FactApproval(TenantRow, Base):
    """One person's agreement that the fact happened as recorded."""

    __tablename__ = "fact_approval"
    __append_only__ = True
    __table_args__ = (
        reference("fact_id", "fact"),
        UniqueConstraint("community_id", "fact_id", "approver_id"),
    )

    fact_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    approver_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(String(WORD))
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FactEvidence(TenantRow, Base):
    """One piece of evidence given when the fact was recorded."""

    __tablename__ = "fact_evidence"
    __append_only__ = True
    __table_args__ = (
        reference("fact_id", "fact"),
        reference("note_text_id", "personal_text"),
        one_of("kind", EvidenceKind),
        # serves: the detail of a fact
        Index(None, "community_id", "fact_id", "id"),
    )

    fact_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(WORD))
    #: Where it lies (file or register number), erasable like every personal text.
    note_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
