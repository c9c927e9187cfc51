"""How an account becomes a member: bindings, household slips, requests; and consents."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime


class BindingWay(StrEnum):
    """How it was shown that the account is the member."""

    SLIP = "slip"
    APPROVED = "approved"


class RequestState(StrEnum):
    """A request to be bound: waiting for the grid worker, then decided or withdrawn."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ConsentChannel(StrEnum):
    """Where the member agreed or withdrew."""

    MINIPROGRAM = "miniprogram"
    PHONE_PAGE = "phone_page"
    COUNTER = "counter"
    PAPER = "paper"


class MemberBinding(TenantRow, Base):
    """An account is a member from ``bound_at_utc`` to ``ended_at_utc``; kept when it ends."""

    __tablename__ = "member_binding"
    __table_args__ = (
        reference("member_id", "member"),
        one_of("way", BindingWay),
        CheckConstraint("(ended_at_utc IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        # one present binding per member, and per account in a community
        Index(
            "uq_member_binding__member",
            "community_id",
            "member_id",
            unique=True,
            sqlite_where=text("ended_at_utc IS NULL"),
            postgresql_where=text("ended_at_utc IS NULL"),
        ),
        Index(
            "uq_member_binding__account",
            "community_id",
            "account_id",
            unique=True,
            sqlite_where=text("ended_at_utc IS NULL"),
            postgresql_where=text("ended_at_utc IS NULL"),
        ),
        # serves: the members of an account, read with every request
        Index("ix_member_binding__account", "account_id"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    way: Mapped[str] = mapped_column(String(WORD))
    bound_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class HouseholdSlip(TenantRow, Base):
    """A one-time slip handed to a household; whoever holds it may bind as one of its members."""

    __tablename__ = "household_slip"
    __table_args__ = (
        reference("household_id", "household"),
        UniqueConstraint("community_id", "code_hmac"),
        CheckConstraint("(used_at_utc IS NULL) = (used_by IS NULL)", name="used_by_somebody"),
        # serves: the slips of a household
        Index(None, "community_id", "household_id"),
    )

    household_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    code_hmac: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    made_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    used_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class BindingRequest(TenantRow, Base):
    """An account asks to be bound to a member; the grid worker meets the person and decides."""

    __tablename__ = "binding_request"
    __table_args__ = (
        reference("member_id", "member"),
        one_of("state", RequestState),
        CheckConstraint(
            "(state = 'waiting') = (decided_at_utc IS NULL)"
            " AND (decided_at_utc IS NULL) = (decided_by IS NULL)",
            name="decided_unless_waiting",
        ),
        # serves: what waits for the grid worker
        Index(None, "community_id", "state", "id"),
        Index(
            "uq_binding_request__waiting",
            "community_id",
            "account_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(String(WORD))
    asked_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    decided_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class Consent(TenantRow, Base):
    """A member agreed to a document, or withdrew; the newest row of a document counts."""

    __tablename__ = "consent"
    __append_only__ = True
    __table_args__ = (
        reference("member_id", "member"),
        one_of("channel", ConsentChannel),
        CheckConstraint("length(document_sha256) = 64", name="sha256_length"),
        # serves: the present consent of a member to a document
        Index(None, "community_id", "member_id", "document", "id"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    document: Mapped[str] = mapped_column(String(40))
    document_version: Mapped[str] = mapped_column(String(20))
    document_sha256: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(WORD))
    is_withdrawal: Mapped[bool]
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
