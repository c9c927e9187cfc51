"""Constructs of the format that this engine does not run yet, on one table.

A rulebook that uses one is refused by name and place; nothing is ever dropped silently. To take
a construct in, build it and delete its rows here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from points.rules.findings import Finding, error
from points.rules.places import matches


@dataclass(frozen=True)
class Construct:
    """``path`` finds its uses; where ``runs`` is given, those values are not a use of it."""

    name: str
    zh: str
    path: str
    runs: tuple[object, ...] = ()


NOT_YET: tuple[Construct, ...] = (
    Construct("guard_rails", "护栏文件", "format", ("linli-rulebook/1",)),
    Construct("extends", "叠加", "extends"),
    Construct("ranking_measure", "得分以外的排名口径", "rankings.*.measure", ("score",)),
)


def not_supported(document: Mapping[str, Any]) -> list[Finding]:
    """One finding ``not_supported_yet`` for every use of a construct on the table."""
    return [
        error(
            "not_supported_yet",
            place,
            f"“{construct.zh}”（{construct.name}）本系统现在还不能执行，请先不要采用这一条。",
            f'"{construct.name}" cannot be run by this system yet; please leave it out for now.',
        )
        for construct in NOT_YET
        for place, value in matches(document, construct.path.split("."))
        if _is_used(value) and value not in construct.runs
    ]


def _is_used(value: object) -> bool:
    """``null`` and empty lists clear a construct; zero and false are values."""
    return isinstance(value, bool | int | Decimal) or bool(value)
