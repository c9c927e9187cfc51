"""Slices of a line: rows made as they appear, and taken back when a correction removes them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from kernel.database import db
from kernel.ids import new_id
from points.models import MonthState, PointsLine
from points.months import HeldMonth, HeldMonths
from points.rules.facts import LineWorth

#: (fact, slice) → the line that keeps it
LineKey = tuple[uuid.UUID, int]
#: Why a later slice is worth nothing any more: the failing was put right, or did not happen.
TAKEN_BACK = "corrected"


def unfold(
    lines: dict[LineKey, PointsLine], found: Collection[LineWorth], held: HeldMonths
) -> frozenset[LineKey]:
    """Add a line for every slice that has none yet, to ``lines`` and the session; their keys."""
    fresh = set()
    for worth in found:
        key = (worth.fact_id, worth.slice)
        first = lines.get((worth.fact_id, 0))
        if key in lines or first is None:
            continue
        lines[key] = _slice_of(first, worth, _month_for(worth.belongs_month, held))
        fresh.add(key)
        db.session.add(lines[key])
    if fresh:
        db.session.flush()
    return frozenset(fresh)


def worths(
    lines: Mapping[LineKey, PointsLine], found: Iterable[LineWorth]
) -> dict[LineKey, LineWorth | None]:
    """What each line is worth; None for a slice that is there no more."""
    by_key = {(worth.fact_id, worth.slice): worth for worth in found}
    return {key: by_key.get(key) for key in lines}


def _month_for(month: str, held: HeldMonths) -> HeldMonth:
    own = next((each for each in held.by_id.values() if each.month == month), None)
    if own is not None and own.state is MonthState.OPEN:
        return own
    return held.open_from(month)


def _slice_of(first: PointsLine, worth: LineWorth, month: HeldMonth) -> PointsLine:
    return PointsLine(
        community_id=first.community_id,
        id=new_id(),
        source=first.source,
        fact_id=first.fact_id,
        slice=worth.slice,
        account_id=first.account_id,
        member_id=first.member_id,
        score_item_id=first.score_item_id,
        item_code=first.item_code,
        kind=first.kind,
        counts_in_score=first.counts_in_score,
        counts_in_balance=first.counts_in_balance,
        entitled=Decimal(0),
        posted=Decimal(0),
        reason=None,
        belongs_month=worth.belongs_month,
        month_id=month.month_id,
        occurred_on=worth.on,
    )
