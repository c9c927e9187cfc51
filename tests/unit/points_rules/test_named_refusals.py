"""Refusals that are built in and cannot be switched off."""

from __future__ import annotations

from typing import Any

import pytest

from points.rules.document import parse
from points.rules.findings import Severity
from points.rules.named_refusals import FORBIDDEN_EFFECTS, FORBIDDEN_SUBJECTS, named_refusals
from tests.unit.points_rules.books import DEMO, WENDENG, document, findings_of, item, warnings_of


def _deduction(**fields: Any) -> dict[str, Any]:
    return item(kind="deduction", **fields)


RELATIVES = {"beneficiary": "named", "relations": ["child"]}

REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("forbidden_subject_word", "items[A].name", document(_deduction(name="虚假投诉的"))),
    ("forbidden_subject_word", "items[A].group", document(_deduction(group="信访"))),
    (
        "forbidden_subject_word",
        "items[A].award.points",
        document(_deduction(award={"type": "fixed", "points": {"一般": 1, "越级上访": 2}})),
    ),
    (
        "forbidden_effect",
        "tiers[末等].effects",
        document(tiers=[{"name": "末等", "effects": ["blacklists"]}]),
    ),
    (
        "forbidden_effect",
        "items[A].veto.effects",
        document(_deduction(veto={"effects": ["deregisters"]})),
    ),
    ("deduction_on_relative", "items[A].beneficiary", document(_deduction(**RELATIVES))),
    (
        "deduction_on_relative",
        "items[A].beneficiary",
        document(_deduction(beneficiary="household")),
    ),
    ("deduction_named", "items[A].publication", document(_deduction(publication="named"))),
    (
        "deduction_named",
        "items[A].publication",
        document(_deduction(), defaults={"deduction": {"publication": "named"}}),
    ),
    ("record_has_award", "items[A].award", document(item(kind="record"))),
    ("award_missing", "items[A]", document(item(award=None))),
    (
        "escalation_only_on_deduction",
        "items[A].escalation",
        document(item(escalation={"factors": [0, 1]})),
    ),
    ("veto_only_on_deduction", "items[A].veto", document(item(veto={"until": "corrected"}))),
    ("recurs_only_on_deduction", "items[A].recurs", document(item(recurs="month"))),
    (
        "to_zero_needs_sealed",
        "balance.deductions",
        document(balance={"spendable_from": "recorded", "deductions": "to_zero"}),
    ),
    *(
        ("forbidden_subject", "items[A].subject", document(item(subject=subject)))
        for subject in sorted(FORBIDDEN_SUBJECTS)
    ),
    *(
        (
            "forbidden_effect",
            "tiers[末等].effects",
            document(tiers=[{"name": "末等", "effects": [effect]}]),
        )
        for effect in sorted(FORBIDDEN_EFFECTS)
    ),
]


@pytest.mark.parametrize(("code", "place", "raw"), REFUSED, ids=range(len(REFUSED)))
def test_refused_by_name(code: str, place: str, raw: dict[str, Any]) -> None:
    assert findings_of(raw) == [(code, place)]


def test_a_word_on_a_bonus_warns_and_the_rulebook_stands() -> None:
    raw = document(item(name="协助办理低保的居民"))
    assert findings_of(raw) == []
    assert warnings_of(raw) == [("forbidden_subject_word", "items[A].name")]


@pytest.mark.parametrize("name", ["其他违反居民公约的", "乱停车等行为"])
def test_a_catch_all_deduction_warns(name: str) -> None:
    assert warnings_of(document(_deduction(name=name))) == [
        ("catch_all_deduction", "items[A].name")
    ]


def test_clauses_left_out_may_name_what_is_forbidden() -> None:
    left_out = {
        "clause": "列入黑名单",
        "code": "blacklists",
        "reason": "不采纳",
        "effects": ["blacklists"],
    }
    assert named_refusals(document(not_carried_over=[left_out])) == []


def test_a_household_rulebook_may_charge_the_household() -> None:
    raw = document(_deduction(beneficiary="household"), holder="household")
    assert named_refusals(raw) == []


@pytest.mark.parametrize("path", [DEMO, WENDENG], ids=["demo", "wendeng"])
def test_real_rulebooks_have_nothing_forbidden(path: Any) -> None:
    found = named_refusals(parse(path.read_bytes()))
    assert [each for each in found if each.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"items": 3},
        {"items": [3, {"award": 7}]},
        {"defaults": [], "balance": 1, "tiers": {"effects": 3}},
    ],
)
def test_any_shape_is_tolerated(raw: dict[str, Any]) -> None:
    assert named_refusals(raw) == []
