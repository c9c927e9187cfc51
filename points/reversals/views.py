"""Reading reversals: the list, and one with its acts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.personal_text import PersonalText
from points.models import Entry, EntryCause, LineReversal, LineReversalAct, PointsLine
from points.models import ReversalState as State
from points.permissions import PointsPermission


@dataclass(frozen=True, kw_only=True)
class ReversalView:
    """A reversal in a list. ``points``: what the line brought, and the reversal takes back."""

    id: uuid.UUID
    line_id: uuid.UUID
    member_id: uuid.UUID | None
    source: str
    item_code: str
    points: Decimal
    state: str
    reason: str | None
    asked_by: uuid.UUID
    asked_at_utc: dt.datetime
    decided_by: uuid.UUID | None
    version: int


@dataclass(frozen=True, kw_only=True)
class ReversalActView:
    """One act: what it led to, who, in which role, when and why."""

    to_state: str
    actor_id: uuid.UUID
    role: str
    why: str | None
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ReversalDetail:
    reversal: ReversalView
    acts: Sequence[ReversalActView]


def of(community_id: uuid.UUID, reversal_id: uuid.UUID) -> ReversalView:
    """One reversal as a list shows it; NotFound."""
    found = db.session.execute(
        _views(community_id).where(LineReversal.id == reversal_id)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return _view(found)


def replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> ReversalView:
    """The answer of a repeated step."""
    return of(community_id, result_id)


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    state: State | None,
    after: uuid.UUID | None,
    limit: int,
) -> list[ReversalView]:
    """Reversals newest first, from the one after ``after``."""
    actor.require(PointsPermission.READ_BATCHES, places.place_of(community_id))
    statement = _views(community_id)
    if state is not None:
        statement = statement.where(LineReversal.state == state)
    if after is not None:
        statement = statement.where(LineReversal.id < after)
    found = db.session.execute(statement.order_by(LineReversal.id.desc()).limit(limit))
    return [_view(row) for row in found]


def detail(*, actor: Actor, community_id: uuid.UUID, reversal_id: uuid.UUID) -> ReversalDetail:
    """One reversal with everything that was done to it, oldest first."""
    actor.require(PointsPermission.READ_BATCHES, places.place_of(community_id))
    acts = db.session.execute(
        tenancy.columns(LineReversalAct, community_id, LineReversalAct, PersonalText.body)
        .outerjoin(PersonalText, _same(PersonalText, LineReversalAct, LineReversalAct.why_text_id))
        .where(LineReversalAct.reversal_id == reversal_id)
        .order_by(LineReversalAct.id)
    )
    return ReversalDetail(
        reversal=of(community_id, reversal_id),
        acts=[
            ReversalActView(
                to_state=act.to_state, actor_id=act.actor_id, role=act.role, why=body,
                at_utc=act.at_utc,
            )
            for act, body in acts
        ],
    )  # fmt: skip


def _same(table: Any, other: Any, column: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.community_id == other.community_id, table.id == column)


def _views(community_id: uuid.UUID) -> sa.Select[Any]:
    taken = (
        sa.select(-sa.func.sum(Entry.points))
        .where(
            Entry.community_id == LineReversal.community_id,
            Entry.line_id == LineReversal.line_id,
            Entry.cause == EntryCause.REVERSED,
        )
        .scalar_subquery()
    )
    return (
        tenancy.columns(
            LineReversal, community_id, LineReversal, PointsLine.member_id, PointsLine.source,
            PointsLine.item_code, PersonalText.body,
            sa.type_coerce(sa.func.coalesce(taken, PointsLine.posted), PointsLine.posted.type)
            .label("points"),
        )
        .join(PointsLine, _same(PointsLine, LineReversal, LineReversal.line_id))
        .outerjoin(PersonalText, _same(PersonalText, LineReversal, LineReversal.reason_text_id))
    )  # fmt: skip


def _view(found: Any) -> ReversalView:
    row: LineReversal = found[0]
    return ReversalView(
        id=row.id,
        line_id=row.line_id,
        member_id=found.member_id,
        source=found.source,
        item_code=found.item_code,
        points=found.points,
        state=row.state,
        reason=found.body,
        asked_by=row.asked_by,
        asked_at_utc=row.asked_at_utc,
        decided_by=row.decided_by,
        version=row.version,
    )
