"""What a card in use leaves behind: shuffled keypads, and news for people without WeChat."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, period, reference
from kernel.database import Base, TenantRow, UtcDateTime


class KeypadPurpose(StrEnum):
    """To choose a PIN, or to pay with it."""

    CHOOSE = "choose"
    USE = "use"


class CardKeypad(TenantRow, Base):
    """One shuffled keypad 密码键盘: its layout follows from the id, it is read once, then dead.

    The account that opened it is the only one that may answer. Rows say nothing a card's acts and
    refused scans do not keep, so old ones are removed.
    """

    __tablename__ = "card_keypad"
    __deletable__ = True
    __table_args__ = (
        reference("card_id", "redemption_card"),
        reference("offer_id", "offer"),
        ForeignKeyConstraint(["merchant_id"], ["merchant.id"]),
        one_of("purpose", KeypadPurpose),
        CheckConstraint(
            "(purpose = 'use') = (offer_id IS NOT NULL)"
            " AND (offer_id IS NULL) = (merchant_id IS NULL)",
            name="used_for_an_offer",
        ),
        period("opened_at_utc", "expires_at_utc"),
        # serves: removing the dead keypads of a card
        Index(None, "community_id", "card_id", "expires_at_utc"),
    )

    card_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    purpose: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    offer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    merchant_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    opened_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class CardNews(StrEnum):
    """What the holder is told: 用卡, 锁卡, 挂失."""

    USED = "used"
    BLOCKED = "blocked"
    LOST = "lost"


_OPEN = sa.text("called_at_utc IS NULL")


class CardNotice(TenantRow, Base):
    """News that reached nobody's WeChat: somebody of the office calls or drops by 待告知."""

    __tablename__ = "card_notice"
    __table_args__ = (
        reference("card_id", "redemption_card"),
        reference("member_id", "member"),
        reference("redemption_id", "redemption"),
        # a message that is delivered twice makes one notice
        UniqueConstraint("community_id", "message_id"),
        one_of("news", CardNews),
        CheckConstraint(
            "(news = 'used') = (redemption_id IS NOT NULL)", name="used_for_a_redemption"
        ),
        CheckConstraint(
            "(called_at_utc IS NULL) = (called_by IS NULL)", name="called_by_somebody"
        ),
        # serves: whom the office has to call, oldest first
        Index(
            "ix_card_notice__open", "community_id", "id",
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
    )  # fmt: skip

    message_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    card_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    news: Mapped[str] = mapped_column(String(WORD))
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: When it happened.
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    called_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    called_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
