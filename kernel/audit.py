"""The audit trail: who did what to which row, when. Append-only, ids only, no personal text."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.access import Actor
from kernel.database import Base, TenantRow, UtcDateTime, db, table_of
from kernel.ids import new_id
from kernel.prepared import Prepared


@dataclass(frozen=True, kw_only=True)
class By:
    """Who acts and when; ``why`` where a reason is given."""

    actor: Actor
    now: dt.datetime
    why: str | None = None


class AuditRecord(TenantRow, Base):
    """One act in one community that changed something or showed something protected."""

    __tablename__ = "audit_record"
    __append_only__ = True
    __table_args__ = (
        # serves: the history of one thing, oldest first
        Index(None, "community_id", "subject_kind", "subject_id", "id"),
        # serves: the latest acts of a community
        Index(None, "community_id", "at_utc", "id"),
    )

    actor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Verb in the past, such as "agreement.signed".
    act: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)


def record(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    act: str,
    subject_kind: str,
    subject_id: uuid.UUID,
    **detail: str | int | bool | None,
) -> None:
    """Append one act to the trail; ``detail`` holds codes and numbers, never names or texts.

    Acts of one unit of work are written together, at its next flush.
    """
    db.session.add(
        AuditRecord(
            community_id=community_id,
            actor_id=actor.account_id,
            act=act,
            subject_kind=subject_kind,
            subject_id=subject_id,
            detail=detail,
            at_utc=now,
        )
    )


def record_one(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    act: str,
    subject_kind: str,
    subject_id: uuid.UUID,
) -> None:
    """:func:`record` where a hot path has one act to write: at once, without an object."""
    _RECORD(
        community_id=community_id, id=new_id(), actor_id=actor.account_id, act=act,
        subject_kind=subject_kind, subject_id=subject_id, detail={}, at_utc=now,
    )  # fmt: skip


_RECORD = Prepared(lambda: sa.insert(table_of(AuditRecord)))
