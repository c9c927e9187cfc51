"""Sheets 月表: the scores of one month, fixed and hashed, edition by edition."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from points.models.columns import CODE
from review.models.columns import HOUSEHOLD_CODE, LABEL, MONTH, SALT, SHA256, month_reference
from review.rules.disclosure import Disclosure


class SheetState(StrEnum):
    """Of all sheets of a month and rulebook at most one is current, at most one sealed."""

    #: What the panel signed; the supervision group checks it, nobody else sees it.
    DRAFTED = "drafted"
    #: On public notice.
    CURRENT = "current"
    #: Sent back, or replaced by the next edition.
    SUPERSEDED = "superseded"
    #: Final. Sums over months read these.
    SEALED = "sealed"
    #: A corrigendum after the seal: restates this month's ranks only, no sum reads it.
    RESTATED = "restated"


class Sheet(TenantRow, Base):
    """One edition of one month's scores under one rulebook.

    ``digest`` covers every row through salted hashes.
    """

    __tablename__ = "sheet"
    __table_args__ = (
        month_reference(),
        reference("rulebook_id", "rulebook"),
        # serves: the newest editions of a month
        UniqueConstraint("community_id", "month", "rulebook_id", "number"),
        one_of("state", SheetState),
        one_of("unit", ("member", "household")),
        CheckConstraint("place >= 1", name="place_from_one"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("length(digest) = 64", name="digest_whole"),
        CheckConstraint(
            "(state = 'sealed') = (sealed_at_utc IS NOT NULL)", name="sealed_at_a_time"
        ),
        CheckConstraint("ranked >= 0 AND listed >= 0 AND counted >= 0", name="counts_not_negative"),
        CheckConstraint("top >= 0 AND threshold >= 0", name="rule_not_negative"),
        # serves: the one edition on notice
        Index(
            "uq_sheet__one_current",
            "community_id",
            "month",
            "rulebook_id",
            unique=True,
            sqlite_where=sa.text("state = 'current'"),
            postgresql_where=sa.text("state = 'current'"),
        ),
        # serves: sums over sealed months, which must never meet two editions of one month
        Index(
            "uq_sheet__one_sealed",
            "community_id",
            "month",
            "rulebook_id",
            unique=True,
            sqlite_where=sa.text("state = 'sealed'"),
            postgresql_where=sa.text("state = 'sealed'"),
        ),
    )

    month: Mapped[str] = mapped_column(String(MONTH))
    rulebook_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: As the digest's header has it.
    rulebook_code: Mapped[str] = mapped_column(String(CODE))
    #: Whom the rows are about: members or households.
    unit: Mapped[str] = mapped_column(String(WORD))
    #: Among the sheets of the month; the first is shown where none is named.
    place: Mapped[int] = mapped_column(Integer)
    #: Edition of this rulebook's sheet, from 1.
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(WORD))
    digest: Mapped[str] = mapped_column(String(SHA256))
    #: N of the disclosure rule, from the rulebook's ranking when the sheet was made.
    top: Mapped[int] = mapped_column(Integer)
    #: The base of the month; rows below it are only counted.
    threshold: Mapped[Decimal] = mapped_column(Points())
    ranked: Mapped[int] = mapped_column(Integer)
    listed: Mapped[int] = mapped_column(Integer)
    counted: Mapped[int] = mapped_column(Integer)
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    created_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    sealed_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class SheetRow(TenantRow, Base):
    """One holder on one sheet. Base, bonus and deduction never leave the concept modules.

    ``position`` is the place in public reading order (ranked rows by rank, then listed rows by
    household code); rows that are only counted have none.
    """

    __tablename__ = "sheet_row"
    __append_only__ = True
    __table_args__ = (
        reference("sheet_id", "sheet"),
        reference("account_id", "points_account"),
        reference("member_id", "member"),
        UniqueConstraint("community_id", "sheet_id", "account_id"),
        # serves: a page of the public ranking
        UniqueConstraint("community_id", "sheet_id", "position"),
        one_of("shown", Disclosure),
        CheckConstraint("score = base + bonus - deduction", name="score_adds_up"),
        CheckConstraint("rank >= 1", name="rank_from_one"),
        CheckConstraint("length(row_sha256) = 64 AND length(row_salt) = 32", name="hash_whole"),
        CheckConstraint(
            "(shown = 'counted') = (position IS NULL)", name="position_only_where_public"
        ),
        # serves: finding one's own row by household code
        Index(None, "community_id", "sheet_id", "household_code"),
        # serves: one member's rows over the months
        Index(None, "community_id", "member_id", "sheet_id"),
    )

    sheet_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    member_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    household_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: The household's code, or the member's own public code where there is no household.
    household_code: Mapped[str] = mapped_column(String(HOUSEHOLD_CODE))
    #: Masked: 张*
    label: Mapped[str] = mapped_column(String(LABEL))
    grid_number: Mapped[int | None] = mapped_column(Integer)
    base: Mapped[Decimal] = mapped_column(Points())
    bonus: Mapped[Decimal] = mapped_column(Points())
    deduction: Mapped[Decimal] = mapped_column(Points())
    score: Mapped[Decimal] = mapped_column(Points())
    rank: Mapped[int] = mapped_column(Integer)
    shown: Mapped[str] = mapped_column(String(WORD))
    position: Mapped[int | None] = mapped_column(Integer)
    #: The score differs from an earlier edition of this month's notice.
    is_corrected: Mapped[bool] = mapped_column(Boolean, default=False)
    row_salt: Mapped[str] = mapped_column(String(SALT))
    row_sha256: Mapped[str] = mapped_column(String(SHA256))
