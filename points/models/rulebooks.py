"""The adopted document and its items, as facts and entries pin them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.constraints import WORD, one_of, reference
from kernel.database import Base, TenantRow, UtcDateTime
from kernel.points_value import Points
from points.models.accounts import HolderKind
from points.models.columns import CODE


class RulebookState(StrEnum):
    """draft → consultation → adopted → superseded; the legal steps stand in rulebook_life/steps."""

    DRAFT = "draft"
    CONSULTATION = "consultation"
    ADOPTED = "adopted"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class RulebookActKind(StrEnum):
    """What was done to a version."""

    DRAFTED = "drafted"
    EDITED = "edited"
    CONSULTATION_OPENED = "consultation_opened"
    #: Back to the draft after a consultation, to work in what was said.
    REVISED = "revised"
    ADOPTED = "adopted"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ItemKind(StrEnum):
    """Base items stand beside the items of the document, so that a line always names one."""

    BASE = "base"
    BONUS = "bonus"
    DEDUCTION = "deduction"
    RECORD = "record"


class Rulebook(TenantRow, Base):
    """One line of versions 积分细则; each has its own accounts."""

    __tablename__ = "rulebook"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        one_of("holder", [kind for kind in HolderKind if kind is not HolderKind.NONE]),
    )

    code: Mapped[str] = mapped_column(String(CODE))
    title: Mapped[str] = mapped_column(String(400))
    #: Who owns the accounts.
    holder: Mapped[str] = mapped_column(String(WORD))


class RulebookVersion(TenantRow, Base):
    """One text of a rulebook; once adopted, the text never changes.

    In force on the dates [effective_from, effective_to).
    """

    __tablename__ = "rulebook_version"
    __table_args__ = (
        reference("rulebook_id", "rulebook"),
        UniqueConstraint("community_id", "rulebook_id", "version"),
        one_of("state", RulebookState),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("version_seen >= 1", name="version_seen_from_one"),
        CheckConstraint("spend_above >= 0", name="spend_above_not_negative"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint("length(parent_sha256) = 64", name="parent_sha256_whole"),
        CheckConstraint(
            "(parent_sha256 IS NULL) = (whole_document IS NULL)", name="parent_pinned_with_text"
        ),
        CheckConstraint(
            "CASE WHEN state IN ('adopted', 'superseded') THEN adopted_on IS NOT NULL"
            " AND adopted_meeting IS NOT NULL AND effective_from IS NOT NULL"
            " ELSE adopted_on IS NULL AND adopted_meeting IS NULL AND effective_from IS NULL"
            " AND whole_document IS NULL END",
            name="adopted_by_a_meeting",
        ),
        CheckConstraint(
            "(state = 'superseded') = (effective_to IS NOT NULL)", name="superseded_has_an_end"
        ),
        CheckConstraint(
            "effective_to IS NULL OR effective_to >= effective_from", name="period_not_reversed"
        ),
        # serves: the version in force; and at most one version is open-ended
        Index(
            "uq_rulebook_version__one_adopted",
            "community_id",
            "rulebook_id",
            unique=True,
            sqlite_where=sa.text("state = 'adopted'"),
            postgresql_where=sa.text("state = 'adopted'"),
        ),
    )

    rulebook_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(WORD))
    #: Canonical JSON; what the members were shown, byte for byte.
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    #: Joined with the parent it extends, as adopted; None where it extends nothing. A parent's
    #: later versions, or a template that is no longer shipped, change nothing here.
    whole_document: Mapped[str | None] = mapped_column(Text)
    #: Hash of the parent's canonical text.
    parent_sha256: Mapped[str | None] = mapped_column(String(64))
    effective_from: Mapped[dt.date | None] = mapped_column(Date)
    effective_to: Mapped[dt.date | None] = mapped_column(Date)
    adopted_on: Mapped[dt.date | None] = mapped_column(Date)
    adopted_meeting: Mapped[str | None] = mapped_column(String(200))
    #: Of the balance this much has to stay; only what is above it can be held or spent.
    spend_above: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0))
    #: Incremented by every step; the caller names the one it saw.
    version_seen: Mapped[int] = mapped_column(Integer, default=1)


class RulebookAct(TenantRow, Base):
    """One act on a version: who did what, from which state to which, and why."""

    __tablename__ = "rulebook_act"
    __append_only__ = True
    __table_args__ = (
        reference("rulebook_version_id", "rulebook_version"),
        reference("why_text_id", "personal_text"),
        # serves: the history of one version; and no two acts make the same state of it
        UniqueConstraint("community_id", "rulebook_version_id", "version_seen"),
        one_of("act", RulebookActKind),
        one_of("to_state", RulebookState),
        CheckConstraint(
            "(from_state IS NULL) = (act = 'drafted')", name="only_the_first_comes_from_nothing"
        ),
    )

    rulebook_version_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: ``version_seen`` of the version after this act.
    version_seen: Mapped[int] = mapped_column(Integer)
    act: Mapped[str] = mapped_column(String(WORD))
    from_state: Mapped[str | None] = mapped_column(String(WORD))
    to_state: Mapped[str] = mapped_column(String(WORD))
    #: What an edit touched, in words of the document: ``items[XF-03]``, ``limits``.
    place: Mapped[str | None] = mapped_column(String(120))
    why_text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ScoreItem(TenantRow, Base):
    """One item or base award of one adopted version, as facts and lines pin it."""

    __tablename__ = "score_item"
    __table_args__ = (
        reference("rulebook_version_id", "rulebook_version"),
        UniqueConstraint("community_id", "rulebook_version_id", "code"),
        one_of("kind", ItemKind),
        one_of("publication", ("named", "anonymous", "hidden")),
        CheckConstraint(
            "kind <> 'deduction' OR publication <> 'named'", name="deduction_never_named"
        ),
    )

    rulebook_version_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    code: Mapped[str] = mapped_column(String(CODE))
    kind: Mapped[str] = mapped_column(String(WORD))
    name: Mapped[str] = mapped_column(String(400))
    category: Mapped[str | None] = mapped_column(String(400))
    publication: Mapped[str] = mapped_column(String(WORD))
    counts_in_score: Mapped[bool] = mapped_column(Boolean)
    counts_in_balance: Mapped[bool] = mapped_column(Boolean)
    #: Place in the document, from 0; base items come first.
    position: Mapped[int] = mapped_column(Integer)
