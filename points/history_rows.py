"""Rows of a history: entries with what their act rearranged, and movements of redemptions."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kernel import tenancy
from kernel.database import db
from kernel.personal_text import PersonalText
from kernel.points_value import ZERO
from points.models import (
    Entry,
    EntryCause,
    Fact,
    PointsBatchRow,
    PointsLine,
    ScoreItem,
)
from points.models.batches import ADJUSTMENT_NAMES


class Mark(StrEnum):
    """What is special about a row, for the reader."""

    #: takes back an earlier entry as a whole 冲正
    REVERSAL = "reversal"
    #: another deed took the room under a limit, or gave it back 封顶重排
    REARRANGED = "rearranged"
    #: belongs to a month that was closed already 补记
    LATE = "late"


@dataclass(frozen=True, kw_only=True)
class Rearranged:
    """One line that gained or lost by an act on another; shown within that act's row."""

    entry_id: uuid.UUID
    points: Decimal
    month: str
    belongs_month: str
    occurred_on: dt.date
    item_code: str
    item_name: str
    line_id: uuid.UUID
    line_reason: str | None


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One entry (``fact_id`` tells where it comes from), or one movement of a redemption.

    ``net`` is ``points`` with everything the act rearranged: what the holder gained in all.
    """

    id: uuid.UUID
    at_utc: dt.datetime
    kind: str
    #: signed, as the holder sees it
    points: Decimal
    net: Decimal
    month: str
    belongs_month: str
    occurred_on: dt.date
    mark: Mark | None = None
    cause: str | None = None
    item_code: str | None = None
    item_name: str | None = None
    counts_in_score: bool = False
    counts_in_balance: bool = True
    fact_id: uuid.UUID | None = None
    line_id: uuid.UUID | None = None
    #: Which time it is charged: 0, then 1, 2 … each following period.
    slice: int = 0
    #: Why the line is worth nothing, or less than its award says.
    line_reason: str | None = None
    #: What the recorder wrote.
    reason: str | None = None
    recorder_role: str | None = None
    redemption_id: uuid.UUID | None = None
    rearranged: Sequence[Rearranged] = ()


@dataclass(frozen=True)
class Asked:
    """Whose history, narrowed to one month's sheet or not, and which page."""

    community_id: uuid.UUID
    #: The account's id, as an expression: looked up within each statement.
    account_id: sa.ScalarSelect[uuid.UUID]
    month: str | None
    after: uuid.UUID | None
    limit: int


def entry_rows(asked: Asked) -> list[HistoryRow]:
    """The newest entries, each with what was rearranged with it; two statements."""
    found = db.session.execute(_entries(asked)).all()
    moved = _moved_with(asked, [row[0].id for row in found])
    return [_entry_row(row, moved.get(row[0].id, ())) for row in found]


def same(table: Any, other: Any, column: Any) -> sa.ColumnElement[bool]:
    """Joins ``table`` of the same community by its id."""
    return sa.and_(table.community_id == other.community_id, table.id == column)


def _entries(asked: Asked) -> sa.Select[Any]:
    statement = (
        tenancy.columns(
            Entry,
            asked.community_id,
            Entry,
            PointsLine.item_code,
            PointsLine.fact_id,
            PointsLine.slice,
            PointsLine.reason,
            ScoreItem.name,
            Fact.recorder_role,
            PersonalText.body,
        )
        .join(PointsLine, same(PointsLine, Entry, Entry.line_id))
        .outerjoin(ScoreItem, same(ScoreItem, PointsLine, PointsLine.score_item_id))
        .outerjoin(Fact, same(Fact, PointsLine, PointsLine.fact_id))
        .outerjoin(PointsBatchRow, same(PointsBatchRow, PointsLine, PointsLine.batch_row_id))
        .outerjoin(PersonalText, same(PersonalText, Entry, _reason_text()))
        .where(Entry.account_id == asked.account_id)
    )
    if asked.month is None:
        statement = statement.where(Entry.moved_with_id.is_(None))
    else:
        # What was rearranged on this sheet by an act on another sheet is a row of its own here.
        head = aliased(Entry)
        statement = statement.outerjoin(head, same(head, Entry, Entry.moved_with_id)).where(
            Entry.month == asked.month,
            sa.or_(Entry.moved_with_id.is_(None), head.month != asked.month),
        )
    if asked.after is not None:
        statement = statement.where(Entry.id < asked.after)
    return statement.order_by(Entry.id.desc()).limit(asked.limit)


def _reason_text() -> sa.ColumnElement[uuid.UUID]:
    """What the recorder wrote, or what stands in the row of a batch."""
    return sa.func.coalesce(Fact.reason_text_id, PointsBatchRow.reason_text_id)


def _moved_with(
    asked: Asked, heads: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Rearranged]]:
    statement = (
        tenancy.columns(
            Entry,
            asked.community_id,
            Entry.moved_with_id,
            Entry.id,
            Entry.points,
            Entry.month,
            Entry.belongs_month,
            Entry.occurred_on,
            PointsLine.item_code,
            ScoreItem.name,
            PointsLine.id.label("line_id"),
            PointsLine.reason,
        )
        .join(PointsLine, same(PointsLine, Entry, Entry.line_id))
        .join(ScoreItem, same(ScoreItem, PointsLine, PointsLine.score_item_id))
        .where(Entry.moved_with_id.in_(list(heads)))
        .order_by(Entry.id)
    )
    if asked.month is not None:
        statement = statement.where(Entry.month == asked.month)
    found: dict[uuid.UUID, list[Rearranged]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.moved_with_id, []).append(
            Rearranged(
                entry_id=row.id,
                points=row.points,
                month=row.month,
                belongs_month=row.belongs_month,
                occurred_on=row.occurred_on,
                item_code=row.item_code,
                item_name=row.name,
                line_id=row.line_id,
                line_reason=row.reason,
            )
        )
    return found


def _entry_row(row: Any, rearranged: Sequence[Rearranged]) -> HistoryRow:
    entry: Entry = row[0]
    return HistoryRow(
        id=entry.id,
        at_utc=entry.created_at_utc,
        kind=entry.kind,
        points=entry.points,
        net=entry.points + sum((each.points for each in rearranged), ZERO),
        month=entry.month,
        belongs_month=entry.belongs_month,
        occurred_on=entry.occurred_on,
        mark=_mark(entry, rearranged),
        cause=entry.cause,
        item_code=row.item_code,
        item_name=row.name or ADJUSTMENT_NAMES.get(row.item_code),
        counts_in_score=entry.counts_in_score,
        counts_in_balance=entry.counts_in_balance,
        fact_id=row.fact_id,
        line_id=entry.line_id,
        slice=row.slice,
        line_reason=row.reason,
        reason=row.body,
        recorder_role=row.recorder_role,
        rearranged=rearranged,
    )


def _mark(entry: Entry, rearranged: Sequence[Rearranged]) -> Mark | None:
    if rearranged or entry.cause == EntryCause.REARRANGED:
        return Mark.REARRANGED
    if entry.reverses_id is not None:
        return Mark.REVERSAL
    return Mark.LATE if entry.month != entry.belongs_month else None
