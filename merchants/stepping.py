"""One step of a row that has a state: lock it, compare the version seen, move it, keep the act."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TypeVar

from kernel import personal_text, tenancy
from kernel.database import TenantRow, db
from kernel.errors import NotFound, StaleVersion
from merchants.errors import WhyMissing

T = TypeVar("T", bound=TenantRow)


def locked(table: type[T], community_id: uuid.UUID, row_id: uuid.UUID) -> T:
    """The row as it stands now, locked until the end of the unit of work; NotFound."""
    row = db.session.scalars(
        tenancy.select(table, community_id)
        .where(table.id == row_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


def require_version(present: int, seen: int) -> None:
    """Raise StaleVersion when somebody changed the row since the caller saw it."""
    if present != seen:
        raise StaleVersion()


def kept_reason(
    *, community_id: uuid.UUID, why: str | None, now: dt.datetime, is_required: bool = False
) -> uuid.UUID | None:
    """Store the reason apart and return its id; WhyMissing where one is required."""
    if why is None or not why.strip():
        if is_required:
            raise WhyMissing(field="why")
        return None
    return personal_text.keep(community_id=community_id, body=why.strip(), now=now).id
