"""Offers 优惠: what a merchant gives for points, proposed by it and accepted by the community."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Time,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, period, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from merchants.models.agreements import Party


class OfferKind(StrEnum):
    """How the holder is better off."""

    AMOUNT_OFF = "amount_off"
    PERCENT_OFF = "percent_off"
    FREE_ITEM = "free_item"
    FREE_SERVICE = "free_service"
    SERVICE_SLOT = "service_slot"
    HOME_SERVICE = "home_service"
    POINTS_PLUS_CASH = "points_plus_cash"


class OfferState(StrEnum):
    """Only an accepted offer can be redeemed."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class Per(StrEnum):
    """The period in which a limit is counted; no period means the whole validity."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def _terms_fit_together() -> tuple[CheckConstraint, ...]:
    """The rules of merchants/rules/offers.py once more, as the database's own."""
    return (
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("alliance_price_cents >= 0", name="alliance_price_not_negative"),
        CheckConstraint("alliance_price_cents < ordinary_price_cents", name="better_than_ordinary"),
        CheckConstraint(
            "kind NOT IN ('free_item', 'free_service') OR alliance_price_cents = 0",
            name="free_is_free",
        ),
        CheckConstraint(
            "kind <> 'points_plus_cash' OR alliance_price_cents > 0", name="cash_is_some"
        ),
        CheckConstraint(
            "(kind = 'percent_off') = (percent_off IS NOT NULL)", name="percent_for_percent_off"
        ),
        CheckConstraint("percent_off BETWEEN 1 AND 99", name="percent_off_of_100"),
        CheckConstraint(
            "ceiling_cents IS NULL OR (ceiling_cents > 0 AND percent_off IS NOT NULL)",
            name="ceiling_of_percent",
        ),
        CheckConstraint("stock >= 1", name="stock_positive"),
        CheckConstraint("stock IS NOT NULL OR stock_period IS NULL", name="stock_has_period"),
        CheckConstraint("per_holder_limit >= 1", name="per_holder_limit_positive"),
        CheckConstraint(
            "per_holder_limit IS NOT NULL OR per_holder_period IS NULL", name="limit_has_period"
        ),
        CheckConstraint("(from_time IS NULL) = (to_time IS NULL)", name="hours_whole"),
        CheckConstraint("to_time > from_time", name="hours_forward"),
        CheckConstraint("length(weekdays) BETWEEN 1 AND 7", name="weekdays_some"),
    )


class Offer(TenantRow, Base):
    """One offer; its terms never change, other terms are another offer.

    Prices are cents of a yuan: what anybody pays, and what a holder pays beside the ``points``.
    """

    __tablename__ = "offer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "merchant_id"],
            ["alliance_merchant.community_id", "alliance_merchant.merchant_id"],
        ),
        reference("agreement_id", "redemption_agreement"),
        one_of("kind", OfferKind),
        one_of("state", OfferState),
        one_of("stock_period", Per),
        one_of("per_holder_period", Per),
        period("valid_from", "valid_to"),
        *_terms_fit_together(),
        CheckConstraint(
            "state NOT IN ('accepted', 'paused') OR agreement_id IS NOT NULL",
            name="accepted_under_agreement",
        ),
        one_of("paused_by", Party),
        CheckConstraint("(state = 'paused') = (paused_by IS NOT NULL)", name="paused_by_a_party"),
        CheckConstraint("version >= 1", name="version_from_one"),
        # serves: the offers of one merchant, and of a community's board, by state
        Index(None, "community_id", "merchant_id", "state", "id"),
    )

    merchant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The agreement it was accepted under.
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    title: Mapped[str] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(WORD))
    ordinary_price_cents: Mapped[int] = mapped_column(Integer)
    alliance_price_cents: Mapped[int] = mapped_column(Integer)
    percent_off: Mapped[int | None] = mapped_column(Integer)
    #: The most that a percentage takes off.
    ceiling_cents: Mapped[int | None] = mapped_column(Integer)
    points: Mapped[Decimal] = mapped_column(Points())
    stock: Mapped[int | None] = mapped_column(Integer)
    stock_period: Mapped[str | None] = mapped_column(String(WORD))
    per_holder_limit: Mapped[int | None] = mapped_column(Integer)
    per_holder_period: Mapped[str | None] = mapped_column(String(WORD))
    #: ISO weekdays, such as "12345"; None is every day.
    weekdays: Mapped[str | None] = mapped_column(String(7))
    #: [from_time, to_time) on the clock of Asia/Shanghai; None is the whole day.
    from_time: Mapped[dt.time | None] = mapped_column(Time)
    to_time: Mapped[dt.time | None] = mapped_column(Time)
    valid_from: Mapped[dt.date] = mapped_column(Date)
    valid_to: Mapped[dt.date | None] = mapped_column(Date)
    #: Member kinds, tags, "senior", "offer_access" (whose tier opens special offers) or
    #: "tier:" with the name of a tier; empty is everybody.
    audience: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(WORD))
    #: Which side paused it; what the community paused only the community resumes.
    paused_by: Mapped[str | None] = mapped_column(String(WORD))
    version: Mapped[int] = mapped_column(Integer, default=1)
    proposed_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    proposed_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class OfferAct(TenantRow, Base):
    """One step of an offer: who, from, to, why, when."""

    __tablename__ = "offer_act"
    __append_only__ = True
    __table_args__ = (
        reference("offer_id", "offer"),
        reference("why_text_id", "personal_text"),
        one_of("to_state", OfferState),
        # serves: the history of one offer
        Index(None, "community_id", "offer_id", "id"),
    )

    offer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: None for the proposal itself.
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
