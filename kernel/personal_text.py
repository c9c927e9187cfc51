"""Personal text (reasons, objections, replies) stands apart from the record it belongs to.

The ledger keeps only the id and the salted hash: the text can be erased on request, and what was
written can still be proved by whoever kept it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa
from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel import tenancy
from kernel.database import Base, TenantRow, UtcDateTime, db
from kernel.errors import WhyMissing
from kernel.ids import new_id

LONGEST = 2000


class PersonalText(TenantRow, Base):
    """One text somebody wrote; ``body`` is None once erased."""

    __tablename__ = "personal_text"

    body: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    written_at_utc: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    erased_at_utc: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


def keep(*, community_id: uuid.UUID, body: str, now: dt.datetime) -> PersonalText:
    """Store ``body`` and return its row; the caller refers to it by id."""
    salt = secrets.token_hex(16)
    row = PersonalText(
        community_id=community_id,
        body=body,
        salt=salt,
        sha256=hashlib.sha256((salt + body).encode()).hexdigest(),
        written_at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def keep_why(
    *, community_id: uuid.UUID, why: str | None, now: dt.datetime, is_required: bool = False
) -> uuid.UUID | None:
    """Store a reason and return its id, None without one; WhyMissing where one is required."""
    if why is None or not why.strip():
        if is_required:
            raise WhyMissing(field="why")
        return None
    return keep(community_id=community_id, body=why.strip(), now=now).id


def keep_all(
    *, community_id: uuid.UUID, bodies: Sequence[str], now: dt.datetime
) -> list[uuid.UUID]:
    """:func:`keep` many texts in one statement; returns their ids in the order given."""
    rows = []
    for body in bodies:
        salt = secrets.token_hex(16)
        rows.append(
            {
                "community_id": community_id,
                "id": new_id(),
                "body": body,
                "salt": salt,
                "sha256": hashlib.sha256((salt + body).encode()).hexdigest(),
                "written_at_utc": now,
            }
        )
    if rows:
        db.session.execute(sa.insert(PersonalText), rows)
    return [cast(uuid.UUID, row["id"]) for row in rows]


def read(community_id: uuid.UUID, text_id: uuid.UUID | None) -> str | None:
    """The text, or None where there is none or it was erased."""
    if text_id is None:
        return None
    row = tenancy.find(PersonalText, community_id, text_id)
    return row.body if row is not None else None


def erase(*, community_id: uuid.UUID, text_id: uuid.UUID, now: dt.datetime) -> None:
    """Remove the text, keep its hash; erasing twice changes nothing."""
    row = tenancy.get(PersonalText, community_id, text_id)
    if row.erased_at_utc is None:
        row.body = None
        row.erased_at_utc = now
        db.session.flush()


def erase_all(
    *, community_id: uuid.UUID, texts: Sequence[sa.Select[uuid.UUID]], now: dt.datetime
) -> int:
    """:func:`erase` every text that one of these statements names; returns how many were erased.

    One statement for each; ids that are null count for nothing.
    """
    count = 0
    for ids in texts:
        erased = db.session.execute(
            tenancy.update(PersonalText, community_id)
            .where(PersonalText.id.in_(ids), PersonalText.erased_at_utc.is_(None))
            .values(body=None, erased_at_utc=now)
            .returning(PersonalText.id)
            .execution_options(synchronize_session="fetch")
        )
        count += len(erased.all())
    return count
