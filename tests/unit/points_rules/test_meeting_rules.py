"""When rules meet: conflicts and escalation. One row per decision."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from points.rules.compiled import Rulebook
from points.rules.evaluate import evaluate
from points.rules.facts import Fact
from tests.unit.points_rules.books import book, day, fact, hours, item, worths

TODAY = day("12-31")
DEED, OTHER_DEED, VISIT = uuid.UUID(int=7), uuid.UUID(int=8), uuid.UUID(int=9)
NEIGHBOR, PERSON = uuid.UUID(int=2), uuid.UUID(int=60)

Row = tuple[str, list[Fact], list[tuple[str, str | None]]]


def _params(rows: Sequence[Row]) -> Any:
    return pytest.mark.parametrize(
        ("facts", "found"), [row[1:] for row in rows], ids=[row[0] for row in rows]
    )


def _worths(rulebook: Rulebook, facts: Sequence[Fact]) -> list[tuple[str, str | None]]:
    return worths(evaluate([rulebook], facts, TODAY))


def _points(points: int) -> dict[str, Any]:
    return {"type": "fixed", "points": points}


CONFLICTS = book(
    item("A"),
    item("B", award=_points(5)),
    item("C", award=_points(2)),
    hours("H"),
    item("D", kind="deduction"),
    item("E", kind="deduction", award=_points(5)),
    item("N", kind="record", award=None),
    conflicts=[
        {"code": "deed", "items": ["A", "B", "C", "D", "E"], "same": "deed", "keep": "highest"},
        {"code": "zero", "items": ["H"], "same": "activity", "cancelled_by": ["N"]},
    ],
)

HIGHEST: list[Row] = [
    (
        "the greater stays",
        [fact("A", "11-01", deed=DEED), fact("B", "11-01", deed=DEED)],
        [("0", "superseded"), ("5", None)],
    ),
    (
        "of equals the first in canonical order",
        [fact("A", "11-01", deed=DEED), fact("C", "11-01", deed=DEED)],
        [("2", None), ("0", "superseded")],
    ),
    (
        "bonus and deduction of one deed do not compete",
        [fact("A", "11-01", deed=DEED), fact("E", "11-01", deed=DEED)],
        [("2", None), ("5", None)],
    ),
    (
        "nor do two deeds",
        [fact("A", "11-01", deed=DEED), fact("B", "11-01", deed=OTHER_DEED)],
        [("2", None), ("5", None)],
    ),
    (
        "nor two persons",
        [fact("A", "11-01", deed=DEED), fact("B", "11-01", deed=DEED, person=PERSON)],
        [("2", None), ("5", None)],
    ),
    (
        "nor two accounts",
        [fact("A", "11-01", deed=DEED), fact("B", "11-01", deed=DEED, holder=NEIGHBOR)],
        [("2", None), ("5", None)],
    ),
    (
        "what is struck supersedes nothing",
        [fact("A", "11-01", deed=DEED), fact("B", "11-01", deed=DEED, struck=True)],
        [("2", None), ("0", "struck")],
    ),
    (
        "cancelled by a record of the same activity",
        [fact("H", "11-01", "3", activity=VISIT), fact("N", "11-01", activity=VISIT)],
        [("0", "cancelled"), ("0", None)],
    ),
    (
        "not by one of no activity",
        [fact("H", "11-01", "3"), fact("N", "11-01")],
        [("3", None), ("0", None)],
    ),
    (
        "not by one that awaits approval",
        [
            fact("H", "11-01", "3", activity=VISIT),
            fact("N", "11-01", activity=VISIT, approved=False),
        ],
        [("3", None), ("0", "awaiting_approval")],
    ),
]


@_params(HIGHEST)
def test_conflicts(facts: list[Fact], found: list[tuple[str, str | None]]) -> None:
    assert _worths(CONFLICTS, facts) == found


WARNED = {"factors": [0, 1, 2], "within_months": 12, "grace_days": 3}
ESCALATING = book(
    item("W", kind="deduction", group="乱堆", escalation=WARNED),
    item("G", kind="deduction", group="乱堆", escalation={**WARNED, "counts": "group"}),
    item("V", kind="deduction", validity={"months": 1}, escalation={"factors": [1, 2]}),
    item(
        "S",
        kind="deduction",
        award={"type": "fixed", "points": {"小": 2, "大": 50}},
        validity={"by_points": [{"up_to": 40, "months": 1}, {"months": 2}]},
        escalation={"factors": [1, 2]},
    ),
    item("B", group="乱堆"),
    item("N", kind="record", award=None, group="乱堆"),
)


def _told(code: str, on: str, told: str | None = None, **fields: Any) -> Fact:
    return fact(code, on, told_on=day(told or on), **fields)


ESCALATION: list[Row] = [
    ("the first is a warning", [fact("W", "03-01")], [("0", "warning_only")]),
    (
        "the second is charged, the third doubled, the last factor repeats",
        [_told("W", on) for on in ("03-01", "04-01", "05-01", "06-01")],
        [("0", "warning_only"), ("2", None), ("4", None), ("4", None)],
    ),
    (
        "an occurrence nobody was told of does not count",
        [fact("W", "03-01"), fact("W", "04-01")],
        [("0", "warning_only"), ("0", "warning_only")],
    ),
    (
        "told on the day before the last day of grace: not yet over",
        [_told("W", "03-01"), fact("W", "03-04")],
        [("0", "warning_only"), ("0", "warning_only")],
    ),
    (
        "the day after the grace",
        [_told("W", "03-01"), fact("W", "03-05")],
        [("0", "warning_only"), ("2", None)],
    ),
    (
        "told after the second happened: what surfaces late sharpens nothing",
        [_told("W", "03-01", "04-05"), fact("W", "04-01")],
        [("0", "warning_only"), ("0", "warning_only")],
    ),
    (
        "a struck warning is none",
        [_told("W", "03-01", struck=True), fact("W", "04-01")],
        [("0", "struck"), ("0", "warning_only")],
    ),
    (
        "facts of one deed are one occurrence",
        [
            _told("W", "03-01", deed=DEED),
            _told("W", "03-01", deed=DEED, level=None, quantity=Decimal(1), activity=VISIT),
            fact("W", "04-01"),
        ],
        [("0", "warning_only"), ("0", "warning_only"), ("2", None)],
    ),
    (
        "another person's warning is another's",
        [_told("W", "03-01", person=PERSON), fact("W", "04-01")],
        [("0", "warning_only"), ("0", "warning_only")],
    ),
    (
        "by item: another item of the group does not count",
        [_told("G", "03-01"), fact("W", "04-01")],
        [("0", "warning_only"), ("0", "warning_only")],
    ),
    (
        "by group: a record counts, a bonus does not",
        [_told("N", "03-01"), _told("B", "03-02"), fact("G", "04-01")],
        [("0", None), ("2", None), ("2", None)],
    ),
    (
        "without months as long as the earlier record is valid",
        [_told("V", "03-10"), fact("V", "04-09")],
        [("2", None), ("4", None)],
    ),
    (
        "and no day longer",
        [_told("V", "03-10"), fact("V", "04-10")],
        [("2", None), ("2", None)],
    ),
    (
        "validity goes by the listed points",
        [_told("S", "03-10", level="大"), fact("S", "05-09", level="小")],
        [("50", None), ("4", None)],
    ),
]


@_params(ESCALATION)
def test_escalation(facts: list[Fact], found: list[tuple[str, str | None]]) -> None:
    assert _worths(ESCALATING, facts) == found


def test_the_window_of_months_ends_on_the_same_day() -> None:
    inside, outside = day("03-01").replace(year=2027), day("03-02").replace(year=2027)
    warning = _told("W", "03-02")
    facts = [warning, replace(fact("W", "03-05"), occurred_on=inside)]
    assert _worths(ESCALATING, facts)[1] == ("2", None)
    facts = [warning, replace(fact("W", "03-05"), occurred_on=outside)]
    assert _worths(ESCALATING, facts)[1] == ("0", "warning_only")
