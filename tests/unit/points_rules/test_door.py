"""The door: one row per refusal, and what comes in."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from points.rules.compiled import Item
from points.rules.door import DoorRefusal, check_fact, decision_allowed
from tests.unit.points_rules.books import book, day, hours, item

RECORDING = {
    "evidence": [["check_in"], ["photo", "receipt"]],
    "recorders": ["grid_worker"],
    "approval": {"by": "panelist", "count": 1},
    "reason_required": True,
    "deadline_days": 31,
}
RULES = book(
    item("FIXED", recording=RECORDING),
    item("LEVELS", award={"type": "fixed", "points": {"一般": 5, "较重": 20}}),
    hours("HOURS", quantity={"min": Decimal("0.5"), "max": 12}),
    hours("WHOLE", quantity={"integer": True}),
    hours("DAY", quantity={"max": 100}),
    item("MINUTES", unit="minute", award={"type": "per_unit", "points": 1, "per": 60}),
    item("YUAN", unit="yuan", award={"type": "per_unit", "points": 1, "per": 100}),
    item("RANGE", award={"type": "range", "min": 1, "max": 5, "step": 2}),
    item("FREE"),
)
FIXED = RULES.by_code["FIXED"]
WITH_ACTIVITY = replace(
    RULES.by_code["FREE"], recording=replace(FIXED.recording, activity_required=True)
)

GOOD: dict[str, Any] = {
    "occurred_on": day("11-20"),
    "today": day("11-21"),
    "recorder_role": "grid_worker",
    "reason": "扶老人过街",
    "evidence": ["check_in"],
    "activity": uuid.UUID(int=7),
}

REFUSED: list[tuple[DoorRefusal, Item | str | None, dict[str, Any], dict[str, Any]]] = [
    (DoorRefusal.ITEM_NOT_IN_FORCE, None, {}, {"occurred_on": "2026-11-20"}),
    (
        DoorRefusal.OCCURRED_IN_FUTURE,
        "FREE",
        {"occurred_on": day("11-22")},
        {"today": "2026-11-21"},
    ),
    (DoorRefusal.TOO_LATE, "FIXED", {"occurred_on": day("10-20")}, {"deadline_days": 31}),
    (
        DoorRefusal.QUANTITY_OUT_OF_RANGE,
        "HOURS",
        {"quantity": Decimal("12.5")},
        {"min": "0.5", "max": "12", "integer": False, "unit": "hour"},
    ),
    (DoorRefusal.LEVEL_MISSING, "LEVELS", {}, {"levels": ["一般", "较重"]}),
    (DoorRefusal.ACTIVITY_MISSING, WITH_ACTIVITY, {"activity": None}, {}),
    (DoorRefusal.REASON_MISSING, "FIXED", {"reason": "  "}, {}),
    (
        DoorRefusal.EVIDENCE_MISSING,
        "FIXED",
        {"evidence": ["photo"]},
        {"alternatives": [["check_in"], ["photo", "receipt"]]},
    ),
    (
        DoorRefusal.RECORDER_NOT_ALLOWED,
        "FIXED",
        {"recorder_role": "member"},
        {"recorders": ["grid_worker"]},
    ),
]


@pytest.mark.parametrize(("refusal", "which", "fields", "facts"), REFUSED)
def test_refused_by_name_with_the_facts_of_its_sentence(
    refusal: DoorRefusal, which: Item | str | None, fields: dict[str, Any], facts: dict[str, Any]
) -> None:
    checked = RULES.by_code[which] if isinstance(which, str) else which
    answer = check_fact(checked, **{**GOOD, **fields})
    assert answer is not None
    assert (answer.refusal, dict(answer.facts)) == (refusal, facts)


def test_every_refusal_is_in_the_table() -> None:
    assert [row[0] for row in REFUSED] == list(DoorRefusal)


QUANTITIES = [
    ("FIXED", "1", True),
    ("FIXED", "2", False),
    ("FREE", "0.5", False),
    ("HOURS", "0.5", True),
    ("HOURS", "0.49", False),
    ("HOURS", "12", True),
    ("HOURS", "2.125", False),
    ("HOURS", "-1", False),
    ("HOURS", "NaN", False),
    ("HOURS", "Infinity", False),
    ("WHOLE", "1E+40", False),
    ("WHOLE", "3", True),
    ("WHOLE", "3.5", False),
    ("WHOLE", "0", False),
    ("YUAN", "1000000", True),
    ("YUAN", "1000001", False),
    # 25 hours in a day, whatever the bounds say.
    ("WHOLE", "24", True),
    ("WHOLE", "25", False),
    ("DAY", "24.01", False),
    ("MINUTES", "1440", True),
    ("MINUTES", "1441", False),
]


@pytest.mark.parametrize(("code", "quantity", "enters"), QUANTITIES)
def test_quantity(code: str, quantity: str, enters: bool) -> None:
    answer = check_fact(RULES.by_code[code], **GOOD, quantity=Decimal(quantity))
    assert (answer is None) is enters


@pytest.mark.parametrize(
    ("code", "level", "enters"),
    [
        ("LEVELS", "较重", True),
        ("LEVELS", "很重", False),
        ("LEVELS", None, False),
        ("FREE", None, True),
        ("FREE", "较重", False),
    ],
)
def test_level(code: str, level: str | None, enters: bool) -> None:
    assert (check_fact(RULES.by_code[code], **GOOD, level=level) is None) is enters


def test_the_bound_of_a_day_is_said() -> None:
    answer = check_fact(RULES.by_code["DAY"], **GOOD, quantity=Decimal(25))
    assert answer is not None
    assert answer.facts["max"] == "24"


def test_the_last_day_of_the_deadline_is_inside() -> None:
    assert check_fact(FIXED, **{**GOOD, "occurred_on": day("10-21")}) is None


def test_any_alternative_of_evidence_will_do() -> None:
    assert check_fact(FIXED, **{**GOOD, "evidence": ["receipt", "photo", "other_document"]}) is None


def test_the_first_refusal_is_answered() -> None:
    answer = check_fact(FIXED, **{**GOOD, "reason": None, "recorder_role": "member"})
    assert answer is not None
    assert answer.refusal is DoorRefusal.REASON_MISSING


@pytest.mark.parametrize(
    ("code", "decided", "allowed"),
    [
        ("RANGE", "1", True),
        ("RANGE", "3", True),
        ("RANGE", "5", True),
        ("RANGE", "2", False),
        ("RANGE", "7", False),
        ("FREE", "2", False),
    ],
)
def test_decisions(code: str, decided: str, allowed: bool) -> None:
    assert decision_allowed(RULES.by_code[code], Decimal(decided)) is allowed
