"""Objections 异议 to one line of a month on notice, and the acts on them."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Date, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from review.models.columns import MONTH, month_reference
from review.rules.objection_steps import ObjectionState


class ObjectionKind(StrEnum):
    """A line is wrong, or a line is missing."""

    WRONG = "wrong"
    MISSING = "missing"


class ObjectionChannel(StrEnum):
    """By the member's own sign-in, or written down by staff for somebody at the counter."""

    ONLINE = "online"
    COUNTER = "counter"


class Objection(TenantRow, Base):
    """What somebody says against a month on notice; who it was is never shown to anybody else.

    ``subject_member_id`` is whose score it is about. ``line_id`` is named at once by who sees
    the line (one's own), or by the decider; a missing line gets one when it is upheld.
    """

    __tablename__ = "objection"
    __table_args__ = (
        reference("notice_id", "public_notice"),
        reference("rulebook_id", "rulebook"),
        reference("line_id", "points_line"),
        reference("subject_member_id", "member"),
        reference("objector_member_id", "member"),
        reference("text_id", "personal_text"),
        reference("reply_text_id", "personal_text"),
        reference("summary_text_id", "personal_text"),
        month_reference(),
        # serves: numbering within a notice
        UniqueConstraint("community_id", "notice_id", "number"),
        one_of("kind", ObjectionKind),
        one_of("channel", ObjectionChannel),
        one_of("state", ObjectionState),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint(
            "kind = 'wrong' OR line_id IS NULL OR state = 'upheld'", name="missing_has_no_line"
        ),
        CheckConstraint(
            "(state IN ('upheld', 'dismissed')) = (decided_by IS NOT NULL)"
            " AND (decided_by IS NULL) = (decided_at_utc IS NULL)"
            " AND (decided_by IS NULL) = (reply_text_id IS NULL)",
            name="decided_with_a_reply",
        ),
        CheckConstraint("(channel = 'counter') = (keyed_by IS NOT NULL)", name="counter_is_keyed"),
        # serves: one open objection per objector and line; filing looks it up
        Index(
            "uq_objection__one_open_per_line",
            "community_id",
            "objector_member_id",
            "line_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        # serves: rows under objection of a month; the work list
        Index(None, "community_id", "month", "state", "id"),
        # serves: my objections
        Index(None, "community_id", "objector_member_id", "id"),
        # serves: objections about me
        Index(None, "community_id", "subject_member_id", "id"),
    )

    month: Mapped[str] = mapped_column(String(MONTH))
    notice_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Whose sheet of the month it is about.
    rulebook_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Of this notice, from 1.
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(WORD))
    channel: Mapped[str] = mapped_column(String(WORD))
    state: Mapped[str] = mapped_column(String(WORD))
    line_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    subject_member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    objector_member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None when it was written down at the counter.
    objector_account_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    keyed_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    filed_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[dt.date] = mapped_column(Date)
    #: What the subject reads, in the words of the staff.
    summary_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    reply_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ObjectionAct(TenantRow, Base):
    """One step of an objection: who, from which state, to which, when."""

    __tablename__ = "objection_act"
    __append_only__ = True
    __table_args__ = (
        reference("objection_id", "objection"),
        one_of("to_state", ObjectionState),
        # serves: the history of one objection
        Index(None, "community_id", "objection_id", "id"),
    )

    objection_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None for the act that filed it.
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
