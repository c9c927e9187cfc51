"""Reading batches: the list, one with its acts, and a page of its rows with before and after."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import places
from community.models import Household, Member
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.personal_text import PersonalText
from kernel.points_value import ZERO
from points.models import (
    AccountKind,
    BatchState,
    PointsAccount,
    PointsBatch,
    PointsBatchAct,
    PointsBatchRow,
)
from points.permissions import PointsPermission


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """A batch in a list."""

    id: uuid.UUID
    kind: str
    state: str
    filename: str
    row_count: int
    added: Decimal
    taken: Decimal
    uploaded_by: uuid.UUID
    uploaded_at_utc: dt.datetime
    decided_by: uuid.UUID | None
    version: int


@dataclass(frozen=True, kw_only=True)
class BatchActView:
    """One act: who, in which role, when and why."""

    act: str
    actor_id: uuid.UUID
    role: str
    why: str | None
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class BatchDetail:
    batch: BatchView
    acts: Sequence[BatchActView]


@dataclass(frozen=True, kw_only=True)
class BatchRowView:
    """One row: who, how much and why; ``before`` is the balance now, ``after`` with the row.

    Once the batch is posted, ``before`` and ``after`` are None: the history says what happened.
    """

    id: uuid.UUID
    row_number: int
    holder_id: uuid.UUID
    name: str | None
    code: str | None
    points: Decimal
    counts_in_score: bool
    counts_in_balance: bool
    occurred_on: dt.date
    reason: str | None
    before: Decimal | None
    after: Decimal | None


def of(community_id: uuid.UUID, batch_id: uuid.UUID) -> BatchView:
    """One batch as a list shows it."""
    return _view(tenancy.get(PointsBatch, community_id, batch_id))


def replay(*, community_id: uuid.UUID, result_id: uuid.UUID) -> BatchView:
    """The answer of a repeated step."""
    return of(community_id, result_id)


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    state: BatchState | None,
    after: uuid.UUID | None,
    limit: int,
) -> list[BatchView]:
    """Batches newest first, from the one after ``after``."""
    actor.require(PointsPermission.READ_BATCHES, places.place_of(community_id))
    statement = tenancy.select(PointsBatch, community_id)
    if state is not None:
        statement = statement.where(PointsBatch.state == state)
    if after is not None:
        statement = statement.where(PointsBatch.id < after)
    found = db.session.scalars(statement.order_by(PointsBatch.id.desc()).limit(limit))
    return [_view(batch) for batch in found]


def detail(*, actor: Actor, community_id: uuid.UUID, batch_id: uuid.UUID) -> BatchDetail:
    """One batch with everything that was done to it, oldest first."""
    actor.require(PointsPermission.READ_BATCHES, places.place_of(community_id))
    acts = db.session.execute(
        tenancy.columns(PointsBatchAct, community_id, PointsBatchAct, PersonalText.body)
        .outerjoin(PersonalText, _same(PersonalText, PointsBatchAct.why_text_id))
        .where(PointsBatchAct.batch_id == batch_id)
        .order_by(PointsBatchAct.id)
    )
    return BatchDetail(
        batch=of(community_id, batch_id),
        acts=[
            BatchActView(
                act=act.act, actor_id=act.actor_id, role=act.role, why=body, at_utc=act.at_utc
            )
            for act, body in acts
        ],
    )


def rows(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    batch_id: uuid.UUID,
    after: uuid.UUID | None,
    limit: int,
) -> list[BatchRowView]:
    """Rows in the order of the table, from the one after ``after``; one statement."""
    actor.require(PointsPermission.READ_BATCHES, places.place_of(community_id))
    batch = tenancy.get(PointsBatch, community_id, batch_id)
    statement = _rows(batch)
    if after is not None:
        last = tenancy.get(PointsBatchRow, community_id, after)
        statement = statement.where(PointsBatchRow.row_number > last.row_number)
    found = db.session.execute(statement.order_by(PointsBatchRow.row_number).limit(limit))
    return [_row(each, is_posted=batch.state == BatchState.POSTED) for each in found]


def _same(table: Any, column: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.community_id == column.class_.community_id, table.id == column)


def _rows(batch: PointsBatch) -> sa.Select[Any]:
    return (
        tenancy.columns(
            PointsBatchRow, batch.community_id, PointsBatchRow, Member.name, Member.public_code,
            Household.code, PersonalText.body, PointsAccount.balance, PointsAccount.debt,
        )
        .outerjoin(Member, _same(Member, PointsBatchRow.member_id))
        .outerjoin(Household, _same(Household, PointsBatchRow.holder_id))
        .outerjoin(PersonalText, _same(PersonalText, PointsBatchRow.reason_text_id))
        .outerjoin(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == PointsBatchRow.community_id,
                PointsAccount.kind == AccountKind.HOLDER,
                PointsAccount.holder_id == PointsBatchRow.holder_id,
                PointsAccount.rulebook_id == batch.rulebook_id,
            ),
        )
        .where(PointsBatchRow.batch_id == batch.id)
    )  # fmt: skip


def _row(found: Any, *, is_posted: bool) -> BatchRowView:
    row: PointsBatchRow = found[0]
    before = (found.balance or ZERO) - (found.debt or ZERO)
    moves = row.points if row.counts_in_balance else ZERO
    return BatchRowView(
        id=row.id,
        row_number=row.row_number,
        holder_id=row.holder_id,
        name=found.name,
        code=found.code or found.public_code,
        points=row.points,
        counts_in_score=row.counts_in_score,
        counts_in_balance=row.counts_in_balance,
        occurred_on=row.occurred_on,
        reason=found.body,
        before=None if is_posted else before,
        after=None if is_posted else before + moves,
    )


def _view(batch: PointsBatch) -> BatchView:
    return BatchView(
        id=batch.id,
        kind=batch.kind,
        state=batch.state,
        filename=batch.filename,
        row_count=batch.row_count,
        added=batch.added,
        taken=batch.taken,
        uploaded_by=batch.uploaded_by,
        uploaded_at_utc=batch.uploaded_at_utc,
        decided_by=batch.decided_by,
        version=batch.version,
    )
