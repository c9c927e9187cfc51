"""What goes into an evaluation (facts) and what comes out (lines)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from points.rules.compiled import CountsIn, ItemKind


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What happened, as reviewers left it. ``quantity`` is in the item's unit, two decimals.

    ``person`` is whose conduct it is (the holder where nobody is named), ``tags`` are those of
    person and household on that day, ``deed`` is the fact's own id where nothing is shared,
    ``approved`` says that enough approvals stand.
    """

    fact_id: uuid.UUID
    item: str
    holder: uuid.UUID
    occurred_on: dt.date
    approved: bool
    person: uuid.UUID | None = None
    household: uuid.UUID | None = None
    quantity: Decimal = Decimal(1)
    level: str | None = None
    decided: Decimal | None = None
    deed: uuid.UUID | None = None
    activity: uuid.UUID | None = None
    tags: frozenset[str] = frozenset()
    told_on: dt.date | None = None
    corrected_on: dt.date | None = None
    promised: bool = False
    struck: bool = False

    def canonical_key(self) -> tuple[object, ...]:
        """The one order in which facts take room; the id settles only facts alike in all else."""
        far = dt.date.max
        return (
            self.occurred_on,
            self.item,
            -self.quantity,
            self.level or "",
            -(self.decided or Decimal(0)),
            str(self.person or self.holder),
            str(self.activity or ""),
            str(self.deed or self.fact_id),
            self.told_on or far,
            self.corrected_on or far,
            str(self.fact_id),
        )


class WorthReason(StrEnum):
    """Why a line is worth nothing, or less than the award says."""

    STRUCK = "struck"
    AWAITING_APPROVAL = "awaiting_approval"
    NOT_IN_AUDIENCE = "not_in_audience"
    #: A newer version in force on that day no longer has the item, or the level.
    ITEM_NOT_IN_FORCE = "item_not_in_force"
    LEVEL_MISSING = "level_missing"
    AWAITING_DECISION = "awaiting_decision"
    BELOW_FIRST_STEP = "below_first_step"
    BELOW_NEXT_STEP = "below_next_step"
    OVER_LIMIT = "over_limit"
    PARTLY_OVER_LIMIT = "partly_over_limit"


@dataclass(frozen=True, kw_only=True)
class LineWorth:
    """What one slice of one fact is worth now.

    ``points`` is never negative; the kind gives the direction (:attr:`signed`). ``kind`` is None
    where no version in force knows the item. ``belongs_month`` is the month of the fact.
    """

    fact_id: uuid.UUID
    slice: int
    points: Decimal
    kind: ItemKind | None
    reason: WorthReason | None
    belongs_month: str
    counts_in: frozenset[CountsIn]

    @property
    def signed(self) -> Decimal:
        """Points as they are posted: deductions are negative."""
        return -self.points if self.kind is ItemKind.DEDUCTION else self.points
