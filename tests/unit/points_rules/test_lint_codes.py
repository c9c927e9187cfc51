"""One row per code of the linter: a rulebook that has the mistake, and the nearest one without."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.points_rules import test_lint, test_named_refusals
from tests.unit.points_rules.books import document, findings_of, hours, item, warnings_of

Json = dict[str, Any]

BASE = {"code": "b", "name": "基础分", "points": 10, "per": "month", "counts_in": ["score"]}
BY_HOUR = {"type": "per_unit", "points": 1, "per": 1}
VETO = {"until": "corrected", "bonuses": "held", "effects": []}
SEALED = {"spendable_from": "sealed", "deductions": "below_zero"}


def _award(**award: Any) -> Json:
    return document(item(award=award, unit="yuan"))


def _bands(*bands: tuple[int, int], **award: Any) -> Json:
    listed = [{"from": start, "per": per, "points": 1} for start, per in bands]
    return _award(type="bands", bands=listed, **award)


def _steps(*steps: tuple[int, int]) -> Json:
    return _award(type="milestones", steps=[{"at": at, "points": points} for at, points in steps])


def _charged(code: str = "A", **fields: Any) -> Json:
    return item(code, kind="deduction", **fields)


def _fine(**fields: Any) -> Json:
    return document(_charged(**fields))


def _tiers(*bands: Json, **fields: Any) -> Json:
    tiers = [
        {"name": f"第{place}档", "when": [{"measure": "score", **band}]}
        for place, band in enumerate(bands, start=1)
    ]
    return document(tiers=tiers, **fields)


def _both(**conditions: Any) -> list[Json]:
    return [{"measure": measure, "at_least": least} for measure, least in conditions.items()]


def _starred(*tiers: list[Json]) -> Json:
    named = [{"name": f"{place}星", "when": when} for place, when in enumerate(tiers, start=1)]
    return document(counters=[HOURS], tiers=named)


def _highest(*selectors: str, code: str = "c") -> Json:
    return {"code": code, "items": list(selectors), "same": "deed", "keep": "highest"}


def _cancels(item_code: str, *by: str, code: str = "c") -> Json:
    return {"code": code, "items": [item_code], "same": "activity", "cancelled_by": list(by)}


def _valid(**fields: Any) -> Json:
    return document(item(**fields), score={"over": "valid"})


HOURS = {"code": "hours", "name": "服务时长", "unit": "hour"}
FEES = {"code": "fees", "name": "捐款", "unit": "yuan"}
A, B = item("A"), item("B")
WEEKLY = [{"min_days_between": 7}]
CLAIMED = {"recorders": ["member"]}
APPROVED = {**CLAIMED, "approval": {"by": "panelist", "count": 1}}
RANKING = {"code": "r", "name": "排名", "unit": "member", "over": "month", "within": "community"}
BY_HOURS = {**RANKING, "measure": "hours"}

#: (code, place, refused, nearest rulebook without the finding)
ERRORS: list[tuple[str, str, Json, Json]] = [
    # Awards.
    (
        "not_one_decimal",
        "items[A].award.bands[2].points",
        _award(
            type="bands",
            bands=[
                {"from": 0, "per": 1, "points": 1},
                {"from": 5, "per": 1, "points": Decimal("0.25")},
            ],
        ),
        _award(
            type="bands",
            bands=[
                {"from": 0, "per": 1, "points": 1},
                {"from": 5, "per": 1, "points": Decimal("0.2")},
            ],
        ),
    ),
    (
        "not_one_decimal",
        "balance.spend_above",
        document(balance={**SEALED, "spend_above": Decimal("0.25")}),
        document(balance={**SEALED, "spend_above": Decimal("0.2")}),
    ),
    (
        "range_reversed",
        "score",
        document(score={"over": "month", "floor": 9, "ceiling": 8}),
        document(score={"over": "month", "floor": 8, "ceiling": 8}),
    ),
    (
        "range_reversed",
        "items[A].award",
        _award(type="range", min=5, max=2),
        _award(type="range", min=2, max=2),
    ),
    (
        "steps_not_rising",
        "items[A].award.steps",
        _steps((20, 2), (10, 5)),
        _steps((10, 2), (20, 5)),
    ),
    (
        "bands_not_rising",
        "items[A].award.bands",
        _bands((0, 1), (10, 1), (10, 2)),
        _bands((0, 1), (10, 1), (20, 2)),
    ),
    ("bands_not_rising", "items[A].award.bands", _bands((5, 1), (0, 1)), _bands((0, 1), (5, 1))),
    ("band_not_whole", "items[A].award.bands", _bands((0, 4), (10, 1)), _bands((0, 5), (10, 1))),
    (
        "band_not_whole",
        "items[A].award.bands",
        _bands((0, 4), (10, 1)),
        _bands((0, 4), (10, 1), whole=False),
    ),
    (
        "award_missing",
        "items[A]",
        document(item(award=None)),
        document(item(kind="record", award=None)),
    ),
    ("record_has_award", "items[A].award", document(item(kind="record")), document(item())),
    (
        "levels_on_accumulated",
        "items[A].award.points",
        _award(type="per_unit", points={"厨余": 2, "可回收": 16}, per=1, over="month"),
        _award(type="per_unit", points={"厨余": 2, "可回收": 16}, per=1),
    ),
    (
        "quantity_is_one",
        "items[A].quantity",
        document(item(quantity={"min": 2})),
        document(item(quantity={"min": 1})),
    ),
    (
        "quantity_limit_needs_accumulation",
        "items[A].limits[1]",
        document(item(unit="hour", award=BY_HOUR, limits=[{"max_quantity": 4, "per": "day"}])),
        document(hours(limits=[{"max_quantity": 4, "per": "day"}])),
    ),
    (
        "quantity_limit_needs_unit",
        "items[H].limits[1]",
        document(hours(unit=None, limits=[{"max_quantity": 4, "per": "day"}])),
        document(hours(limits=[{"max_quantity": 4, "per": "day"}])),
    ),
    ("validity_missing", "items[A].validity", _valid(), _valid(validity={"months": 12})),
    ("validity_missing", "items[A].validity", _valid(), _valid(counts_in=["balance"])),
    (
        "validity_not_rising",
        "items[A].validity.by_points",
        _fine(
            validity={
                "by_points": [
                    {"up_to": 40, "months": 12},
                    {"up_to": 20, "months": 24},
                    {"months": 36},
                ]
            }
        ),
        _fine(
            validity={
                "by_points": [
                    {"up_to": 20, "months": 12},
                    {"up_to": 40, "months": 24},
                    {"months": 36},
                ]
            }
        ),
    ),
    (
        "validity_not_rising",
        "items[A].validity.by_points",
        _fine(validity={"by_points": [{"up_to": 40, "months": 12}, {"up_to": 60, "months": 24}]}),
        _fine(validity={"by_points": [{"up_to": 40, "months": 12}, {"months": 24}]}),
    ),
    (
        "limit_below_award",
        "items[A].limits[1]",
        document(item(limits=[{"max_points": 1, "per": "day"}])),
        document(item(limits=[{"max_points": 2, "per": "day"}])),
    ),
    # Half of the award is charged the second time only: 1 point fits.
    (
        "limit_below_award",
        "items[A].limits[1]",
        _fine(escalation={"factors": [0, 1]}, limits=[{"max_points": 1, "per": "year"}]),
        _fine(
            escalation={"factors": [0, Decimal("0.5")]}, limits=[{"max_points": 1, "per": "year"}]
        ),
    ),
    (
        "limit_below_award",
        "limits[s]",
        document(A, B, limits=[{"code": "s", "items": ["A", "B"], "max_points": 1, "per": "day"}]),
        # One cap over all deductions protects people from a large one.
        document(
            _charged("A"), limits=[{"code": "s", "items": ["A"], "max_points": 1, "per": "day"}]
        ),
    ),
    # Meeting rules.
    (
        "limit_mixes_kinds",
        "limits[s]",
        document(
            A,
            _charged("D"),
            limits=[{"code": "s", "items": ["A", "D"], "max_points": 3, "per": "day"}],
        ),
        document(A, B, limits=[{"code": "s", "items": ["A", "B"], "max_points": 3, "per": "day"}]),
    ),
    (
        "conflicts_overlap",
        "conflicts[d].items",
        document(A, B, conflicts=[_highest("A", "B"), _highest("*bonus", code="d")]),
        document(
            A, B, item("C"), item("E"), conflicts=[_highest("A", "B"), _highest("C", "E", code="d")]
        ),
    ),
    (
        "conflict_on_accumulated",
        "conflicts[c].items",
        document(A, hours(), conflicts=[_highest("A", "H")]),
        document(A, hours(), conflicts=[_highest("*bonus")]),
    ),
    (
        "conflict_on_accumulated",
        "conflicts[c].items",
        document(A, hours(group="时长"), conflicts=[_highest("A", "group:时长")]),
        document(
            A, hours(group="时长"), item("B", group="时长"), conflicts=[_highest("A", "group:时长")]
        ),
    ),
    (
        "cancels_in_circle",
        "conflicts[c].cancelled_by",
        document(A, conflicts=[_cancels("A", "A")]),
        document(A, B, conflicts=[_cancels("A", "B")]),
    ),
    (
        "selector_unknown",
        "conflicts[c].cancelled_by",
        document(A, conflicts=[_cancels("A", "X")]),
        document(A, B, conflicts=[_cancels("A", "B")]),
    ),
    (
        "selector_unknown",
        "conflicts[c].items",
        document(A, conflicts=[_highest("A", "group:没有")]),
        document(A, conflicts=[_highest("A")]),
    ),
    (
        "times_on_accumulated",
        "items[H].limits[1]",
        document(hours(limits=[{"max_times": 2, "per": "month"}])),
        document(item(limits=[{"max_times": 2, "per": "month"}])),
    ),
    (
        "escalation_only_on_deduction",
        "items[A].escalation",
        document(item(escalation={"factors": [0, 1]})),
        _fine(escalation={"factors": [0, 1]}),
    ),
    (
        "escalation_only_on_deduction",
        "items[A].escalation",
        document(item(kind="record", award=None, escalation={"factors": [0, 1]})),
        document(item(kind="record", award=None)),
    ),
    (
        "escalation_only_on_deduction",
        "items[A].escalation",
        document(A, defaults={"bonus": {"escalation": {"factors": [0, 1]}}}),
        document(A, defaults={"deduction": {"escalation": {"factors": [0, 1]}}}),
    ),
    (
        "escalation_on_accumulated",
        "items[H].escalation",
        document(hours(kind="deduction", escalation={"factors": [0, 1]})),
        document(hours(kind="deduction", award=BY_HOUR, escalation={"factors": [0, 1]})),
    ),
    (
        "escalation_needs_group",
        "items[A].escalation.counts",
        _fine(escalation={"factors": [0, 1], "counts": "group"}),
        _fine(group="停车", escalation={"factors": [0, 1], "counts": "group"}),
    ),
    ("veto_only_on_deduction", "items[A].veto", document(item(veto=VETO)), _fine(veto=VETO)),
    (
        "veto_on_accumulated",
        "items[H].veto",
        document(hours(kind="deduction", veto=VETO)),
        _fine(veto=VETO),
    ),
    (
        "held_needs_until_corrected",
        "items[A].veto.bonuses",
        _fine(veto={**VETO, "until": "end_of_year"}),
        _fine(veto={**VETO, "until": "end_of_year", "bonuses": "lost"}),
    ),
    (
        "recurs_only_on_deduction",
        "items[A].recurs",
        document(item(recurs="month")),
        _fine(recurs="month"),
    ),
    (
        "recurs_on_accumulated",
        "items[H].recurs",
        document(hours(kind="deduction", recurs="month")),
        _fine(recurs="month"),
    ),
    (
        "interval_needs_fixed_award",
        "items[A].limits[1]",
        document(item(award={"type": "range", "min": 1, "max": 2}, limits=WEEKLY)),
        document(item(limits=WEEKLY)),
    ),
    (
        "interval_needs_fixed_award",
        "items[A].limits[1]",
        document(item(award={"type": "fixed", "points": {"轻": 1, "重": 2}}, limits=WEEKLY)),
        document(item(limits=WEEKLY)),
    ),
    (
        "relations_need_named",
        "items[A].relations",
        document(item(relations=["child"])),
        document(item(beneficiary="named", relations=["child"])),
    ),
    (
        "audience_empty",
        "items[A].audience",
        document(item(audience={"any": ["x"], "none": ["x", "y"]})),
        document(item(audience={"any": ["x", "z"], "none": ["x", "y"]})),
    ),
    (
        "group_circular",
        "items[A].group",
        document(item(group="group:甲")),
        document(item(group="甲")),
    ),
    (
        "group_circular",
        "items[A].group",
        document(item(group="*bonus")),
        document(item(group="甲")),
    ),
    # Header.
    (
        "tier_overlap",
        "tiers[第2档].when",
        _tiers({"at_least": 60}, {"at_most": 60}),
        _tiers({"at_least": 60}, {"below": 60}),
    ),
    (
        "tier_overlap",
        "tiers[第2档].when",
        _tiers({"at_least": 800}, {"at_least": 500}),
        _tiers({"at_least": 800}, {"at_least": 500, "below": 800}),
    ),
    # Of several measures the first that fits wins; only what is never reached is a mistake.
    (
        "tier_overlap",
        "tiers[2星].when",
        _starred(_both(hours=30), _both(hours=60, score=500)),
        _starred(_both(hours=60, score=500), _both(hours=30, score=200), _both(hours=10)),
    ),
    (
        "range_reversed",
        "tiers[第1档].when",
        _tiers({"above": 60, "at_most": 60}),
        _tiers({"at_least": 60, "at_most": 60}),
    ),
    (
        "tier_unknown",
        "items[A].veto.tier",
        _fine(veto={**VETO, "tier": "零星"}),
        document(_charged(veto={**VETO, "tier": "第1档"}), tiers=_tiers({"below": 0})["tiers"]),
    ),
    (
        "measure_unknown",
        "rankings[r].measure",
        document(rankings=[{**RANKING, "measure": "socre"}]),
        document(rankings=[{**RANKING, "measure": "score"}]),
    ),
    (
        "measure_unknown",
        "tiers[1星].when[1].measure",
        _starred(_both(hour=1)),
        _starred(_both(hours=1)),
    ),
    (
        "measure_unknown",
        "tiers[1星].when[1].measure",
        {key: value for key, value in _starred(_both(balance=1)).items() if key != "balance"},
        _starred(_both(balance=1)),
    ),
    (
        "counter_unknown",
        "items[H].feeds",
        document(hours(feeds="hours")),
        document(hours(feeds="hours"), counters=[HOURS]),
    ),
    (
        "to_zero_needs_sealed",
        "balance.deductions",
        document(balance={"spendable_from": "recorded", "deductions": "to_zero"}),
        document(balance={"spendable_from": "sealed", "deductions": "to_zero"}),
    ),
    (
        "duplicate_code",
        "counters[hours]",
        document(counters=[HOURS, HOURS]),
        document(counters=[HOURS, FEES]),
    ),
    (
        "duplicate_code",
        "counters[score]",
        document(counters=[{**HOURS, "code": "score"}]),
        document(counters=[HOURS]),
    ),
    ("duplicate_code", "base[A]", document(base=[{**BASE, "code": "A"}]), document(base=[BASE])),
    (
        "duplicate_limit",
        "items[A].limits[2]",
        document(item(limits=[{"max_points": 3, "per": "day"}, {"max_points": 4, "per": "day"}])),
        document(item(limits=[{"max_points": 3, "per": "day"}, {"max_points": 4, "per": "week"}])),
    ),
    (
        "percent_needs_period",
        "base[b].per",
        document(
            base=[
                {
                    "code": "b",
                    "name": "b",
                    "percent_of_last": 20,
                    "per": "once",
                    "counts_in": ["score"],
                }
            ]
        ),
        document(
            base=[
                {
                    "code": "b",
                    "name": "b",
                    "percent_of_last": 20,
                    "per": "year",
                    "counts_in": ["score"],
                }
            ]
        ),
    ),
    (
        "expiry_day_unknown",
        "balance.expiry.on[2]",
        document(balance={**SEALED, "expiry": {"on": ["01-31", "02-30"]}}),
        document(balance={**SEALED, "expiry": {"on": ["01-31", "02-28"]}}),
    ),
    (
        "merchant_has_balance",
        "balance",
        document(holder="merchant"),
        {key: value for key, value in document(holder="merchant").items() if key != "balance"},
    ),
    (
        "ranking_not_published",
        "rankings[r].measure",
        document(rankings=[{**RANKING, "measure": "balance"}], counters=[HOURS]),
        document(rankings=[BY_HOURS], counters=[HOURS]),
    ),
    (
        "ranking_of_deductions",
        "rankings[r].measure",
        document(hours(kind="deduction", feeds="hours"), rankings=[BY_HOURS], counters=[HOURS]),
        document(hours(feeds="hours"), rankings=[BY_HOURS], counters=[HOURS]),
    ),
    (
        "ranking_per_head",
        "rankings[r].measure",
        document(rankings=[{**RANKING, "measure": "score_per_head"}]),
        document(rankings=[{**RANKING, "per_head": True}]),
    ),
    ("guard_rails_document", "format", document(format="linli-guard-rails/1"), document()),
    (
        "extends_not_joined",
        "extends",
        document(extends={"code": "parent", "version": 1}),
        document(),
    ),
    # Built in.
    (
        "points_not_positive",
        "items[A].award.points",
        _award(type="fixed", points=-5),
        _award(type="fixed", points=5),
    ),
    ("points_not_positive", "items[A].award.steps[1].points", _steps((10, -2)), _steps((10, 2))),
    (
        "quantity_not_positive",
        "items[H].quantity.min",
        document(hours(quantity={"min": -1})),
        document(hours(quantity={"min": 1})),
    ),
    (
        "self_approval",
        "items[A].recording.approval",
        document(item(recording=CLAIMED)),
        document(item(recording=APPROVED)),
    ),
    (
        "self_approval",
        "items[A].recording.approval",
        document(item(recording={**CLAIMED, "approval": {"by": "panelist", "count": 0}})),
        document(item(recording={"recorders": ["grid_worker"]})),
    ),
]


def _ids(rows: list[tuple[str, str, Json, Json]]) -> list[str]:
    return [f"{row[0]}-{place}" for place, row in enumerate(rows)]


@pytest.mark.parametrize(("code", "place", "wrong", "right"), ERRORS, ids=_ids(ERRORS))
def test_refused_with_its_place_and_the_nearest_without(
    code: str, place: str, wrong: Json, right: Json
) -> None:
    assert (code, place) in findings_of(wrong)
    assert {each for each, _ in findings_of(wrong)} == {code}
    assert findings_of(right) == []


WARNINGS: list[tuple[str, str, Json, Json]] = [
    (
        "ranking_of_records",
        "rankings[r].measure",
        document(
            item(kind="record", award=None, feeds="hours"), rankings=[BY_HOURS], counters=[HOURS]
        ),
        document(hours(feeds="hours"), rankings=[BY_HOURS], counters=[HOURS]),
    ),
    (
        "tier_gap",
        "tiers[第1档].when",
        _tiers({"at_least": 60}, {"below": 50}),
        _tiers({"at_least": 60}, {"below": 60}),
    ),
    (
        "tier_gap",
        "tiers[第1档].when",
        _tiers({"above": 60}, {"below": 60}),
        _tiers({"above": 60}, {"at_most": 60}),
    ),
    (
        "expires_before_spendable",
        "balance.expiry",
        document(balance={**SEALED, "expiry": {"end_of": "month"}}),
        document(balance={**SEALED, "expiry": {"end_of": "month", "plus_days": 60}}),
    ),
    (
        "expires_before_spendable",
        "balance.expiry",
        document(balance={**SEALED, "expiry": {"after_months": 1}}),
        document(balance={**SEALED, "expiry": {"after_months": 12}}),
    ),
    (
        "expires_before_spendable",
        "balance.expiry",
        document(balance={**SEALED, "expiry": {"on": ["01-10"]}}),
        document(
            balance={
                "spendable_from": "recorded",
                "deductions": "never",
                "expiry": {"on": ["01-10"]},
            }
        ),
    ),
    (
        "conflict_limits_differ",
        "conflicts[c]",
        document(
            item("A", limits=[{"max_points": 2, "per": "day"}]), B, conflicts=[_highest("A", "B")]
        ),
        document(
            A,
            B,
            conflicts=[_highest("A", "B")],
            limits=[{"code": "s", "items": ["A", "B"], "max_points": 2, "per": "day"}],
        ),
    ),
    ("catch_all_deduction", "items[A].name", _fine(name="其他违反公约的"), _fine(name="乱停车的")),
    (
        "interval_may_shift",
        "items[A].limits[1]",
        document(item(limits=[*WEEKLY, {"max_points": 4, "per": "month"}])),
        document(item(limits=WEEKLY)),
    ),
    (
        "forbidden_subject_word",
        "items[A].name",
        document(item(name="协助办理低保")),
        document(item(name="协助办理手续")),
    ),
    (
        "limit_below_award",
        "limits[s]",
        document(
            A,
            item("B", award={"type": "fixed", "points": 9}),
            limits=[{"code": "s", "items": ["*bonus"], "max_points": 5, "per": "month"}],
        ),
        document(
            A,
            item("B", award={"type": "fixed", "points": 5}),
            limits=[{"code": "s", "items": ["*bonus"], "max_points": 5, "per": "month"}],
        ),
    ),
]


@pytest.mark.parametrize(("code", "place", "wrong", "right"), WARNINGS, ids=_ids(WARNINGS))
def test_warned_of_with_its_place_and_the_nearest_without(
    code: str, place: str, wrong: Json, right: Json
) -> None:
    assert warnings_of(wrong) == [(code, place)]
    assert findings_of(wrong) == []
    assert warnings_of(right) == findings_of(right) == []


#: Every code of rulebook-format.md section 7.
SPECIFIED = """
limits_cross
not_one_decimal range_reversed steps_not_rising bands_not_rising band_not_whole award_missing
record_has_award levels_on_accumulated quantity_limit_needs_accumulation quantity_limit_needs_unit
validity_missing
limit_mixes_kinds conflicts_overlap conflict_on_accumulated times_on_accumulated
escalation_only_on_deduction escalation_on_accumulated veto_only_on_deduction
held_needs_until_corrected recurs_only_on_deduction interval_needs_fixed_award
tier_overlap tier_unknown measure_unknown counter_unknown to_zero_needs_sealed duplicate_code
duplicate_limit
tier_gap expires_before_spendable conflict_limits_differ catch_all_deduction interval_may_shift
forbidden_subject_word
forbidden_subject deduction_on_relative deduction_named forbidden_effect self_approval
"""


def test_every_code_of_the_format_has_a_row() -> None:
    rows = [*ERRORS, *WARNINGS, *test_lint.REFUSED, *test_named_refusals.REFUSED]
    assert set(re.findall(r"\w+", SPECIFIED)) <= {row[0] for row in rows}
