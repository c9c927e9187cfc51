"""Base points: who is due which, for which period."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from points.rules.base_grants import base_due
from points.rules.compiled import CountsIn
from tests.unit.points_rules.books import book


def _base(**fields: Any) -> dict[str, Any]:
    return {
        "code": "b",
        "name": "基础分",
        "points": 10,
        "per": "month",
        "counts_in": ["score"],
        **fields,
    }


CASES = [
    # per, joiners, opened, month, expected (period start, dated)
    ("month", "next_period", "2026-10-15", "2026-11", ("2026-11-01", "2026-11-01")),
    ("month", "next_period", "2026-11-01", "2026-11", ("2026-11-01", "2026-11-01")),
    ("month", "next_period", "2026-11-02", "2026-11", None),
    ("month", "full", "2026-11-02", "2026-11", ("2026-11-01", "2026-11-02")),
    ("month", "full", "2026-12-01", "2026-11", None),
    ("quarter", "next_period", "2026-11-02", "2026-12", None),
    ("quarter", "full", "2026-11-02", "2026-12", ("2026-10-01", "2026-11-02")),
    ("half_year", "full", "2025-01-01", "2026-12", ("2026-07-01", "2026-07-01")),
    ("year", "next_period", "2026-01-01", "2026-11", ("2026-01-01", "2026-01-01")),
    ("once", "full", "2026-03-05", "2026-11", ("2026-03-05", "2026-03-05")),
    ("once", "next_period", "2026-11-05", "2026-11", ("2026-11-05", "2026-11-05")),
    ("once", "full", "2026-12-05", "2026-11", None),
]


@pytest.mark.parametrize(("per", "joiners", "opened", "month", "expected"), CASES)
def test_due(
    per: str, joiners: str, opened: str, month: str, expected: tuple[str, str] | None
) -> None:
    rulebook = book(base=[_base(per=per, joiners=joiners)])
    due = base_due(rulebook, opened_on=dt.date.fromisoformat(opened), month=month)
    found = [(str(each.period_start), str(each.dated_on)) for each in due]
    assert found == ([expected] if expected else [])


def test_points_and_where_they_count() -> None:
    rulebook = book(base=[_base()])
    (due,) = base_due(rulebook, opened_on=dt.date(2026, 1, 1), month="2026-11")
    assert (due.base.code, due.points) == ("b", Decimal(10))
    assert due.counts_in == {CountsIn.SCORE}


def test_the_audience_is_asked() -> None:
    rulebook = book(base=[_base(audience={"any": ["party_member"]})])
    opened = dt.date(2026, 1, 1)
    assert base_due(rulebook, opened_on=opened, month="2026-11") == ()
    tags = frozenset({"party_member"})
    assert len(base_due(rulebook, opened_on=opened, month="2026-11", tags=tags)) == 1
