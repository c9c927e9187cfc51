"""What the demo needs to know of a rulebook document: which facts are legal under each item.

A small reader of its own, so that the generators stay pure and are checked against the document
as published, not against the engine that evaluates it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class ItemTerms:
    """The terms under which a fact of one item may be recorded.

    `levels` is empty where the item has none; `decided_range` stands for awards that the reviewer
    decides; quantities are in the item's unit and exactly 1 where `has_quantity` is false.
    """

    code: str
    name: str
    kind: str
    levels: tuple[str, ...]
    points_by_level: Mapping[str, Decimal]
    has_quantity: bool
    quantity_min: Decimal | None
    quantity_max: Decimal | None
    decided_range: tuple[Decimal, Decimal] | None
    evidence: tuple[tuple[str, ...], ...]
    recorders: tuple[str, ...]
    approval_count: int
    reason_required: bool
    daily_quantity_max: Decimal | None


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _terms(item: Mapping[str, Any]) -> ItemTerms:
    award = item["award"]
    points = award.get("points")
    levels = points if isinstance(points, Mapping) else {}
    quantity = item.get("quantity", {})
    recording = item["recording"]
    is_range = award["type"] == "range"
    daily = [
        Decimal(str(limit["max_quantity"]))
        for limit in item.get("limits", ())
        if "max_quantity" in limit and limit["per"] == "day"
    ]
    return ItemTerms(
        code=item["code"],
        name=item["name"],
        kind=item["kind"],
        levels=tuple(levels),
        points_by_level={level: Decimal(str(value)) for level, value in levels.items()},
        has_quantity=award["type"] in {"per_unit", "milestones", "bands"},
        quantity_min=_decimal(quantity.get("min")),
        quantity_max=_decimal(quantity.get("max")),
        decided_range=(
            (Decimal(str(award["min"])), Decimal(str(award["max"]))) if is_range else None
        ),
        evidence=tuple(tuple(together) for together in recording["evidence"]),
        recorders=tuple(recording["recorders"]),
        approval_count=recording["approval"]["count"],
        reason_required=recording.get("reason_required", False),
        daily_quantity_max=min(daily, default=None),
    )


def item_terms(rulebook: Mapping[str, Any]) -> dict[str, ItemTerms]:
    """Return the terms of each item of a rulebook document (`linli-rulebook/1`) by item code."""
    return {item["code"]: _terms(item) for item in rulebook["items"]}
