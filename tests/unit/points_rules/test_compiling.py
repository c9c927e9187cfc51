"""From document to rulebook: defaults, selectors, own limits' codes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from points.rules.awards import Fixed, PerUnit, Range
from points.rules.compiled import (
    Audience,
    CountsIn,
    Deductions,
    Joiners,
    Measure,
    Publication,
    RankingUnit,
)
from points.rules.findings import RulebookRefused
from points.rules.periods import Period
from points.rules.reading import load
from tests.unit.points_rules.books import DEMO, book, hours, item, text


def test_the_demo_rulebook() -> None:
    demo = load(DEMO.read_bytes())
    assert (demo.code, demo.version, demo.effective_from) == (
        "xinfu-community-demo",
        1,
        dt.date(2026, 9, 1),
    )
    assert len(demo.items) == 22
    (base,) = demo.base
    assert (base.points, base.per, base.joiners) == (Decimal(10), Period.MONTH, Joiners.NEXT_PERIOD)
    assert base.duties == ("遵守居民公约", "配合社区网格登记", "参与垃圾分类")
    assert demo.score_over is Period.MONTH
    assert demo.balance is not None
    assert demo.balance.deductions is Deductions.BELOW_ZERO
    assert [(ranking.unit, ranking.top_count, ranking.per_head) for ranking in demo.rankings] == [
        (RankingUnit.MEMBER, 50, False),
        (RankingUnit.HOUSEHOLD, 50, False),
        (RankingUnit.GRID, None, True),
    ]
    service = demo.by_code["XF-05"]
    assert service.award == PerUnit(Decimal(1), Decimal(1), True, Period.MONTH)
    assert [limit.code for limit in service.limits] == ["XF-05/max_quantity/day/holder"]
    assert demo.by_code["XF-15"].award == Range(Decimal(1), Decimal(20), Decimal("0.1"))
    assert demo.by_code["XF-51"].publication is Publication.ANONYMOUS
    assert demo.by_code["XF-51"].recording.reason_required
    assert demo.not_carried_over[0].code == "process"


def test_defaults_are_filled_in_whole_and_null_clears() -> None:
    defaults = {
        "bonus": {
            "unit": "hour",
            "counts_in": ["score"],
            "limits": [{"max_points": 3, "per": "day"}],
            "recording": {"recorders": ["grid_worker"], "deadline_days": 31},
        }
    }
    own = {"recording": {"reason_required": True}, "limits": []}
    filled, said = book(item("A"), item("B", **own), defaults=defaults).items
    assert filled.unit == "hour"
    assert filled.counts_in == {CountsIn.SCORE}
    assert [limit.code for limit in filled.limits] == ["A/max_points/day/holder"]
    assert filled.recording.deadline_days == 31
    assert said.limits == ()
    # A field is taken whole: what the item says about recording replaces the default.
    assert said.recording.deadline_days is None
    assert said.recording.reason_required


def test_an_explicit_null_clears_a_default() -> None:
    raw = {**item("A", kind="deduction"), "escalation": None}
    assert book(raw).by_code["A"].code == "A"


def test_selectors_are_resolved() -> None:
    rulebook = book(
        item("A", group="捐款"),
        item("B", group="捐款"),
        item("C"),
        item("D", kind="deduction"),
        limits=[
            {"code": "g", "items": ["group:捐款", "C"], "max_points": 3, "per": "month"},
            {"code": "d", "items": ["*deduction"], "max_times": 3, "per": "month"},
        ],
    )
    by_points, by_times = rulebook.shared_limits
    assert by_points.items == {"A", "B", "C"}
    assert by_times.items == {"D"}
    assert rulebook.limits_of("A", Measure.POINTS) == (by_points,)
    assert rulebook.limits_of("A", Measure.TIMES) == ()
    assert rulebook.limits_of("no-such-item", Measure.POINTS) == ()


def test_without_a_balance_nothing_counts_in_it() -> None:
    raw = text().replace(
        '"balance": {"spendable_from": "recorded", "deductions": "below_zero"}, ', ""
    )
    rulebook = load(raw)
    assert rulebook.balance is None
    assert rulebook.items[0].counts_in == {CountsIn.SCORE}


def test_levels_keep_the_order_of_the_document() -> None:
    points = {"较重": 20, "一般": 5}
    award = book(item(award={"type": "fixed", "points": points})).items[0].award
    assert isinstance(award, Fixed)
    assert award.levels == ("较重", "一般")


def test_tags_of_all_audiences() -> None:
    rulebook = book(
        item(audience={"any": ["party_member"]}),
        base=[
            {
                "code": "b",
                "name": "基础分",
                "points": 1,
                "per": "once",
                "counts_in": ["score"],
                "audience": {"none": ["student"]},
            }
        ],
    )
    assert rulebook.tags == {"party_member", "student"}


AUDIENCES = [
    (Audience(), set(), True),
    (Audience(frozenset({"a", "b"})), {"b", "c"}, True),
    (Audience(frozenset({"a"})), {"c"}, False),
    (Audience(none_of=frozenset({"a"})), set(), True),
    (Audience(frozenset({"a"}), frozenset({"b"})), {"a", "b"}, False),
]


@pytest.mark.parametrize(("audience", "tags", "has"), AUDIENCES, ids=range(len(AUDIENCES)))
def test_audience(audience: Audience, tags: set[str], has: bool) -> None:
    assert audience.has(frozenset(tags)) is has


def test_a_refused_rulebook_raises_with_every_finding() -> None:
    bad = [{"max_points": 3, "per": "day"}] * 2
    with pytest.raises(RulebookRefused) as refused:
        load(text(item(limits=bad), hours(unit=None, limits=[{"max_quantity": 1, "per": "day"}])))
    assert [finding.code for finding in refused.value.findings] == [
        "duplicate_limit",
        "quantity_limit_needs_unit",
    ]


MEASURES = [
    (Measure.QUANTITY, "4.25", 425),
    (Measure.TIMES, "3", 3),
    (Measure.POINTS, "10.5", 105),
    (Measure.MIN_DAYS, "7", 7),
]


@pytest.mark.parametrize(("measure", "amount", "stored"), MEASURES)
def test_measures_in_storage(measure: Measure, amount: str, stored: int) -> None:
    assert measure.stored(Decimal(amount)) == stored
    assert measure.loaded(stored) == Decimal(amount)


def test_every_measure_is_in_the_table() -> None:
    assert {row[0] for row in MEASURES} == set(Measure)
