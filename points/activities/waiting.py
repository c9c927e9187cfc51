"""Who waits for a place 候补, in the order in which free places are given.

A holder whose sealed tier has 优先 comes before the others; among equals who has waited longest.
A member counts by the own tier and by that of the household. Nobody loses a place to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

from kernel import tenancy
from kernel.database import db
from points import tier_rights
from points.activities import attendees
from points.models import Activity, ActivityEnrolment, EnrolmentState, HolderKind


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One who waits; ``position`` 1 gets the next free place."""

    enrolment: ActivityEnrolment
    position: int
    has_priority: bool


def queue(row: Activity) -> list[Waiting]:
    """Everybody who waits for a place, the next one first; a constant number of statements.

    Who gives places holds the activity's row, who only shows the queue need not. The rulebook is
    that of the activity's day, like everything else that is asked of those who come.
    """
    rows = db.session.scalars(
        tenancy.select(ActivityEnrolment, row.community_id)
        .where(
            ActivityEnrolment.activity_id == row.id,
            ActivityEnrolment.state == EnrolmentState.WAITING,
        )
        .order_by(ActivityEnrolment.asked_at_utc, ActivityEnrolment.id)
    ).all()
    prior = tier_rights.with_priority(
        row.community_id,
        [(HolderKind(each.attendee_kind), each.attendee_id) for each in rows],
        attendees.day_of(row),
    )
    # Sorting is stable: within each half the order of asking stays.
    ordered = sorted(rows, key=lambda each: each.attendee_id not in prior)
    return [
        Waiting(enrolment=each, position=number, has_priority=each.attendee_id in prior)
        for number, each in enumerate(ordered, start=1)
    ]
