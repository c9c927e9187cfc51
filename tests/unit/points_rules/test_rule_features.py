"""Features of real rulebooks, numbered as in docs/rule-features.md: what each is worth, or which
refusal names it.

Features with a test of their own elsewhere are not repeated here; the table names where.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from points.rules.compiled import ScoreOver
from points.rules.document import parse
from points.rules.evaluate import evaluate
from points.rules.facts import Fact
from points.rules.tiers import MeasureOver, tier_of
from tests.unit.points_rules.books import book, document, fact, findings_of, item

TODAY = dt.date(2026, 12, 31)
YEAR = ScoreOver.YEAR
_WASTE = {"厨余": 2, "可回收": 16}
#: difficulty × quality, written out: 10 × 1, × 1.5, × 2
_COEFFICIENTS = {"普通": 10, "较难": 15, "很难": 20}

#: feature → (items, header, facts, worth of each fact in canonical order)
WORTH: Mapping[
    int, tuple[list[dict[str, Any]], dict[str, Any], list[tuple[str, str, str]], list[str]]
] = {
    15: (
        [
            item("A", unit="person", award={"type": "per_unit", "points": 5, "per": 1}),
            item("B", award={"type": "fixed", "points": 3}),
        ],
        {},
        [("A", "11-01", "2"), ("B", "11-02", "1")],
        ["10", "3"],
    ),
    16: (
        [item("A", unit="yuan", award={"type": "per_unit", "points": Decimal("0.1"), "per": 10})],
        {},
        # 9 yuan are no whole step
        [("A", "11-01", "55"), ("A", "11-02", "9")],
        ["0.5", "0"],
    ),
    18: (
        [
            item(
                "A",
                unit="minute",
                award={"type": "per_unit", "points": 1, "per": 240, "over": "month"},
            )
        ],
        {},
        # 200 minutes, then 240, then 480
        [("A", "11-01", "200"), ("A", "11-02", "40"), ("A", "11-03", "240")],
        ["0", "1", "1"],
    ),
    25: (
        [
            item("A", award={"type": "fixed", "points": 10}),
            item("B", kind="deduction", award={"type": "fixed", "points": 10}),
        ],
        {},
        [("A", "11-01", "1"), ("B", "12-01", "1")],
        ["10", "-10"],
    ),
    34: (
        [item("A", award={"type": "fixed", "points": 1}, limits=[{"max_points": 1, "per": "day"}])],
        {},
        [("A", "11-01", "1"), ("A", "11-01", "1"), ("A", "11-02", "1")],
        ["1", "0", "1"],
    ),
    35: (
        [item("A", limits=[{"max_points": 3, "per": "month"}])],
        {},
        # 2, then 1 of 2, then a new month
        [("A", "11-01", "1"), ("A", "11-20", "1"), ("A", "12-01", "1")],
        ["2", "1", "2"],
    ),
    36: (
        [item("A", group="捐款"), item("B", group="捐款")],
        {"limits": [{"code": "c", "items": ["group:捐款"], "max_points": 3, "per": "year"}]},
        [("A", "01-05", "1"), ("B", "11-01", "1")],
        ["2", "1"],
    ),
    37: (
        [
            item("A", award={"type": "fixed", "points": 100}),
            item(
                "B",
                unit="hour",
                award={"type": "per_unit", "points": 1, "per": 1, "over": "year"},
                limits=[{"max_quantity": 500, "per": "year"}],
            ),
        ],
        {"limits": [{"code": "c", "items": ["*bonus"], "max_points": 700, "per": "year"}]},
        # hours stop at 500; of the 700, 600 are left after the first 100
        [("A", "01-05", "1"), ("B", "02-01", "480"), ("B", "03-01", "40"), ("B", "04-01", "1")],
        ["100", "480", "20", "0"],
    ),
    39: (
        [
            item("A", limits=[{"max_times": 1, "per": "year"}]),
            item("B", limits=[{"max_times": 1, "per": "ever"}]),
        ],
        {"effective_from": "2025-01-01"},
        [("A", "01-05", "1"), ("A", "11-01", "1"), ("B", "01-05", "1"), ("B", "11-01", "1")],
        ["2", "2", "0", "0"],
    ),
    57: (
        [
            item(
                "A",
                unit="hour",
                award={
                    "type": "milestones",
                    "over": "ever",
                    "steps": [{"at": 300, "points": 10}],
                    "then_every": {"quantity": 300, "points": 10},
                },
            )
        ],
        {},
        # hours 299, 300, 900: at three hundred, then twice again
        [("A", "11-01", "299"), ("A", "11-02", "1"), ("A", "11-03", "600")],
        ["0", "10", "20"],
    ),
}


@pytest.mark.parametrize("feature", WORTH)
def test_what_a_feature_is_worth(feature: int) -> None:
    items, header, facts, worth = WORTH[feature]
    lines = evaluate([book(*items, **header)], [fact(*each) for each in facts], TODAY)
    assert [line.signed for line in lines] == [Decimal(each) for each in worth]


#: feature → (item, level, worth)
LEVELS: Mapping[int, tuple[dict[str, Any], list[Fact], list[str]]] = {
    20: (
        item("A", unit="kilogram", award={"type": "per_unit", "points": _WASTE, "per": 1}),
        [
            fact("A", "11-01", "3", level="厨余"),
            fact("A", "11-02", "1", level="可回收"),
        ],
        ["6", "16"],
    ),
    28: (
        item("A", award={"type": "fixed", "points": _COEFFICIENTS}),
        [fact("A", "11-01", level="较难"), fact("A", "11-02", level="很难")],
        ["15", "20"],
    ),
}


@pytest.mark.parametrize("feature", LEVELS)
def test_what_a_level_is_worth(feature: int) -> None:
    raw, facts, worth = LEVELS[feature]
    lines = evaluate([book(raw)], facts, TODAY)
    assert [line.signed for line in lines] == [Decimal(each) for each in worth]


def _deduction(**fields: Any) -> dict[str, Any]:
    return item(kind="deduction", **fields)


def _tier(**fields: Any) -> dict[str, Any]:
    tier = {"name": "末等", "when": [{"measure": "score", "below": 60}], **fields}
    return document(tiers=[tier])


#: feature → (document, code, place): the part of the feature that is refused
REFUSED: Mapping[int, tuple[dict[str, Any], str, str]] = {
    4: (
        _tier(when=[{"measure": "average_grade", "at_least": 4}]),
        "measure_unknown",
        "tiers[末等].when[1].measure",
    ),
    5: (
        document(_deduction(beneficiary="head")),
        "deduction_on_relative",
        "items[A].beneficiary",
    ),
    6: (
        document(_deduction(beneficiary="named", relations=["spouse"])),
        "deduction_on_relative",
        "items[A].beneficiary",
    ),
    27: (
        document(_deduction(beneficiary="each_member")),
        "deduction_on_relative",
        "items[A].beneficiary",
    ),
    29: (document(item(award=None)), "award_missing", "items[A]"),
    30: (_tier(effects=["blacklists"]), "forbidden_effect", "tiers[末等].effects"),
    31: (document(item(feeds="district-credit")), "counter_unknown", "items[A].feeds"),
    44: (
        document(_deduction(beneficiary="named", relations=["organization_head"])),
        "deduction_on_relative",
        "items[A].beneficiary",
    ),
    50: (
        document(
            balance={
                "spendable_from": "recorded",
                "deductions": "never",
                "wiped_on_redemption": True,
            }
        ),
        "unknown_field",
        "balance",
    ),
    52: (_tier(effects=["deregisters"]), "forbidden_effect", "tiers[末等].effects"),
    53: (_tier(effects=["withdraws_benefit"]), "forbidden_effect", "tiers[末等].effects"),
    56: (_tier(restored_at=70), "unknown_field", "tiers[末等]"),
    58: (_tier(effects=["political_nomination"]), "forbidden_effect", "tiers[末等].effects"),
}


@pytest.mark.parametrize("feature", REFUSED)
def test_a_refused_feature_is_named_with_its_place(feature: int) -> None:
    raw, code, place = REFUSED[feature]
    # As it is uploaded: an amount written as a Decimal here is a number there.
    uploaded = parse(json.dumps(raw, ensure_ascii=False, default=float))
    assert findings_of(uploaded) == [(code, place)]


def test_a_minimum_duty_is_a_tier_of_two_measures() -> None:
    activities, points = MeasureOver("activities", YEAR), MeasureOver("score", YEAR)
    rulebook = book(
        item("A", kind="record", award=None, feeds="activities"),
        score={"over": "year"},
        counters=[{"code": "activities", "name": "活动次数", "unit": "time"}],
        tiers=[
            {
                "name": "履职",
                "when": [
                    {"measure": "activities", "at_least": 12},
                    {"measure": "score", "at_least": 5},
                ],
            },
            {"name": "未达标", "when": [{"measure": "score", "at_least": -1000}]},
        ],
    )
    named = []
    for done, score in ((12, "5"), (11, "50"), (40, "4.9")):
        reached = tier_of(rulebook, {activities: Decimal(done), points: Decimal(score)})
        named.append(reached and reached.name)
    assert named == ["履职", "未达标", "未达标"]
