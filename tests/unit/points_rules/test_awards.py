"""What awards are worth: the cases of the specification and their kin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from points.rules.evaluate import evaluate
from tests.unit.points_rules.books import book, day, fact, hours, item, plain

TODAY = day("12-31")


def _milestones(over: str, **more: Any) -> dict[str, Any]:
    steps = [{"at": 10, "points": 2}, {"at": 20, "points": 5}]
    return {"type": "milestones", "over": over, "steps": steps, **more}


STEPS = item("S", unit="hour", award=_milestones("year"))
ON_AND_ON = _milestones("year", then_every={"quantity": 5, "points": 1})

#: (items, facts as (code, day, quantity), points): the cases of the specification and their kin.
CASES: list[tuple[str, list[dict[str, Any]], list[tuple[str, str, str]], list[str]]] = [
    (
        "case 2: ten hours, then twenty: the difference",
        [STEPS],
        [("S", "03-01", "10"), ("S", "05-01", "10")],
        ["2", "3"],
    ),
    (
        "hours that arrive late move the difference to the fact that now crosses",
        [STEPS],
        [("S", "02-01", "6"), ("S", "03-01", "6"), ("S", "05-01", "10")],
        ["0", "2", "3"],
    ),
    (
        "beyond the last step: one more for each five hours",
        [item("S", unit="hour", award=ON_AND_ON)],
        [("S", "02-01", "24"), ("S", "03-01", "1"), ("S", "05-01", "11")],
        ["5", "1", "2"],
    ),
    (
        "a table of sizes looks each fact up alone",
        [item("S", unit="person", award=_milestones("each"))],
        [("S", "02-01", "9"), ("S", "03-01", "10"), ("S", "05-01", "500")],
        ["0", "2", "5"],
    ),
    (
        "half hours add up over the month, not across it",
        [hours("H")],
        [("H", "02-01", "0.5"), ("H", "02-20", "0.5"), ("H", "03-01", "0.5")],
        ["0", "1", "0"],
    ),
    (
        "in proportion, half up to one decimal, differences add up exactly",
        [
            hours(
                "H",
                award={"type": "per_unit", "points": 1, "per": 3, "whole": False, "over": "month"},
            )
        ],
        [("H", "02-01", "1"), ("H", "02-02", "1"), ("H", "02-03", "1")],
        ["0.3", "0.4", "0.3"],
    ),
    (
        "half up",
        [
            item(
                "E",
                unit="yuan",
                award={"type": "per_unit", "points": Decimal("0.1"), "per": 2, "whole": False},
            )
        ],
        [("E", "02-01", "1"), ("E", "02-02", "0.9")],
        ["0.1", "0"],
    ),
    (
        "case 6: a block of ten, three times minus five in the quarter; the next starts afresh",
        [
            item(
                "D",
                kind="deduction",
                award={"type": "fixed", "points": 5},
                limits=[{"max_points": 10, "per": "quarter"}],
            )
        ],
        [("D", "10-05", "1"), ("D", "11-05", "1"), ("D", "12-05", "1"), ("D", "01-05", "1")],
        ["5", "5", "5", "0"],
    ),
    (
        "the yearly limit of case 3: at most forty, however much is given",
        [
            item(
                "E",
                unit="yuan",
                award={"type": "per_unit", "points": 1, "per": 100},
                limits=[{"max_points": 40, "per": "year"}],
            )
        ],
        [("E", "01-01", "1000"), ("E", "06-01", "2950"), ("E", "12-31", "90000")],
        ["10", "29", "1"],
    ),
    (
        "a week is cut at the edge of the month",
        [item("W", limits=[{"max_times": 1, "per": "week"}])],
        [("W", "11-28", "1"), ("W", "11-30", "1"), ("W", "12-01", "1"), ("W", "12-06", "1")],
        ["2", "2", "2", "0"],
    ),
]


@pytest.mark.parametrize(
    ("items", "facts", "points"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_cases(
    items: list[dict[str, Any]], facts: list[tuple[str, str, str]], points: list[str]
) -> None:
    found = evaluate([book(*items)], [fact(*each) for each in facts], TODAY)
    assert [plain(line.points) for line in found] == points
