"""Two versions of one rulebook: which judges a fact, and what a changed cap does."""

from __future__ import annotations

from decimal import Decimal

from points.rules.evaluate import evaluate, evaluation
from points.rules.facts import WorthReason
from points.rules.versions import version_on
from tests.unit.points_rules.books import book, day, fact, item, worths

TODAY = day("12-31")

STEPS = item(
    "S",
    unit="hour",
    award={"type": "milestones", "over": "year", "steps": [{"at": 10, "points": 2}]},
)
V1 = book(item("A", limits=[{"max_points": 6, "per": "year"}]), STEPS)
CHEAPER = item("A", award={"type": "fixed", "points": 1}, limits=[{"max_points": 3, "per": "year"}])
V2 = book(CHEAPER, version=2, effective_from="2026-07-01")


def test_a_fact_is_judged_by_the_version_in_force_on_its_day() -> None:
    assert version_on([V2, V1], day("06-30")) is V1
    assert version_on([V2, V1], day("07-01")) is V2
    assert version_on([V2], day("06-30")) is None
    found = evaluate([V1, V2], [fact("A", "06-30"), fact("A", "07-01")], TODAY)
    assert [line.points for line in found] == [2, 1]


def test_a_lower_cap_takes_nothing_back() -> None:
    facts = [fact("A", "05-01"), fact("A", "06-01"), fact("A", "07-01")]
    found = evaluation([V1, V2], facts, TODAY)
    assert worths(found.lines) == [("2", None), ("2", None), ("0", "over_limit")]
    (used,) = found.limits.values()
    assert (used.used, used.cap_lowest, used.cap_highest) == (Decimal(4), Decimal(6), Decimal(6))


def test_an_item_that_a_newer_version_dropped_is_worth_nothing() -> None:
    (line,) = evaluate([V1, V2], [fact("S", "08-01", "10")], TODAY)
    assert (line.points, line.reason, line.kind) == (
        Decimal(0),
        WorthReason.ITEM_NOT_IN_FORCE,
        None,
    )
