"""Constructs not run yet are refused by name and place, never dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from points.rules.document import parse
from points.rules.findings import RulebookRefused
from points.rules.reading import compile_rulebook
from points.rules.unsupported import NOT_YET, not_supported
from tests.unit.points_rules.books import DEMO, WENDENG, document, item

RANKING = {"code": "r", "name": "排名", "unit": "member", "over": "month", "within": "community"}
SHARED = {"code": "s", "items": ["A"], "max_points": 5, "per": "month"}
BANDS = [{"from": 0, "per": 1, "points": 1}, {"from": 5, "per": 2, "points": 1}]


def _item(**fields: Any) -> dict[str, Any]:
    return document(item(**fields))


def _balance(**fields: Any) -> dict[str, Any]:
    return document(balance={"spendable_from": "recorded", "deductions": "below_zero", **fields})


def _defaults(**fields: Any) -> dict[str, Any]:
    return document(defaults={"bonus": fields})


USES: list[tuple[str, str, dict[str, Any]]] = [
    ("guard_rails", "format", document(format="linli-guard-rails/1")),
    ("extends", "extends", document(extends={"code": "p", "version": 1})),
    ("household_or_merchant_holder", "holder", document(holder="household")),
    (
        "percent_of_last",
        "base[b].percent_of_last",
        document(base=[{"code": "b", "percent_of_last": 20}]),
    ),
    ("score_over", "score.over", document(score={"over": "valid"})),
    ("score_floor", "score.floor", document(score={"over": "month", "floor": 0})),
    ("score_ceiling", "score.ceiling", document(score={"over": "month", "ceiling": 50})),
    ("spendable_from_sealed", "balance.spendable_from", _balance(spendable_from="sealed")),
    ("to_zero", "balance.deductions", _balance(deductions="to_zero")),
    ("spend_above", "balance.spend_above", _balance(spend_above=0)),
    ("expiry", "balance.expiry", _balance(expiry={"end_of": "year"})),
    ("counters", "counters", document(counters=[{"code": "h"}])),
    ("feeds", "items[A].feeds", _item(feeds="h")),
    ("conflicts", "conflicts", document(conflicts=[{"code": "c"}])),
    ("tiers", "tiers", document(tiers=[{"name": "一星"}])),
    ("excluded_tags", "excluded_tags", document(excluded_tags=["deceased"])),
    ("ranking_over", "rankings[r].over", document(rankings=[{**RANKING, "over": "year"}])),
    ("ranking_within", "rankings[r].within", document(rankings=[{**RANKING, "within": "grid"}])),
    (
        "ranking_audience",
        "rankings[r].audience",
        document(rankings=[{**RANKING, "audience": {"any": ["x"]}}]),
    ),
    (
        "ranking_measure",
        "rankings[r].measure",
        document(rankings=[{**RANKING, "measure": "balance"}]),
    ),
    ("escalation", "items[A].escalation", _item(escalation={"factors": [0, 1]})),
    ("escalation", "defaults.bonus.escalation", _defaults(escalation={"factors": [0, 1]})),
    ("validity", "items[A].validity", _item(validity={"months": 12})),
    ("validity", "defaults.bonus.validity", _defaults(validity={"months": 12})),
    ("recurs", "items[A].recurs", _item(recurs="month")),
    ("veto", "items[A].veto", _item(veto={"until": "corrected"})),
    ("beneficiary", "items[A].beneficiary", _item(beneficiary="household")),
    ("relations", "items[A].relations", _item(relations=["spouse"])),
    ("bands", "items[A].award.bands", _item(award={"type": "bands", "bands": BANDS})),
    ("ranks", "items[A].award.type", _item(award={"type": "ranks", "points": [50]})),
    (
        "deed_or_activity_cell",
        "items[A].limits[1].per",
        _item(limits=[{"max_points": 1, "per": "deed"}]),
    ),
    (
        "deed_or_activity_cell",
        "defaults.bonus.limits[1].per",
        _defaults(limits=[{"max_points": 1, "per": "activity"}]),
    ),
    ("deed_or_activity_cell", "limits[s].per", document(limits=[{**SHARED, "per": "activity"}])),
    (
        "limit_across",
        "items[A].limits[1].across",
        _item(limits=[{"max_points": 1, "per": "day", "across": "person"}]),
    ),
    (
        "limit_across",
        "defaults.bonus.limits[1].across",
        _defaults(limits=[{"max_points": 1, "per": "day", "across": "household"}]),
    ),
    ("limit_across", "limits[s].across", document(limits=[{**SHARED, "across": "household"}])),
    (
        "min_days_between",
        "items[A].limits[1].min_days_between",
        _item(limits=[{"min_days_between": 7}]),
    ),
    (
        "min_days_between",
        "defaults.bonus.limits[1].min_days_between",
        _defaults(limits=[{"min_days_between": 7}]),
    ),
    (
        "activity_required",
        "items[A].recording.activity_required",
        _item(recording={"activity_required": True}),
    ),
    (
        "activity_required",
        "defaults.bonus.recording.activity_required",
        _defaults(recording={"activity_required": True}),
    ),
]


@pytest.mark.parametrize(("name", "place", "raw"), USES, ids=[f"{use[0]}@{use[1]}" for use in USES])
def test_each_construct_is_named_with_its_place(name: str, place: str, raw: dict[str, Any]) -> None:
    (finding,) = not_supported(raw)
    assert (finding.code, finding.where) == ("not_supported_yet", place)
    assert f"（{name}）" in finding.zh
    assert f'"{name}"' in finding.en


def test_every_row_of_the_table_is_tried() -> None:
    assert [construct.name for construct in NOT_YET] == [use[0] for use in USES]


CLEARED: list[Callable[[], dict[str, Any]]] = [
    lambda: _item(escalation=None),
    lambda: document({**item(), "escalation": None}),
    lambda: document(conflicts=[], tiers=[], counters=[], excluded_tags=[]),
    lambda: _item(beneficiary="actor", recording={"activity_required": False}),
    lambda: document(rankings=[{**RANKING, "measure": "score"}]),
    lambda: _item(limits=[{"max_points": 1, "per": "day", "across": "holder"}]),
]


@pytest.mark.parametrize("raw", CLEARED, ids=range(len(CLEARED)))
def test_what_says_nothing_is_no_use(raw: Callable[[], dict[str, Any]]) -> None:
    assert not_supported(raw()) == []


def test_the_demo_uses_only_what_runs() -> None:
    assert not_supported(parse(DEMO.read_bytes())) == []


def test_wendeng_is_refused_and_every_construct_named_with_its_item() -> None:
    with pytest.raises(RulebookRefused) as refused:
        compile_rulebook(parse(WENDENG.read_bytes()))
    assert {
        finding.where for finding in refused.value.findings if finding.code == "not_supported_yet"
    } == {
        "score.over",
        "counters",
        "conflicts",
        "rankings[year-end].over",
        "defaults.bonus.validity",
        "defaults.deduction.validity",
        "defaults.deduction.escalation",
        "items[WDC-31].feeds",
        *(f"items[WDC-{code}].escalation" for code in ("40a", "40b", "42", "43", "46")),
    }
