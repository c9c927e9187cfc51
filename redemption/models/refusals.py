"""Refused scans 拒绝核销: kept, so that a dispute can be settled."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime


class RefusalStage(StrEnum):
    """Where it was refused: to the holder asking, to a clerk with a code, or with a request."""

    ISSUE = "issue"
    PREVIEW = "preview"
    REDEEM = "redeem"
    ACCEPT = "accept"


class RefusedScan(TenantRow, Base):
    """One refusal: whom, at which merchant, why. ``facts`` is what the answer told beside that."""

    __tablename__ = "refused_scan"
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id"], ["merchant.id"]),
        reference("redemption_id", "redemption"),
        reference("offer_id", "offer"),
        one_of("stage", RefusalStage),
        CheckConstraint(
            "(stage IN ('issue', 'accept')) = (offered_hmac IS NULL)", name="offered_at_the_counter"
        ),
        # serves: what a counter refused, latest first
        Index(None, "community_id", "merchant_id", "at_utc", "id"),
        # serves: what a community refused, latest first; and counted by merchant and reason
        Index(None, "community_id", "at_utc", "merchant_id", "reason"),
    )

    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The clerk, or the holder's account where no code was issued.
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    stage: Mapped[str] = mapped_column(String(WORD))
    reason: Mapped[str] = mapped_column(String(WORD))
    #: HMAC of what was scanned or typed.
    offered_hmac: Mapped[str | None] = mapped_column(String(64))
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    offer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
