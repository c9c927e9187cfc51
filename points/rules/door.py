"""The door: what is asked of a fact before it exists. Refusals are named, nothing is stored.

Limits, warnings and audience never refuse: the deed happened and is recorded, with 0 and its
reason.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from points.rules.awards import Fixed, Range
from points.rules.compiled import Item

#: No deed is larger; keeps every total far below what storage holds.
MOST_QUANTITY = Decimal(1_000_000)
_HUNDREDTH = Decimal("0.01")
#: What one day has of a unit of time: nobody serves 25 hours on a day, bounds or not.
_IN_A_DAY = {"hour": Decimal(24), "minute": Decimal(24 * 60)}


class DoorRefusal(StrEnum):
    """In the order in which they are looked for.

    ``beneficiary_not_allowed`` and ``duplicate_fact`` hang on who lives where and on other facts,
    so that storage answers them.
    """

    ITEM_NOT_IN_FORCE = "item_not_in_force"
    OCCURRED_IN_FUTURE = "occurred_in_future"
    TOO_LATE = "too_late"
    QUANTITY_OUT_OF_RANGE = "quantity_out_of_range"
    LEVEL_MISSING = "level_missing"
    ACTIVITY_MISSING = "activity_missing"
    REASON_MISSING = "reason_missing"
    EVIDENCE_MISSING = "evidence_missing"
    RECORDER_NOT_ALLOWED = "recorder_not_allowed"


@dataclass(frozen=True)
class DoorAnswer:
    """The first refusal and the facts that fill its sentence (JSON-ready)."""

    refusal: DoorRefusal
    facts: Mapping[str, object] = field(default_factory=dict)


def check_fact(
    item: Item | None,
    *,
    occurred_on: dt.date,
    today: dt.date,
    recorder_role: str,
    quantity: Decimal = Decimal(1),
    level: str | None = None,
    activity: uuid.UUID | None = None,
    reason: str | None = None,
    evidence: Collection[str] = (),
) -> DoorAnswer | None:
    """The first refusal, None where the fact may come in.

    ``item`` is the item of the version in force on ``occurred_on`` (None: it has none);
    ``today`` is the business date; ``evidence`` holds kinds of evidence (photo, check_in …).
    """
    if item is None:
        return DoorAnswer(DoorRefusal.ITEM_NOT_IN_FORCE, {"occurred_on": occurred_on.isoformat()})
    recording = item.recording
    checks = (
        _date(item, occurred_on, today),
        _quantity(item, quantity),
        _level(item, level),
        _given(DoorRefusal.ACTIVITY_MISSING, recording.activity_required, activity is not None),
        _given(DoorRefusal.REASON_MISSING, recording.reason_required, bool((reason or "").strip())),
        _evidence(item, frozenset(evidence)),
        _recorder(item, recorder_role),
    )
    return next((answer for answer in checks if answer), None)


def decision_allowed(item: Item, decided: Decimal) -> bool:
    """Whether a reviewer may decide this amount; only items with a range are decided."""
    return isinstance(item.award, Range) and item.award.allows(decided)


def _date(item: Item, occurred_on: dt.date, today: dt.date) -> DoorAnswer | None:
    if occurred_on > today:
        return DoorAnswer(DoorRefusal.OCCURRED_IN_FUTURE, {"today": today.isoformat()})
    days = item.recording.deadline_days
    if days is not None and (today - occurred_on).days > days:
        return DoorAnswer(DoorRefusal.TOO_LATE, {"deadline_days": days})
    return None


def _quantity(item: Item, quantity: Decimal) -> DoorAnswer | None:
    bounds = item.quantity
    one = isinstance(item.award, Fixed)
    least, most = (Decimal(1), Decimal(1)) if one else (bounds.least, _most(item))
    fits = (
        quantity.is_finite()
        and 0 < quantity <= MOST_QUANTITY
        and quantity == quantity.quantize(_HUNDREDTH)
        and (least is None or quantity >= least)
        and (most is None or quantity <= most)
        and (not bounds.is_integer or quantity == quantity.to_integral_value())
    )
    if fits:
        return None
    return DoorAnswer(
        DoorRefusal.QUANTITY_OUT_OF_RANGE,
        {
            "min": None if least is None else str(least),
            "max": None if most is None else str(most),
            "integer": one or bounds.is_integer,
            "unit": item.unit,
        },
    )


def _most(item: Item) -> Decimal | None:
    bounds = (item.quantity.most, _IN_A_DAY.get(item.unit or ""))
    return min((bound for bound in bounds if bound is not None), default=None)


def _level(item: Item, level: str | None) -> DoorAnswer | None:
    """A level is named where the award has levels, and only there."""
    if level in item.levels if item.levels else level is None:
        return None
    return DoorAnswer(DoorRefusal.LEVEL_MISSING, {"levels": list(item.levels)})


def _given(refusal: DoorRefusal, required: bool, given: bool) -> DoorAnswer | None:
    return DoorAnswer(refusal) if required and not given else None


def _evidence(item: Item, given: frozenset[str]) -> DoorAnswer | None:
    alternatives = item.recording.evidence
    if not alternatives or any(together <= given for together in alternatives):
        return None
    return DoorAnswer(
        DoorRefusal.EVIDENCE_MISSING,
        {"alternatives": [sorted(together) for together in alternatives]},
    )


def _recorder(item: Item, role: str) -> DoorAnswer | None:
    allowed = item.recording.recorders
    if not allowed or role in allowed:
        return None
    return DoorAnswer(DoorRefusal.RECORDER_NOT_ALLOWED, {"recorders": sorted(allowed)})
