"""Small rulebooks and facts for the tests of this folder."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from points.rules.compiled import Rulebook
from points.rules.facts import Fact
from points.rules.findings import Severity
from points.rules.reading import compile_rulebook, examine

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "points/rulebook_data/xinfu_community_demo.json"
WENDENG = ROOT / "tests/data/rulebooks/wendeng_community_addon_2020.json"

HOLDER = uuid.UUID(int=1)


def item(code: str = "A", **fields: Any) -> dict[str, Any]:
    """A bonus of 2 points, unless ``fields`` say otherwise; None takes a field out."""
    raw = {
        "code": code,
        "name": f"项目{code}",
        "kind": "bonus",
        "subject": "volunteering",
        "award": {"type": "fixed", "points": 2},
        **fields,
    }
    return {key: value for key, value in raw.items() if value is not None}


def hours(code: str = "H", **fields: Any) -> dict[str, Any]:
    """One point per hour, added up over the month."""
    award = {"type": "per_unit", "points": 1, "per": 1, "over": "month"}
    return item(code, **{"unit": "hour", "award": award, **fields})


def document(*items: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "format": "linli-rulebook/1",
        "code": "test-book",
        "version": 1,
        "title": "测试细则",
        "effective_from": "2026-01-01",
        "holder": "member",
        "base": [],
        "score": {"over": "month"},
        "balance": {"spendable_from": "recorded", "deductions": "below_zero"},
        "items": list(items) or [item()],
        "not_carried_over": [],
        **fields,
    }


def book(*items: Mapping[str, Any], **fields: Any) -> Rulebook:
    return compile_rulebook(document(*items, **fields))


def text(*items: Mapping[str, Any], **fields: Any) -> str:
    return json.dumps(document(*items, **fields), ensure_ascii=False)


def findings_of(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(code, where) of every error."""
    found = examine(raw).findings
    return [(each.code, each.where) for each in found if each.severity is Severity.ERROR]


def warnings_of(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = examine(raw).findings
    return [(each.code, each.where) for each in found if each.severity is Severity.WARNING]


def day(text: str) -> dt.date:
    """``11-21`` is 21 November 2026."""
    return dt.date.fromisoformat(f"2026-{text}")


_NUMBERS = iter(range(100, 10**9))


def fact(code: str, on: str, quantity: str = "1", **fields: Any) -> Fact:
    """An approved fact of HOLDER; ids rise in the order of the calls."""
    return Fact(
        **{
            "fact_id": uuid.UUID(int=next(_NUMBERS)),
            "item": code,
            "holder": HOLDER,
            "occurred_on": day(on),
            "approved": True,
            "quantity": Decimal(quantity),
            **fields,
        }
    )


def worths(lines: Sequence[Any]) -> list[tuple[str, str | None]]:
    """(points, reason) of lines, for comparing with a table."""
    return [(plain(line.points), line.reason and line.reason.value) for line in lines]


def plain(points: Decimal) -> str:
    """``10``, ``0.5``: the shortest text without an exponent."""
    return f"{points.normalize():f}"
