"""Lists of objections: the work list of those who handle them, one's own, those about oneself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import InstrumentedAttribute

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from review.models import Objection, ObjectionState
from review.objection_views import circle_of, labels_of
from review.permissions import ReviewPermission


@dataclass(frozen=True, kw_only=True)
class ObjectionSummary:
    """An objection in a list; says nothing of the objector."""

    id: uuid.UUID
    number: int
    month: str
    kind: str
    channel: str
    state: str
    household_code: str | None
    label: str | None
    filed_at_utc: dt.datetime
    due_on: dt.date
    version: int


def search(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    month: str | None = None,
    state: ObjectionState | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[ObjectionSummary]:
    """Objections for those who handle them, oldest first; those about oneself are left out."""
    actor.require(ReviewPermission.READ_OBJECTIONS, places.place_of(community_id))
    statement = tenancy.select(Objection, community_id)
    if month is not None:
        statement = statement.where(Objection.month == month)
    if state is not None:
        statement = statement.where(Objection.state == state)
    circle = circle_of(actor, community_id)
    if circle:
        statement = statement.where(Objection.subject_member_id.not_in(circle))
    if after is not None:
        statement = statement.where(Objection.id > after)
    rows = db.session.scalars(statement.order_by(Objection.id).limit(limit)).all()
    return _summaries(community_id, rows)


def mine(
    *, actor: Actor, community_id: uuid.UUID, after: uuid.UUID | None = None, limit: int = 20
) -> list[ObjectionSummary]:
    """What the signed-in member objected to, newest first; labels only of the own row."""
    rows = _of_member(actor, community_id, Objection.objector_member_id, after, limit)
    own = actor.member_in(community_id)
    summaries = _summaries(community_id, rows)
    return [
        each if row.subject_member_id == own else replace(each, label=None)
        for row, each in zip(rows, summaries, strict=True)
    ]


def about_me(
    *, actor: Actor, community_id: uuid.UUID, after: uuid.UUID | None = None, limit: int = 20
) -> list[ObjectionSummary]:
    """Objections about the signed-in member's own lines, newest first."""
    rows = _of_member(actor, community_id, Objection.subject_member_id, after, limit)
    return _summaries(community_id, rows)


def _of_member(
    actor: Actor,
    community_id: uuid.UUID,
    column: InstrumentedAttribute[uuid.UUID],
    after: uuid.UUID | None,
    limit: int,
) -> Sequence[Objection]:
    actor.require(ReviewPermission.FILE_OBJECTION, places.place_of(community_id))
    statement = tenancy.select(Objection, community_id).where(
        column == actor.member_in(community_id)
    )
    if after is not None:
        statement = statement.where(Objection.id < after)
    return db.session.scalars(statement.order_by(Objection.id.desc()).limit(limit)).all()


def _summaries(community_id: uuid.UUID, rows: Sequence[Objection]) -> list[ObjectionSummary]:
    labels = labels_of(community_id, rows)
    return [
        ObjectionSummary(
            id=row.id,
            number=row.number,
            month=row.month,
            kind=row.kind,
            channel=row.channel,
            state=row.state,
            household_code=labels.get(row.id, (None, None))[0],
            label=labels.get(row.id, (None, None))[1],
            filed_at_utc=row.filed_at_utc,
            due_on=row.due_on,
            version=row.version,
        )
        for row in rows
    ]
