"""Documents that come down from district and street: guard-rails, and rulebooks to extend."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of
from kernel.database import Base, ReferenceRow, UtcDateTime
from points.models.columns import CODE


class IssuerLevel(StrEnum):
    """Who issued it."""

    DISTRICT = "district"
    STREET = "street"


_ISSUED = (
    "CASE level WHEN 'district' THEN street_id IS NULL AND issuer_id = district_id"
    " ELSE street_id IS NOT NULL AND issuer_id = street_id END"
)


class GuardRails(ReferenceRow, Base):
    """One version of the guard-rails 护栏 of a district or street; the row is its own act.

    In force from ``effective_from`` until a higher version begins. To lift guard-rails, a version
    without any is issued.
    """

    __tablename__ = "guard_rails"
    __append_only__ = True
    __table_args__ = (
        one_of("level", IssuerLevel),
        # serves: the versions of one issuer; of two officers at once one is refused
        UniqueConstraint("issuer_id", "version"),
        CheckConstraint(_ISSUED, name="issued_by_its_level"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        # serves: what a community inherits
        Index(None, "district_id", "effective_from"),
    )

    level: Mapped[str] = mapped_column(String(WORD))
    issuer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    district_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("district.id"))
    street_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("street.id"))
    version: Mapped[int] = mapped_column(Integer)
    effective_from: Mapped[dt.date] = mapped_column(Date)
    #: Canonical JSON, format linli-guard-rails/1.
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    #: Why it was issued, as the issuer tells the communities; no personal text.
    reason: Mapped[str] = mapped_column(String(400))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class IssuedRulebook(ReferenceRow, Base):
    """A rulebook of district or street that communities' rulebooks may extend, by code and version.

    It is never in force by itself: a community adopts its own rulebook, which extends this one.
    """

    __tablename__ = "issued_rulebook"
    __append_only__ = True
    __table_args__ = (
        one_of("level", IssuerLevel),
        # serves: a parent by its pin
        UniqueConstraint("issuer_id", "code", "version"),
        CheckConstraint(_ISSUED, name="issued_by_its_level"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
    )

    level: Mapped[str] = mapped_column(String(WORD))
    issuer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    district_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("district.id"))
    street_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("street.id"))
    code: Mapped[str] = mapped_column(String(CODE))
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(400))
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
