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
    ``approved`` says that enough approvals stand, ``told_on`` when the member was told of it.
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

    @property
    def whose_conduct(self) -> uuid.UUID:
        return self.person or self.holder

    @property
    def deed_id(self) -> uuid.UUID:
        return self.deed or self.fact_id

    @property
    def names_deed(self) -> bool:
        """Whether it may share its deed: a deed of its own has the id of the fact."""
        return self.deed_id != self.fact_id

    def canonical_key(self, on: dt.date | None = None) -> tuple[object, ...]:
        """The one order in which facts take room; ``on`` is the day of a later slice.

        Ids given at arrival come last: they settle only facts alike in all that carries points.
        """
        far = dt.date.max
        return (
            on or self.occurred_on,
            self.item,
            -self.quantity,
            self.level or "",
            -(self.decided or Decimal(0)),
            str(self.whose_conduct),
            str(self.holder),
            str(self.activity or ""),
            self.told_on or far,
            self.corrected_on or far,
            not self.promised,
            sorted(self.tags),
            str(self.deed) if self.names_deed else "",
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
    CANCELLED = "cancelled"
    WARNING_ONLY = "warning_only"
    AWAITING_DECISION = "awaiting_decision"
    BELOW_FIRST_STEP = "below_first_step"
    #: Corrected: what the veto is worth instead of its award.
    REPAIRED = "repaired"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    BELOW_NEXT_STEP = "below_next_step"
    #: Points by rank come as an award of their own when the period closes.
    PAID_BY_RANK = "paid_by_rank"
    TOO_SOON = "too_soon"
    OVER_LIMIT = "over_limit"
    PARTLY_OVER_LIMIT = "partly_over_limit"


@dataclass(frozen=True, kw_only=True)
class LineWorth:
    """What one slice of one fact is worth now.

    ``points`` is never negative; the kind gives the direction (:attr:`signed`). ``kind`` is None
    where no version in force knows the item. ``on`` is the day of the slice (of the fact, for
    slice 0) and ``belongs_month`` its month. The record counts in [on, ``valid_until``), without
    end where that is None; only a score over ``valid`` asks.
    """

    fact_id: uuid.UUID
    slice: int
    on: dt.date
    points: Decimal
    kind: ItemKind | None
    reason: WorthReason | None
    belongs_month: str
    counts_in: frozenset[CountsIn]
    valid_until: dt.date | None = None

    @property
    def signed(self) -> Decimal:
        """Points as they are posted: deductions are negative."""
        return -self.points if self.kind is ItemKind.DEDUCTION else self.points

    def is_valid_on(self, day: dt.date) -> bool:
        return self.on <= day and (self.valid_until is None or day < self.valid_until)
