"""Facts that may be the same deed: same item, same day, same person or household."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from community.models import Member
from kernel import tenancy
from kernel.database import db
from points.models import Fact

MOST = 10


@dataclass(frozen=True, kw_only=True)
class LikeIt:
    """A fact already on record that may be the same deed."""

    fact_id: uuid.UUID
    item_code: str
    occurred_on: dt.date
    member_id: uuid.UUID | None
    member_name: str | None
    quantity: Decimal
    deed_id: uuid.UUID
    recorded_at_utc: dt.datetime
    recorder_role: str
    is_approved: bool
    #: The activity it was settled in.
    activity_id: uuid.UUID | None


def find(
    community_id: uuid.UUID,
    *,
    item_code: str,
    occurred_on: dt.date,
    person_id: uuid.UUID,
    household_id: uuid.UUID | None,
    but_deed: uuid.UUID | None = None,
) -> list[LikeIt]:
    """Up to MOST facts that stand, newest first; one statement. ``but_deed`` is left out."""
    whose = Fact.person_id == person_id
    if household_id is not None:
        whose = sa.or_(whose, Fact.household_id == household_id)
    rows = db.session.execute(
        tenancy.columns(
            Fact,
            community_id,
            Fact.id.label("fact_id"),
            Fact.item_code,
            Fact.occurred_on,
            Fact.member_id,
            Member.name.label("member_name"),
            Fact.quantity,
            Fact.deed_id,
            Fact.recorded_at_utc,
            Fact.recorder_role,
            Fact.is_approved,
            Fact.activity_id,
        )
        .outerjoin(
            Member,
            sa.and_(Member.community_id == Fact.community_id, Member.id == Fact.member_id),
        )
        .where(
            Fact.item_code == item_code,
            Fact.occurred_on == occurred_on,
            Fact.is_struck.is_(False),
            whose,
            Fact.deed_id != but_deed if but_deed is not None else sa.true(),
        )
        .order_by(Fact.id.desc())
        .limit(MOST)
    )
    return [LikeIt(**row._mapping) for row in rows]
