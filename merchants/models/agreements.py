"""Agreements 积分兑换协议: the text, the two signatures under it, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, period, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points


class AgreementState(StrEnum):
    """Signed means by both; whether it holds today is decided by its dates as well."""

    DRAFT = "draft"
    SIGNED_BY_ONE = "signed_by_one"
    SIGNED = "signed"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Party(StrEnum):
    """The two sides of an agreement."""

    COMMUNITY = "community"
    MERCHANT = "merchant"


class RedemptionAgreement(TenantRow, Base):
    """One edition of the agreement with one merchant; its text never changes once one side signed.

    ``number`` names the agreement, ``edition`` the text of it: changed terms are a new edition, the
    old one stays readable. Term [valid_from, valid_to). The merchant bears ``merchant_percent`` of
    the cost, the pool named ``pool_name`` the rest.
    """

    __tablename__ = "redemption_agreement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "merchant_id"],
            ["alliance_merchant.community_id", "alliance_merchant.merchant_id"],
        ),
        UniqueConstraint("community_id", "number", "edition"),
        # serves: the signatures' foreign key, so that a signature names the text as it stands
        UniqueConstraint("community_id", "id", "text_sha256"),
        one_of("state", AgreementState),
        period("valid_from", "valid_to"),
        CheckConstraint("monthly_cap > 0", name="monthly_cap_positive"),
        CheckConstraint("merchant_percent BETWEEN 0 AND 100", name="merchant_percent_of_100"),
        CheckConstraint(
            "(merchant_percent = 100) = (pool_name IS NULL)", name="pool_bears_the_rest"
        ),
        CheckConstraint("length(text_sha256) = 64", name="text_sha256_whole"),
        CheckConstraint("number >= 1 AND edition >= 1", name="counted_from_one"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint(
            "(state IN ('signed', 'suspended') AND signed_at_utc IS NOT NULL)"
            " OR (state IN ('draft', 'signed_by_one') AND signed_at_utc IS NULL)"
            " OR state = 'ended'",
            name="signed_at_a_time",
        ),
        # serves: the agreement of a merchant that decides on one day
        Index(None, "community_id", "merchant_id", "number", "edition"),
    )

    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    edition: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[dt.date] = mapped_column(Date)
    valid_to: Mapped[dt.date] = mapped_column(Date)
    #: Points the merchant takes in one month at most, held ones included.
    monthly_cap: Mapped[Decimal] = mapped_column(Points())
    merchant_percent: Mapped[int] = mapped_column(Integer)
    pool_name: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(WORD))
    version: Mapped[int] = mapped_column(Integer, default=1)
    drafted_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    drafted_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: When the second side signed.
    signed_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class AgreementCounter(TenantRow, Base):
    """The last agreement number given in a community."""

    __tablename__ = "agreement_counter"
    __table_args__ = (
        UniqueConstraint("community_id"),
        CheckConstraint("last_number >= 1", name="last_number_from_one"),
    )

    last_number: Mapped[int] = mapped_column(Integer)


class AgreementSignature(TenantRow, Base):
    """One side's signature: which text (by its hash), by which account, when."""

    __tablename__ = "agreement_signature"
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "agreement_id", "text_sha256"],
            [
                "redemption_agreement.community_id",
                "redemption_agreement.id",
                "redemption_agreement.text_sha256",
            ],
        ),
        UniqueConstraint("community_id", "agreement_id", "party"),
        UniqueConstraint("community_id", "agreement_id", "account_id"),
        one_of("party", Party),
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    party: Mapped[str] = mapped_column(String(WORD))
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    text_sha256: Mapped[str] = mapped_column(String(64))
    signed_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AgreementAct(TenantRow, Base):
    """One step of an agreement: who, from, to, why, when."""

    __tablename__ = "agreement_act"
    __append_only__ = True
    __table_args__ = (
        reference("agreement_id", "redemption_agreement"),
        reference("why_text_id", "personal_text"),
        one_of("to_state", AgreementState),
        # serves: the history of one agreement
        Index(None, "community_id", "agreement_id", "id"),
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None for the act that drafted it.
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
