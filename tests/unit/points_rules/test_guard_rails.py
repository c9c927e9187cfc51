"""Guard-rails: read, merged so that the stricter wins, and a rulebook checked against them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from points.rules import guard_rails
from points.rules.compiled import Rulebook
from points.rules.compiling import rulebook_of
from points.rules.document import parse
from points.rules.findings import RulebookRefused
from points.rules.guard_rails import DeductionCap, GuardRails, Inherited, MergedGuardRails
from points.rules.periods import Period
from tests.unit.points_rules.books import ROOT, document, hours, item

WENDENG_RAILS = ROOT / "tests/data/guard_rails/wendeng.json"
ADDON = ROOT / "tests/data/rulebooks/wendeng_community_addon_2020.json"
RURAL = ROOT / "tests/data/rulebooks/wendeng_rural_residents_2020.excerpt.json"
BAMING = ROOT / "tests/data/rulebooks/baming_village_household.json"


def text(**fields: Any) -> str:
    return json.dumps(
        {
            "format": "linli-guard-rails/1",
            "issuer": "某街道",
            "level": "street",
            "version": 1,
            "effective_from": "2026-01-01",
            **fields,
        }
    )


def rails(**fields: Any) -> GuardRails:
    return guard_rails.load(text(**fields))


def one(**fields: Any) -> MergedGuardRails:
    return guard_rails.merge([("某街道", rails(**fields))])


def deduction(code: str = "D", **fields: Any) -> dict[str, Any]:
    return item(code, kind="deduction", **fields)


def found(rulebook: Rulebook, merged: MergedGuardRails) -> list[tuple[str, str]]:
    return [(each.code, each.where) for each in guard_rails.check(rulebook, merged)]


def compiled(*items: dict[str, Any], **fields: Any) -> Rulebook:
    return rulebook_of(document(*items, **fields))


def test_the_example_is_read() -> None:
    read = guard_rails.load(WENDENG_RAILS.read_bytes())
    assert (read.issuer, read.max_bonus, read.own_deductions) == ("威海市文登区", 100, 5)
    assert read.allow_household_deductions is False
    assert read.deductions_need == {"approval"}


@pytest.mark.parametrize("path", [ADDON, RURAL], ids=["addon", "rural"])
def test_wendengs_rulebooks_keep_wendengs_guard_rails(path: Any) -> None:
    merged = guard_rails.merge([("文登区", guard_rails.load(WENDENG_RAILS.read_bytes()))])
    assert found(rulebook_of(parse(path.read_bytes())), merged) == []


def test_a_household_rulebook_does_not_keep_them() -> None:
    merged = guard_rails.merge([("文登区", guard_rails.load(WENDENG_RAILS.read_bytes()))])
    codes = {code for code, _ in found(rulebook_of(parse(BAMING.read_bytes())), merged)}
    assert codes == {
        "guard_rail_own_items",
        "guard_rail_allow_household_deductions",
    }


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"max_points": {"bonus": 0}}, "out_of_range", "max_points.bonus"),
        ({"max_bonus": 5}, "unknown_field", ""),
        ({"level": "community"}, "value_not_allowed", "level"),
        ({"effective_from": "2026-02-30"}, "wrong_shape", "effective_from"),
        ({"max_points": {"bonus": 5.25}}, "not_one_decimal", "max_points.bonus"),
        (
            {"own_items": {"max_points_each": 0.25}},
            "not_one_decimal",
            "own_items.max_points_each",
        ),
        ({"deductions_need": ["luck"]}, "value_not_allowed", "deductions_need[1]"),
    ],
)
def test_a_document_of_another_shape_is_refused(
    fields: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(RulebookRefused) as refused:
        rails(**fields)
    assert [(each.code, each.where) for each in refused.value.findings] == [(code, place)]


def test_the_stricter_wins_field_by_field_and_is_named() -> None:
    district = rails(
        max_points={"bonus": 100, "deduction": 20},
        own_items={"bonus": 5},
        forbidden_words=["甲", "乙"],
        allow_household_deductions=True,
    )
    street = rails(
        max_points={"bonus": 50, "deduction": 20},
        own_items={"bonus": 7, "max_points_each": 2},
        forbidden_words=["乙", "丙"],
        max_veto_months=6,
        allow_household_deductions=False,
    )
    merged = guard_rails.merge([("区", district), ("街道", street)])
    assert merged.inherited() == [
        ("max_bonus", Decimal(50), "街道"),
        ("max_deduction", Decimal(20), "区"),
        ("own_bonuses", 5, "区"),
        ("own_points_each", Decimal(2), "街道"),
        ("forbidden_words", "乙", "区"),
        ("forbidden_words", "甲", "区"),
        ("forbidden_words", "丙", "街道"),
        ("max_veto_months", 6, "街道"),
        ("household_deductions_refused", True, "街道"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        # Each holds for itself: neither implies the other.
        ((20, "month"), (100, "year"), [(20, "month", "区"), (100, "year", "街道")]),
        # 20 in a whole year is never more than 20 in a month.
        ((20, "month"), (20, "year"), [(20, "year", "街道")]),
        ((20, "year"), (20, "month"), [(20, "year", "区")]),
        ((20, "month"), (20, "month"), [(20, "month", "区")]),
    ],
)
def test_caps_on_all_deductions_are_kept_unless_implied(
    first: tuple[int, str], second: tuple[int, str], kept: list[tuple[int, str, str]]
) -> None:
    bodies = [
        (owner, rails(max_deductions={"points": points, "per": per}))
        for owner, (points, per) in zip(("区", "街道"), (first, second), strict=True)
    ]
    assert guard_rails.merge(bodies).max_deductions == tuple(
        Inherited(DeductionCap(Decimal(points), Period(per)), owner) for points, per, owner in kept
    )


def test_without_guard_rails_nothing_is_asked() -> None:
    assert guard_rails.merge([]).inherited() == []
    assert found(compiled(deduction()), guard_rails.merge([])) == []


NO_UNIT_BOUND = {"type": "per_unit", "points": 1, "per": 2}
VETO = {"until": {"months": 12}, "bonuses": "kept", "effects": ["bar_honors"]}
TIER = {
    "name": "末等",
    "when": [{"measure": "score", "below": 0}],
    "effects": ["bar_redemption"],
}
ALL = {"code": "all", "items": ["*deduction"], "max_points": 20, "per": "month"}
DEFENSIBLE = deduction(
    escalation={"factors": [0, 1]},
    validity={"months": 12},
    recording={
        "evidence": [["photo"]],
        "approval": {"by": "panelist", "count": 1},
        "reason_required": True,
    },
)

#: (guard-rails, rulebook, what is found): a negative row beside each positive one.
CHECKS: list[tuple[dict[str, Any], Rulebook, list[tuple[str, str]]]] = [
    (
        {"max_points": {"bonus": 1}},
        compiled(item("A"), deduction()),
        [("guard_rail_max_points", "items[A].award")],
    ),
    ({"max_points": {"bonus": 2, "deduction": 1}}, compiled(item("A")), []),
    # After the largest factor.
    (
        {"max_points": {"deduction": 3}},
        compiled(deduction(escalation={"factors": [0, 1, 2]})),
        [("guard_rail_max_points", "items[D].award")],
    ),
    ({"max_points": {"deduction": 4}}, compiled(deduction(escalation={"factors": [0, 2]})), []),
    # Nothing bounds a quantity.
    (
        {"max_points": {"bonus": 5}},
        compiled(item("A", unit="hour", award=NO_UNIT_BOUND)),
        [("guard_rail_max_points", "items[A].award")],
    ),
    (
        {"max_points": {"bonus": 5}},
        compiled(item("A", unit="hour", award=NO_UNIT_BOUND, quantity={"max": 10})),
        [],
    ),
    (
        {"max_points": {"bonus": 5}},
        compiled(
            item("A", unit="hour", award=NO_UNIT_BOUND, limits=[{"max_points": 5, "per": "year"}])
        ),
        [],
    ),
    ({"max_points": {"bonus": 5}}, compiled(hours(limits=[{"max_quantity": 4, "per": "day"}])), []),
    (
        {"max_deductions": {"points": 20, "per": "month"}},
        compiled(deduction()),
        [("guard_rail_max_deductions", "limits")],
    ),
    ({"max_deductions": {"points": 20, "per": "month"}}, compiled(deduction(), limits=[ALL]), []),
    ({"max_deductions": {"points": 20, "per": "month"}}, compiled(item("A")), []),
    (
        {"max_deductions": {"points": 20, "per": "month"}},
        compiled(deduction(), limits=[{**ALL, "max_points": 21}]),
        [("guard_rail_max_deductions", "limits")],
    ),
    (
        {"max_deductions": {"points": 20, "per": "month"}},
        compiled(deduction(), limits=[{**ALL, "across": "person"}]),
        [("guard_rail_max_deductions", "limits")],
    ),
    (
        {"max_deductions": {"points": 20, "per": "year"}},
        compiled(deduction(), limits=[ALL]),
        [("guard_rail_max_deductions", "limits")],
    ),
    (
        {"own_items": {"bonus": 1, "deduction": 0}},
        compiled(item("A"), item("B", origin="community"), item("C", origin="street"), deduction()),
        [("guard_rail_own_items", "items"), ("guard_rail_own_items", "items")],
    ),
    ({"own_items": {"bonus": 1}}, compiled(item("A"), item("C", origin="district")), []),
    (
        {"own_items": {"max_points_each": 1}},
        compiled(item("A"), item("C", origin="district")),
        [("guard_rail_own_items", "items[A].award")],
    ),
    (
        {"forbidden_subjects": ["donation"]},
        compiled(item("A", subject="donation"), item("B")),
        [("guard_rail_forbidden_subjects", "items[A].subject")],
    ),
    (
        {"forbidden_words": ["疫情"]},
        compiled(
            item("A", name="疫情值守"),
            item("B", award={"type": "fixed", "points": {"疫情期间": 2, "平时": 1}}),
        ),
        [
            ("guard_rail_forbidden_words", "items[A].name"),
            ("guard_rail_forbidden_words", "items[B].award.points"),
        ],
    ),
    (
        {"deductions_need": ["warning_first", "evidence", "approval", "reason", "validity"]},
        compiled(item("A"), deduction()),
        [
            ("guard_rail_deductions_need", "items[D].recording.approval"),
            ("guard_rail_deductions_need", "items[D].recording.evidence"),
            ("guard_rail_deductions_need", "items[D].recording.reason_required"),
            ("guard_rail_deductions_need", "items[D].validity"),
            ("guard_rail_deductions_need", "items[D].escalation"),
        ],
    ),
    (
        {"deductions_need": ["warning_first", "evidence", "approval", "reason", "validity"]},
        compiled(DEFENSIBLE),
        [],
    ),
    (
        {"max_veto_months": 11},
        compiled(deduction(veto=VETO)),
        [("guard_rail_max_veto_months", "items[D].veto.until")],
    ),
    (
        {"max_veto_months": 12},
        compiled(deduction(veto={**VETO, "until": "end_of_next_year"})),
        [("guard_rail_max_veto_months", "items[D].veto.until")],
    ),
    ({"max_veto_months": 12}, compiled(deduction(veto={**VETO, "until": "end_of_year"})), []),
    ({"max_veto_months": 1}, compiled(deduction(veto={**VETO, "until": "corrected"})), []),
    (
        {"max_veto_months": 0},
        compiled(deduction(veto={**VETO, "until": "corrected"})),
        [("guard_rail_max_veto_months", "items[D].veto.until")],
    ),
    (
        {"refused_effects": ["bar_honors", "bar_redemption"]},
        compiled(deduction(veto=VETO), tiers=[TIER]),
        [
            ("guard_rail_refused_effects", "items[D].veto.effects"),
            ("guard_rail_refused_effects", "tiers[末等].effects"),
        ],
    ),
    ({"refused_effects": ["score_zero"]}, compiled(deduction(veto=VETO), tiers=[TIER]), []),
    (
        {"allow_household_deductions": False},
        compiled(deduction(), item("A"), holder="household"),
        [("guard_rail_allow_household_deductions", "items[D]")],
    ),
    ({"allow_household_deductions": True}, compiled(deduction(), holder="household"), []),
    ({"allow_household_deductions": False}, compiled(deduction()), []),
]


@pytest.mark.parametrize(("fields", "rulebook", "findings"), CHECKS, ids=range(len(CHECKS)))
def test_what_a_rulebook_does_not_keep(
    fields: dict[str, Any], rulebook: Rulebook, findings: list[tuple[str, str]]
) -> None:
    assert found(rulebook, one(**fields)) == findings


def test_a_refusal_says_why_and_whose_rule_it_is() -> None:
    (finding,) = guard_rails.check(compiled(item("A")), one(max_points={"bonus": 1.5}))
    assert finding.zh == (
        "一次最多 1.5 分，这一项（按最大倍数）可到 2 分，请调低。（某街道的护栏）"
    )
    assert finding.en.endswith("please lower it. (guard-rails of 某街道)")
