"""Redemptions 兑换 and their cancellations 撤销."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, period, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.ids import RECEIPT_LENGTH
from kernel.points_value import Points


class RedemptionState(StrEnum):
    """待核销, 已兑换, 已退回, 未核销. A cancellation is a row of its own, not a state."""

    HELD = "held"
    REDEEMED = "redeemed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Channel(StrEnum):
    """出示码, 扫店里的码, 刷卡: how the holder came to the counter."""

    CODE = "code"
    REQUEST = "request"
    CARD = "card"


class DeclineReason(StrEnum):
    """Why a clerk declines a request: 没货了, 要打烊了, 现在做不了, 人不在店里, 其他.

    There is no free text beside it: the two stand face to face, and a sentence about a person
    would be personal data that nobody needs.
    """

    SOLD_OUT = "sold_out"
    CLOSING = "closing"
    CANNOT_PROVIDE = "cannot_provide"
    NOT_HERE = "not_here"
    OTHER = "other"


class CancellationReason(StrEnum):
    """Why a clerk takes a redemption back."""

    MISTAKE = "mistake"
    NOT_PROVIDED = "not_provided"
    HOLDER_ASKED = "holder_asked"


_HELD = sa.text("state = 'held'")
_BY_CARD = sa.text("card_id IS NOT NULL")
#: A request that nobody has resolved.
WAITING = sa.text("state = 'held' AND channel = 'request'")

#: What each way to the counter brings with it.
_WAYS = (
    CheckConstraint("(channel = 'card') = (card_id IS NOT NULL)", name="card_where_a_card_paid"),
    CheckConstraint(
        "decline_reason IS NULL OR (state = 'withdrawn' AND channel = 'request')",
        name="only_requests_are_declined",
    ),
)
#: Made once and resolved once, by somebody, in time.
_ONE_RESOLUTION = (
    CheckConstraint("(state = 'held') = (resolved_at_utc IS NULL)", name="resolved_at_a_time"),
    CheckConstraint(
        "(state IN ('redeemed', 'withdrawn')) = (resolved_by IS NOT NULL)",
        name="resolved_by_somebody",
    ),
    CheckConstraint(
        "state <> 'redeemed' OR resolved_at_utc < hold_expires_at_utc",
        name="redeemed_in_time",
    ),
)


class Redemption(TenantRow, Base):
    """Points of one holder set aside for one offer, and the one resolution of that.

    It needs no acts beside it: it is made once and resolved once, and both stand in the row.
    """

    __tablename__ = "redemption"
    __table_args__ = (
        reference("account_id", "points_account"),
        reference("member_id", "member"),
        reference("offer_id", "offer"),
        reference("agreement_id", "redemption_agreement"),
        ForeignKeyConstraint(["merchant_id"], ["merchant.id"]),
        UniqueConstraint("community_id", "receipt_number"),
        one_of("state", RedemptionState),
        one_of("channel", Channel),
        one_of("decline_reason", DeclineReason),
        reference("card_id", "redemption_card"),
        *_WAYS,
        period("held_at_utc", "hold_expires_at_utc"),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint(
            f"length(receipt_number) = {RECEIPT_LENGTH}", name="receipt_number_whole"
        ),
        *_ONE_RESOLUTION,
        # serves: a holder's own holds, freed by the holder's next act
        Index(
            "ix_redemption__held_of_account", "community_id", "account_id",
            sqlite_where=_HELD, postgresql_where=_HELD,
        ),
        # serves: the sweeper's search for expired holds
        Index(
            "ix_redemption__held_until", "community_id", "hold_expires_at_utc", "id",
            sqlite_where=_HELD, postgresql_where=_HELD,
        ),
        # serves: the requests waiting at a counter; one of each holder, whoever asks twice at once
        Index(
            "uq_redemption__waiting", "community_id", "merchant_id", "member_id",
            unique=True, sqlite_where=WAITING, postgresql_where=WAITING,
        ),
        # serves: what a card was used for, latest first
        Index(
            "ix_redemption__by_card", "community_id", "card_id", "id",
            sqlite_where=_BY_CARD, postgresql_where=_BY_CARD,
        ),
        # serves: what a counter redeemed, latest first
        Index(None, "community_id", "merchant_id", "resolved_at_utc", "id"),
        # serves: the holder's list, latest first
        Index(None, "community_id", "member_id", "id"),
    )  # fmt: skip

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The proxy's account that asked for it; None where the holder did.
    acted_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    channel: Mapped[str] = mapped_column(String(WORD))
    card_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    offer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The agreement as it stood when the hold was made decides.
    agreement_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    points: Mapped[Decimal] = mapped_column(Points())
    receipt_number: Mapped[str] = mapped_column(String(RECEIPT_LENGTH))
    state: Mapped[str] = mapped_column(String(WORD))
    #: What was taken from which quota, so that exactly that is given back.
    quotas_taken: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    held_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    hold_expires_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    resolved_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    #: The clerk who redeemed it or the account that withdrew it; nobody lets a hold expire.
    resolved_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: Set where a clerk declined the request; the holder's own withdrawal has none.
    decline_reason: Mapped[str | None] = mapped_column(String(WORD))


class RedemptionCancellation(TenantRow, Base):
    """A redemption taken back within the window; the redemption itself stays redeemed."""

    __tablename__ = "redemption_cancellation"
    __append_only__ = True
    __table_args__ = (
        reference("redemption_id", "redemption"),
        reference("transfer_id", "transfer"),
        UniqueConstraint("community_id", "redemption_id"),
        one_of("reason", CancellationReason),
    )

    redemption_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The transfer that brought the points back.
    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(String(WORD))
    cancelled_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
