"""How much a member may send in a day: claims, and attempts to upload a photo.

Taking is one conditional upsert on the member's row of the day. Counting first and writing then
would let two requests through together.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import InstrumentedAttribute

from kernel import tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from points.claims.errors import ClaimQuotaReached, UploadQuotaReached
from points.models import ClaimDay
from points.models.claims import MOST_PHOTOS

#: Each photo of each claim may be tried once more.
UPLOADS_PER_CLAIM = MOST_PHOTOS * 2


def take_claim(
    *, community_id: uuid.UUID, member_id: uuid.UUID, day: dt.date, per_day: int
) -> None:
    """Count one claim of ``day``; raises ClaimQuotaReached when ``per_day`` are counted."""
    if not _take(ClaimDay.claims, community_id, member_id, day, per_day):
        refused = ClaimQuotaReached(most=per_day)
        refused.extra = {"per_day": per_day}
        raise refused


def take_upload(
    *, community_id: uuid.UUID, member_id: uuid.UUID, day: dt.date, per_day: int
) -> None:
    """Count one upload of ``day``, whatever becomes of it; raises UploadQuotaReached.

    ``per_day`` is the quota of claims.
    """
    most = per_day * UPLOADS_PER_CLAIM
    if not _take(ClaimDay.uploads, community_id, member_id, day, most):
        raise UploadQuotaReached(most=most)


def left(*, community_id: uuid.UUID, member_id: uuid.UUID, day: dt.date, per_day: int) -> int:
    """How many claims the member may still send on ``day``."""
    used: int | None = db.session.scalar(
        tenancy.columns(ClaimDay, community_id, ClaimDay.claims).where(
            ClaimDay.member_id == member_id, ClaimDay.day == day
        )
    )
    return max(0, per_day - (used or 0))


def _take(
    column: InstrumentedAttribute[int],
    community_id: uuid.UUID,
    member_id: uuid.UUID,
    day: dt.date,
    most: int,
) -> bool:
    if most < 1:
        return False
    first = {"claims": 0, "uploads": 0, column.key: 1}
    statement = upsert(ClaimDay).values(
        community_id=community_id, id=new_id(), member_id=member_id, day=day, **first
    )
    taken = statement.on_conflict_do_update(
        index_elements=["community_id", "member_id", "day"],
        set_={column.key: column + 1},
        where=column < most,
    ).returning(ClaimDay.id)
    return db.session.execute(taken).first() is not None


def forget(*, community_id: uuid.UUID, before: dt.date) -> None:
    """Remove the rows of days before ``before``; the sweep keeps a few."""
    db.session.execute(tenancy.delete(ClaimDay, community_id).where(ClaimDay.day < before))
