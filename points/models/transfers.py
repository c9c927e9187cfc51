"""Transfers 划转: points moving from one account to another, always positive, sum zero."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from points.models.accounts import AccountKind


class TransferKind(StrEnum):
    """Why points moved."""

    #: an entry gave points
    AWARD = "award"
    #: an entry took points: a deduction, or a bonus taken back
    TAKE_BACK = "take_back"
    #: released or returned points paid a debt
    DEBT_REPAYMENT = "debt_repayment"
    #: a redemption
    REDEMPTION = "redemption"
    #: a redemption was cancelled
    CANCELLATION = "cancellation"
    #: points died on their expiry date
    EXPIRY = "expiry"
    #: the points of somebody who left are gone
    LEFT_BEHIND = "left_behind"
    #: the points of somebody who left stay in the household
    HANDED_ON = "handed_on"
    #: points go to another community, and come from there
    CARRIED_OUT = "carried_out"
    CARRIED_IN = "carried_in"


#: kind → (kind of the giving account, kind of the receiving one); anything else is refused.
ALLOWED_TRANSFERS: dict[TransferKind, tuple[AccountKind, AccountKind]] = {
    TransferKind.AWARD: (AccountKind.ISSUANCE, AccountKind.HOLDER),
    TransferKind.TAKE_BACK: (AccountKind.HOLDER, AccountKind.ISSUANCE),
    TransferKind.DEBT_REPAYMENT: (AccountKind.HOLDER, AccountKind.ISSUANCE),
    TransferKind.REDEMPTION: (AccountKind.HOLDER, AccountKind.MERCHANT),
    TransferKind.CANCELLATION: (AccountKind.MERCHANT, AccountKind.HOLDER),
    TransferKind.EXPIRY: (AccountKind.HOLDER, AccountKind.EXPIRED),
    TransferKind.LEFT_BEHIND: (AccountKind.HOLDER, AccountKind.EXPIRED),
    TransferKind.HANDED_ON: (AccountKind.HOLDER, AccountKind.HOLDER),
    TransferKind.CARRIED_OUT: (AccountKind.HOLDER, AccountKind.TRANSIT),
    TransferKind.CARRIED_IN: (AccountKind.TRANSIT, AccountKind.HOLDER),
}

_ALLOWED = " OR ".join(
    f"(kind = '{kind}' AND from_kind = '{giver}' AND to_kind = '{receiver}')"
    for kind, (giver, receiver) in ALLOWED_TRANSFERS.items()
)


def _account(side: str) -> ForeignKeyConstraint:
    # The kind stands in the key, so that the allow-list below is about the real accounts.
    return ForeignKeyConstraint(
        ["community_id", f"{side}_account_id", f"{side}_kind"],
        ["points_account.community_id", "points_account.id", "points_account.kind"],
    )


def _without_entry(column: str) -> Index:
    return Index(
        f"ix_transfer__{column}_without_entry",
        "community_id",
        column,
        "id",
        sqlite_where=sa.text("entry_id IS NULL"),
        postgresql_where=sa.text("entry_id IS NULL"),
    )


class Transfer(TenantRow, Base):
    """One movement, linked to the entry or redemption that caused it."""

    __tablename__ = "transfer"
    __append_only__ = True
    __table_args__ = (
        _account("from"),
        _account("to"),
        reference("entry_id", "entry"),
        reference("month_net_id", "month_net"),
        reference("lot_entry_id", "entry"),
        reference("lot_transfer_id", "transfer"),
        reference("reverses_id", "transfer"),
        UniqueConstraint("community_id", "entry_id"),
        UniqueConstraint("community_id", "month_net_id"),
        UniqueConstraint("community_id", "reverses_id"),
        UniqueConstraint("community_id", "redemption_id", "kind"),
        CheckConstraint(_ALLOWED, name="kind_joins_accounts"),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("from_account_id <> to_account_id", name="two_accounts"),
        CheckConstraint(
            "CASE WHEN kind IN ('award', 'take_back')"
            " THEN (entry_id IS NULL) <> (month_net_id IS NULL)"
            " ELSE entry_id IS NULL AND month_net_id IS NULL END",
            name="entry_named",
        ),
        CheckConstraint(
            "CASE WHEN kind = 'expiry' THEN expires_on IS NOT NULL"
            " AND (lot_entry_id IS NULL) <> (lot_transfer_id IS NULL)"
            " ELSE expires_on IS NULL AND lot_entry_id IS NULL AND lot_transfer_id IS NULL END",
            name="lot_of_an_expiry",
        ),
        CheckConstraint(
            "kind NOT IN ('redemption', 'cancellation') OR redemption_id IS NOT NULL",
            name="redemption_named",
        ),
        CheckConstraint(
            "(kind = 'cancellation') = (reverses_id IS NOT NULL)", name="cancellation_reverses"
        ),
        # serves: what has expired of the points one entry brought
        Index(
            None,
            "community_id",
            "lot_entry_id",
            sqlite_where=sa.text("lot_entry_id IS NOT NULL"),
            postgresql_where=sa.text("lot_entry_id IS NOT NULL"),
        ),
        # serves: a holder's redemptions, newest first, beside any number of awards
        _without_entry("from_account_id"),
        # serves: a merchant's redemptions, and a holder's cancellations, newest first
        _without_entry("to_account_id"),
    )

    from_account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    from_kind: Mapped[str] = mapped_column(String(WORD))
    to_account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    to_kind: Mapped[str] = mapped_column(String(WORD))
    points: Mapped[Decimal] = mapped_column(Points())
    kind: Mapped[str] = mapped_column(String(WORD))
    entry_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: Instead of an entry: the net of a sealed sheet.
    month_net_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: Of an expiry: what brought the points that died, and the day they were to die.
    lot_entry_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    lot_transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    expires_on: Mapped[dt.date | None] = mapped_column(Date)
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
