"""Reports 投诉 of a redemption (拒兑, 加价, 货不对板), the acts on them, warnings of merchants."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from redemption.rules.report_steps import ReportActKind, ReportKind, ReportSide, ReportState

_OPEN = sa.text("state IN ('filed', 'replied')")


class ReportChannel(StrEnum):
    """By the own sign-in, or written down by staff for somebody at the window."""

    ONLINE = "online"
    COUNTER = "counter"


class RedemptionReport(TenantRow, Base):
    """What went wrong at a shop, with the receipt; the merchant never learns who reports it."""

    __tablename__ = "redemption_report"
    __table_args__ = (
        reference("redemption_id", "redemption"),
        reference("member_id", "member"),
        reference("text_id", "personal_text"),
        reference("summary_text_id", "personal_text"),
        reference("reply_text_id", "personal_text"),
        reference("answer_text_id", "personal_text"),
        ForeignKeyConstraint(["merchant_id"], ["merchant.id"]),
        one_of("kind", ReportKind),
        one_of("channel", ReportChannel),
        one_of("state", ReportState),
        CheckConstraint("kind <> 'other' OR text_id IS NOT NULL", name="other_is_described"),
        CheckConstraint("text_id IS NOT NULL OR NOT shares_words", name="words_to_share"),
        CheckConstraint(
            "(channel = 'counter') = (keyed_by IS NOT NULL)"
            " AND (channel = 'online') = (filer_account_id IS NOT NULL)",
            name="filed_or_keyed",
        ),
        CheckConstraint(
            "(replied_by IS NULL) = (replied_at_utc IS NULL)"
            " AND (replied_by IS NULL) = (reply_text_id IS NULL)"
            " AND (state <> 'replied' OR replied_by IS NOT NULL)"
            " AND (state <> 'filed' OR replied_by IS NULL)",
            name="replied_as_a_whole",
        ),
        CheckConstraint(
            "(state IN ('upheld', 'not_upheld', 'settled')) = (decided_by IS NOT NULL)"
            " AND (decided_by IS NULL) = (decided_at_utc IS NULL)"
            " AND (decided_by IS NULL) = (answer_text_id IS NULL)",
            name="decided_with_an_answer",
        ),
        CheckConstraint("reply_due_on <= decide_due_on", name="reply_due_first"),
        CheckConstraint("version >= 1", name="version_from_one"),
        # serves: one open report of a redemption
        Index(
            "uq_redemption_report__open", "community_id", "redemption_id",
            unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        # serves: the latest report of some receipts
        Index(None, "community_id", "redemption_id", "id"),
        # serves: the community's work list by state
        Index(None, "community_id", "state", "id"),
        # serves: a merchant's reports and its record
        Index(None, "community_id", "merchant_id", "id"),
        # serves: a member's own reports, newest first
        Index(None, "community_id", "member_id", "id"),
    )  # fmt: skip

    redemption_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(WORD))
    channel: Mapped[str] = mapped_column(String(WORD))
    state: Mapped[str] = mapped_column(String(WORD))
    #: The holder's account or a proxy's; None where it was written down at the window.
    filer_account_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    keyed_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: Whether the merchant may read the reporter's own words.
    shares_words: Mapped[bool] = mapped_column(Boolean, default=False)
    #: What the merchant reads, in the words of the staff.
    summary_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    filed_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reply_due_on: Mapped[dt.date] = mapped_column(Date)
    decide_due_on: Mapped[dt.date] = mapped_column(Date)
    reply_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    replied_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    replied_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    answer_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class RedemptionReportAct(TenantRow, Base):
    """One act on a report: what, by which side, by whom, when."""

    __tablename__ = "redemption_report_act"
    __append_only__ = True
    __table_args__ = (
        reference("report_id", "redemption_report"),
        one_of("act", ReportActKind),
        one_of("side", ReportSide),
        # serves: the history of one report
        Index(None, "community_id", "report_id", "id"),
    )

    report_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    act: Mapped[str] = mapped_column(String(WORD))
    side: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class MerchantWarning(TenantRow, Base):
    """A warning that stays on a merchant's record, given where a report was upheld."""

    __tablename__ = "merchant_warning"
    __append_only__ = True
    __table_args__ = (
        reference("report_id", "redemption_report"),
        ForeignKeyConstraint(["merchant_id"], ["merchant.id"]),
        UniqueConstraint("community_id", "report_id"),
        # serves: the warnings on one merchant's record
        Index(None, "community_id", "merchant_id", "id"),
    )

    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    report_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    given_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
