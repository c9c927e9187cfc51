"""Merchants, and their belonging to the alliance 商户联盟 of a community."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

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
from kernel.database import Base, ReferenceRow, TenantRow, UtcDateTime


class AllianceState(StrEnum):
    """Whether a merchant takes part today."""

    JOINED = "joined"
    LEFT = "left"


class Merchant(ReferenceRow, Base):
    """A shop, or a property company; it may serve several communities, so it belongs to none.

    Who owns it and who stands at its counter are role grants (merchant_owner, merchant_clerk).
    """

    __tablename__ = "merchant"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("length(code) >= 2 AND code = lower(code)", name="code_short_lower"),
        CheckConstraint("length(name) >= 1", name="name_not_empty"),
    )

    name: Mapped[str] = mapped_column(String(60))
    #: In words, such as 饭店, 理发店, 果蔬店, 物业公司.
    trade: Mapped[str] = mapped_column(String(20))
    #: In addresses and on the standing QR; a-z, 0-9 and hyphens.
    code: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(30))
    #: Opening hours in words, such as "6:30–21:00".
    hours: Mapped[str | None] = mapped_column(String(60))
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)


class AllianceMerchant(TenantRow, Base):
    """One merchant's belonging to one community's alliance; a return re-opens the same row."""

    __tablename__ = "alliance_merchant"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id"], ["merchant.id"]),
        UniqueConstraint("community_id", "merchant_id"),
        one_of("state", AllianceState),
        CheckConstraint("(state = 'left') = (left_on IS NOT NULL)", name="left_on_a_day"),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="left_after_joining"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    joined_on: Mapped[dt.date] = mapped_column(Date)
    left_on: Mapped[dt.date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(WORD))
    version: Mapped[int] = mapped_column(Integer, default=1)


class AllianceAct(TenantRow, Base):
    """One joining or leaving: who, from, to, why, when."""

    __tablename__ = "alliance_act"
    __append_only__ = True
    __table_args__ = (
        reference("alliance_merchant_id", "alliance_merchant"),
        reference("why_text_id", "personal_text"),
        one_of("to_state", AllianceState),
        # serves: the history of one merchant in the alliance
        Index(None, "community_id", "alliance_merchant_id", "id"),
    )

    alliance_merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None for the first joining.
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
