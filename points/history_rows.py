"""Rows of a history: entries with what their act rearranged, and movements of redemptions."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from points import history_statements as statements
from points.history_statements import Shape
from points.models import EntryCause, HolderKind
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


# Not frozen: twenty a page, and a frozen one takes three times as long to make.
@dataclass(kw_only=True, slots=True)
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
    """Whose history, narrowed to one month's sheet or not, and which page.

    ``of`` says which account: the member's own, or the one of the household the member lives in.
    """

    community_id: uuid.UUID
    member_id: uuid.UUID
    of: HolderKind
    month: str | None
    after: uuid.UUID | None
    limit: int
    on: dt.date | None = None

    @property
    def shape(self) -> Shape:
        return Shape(self.of, self.month is not None, self.after is not None, self.limit)

    def values(self) -> dict[str, Any]:
        """What the prepared statements of this shape are executed with."""
        found: dict[str, Any] = {
            "p_community_id": self.community_id, "p_member_id": self.member_id,
        }  # fmt: skip
        if self.of is HolderKind.HOUSEHOLD:
            found["p_today"] = self.on
        if self.month is not None:
            found["p_month"] = self.month
        if self.after is not None:
            found["p_after"] = self.after
        return found


def entry_rows(asked: Asked) -> list[HistoryRow]:
    """The newest entries, each with what was rearranged with it; at most two statements."""
    found = statements.entries(asked.shape)(**asked.values())
    heads = [row.id for row in found if row.first_moved]
    moved = _moved_with(asked, heads) if heads else {}
    return [_entry_row(row, moved.get(row.id, ())) for row in found]


def _moved_with(
    asked: Asked, heads: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Rearranged]]:
    values: dict[str, Any] = {"p_community_id": asked.community_id, "p_heads": heads}
    if asked.month is not None:
        values["p_month"] = asked.month
    found: dict[uuid.UUID, list[Rearranged]] = {}
    for row in statements.moved(asked.month is not None)(**values):
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
    return HistoryRow(
        id=row.id,
        at_utc=row.created_at_utc,
        kind=row.kind,
        points=row.points,
        net=sum((each.points for each in rearranged), row.points),
        month=row.month,
        belongs_month=row.belongs_month,
        occurred_on=row.occurred_on,
        mark=_mark(row, rearranged),
        cause=row.cause,
        item_code=row.item_code,
        item_name=row.name or ADJUSTMENT_NAMES.get(row.item_code),
        counts_in_score=row.counts_in_score,
        counts_in_balance=row.counts_in_balance,
        fact_id=row.fact_id,
        line_id=row.line_id,
        slice=row.slice,
        line_reason=row.reason,
        reason=row.body,
        recorder_role=row.recorder_role,
        rearranged=rearranged,
    )


def _mark(row: Any, rearranged: Sequence[Rearranged]) -> Mark | None:
    if rearranged or row.cause == EntryCause.REARRANGED:
        return Mark.REARRANGED
    if row.reverses_id is not None:
        return Mark.REVERSAL
    return Mark.LATE if row.month != row.belongs_month else None
