"""Points accounts 积分账户: where points lie."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow
from kernel.points_value import Points


class AccountKind(StrEnum):
    """Only a holder's row carries running totals; the others are summed from transfers."""

    HOLDER = "holder"
    ISSUANCE = "issuance"
    MERCHANT = "merchant"
    EXPIRED = "expired"
    #: points on their way to or from another community
    TRANSIT = "transit"


class HolderKind(StrEnum):
    """Whose the account is; issuance, expired and transit are the community's own."""

    MEMBER = "member"
    HOUSEHOLD = "household"
    MERCHANT = "merchant"
    NONE = "none"


def _where(condition: str) -> dict[str, Any]:
    """The condition of a partial index, for both engines."""
    return {f"{engine}_where": sa.text(condition) for engine in ("sqlite", "postgresql")}


class PointsAccount(TenantRow, Base):
    """Points of one holder under one rulebook; also the row to lock before writing to it.

    ``balance`` includes ``held``. Spendable is balance − held; at most one of it and ``debt`` is
    not 0. The other side of every transfer is an issuance, merchant or expired account, whose
    totals are summed, never kept: a running total on a shared row would be a hot row.
    """

    __tablename__ = "points_account"
    __table_args__ = (
        reference("rulebook_id", "rulebook"),
        UniqueConstraint(
            "community_id",
            "rulebook_id",
            "kind",
            "holder_kind",
            "holder_id",
            name="uq_points_account__holder",
        ),
        # serves: the foreign keys of transfer, which name the kind beside the id
        UniqueConstraint("community_id", "id", "kind"),
        one_of("holder_kind", HolderKind),
        CheckConstraint("held >= 0 AND held <= balance", name="held_within_balance"),
        CheckConstraint("open_holds >= 0 AND (held = 0) = (open_holds = 0)", name="held_by_holds"),
        CheckConstraint("debt >= 0", name="debt_not_negative"),
        CheckConstraint("debt = 0 OR balance = held", name="no_debt_beside_spendable"),
        CheckConstraint(
            "kind = 'holder' OR (balance = 0 AND held = 0 AND debt = 0)",
            name="totals_only_for_holders",
        ),
        CheckConstraint(
            "holder_kind <> 'merchant' OR (balance = 0 AND debt = 0)",
            name="merchants_have_no_balance",
        ),
        CheckConstraint("open_vetoes >= 0", name="open_vetoes_not_negative"),
        CheckConstraint(
            "(kind = 'holder' AND holder_kind <> 'none')"
            " OR (kind = 'merchant' AND holder_kind = 'merchant')"
            " OR (kind IN ('issuance', 'expired', 'transit') AND holder_kind = 'none')",
            name="kind_fits_holder",
        ),
        CheckConstraint(
            "(kind = 'merchant') = (rulebook_id IS NULL)", name="rulebook_unless_merchant"
        ),
        # serves: the merchant's side of a redemption; and one such account per merchant
        Index(
            "uq_points_account__merchant",
            "community_id",
            "holder_id",
            unique=True,
            **_where("kind = 'merchant'"),
        ),
        # serves: the accounts whose next expiry is due
        Index(None, "community_id", "next_expiry_on", **_where("next_expiry_on IS NOT NULL")),
        # serves: accounts of one member or household, whatever the rulebook
        Index(None, "community_id", "holder_id"),
    )

    kind: Mapped[str] = mapped_column(String(WORD))
    holder_kind: Mapped[str] = mapped_column(String(WORD))
    #: Member, household or merchant; the community's own id for issuance and expired.
    holder_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    rulebook_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    balance: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    held: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    #: How many holds ``held`` is the sum of.
    open_holds: Mapped[int] = mapped_column(Integer, default=0)
    debt: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    #: Vetoes on record; while there are any, every act is evaluated in full.
    open_vetoes: Mapped[int] = mapped_column(Integer, default=0)
    #: The tier of the last sealed month bars redemption.
    is_barred_by_tier: Mapped[bool] = mapped_column(Boolean, default=False)
    #: A veto on record bars redemption before this day; 9999-12-31 until it is corrected.
    barred_before: Mapped[dt.date | None] = mapped_column(Date)
    #: No points of the balance die before this day; None: none that can die ever came.
    next_expiry_on: Mapped[dt.date | None] = mapped_column(Date)
    #: Incremented by every posting.
    evaluation_version: Mapped[int] = mapped_column(Integer, default=0)
