"""Consultations 征求意见 on a rulebook: the text asked about, what was said, what was answered."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from points.models.columns import CODE


class CommentChannel(StrEnum):
    """How a comment came in; at the counter staff write down what somebody says."""

    ONLINE = "online"
    COUNTER = "counter"


class AnswerOutcome(StrEnum):
    """What became of a comment."""

    TAKEN_UP = "taken_up"
    PARTLY = "partly"
    NOT_TAKEN_UP = "not_taken_up"
    EXPLAINED = "explained"


class Consultation(TenantRow, Base):
    """One text of a version, laid open from ``starts_on`` to the end of ``last_on``."""

    __tablename__ = "consultation"
    __table_args__ = (
        reference("rulebook_version_id", "rulebook_version"),
        reference("broken_off_text_id", "personal_text"),
        # serves: the consultations of a version, the latest first
        UniqueConstraint("community_id", "rulebook_version_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("last_on >= starts_on", name="dates_not_reversed"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint(
            "(broken_off_on IS NULL) = (broken_off_text_id IS NULL)", name="broken_off_for_a_reason"
        ),
        CheckConstraint(
            "broken_off_on IS NULL OR broken_off_on <= last_on", name="broken_off_before_the_end"
        ),
        # serves: what the board shows as being consulted on now
        Index(None, "community_id", "last_on"),
    )

    rulebook_version_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Counts the consultations of one version, from 1.
    number: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[dt.date] = mapped_column(Date)
    last_on: Mapped[dt.date] = mapped_column(Date)
    #: What people were asked about: the whole text, joined with what it extends.
    document: Mapped[str] = mapped_column(Text)
    #: Hash of the version's own text, which may be revised afterwards.
    sha256: Mapped[str] = mapped_column(String(64))
    opened_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    opened_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    broken_off_on: Mapped[dt.date | None] = mapped_column(Date)
    broken_off_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class ConsultationComment(TenantRow, Base):
    """What somebody said about the text; who it was is shown to nobody but themselves."""

    __tablename__ = "consultation_comment"
    __append_only__ = True
    __table_args__ = (
        reference("consultation_id", "consultation"),
        reference("text_id", "personal_text"),
        # serves: the comments of a consultation in the order they came in
        UniqueConstraint("community_id", "consultation_id", "number"),
        one_of("channel", CommentChannel),
        CheckConstraint("number >= 1", name="number_from_one"),
        # serves: what one account said, newest first
        Index(None, "community_id", "author_id", "id"),
    )

    consultation_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(WORD))
    #: The account that wrote it, or that wrote it down at the counter.
    author_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The item it is about; None for the text as a whole.
    item_code: Mapped[str | None] = mapped_column(String(CODE))
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ConsultationAnswer(TenantRow, Base):
    """The community's answer to a comment; a later one replaces it, the earlier stays readable."""

    __tablename__ = "consultation_answer"
    __append_only__ = True
    __table_args__ = (
        reference("comment_id", "consultation_comment"),
        reference("text_id", "personal_text"),
        reference("public_text_id", "personal_text"),
        # serves: the answers of a comment, the last one counts
        UniqueConstraint("community_id", "comment_id", "number"),
        one_of("outcome", AnswerOutcome),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    comment_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(WORD))
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: What the public reads instead of the comment, where its words would name somebody.
    public_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    answered_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
