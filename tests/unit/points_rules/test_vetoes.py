"""Vetoes, and failings that go on. One row per decision."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from points.rules.compiled import Rulebook, VetoEffect
from points.rules.evaluate import evaluate, evaluation
from points.rules.facts import Fact
from points.rules.suspending import effects_on
from tests.unit.points_rules.books import HOLDER, book, day, fact, hours, item, worths

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


def _veto(**fields: Any) -> dict[str, Any]:
    return {"until": "corrected", "bonuses": "held", "effects": ["score_zero"], **fields}


HUNDRED = {"kind": "deduction", "award": {"type": "fixed", "points": 100}}
VETOES = book(
    item("A"),
    hours("H", feeds="h"),
    item("HELD", **HUNDRED, veto=_veto(repair={"points": 60, "needs_promise": True})),
    item("LOST", **HUNDRED, veto=_veto(bonuses="lost", repair={"points": 0})),
    item("KEPT", **HUNDRED, veto=_veto(bonuses="kept")),
    item("MONTH", **HUNDRED, veto=_veto(bonuses="lost", until={"months": 1})),
    item("YEAR", **HUNDRED, veto=_veto(bonuses="lost", until="end_of_year")),
    item("NEXT", **HUNDRED, veto=_veto(bonuses="kept", until="end_of_next_year")),
    item("WARN", **HUNDRED, escalation={"factors": [0, 1]}, veto=_veto(bonuses="lost")),
    item(
        "PANEL",
        kind="deduction",
        award={"type": "range", "min": 1, "max": 9},
        veto=_veto(bonuses="lost"),
    ),
    counters=[{"code": "h", "name": "时长", "unit": "hour"}],
)
SUSPENDED = ("0", "suspended")

VETO_ROWS: list[Row] = [
    (
        "from its day on, not before",
        [fact("A", "10-31"), fact("HELD", "11-01"), fact("A", "11-01")],
        [("2", None), SUSPENDED, ("100", None)],
    ),
    (
        "held bonuses count once corrected; without the promise the award stays",
        [fact("HELD", "11-01", corrected_on=day("11-20")), fact("A", "11-05")],
        [("100", None), ("2", None)],
    ),
    (
        "corrected and promised: the repair",
        [fact("HELD", "11-01", corrected_on=day("11-20"), promised=True), fact("A", "11-05")],
        [("60", "repaired"), ("2", None)],
    ),
    (
        "lost stays lost inside, and a repair may be worth nothing",
        [
            fact("LOST", "11-01", corrected_on=day("11-20")),
            fact("A", "11-19"),
            fact("A", "11-20"),
        ],
        [("0", "repaired"), SUSPENDED, ("2", None)],
    ),
    ("kept", [fact("KEPT", "11-01"), fact("A", "11-05")], [("100", None), ("2", None)]),
    (
        "for a month",
        [fact("MONTH", "10-05"), fact("A", "11-04"), fact("A", "11-05")],
        [("100", None), SUSPENDED, ("2", None)],
    ),
    (
        "another holder's veto is another's",
        [fact("HELD", "11-01", holder=NEIGHBOR), fact("A", "11-05")],
        [("100", None), ("2", None)],
    ),
    (
        "a warning vetoes nothing",
        [fact("WARN", "11-01"), fact("A", "11-05")],
        [("0", "warning_only"), ("2", None)],
    ),
    (
        "nor does what awaits a decision",
        [fact("PANEL", "11-01"), fact("A", "11-05")],
        [("0", "awaiting_decision"), ("2", None)],
    ),
    (
        "hours inside do not add up",
        [fact("HELD", "11-01"), fact("H", "11-05", "3")],
        [("100", None), SUSPENDED],
    ),
]


@_params(VETO_ROWS)
def test_vetoes(facts: list[Fact], found: list[tuple[str, str | None]]) -> None:
    assert _worths(VETOES, facts) == found


def test_suspended_hours_were_served() -> None:
    found = evaluation([VETOES], [fact("HELD", "11-01"), fact("H", "11-05", "3")], TODAY)
    assert list(found.counters.values()) == [3]
    assert found.totals == {}


@pytest.mark.parametrize(
    ("code", "corrected", "ends_before", "can_suspend"),
    [
        ("HELD", None, None, True),
        ("HELD", "11-20", "2026-11-20", False),
        ("LOST", "11-20", "2026-11-20", True),
        ("LOST", "11-01", "2026-11-01", False),
        ("KEPT", None, None, False),
        ("YEAR", None, "2027-01-01", True),
        ("YEAR", "11-20", "2027-01-01", True),
        ("NEXT", None, "2028-01-01", False),
    ],
)
def test_how_long_a_veto_lasts(
    code: str, corrected: str | None, ends_before: str | None, can_suspend: bool
) -> None:
    on = day(corrected) if corrected else None
    found = evaluation([VETOES], [fact(code, "11-01", corrected_on=on)], TODAY)
    (span,) = found.vetoes[HOLDER]
    assert str(span.ends_before or "") == (ends_before or "")
    assert span.can_suspend is can_suspend
    assert found.open_vetoes(HOLDER) == can_suspend
    assert effects_on([span], day("10-31")) == set()
    expected = set() if ends_before == "2026-11-01" else {VetoEffect.SCORE_ZERO}
    assert effects_on([span], day("11-01")) == expected


RECURRING = book(
    item("R", kind="deduction", award=_points(5), recurs="month", validity={"months": 12}),
    item("Q", kind="deduction", award=_points(5), recurs="quarter"),
    item("W", kind="deduction", recurs="month", escalation={"factors": [1, 2]}),
    item("B", kind="deduction", award=_points(9)),
    item("V", kind="deduction", recurs="quarter", veto=_veto(repair={"points": 1})),
    conflicts=[{"code": "deed", "items": ["*deduction"], "same": "deed", "keep": "highest"}],
)


def _slices(facts: Sequence[Fact], as_of: str = "12-31") -> list[tuple[int, str, str, str | None]]:
    lines = evaluate([RECURRING], facts, day(as_of))
    found = worths(lines)
    return [
        (line.slice, line.on.isoformat()[5:], points, reason)
        for line, (points, reason) in zip(lines, found, strict=True)
    ]


def test_charged_again_on_the_first_day_of_each_period_up_to_the_day() -> None:
    assert _slices([fact("R", "10-15")]) == [
        (0, "10-15", "5", None),
        (1, "11-01", "5", None),
        (2, "12-01", "5", None),
    ]
    assert _slices([fact("R", "10-15")], as_of="11-30")[-1] == (1, "11-01", "5", None)
    assert _slices([fact("Q", "07-01")]) == [(0, "07-01", "5", None), (1, "10-01", "5", None)]


def test_none_from_the_day_of_correction() -> None:
    corrected = fact("R", "10-15", corrected_on=day("12-01"))
    assert [found[1] for found in _slices([corrected])] == ["10-15", "11-01"]
    assert len(_slices([fact("R", "10-15", corrected_on=day("10-15"))])) == 1


def test_slices_have_their_own_month_and_keep_the_factor_of_the_first() -> None:
    warning = fact("W", "09-15", told_on=day("09-15"))
    lines = evaluate([RECURRING], [warning, fact("W", "10-20")], day("11-30"))
    second = [line for line in lines if line.on.month >= 10 and line.points == 4]
    assert [line.belongs_month for line in second] == ["2026-10", "2026-11"]
    assert len(lines) == 5


def test_what_recurs_is_valid_from_its_correction() -> None:
    open_end = evaluate([RECURRING], [fact("R", "10-15")], day("10-20"))
    assert open_end[0].valid_until is None
    corrected = evaluate([RECURRING], [fact("R", "10-15", corrected_on=day("12-20"))], TODAY)
    assert {str(line.valid_until) for line in corrected} == {"2027-12-20"}


def test_what_is_superseded_loses_its_later_slices_too() -> None:
    one_deed = [fact("R", "10-15", deed=DEED), fact("B", "10-15", deed=DEED)]
    assert [found[2:] for found in _slices(one_deed)] == [
        ("9", None),
        ("0", "superseded"),
        ("0", "superseded"),
        ("0", "superseded"),
    ]


def test_a_repair_is_charged_once() -> None:
    repaired = fact("V", "04-15", corrected_on=day("11-01"))
    assert [found[2:] for found in _slices([repaired])] == [
        ("1", "repaired"),
        ("0", "repaired"),
        ("0", "repaired"),
    ]
