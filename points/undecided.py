"""Claims that nobody has decided when a month freezes move on to the next open month."""

from __future__ import annotations

import uuid

from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO
from points.models import Fact, LineSource, PointsLine
from points.rules.facts import WorthReason

WAITING = (WorthReason.AWAITING_APPROVAL, WorthReason.AWAITING_DECISION)


def move_on(
    *, community_id: uuid.UUID, month_id: uuid.UUID, to_month_id: uuid.UUID, to_month: str
) -> None:
    """Review the waiting lines of one month with another; nothing of them was posted yet."""
    moved = db.session.scalars(
        tenancy.update(PointsLine, community_id)
        .where(
            PointsLine.month_id == month_id,
            PointsLine.source == LineSource.FACT,
            PointsLine.posted == ZERO,
            PointsLine.reason.in_(WAITING),
        )
        .values(month_id=to_month_id)
        .returning(PointsLine.fact_id)
        .execution_options(synchronize_session=False)
    ).all()
    if moved:
        db.session.execute(
            tenancy.update(Fact, community_id)
            .where(Fact.id.in_(moved))
            .values(month=to_month)
            .execution_options(synchronize_session=False)
        )
    db.session.expire_all()
