"""The texts and frequencies of `deeds.json`: what people do in a month, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ops.demo.data_files import read_json


@dataclass(frozen=True, slots=True)
class DeedPattern:
    """How one item occurs in one community in a full month.

    `levels`, `quantities` and `decided` are weights by level name, by quantity in the item's unit
    and by points decided; empty where the item has none. `evidence` is None where any alternative
    of the rulebook fits the texts.
    """

    item_code: str
    per_month: float
    days: str
    deeds: tuple[str, ...]
    levels: Mapping[str, int]
    quantities: Mapping[Decimal, int]
    decided: Mapping[Decimal, int]
    evidence: tuple[str, ...] | None


def _pattern(code: str, row: Mapping[str, Any]) -> DeedPattern:
    evidence = row.get("evidence")
    return DeedPattern(
        item_code=code,
        per_month=row["per_month"],
        days=row["days"],
        deeds=tuple(row["deeds"]),
        levels=row.get("levels", {}),
        quantities={Decimal(key): weight for key, weight in row.get("quantities", {}).items()},
        decided={Decimal(key): weight for key, weight in row.get("decided", {}).items()},
        evidence=tuple(evidence) if evidence else None,
    )


def load_deeds() -> tuple[DeedPattern, ...]:
    """Return the patterns in the order of the file."""
    document = read_json("deeds.json")
    return tuple(_pattern(code, row) for code, row in document.items() if code != "note")
