"""Who acts for whom 代办: proxies within a household, and children as nicknames."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import reference
from kernel.database import Base, TenantRow, UtcDateTime


class ProxyGrant(TenantRow, Base):
    """A member lets another one of the household act for them, until it is revoked."""

    __tablename__ = "proxy_grant"
    __append_only__ = True
    __table_args__ = (
        reference("grantor_id", "member"),
        reference("proxy_id", "member"),
        CheckConstraint("grantor_id <> proxy_id", name="somebody_else"),
        # serves: for whom somebody may act
        Index(None, "community_id", "proxy_id", "id"),
        # serves: who may act for somebody
        Index(None, "community_id", "grantor_id", "id"),
    )

    grantor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    proxy_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The grantor's account, or who wrote it down at the counter.
    granted_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    granted_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ProxyRevocation(TenantRow, Base):
    """The end of a grant: by the grantor, the proxy, or at the counter."""

    __tablename__ = "proxy_revocation"
    __append_only__ = True
    __table_args__ = (
        reference("proxy_grant_id", "proxy_grant"),
        # serves: whether a grant still stands; revoked once
        UniqueConstraint("community_id", "proxy_grant_id"),
    )

    proxy_grant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    revoked_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    revoked_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class HouseholdChild(TenantRow, Base):
    """A child under 14: a nickname in the household, without account, name or photo."""

    __tablename__ = "household_child"
    __table_args__ = (
        reference("household_id", "household"),
        reference("guardian_id", "member"),
        CheckConstraint("(ended_at_utc IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        # one child of a nickname in a household at a time
        Index(
            "uq_household_child__present",
            "community_id",
            "household_id",
            "nickname",
            unique=True,
            sqlite_where=text("ended_at_utc IS NULL"),
            postgresql_where=text("ended_at_utc IS NULL"),
        ),
        # serves: the children of a guardian
        Index(None, "community_id", "guardian_id", "id"),
    )

    household_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    nickname: Mapped[str] = mapped_column(String(20))
    #: The member of the household who acts for the child.
    guardian_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    added_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    added_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
