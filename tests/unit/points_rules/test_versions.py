"""Two versions of one rulebook: which judges a fact, and what a changed cap does."""

from __future__ import annotations

import uuid
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


def test_a_conflict_that_a_newer_version_dropped_joins_nothing_across_both() -> None:
    """Otherwise the fast path, which knows the new version only, would miss it."""
    no_show = item("N", kind="record", award=None)
    absent = {"code": "c", "items": ["A"], "same": "activity", "cancelled_by": ["N"]}
    old = book(item("A"), no_show, conflicts=[absent])
    new = book(item("A"), no_show, version=2, effective_from="2026-07-01")
    visit = uuid.UUID(int=9)
    deed = fact("A", "06-30", activity=visit)
    for on, points in (("06-30", "0"), ("07-01", "2")):
        facts = [deed, fact("N", on, activity=visit)]
        assert worths(evaluate([old, new], facts, TODAY))[0][0] == points


def test_running_totals_go_on_under_a_newer_version() -> None:
    """Ten hours were reached under the old table; the new one pays the difference to its own."""
    steps = [{"at": 10, "points": 1}, {"at": 20, "points": 6}]
    award = {"type": "milestones", "over": "year", "steps": steps}
    newer = book(item("S", unit="hour", award=award), version=2, effective_from="2026-07-01")
    facts = [fact("S", "05-01", "10"), fact("S", "08-01", "5"), fact("S", "09-01", "5")]
    assert worths(evaluate([V1, newer], facts, TODAY)) == [
        ("2", None),
        ("0", "below_next_step"),
        ("4", None),
    ]
