"""Rotating one-time codes 兑换码 of a hold."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import reference
from kernel.database import Base, TenantRow, UtcDateTime

_OCCUPIES = sa.text("occupies_digits")


class RedemptionCode(TenantRow, Base):
    """One code of a hold. Only HMACs are stored; token and digits follow from id and server key.

    A code dies by its time, without a write. While ``occupies_digits`` no other code of the same
    merchant can have these digits; whoever needs digits of a dead code frees them first.
    """

    __tablename__ = "redemption_code"
    __table_args__ = (
        reference("redemption_id", "redemption"),
        ForeignKeyConstraint(["merchant_id"], ["merchant.id"]),
        UniqueConstraint("community_id", "token_hmac"),
        # serves: digits are unique among the live codes of one counter
        Index(
            "uq_redemption_code__digits", "community_id", "merchant_id", "digits_hmac",
            unique=True, sqlite_where=_OCCUPIES, postgresql_where=_OCCUPIES,
        ),
        # serves: digits typed at a counter, dead and other merchants' ones included
        Index(None, "community_id", "digits_hmac"),
        # serves: the codes of one hold, latest first
        Index(None, "community_id", "redemption_id", "id"),
        # Equal where a process whose clock runs behind ends a code of one that runs ahead.
        CheckConstraint("expires_at_utc >= issued_at_utc", name="expires_after_issue"),
    )  # fmt: skip

    redemption_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    token_hmac: Mapped[str] = mapped_column(String(64))
    digits_hmac: Mapped[str] = mapped_column(String(64))
    occupies_digits: Mapped[bool] = mapped_column(Boolean, default=True)
    issued_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: 70 s after its issue, or 10 s after its successor's.
    expires_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
