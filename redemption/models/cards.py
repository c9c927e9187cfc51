"""Cards 积分兑换卡 and the batches they are printed in."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from redemption.rules.card_numbers import MOST
from redemption.rules.pins import MOST_MISSES

#: A batch that fits a handful of sheets and one person's afternoon.
MOST_IN_BATCH = 500


class CardBatchState(StrEnum):
    """已下单, 已印制, 已收货, 已作废."""

    ORDERED = "ordered"
    PRINTED = "printed"
    RECEIVED = "received"
    VOIDED = "voided"


class CardState(StrEnum):
    """未发放, 待设密码, 正常, 已锁, 已挂失, 已换卡, 已注销, 已作废."""

    STOCK = "stock"
    HANDED = "handed"
    ACTIVE = "active"
    BLOCKED = "blocked"
    LOST = "lost"
    REPLACED = "replaced"
    CLOSED = "closed"
    VOIDED = "voided"


#: What a holder can still come back with; one of these per member.
LIVE = (CardState.HANDED, CardState.ACTIVE, CardState.BLOCKED, CardState.LOST)
_LIVE = sa.text("state IN ('handed', 'active', 'blocked', 'lost')")


class CardCounter(TenantRow, Base):
    """The last batch and card number given in a community."""

    __tablename__ = "card_counter"
    __table_args__ = (
        UniqueConstraint("community_id"),
        CheckConstraint("last_batch >= 0", name="last_batch_from_zero"),
        CheckConstraint(f"last_number BETWEEN 0 AND {MOST}", name="last_number_range"),
    )

    last_batch: Mapped[int] = mapped_column(Integer)
    last_number: Mapped[int] = mapped_column(Integer)


class CardBatch(TenantRow, Base):
    """Cards ordered together: the numbers first_number … last_number."""

    __tablename__ = "card_batch"
    __table_args__ = (
        # serves: the list of batches, latest first
        UniqueConstraint("community_id", "number"),
        UniqueConstraint("community_id", "first_number"),
        one_of("state", CardBatchState),
        CheckConstraint(
            f"last_number - first_number BETWEEN 0 AND {MOST_IN_BATCH - 1}", name="size_range"
        ),
        CheckConstraint("number >= 1 AND first_number >= 1", name="numbers_from_one"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    number: Mapped[int] = mapped_column(Integer)
    first_number: Mapped[int] = mapped_column(Integer)
    last_number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(WORD))
    version: Mapped[int] = mapped_column(Integer, default=1)
    ordered_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class CardBatchAct(TenantRow, Base):
    """What was done to a batch; each printing of its codes is one, too."""

    __tablename__ = "card_batch_act"
    __append_only__ = True
    __table_args__ = (
        reference("batch_id", "card_batch"),
        reference("why_text_id", "personal_text"),
        one_of("act", CardBatchState),
        one_of("to_state", CardBatchState),
        CheckConstraint("cards >= 0", name="cards_from_zero"),
        # serves: the history of one batch
        Index(None, "community_id", "batch_id", "id"),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: What was done; "printed" also where received cards are printed again and stay received.
    act: Mapped[str] = mapped_column(String(WORD))
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    #: How many cards it was about: ordered, drawn on the sheet, received, voided.
    cards: Mapped[int] = mapped_column(Integer)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RedemptionCard(TenantRow, Base):
    """One card. The balance is the account's, so nothing moves when a card is replaced.

    Only HMACs are stored: the token in the QR follows from the id under the server key.
    """

    __tablename__ = "redemption_card"
    __table_args__ = (
        reference("batch_id", "card_batch"),
        reference("member_id", "member"),
        # serves: a number typed at a counter
        UniqueConstraint("community_id", "number"),
        # serves: a card scanned at a counter
        UniqueConstraint("community_id", "token_hmac"),
        one_of("state", CardState),
        CheckConstraint(f"number BETWEEN 1 AND {MOST}", name="number_range"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint(f"misses BETWEEN 0 AND {MOST_MISSES}", name="misses_range"),
        CheckConstraint(
            f"state <> 'active' OR misses < {MOST_MISSES}", name="too_many_misses_block"
        ),
        CheckConstraint(
            "(state IN ('stock', 'voided')) = (member_id IS NULL)", name="held_by_somebody"
        ),
        CheckConstraint(
            "(state IN ('active', 'blocked')) = (pin_hmac IS NOT NULL)", name="pin_in_use"
        ),
        # serves: the card of a member; one live card each, whoever hands out two at once
        Index(
            "uq_redemption_card__live", "community_id", "member_id",
            unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
        # serves: every card a member ever had
        Index(None, "community_id", "member_id", "id"),
        # serves: the cards of a batch in the order of their numbers
        Index(None, "community_id", "batch_id", "number"),
        # serves: the office's list by state
        Index(None, "community_id", "state", "number"),
    )  # fmt: skip

    batch_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    token_hmac: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(WORD))
    version: Mapped[int] = mapped_column(Integer, default=1)
    member_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    pin_hmac: Mapped[str | None] = mapped_column(String(64))
    #: Wrong PINs since the last right one.
    misses: Mapped[int] = mapped_column(Integer, default=0)


class CardWay(StrEnum):
    """By whom and how an act came: 手机, 代办人, 窗口, 电话, 商户柜台, 系统."""

    APP = "app"
    PROXY = "proxy"
    WINDOW = "window"
    PHONE = "phone"
    COUNTER = "counter"
    SYSTEM = "system"


class CardAct(TenantRow, Base):
    """One step of one card: who, from, to, which way, why, when."""

    __tablename__ = "card_act"
    __append_only__ = True
    __table_args__ = (
        reference("card_id", "redemption_card"),
        reference("why_text_id", "personal_text"),
        one_of("to_state", CardState),
        one_of("way", CardWay),
        # serves: the history of one card
        Index(None, "community_id", "card_id", "id"),
    )

    card_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    way: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class CardHandover(TenantRow, Base):
    """One line of the hand-over book 发放登记簿: which card, to whom, received by whom."""

    __tablename__ = "card_handover"
    __append_only__ = True
    __table_args__ = (
        reference("card_id", "redemption_card"),
        reference("member_id", "member"),
        reference("received_by_id", "member"),
        reference("replaces_card_id", "redemption_card"),
        # a card is handed over once
        UniqueConstraint("community_id", "card_id"),
        CheckConstraint("replaces_card_id <> card_id", name="replaces_another"),
        # serves: the book by day
        Index(None, "community_id", "at_utc", "id"),
        # serves: what a member received
        Index(None, "community_id", "member_id", "id"),
    )

    card_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The member, or the proxy who came.
    received_by_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    replaces_card_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
