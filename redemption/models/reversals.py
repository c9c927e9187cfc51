"""Reviewed reversals 复核退回: asked for after the window, decided by another person."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from redemption.rules.reversal_steps import ReversalOrigin, ReversalState

_LIVING = sa.text("state IN ('asked', 'approved')")


class ReversalRequest(TenantRow, Base):
    """Somebody asks for a redemption to be reversed; the redemption itself stays redeemed."""

    __tablename__ = "reversal_request"
    __table_args__ = (
        reference("redemption_id", "redemption"),
        reference("report_id", "redemption_report"),
        reference("reason_text_id", "personal_text"),
        reference("why_text_id", "personal_text"),
        one_of("state", ReversalState),
        one_of("origin", ReversalOrigin),
        CheckConstraint("(origin = 'report') = (report_id IS NOT NULL)", name="report_named"),
        CheckConstraint(
            "(state = 'asked') = (decided_by IS NULL)"
            " AND (decided_by IS NULL) = (decided_at_utc IS NULL)"
            " AND (decided_by IS NULL) = (why_text_id IS NULL)",
            name="decided_with_a_reason",
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("version >= 1", name="version_from_one"),
        # serves: a redemption is reversed once, and asked for once at a time
        Index(
            "uq_reversal_request__living", "community_id", "redemption_id",
            unique=True, sqlite_where=_LIVING, postgresql_where=_LIVING,
        ),
        # serves: what became of some redemptions, declined requests included
        Index(None, "community_id", "redemption_id", "id"),
        # serves: requests of a community by state, newest first
        Index(None, "community_id", "state", "id"),
    )  # fmt: skip

    redemption_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    origin: Mapped[str] = mapped_column(String(WORD))
    report_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(String(WORD))
    reason_text_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    asked_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    asked_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ReversalRequestAct(TenantRow, Base):
    """One step of a request: who, from which state, to which, when."""

    __tablename__ = "reversal_request_act"
    __append_only__ = True
    __table_args__ = (
        reference("request_id", "reversal_request"),
        one_of("to_state", ReversalState),
        # serves: the history of one request
        Index(None, "community_id", "request_id", "id"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None for the act that asked.
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RedemptionReversal(TenantRow, Base):
    """A redemption reversed after a review.

    The transfer names the redemption's own as what it reverses, and that can be reversed once
    (``transfer.reverses_id`` is unique): a cancellation and a reversal exclude each other.
    """

    __tablename__ = "redemption_reversal"
    __append_only__ = True
    __table_args__ = (
        reference("redemption_id", "redemption"),
        reference("request_id", "reversal_request"),
        reference("transfer_id", "transfer"),
        UniqueConstraint("community_id", "redemption_id"),
        UniqueConstraint("community_id", "request_id"),
        UniqueConstraint("community_id", "transfer_id"),
    )

    redemption_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    request_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The transfer that brought the points back.
    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    reversed_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
