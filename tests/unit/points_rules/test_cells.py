"""Cells of limits: deed and activity, person and household, intervals. Bands and ranks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

import pytest

from points.rules.awards import Band, Bands, Ranks
from points.rules.compiled import Rulebook
from points.rules.evaluate import evaluate, evaluation
from points.rules.facts import Fact
from points.rules.periods import Period
from points.rules.ranks import awards
from points.rules.usage import CounterCell
from points.rules.versions import needs_household
from tests.unit.points_rules.books import HOLDER, book, day, fact, hours, item, plain, worths

TODAY = day("12-31")
SPOUSE, HOME = uuid.UUID(int=2), uuid.UUID(int=50)
ANN, BEN = uuid.UUID(int=60), uuid.UUID(int=61)
DEED, VISIT, OTHER = uuid.UUID(int=7), uuid.UUID(int=8), uuid.UUID(int=9)


def _points(rulebook: Rulebook, facts: Sequence[Fact]) -> list[str]:
    return [plain(line.points) for line in evaluate([rulebook], facts, TODAY)]


def test_at_most_two_hours_per_activity_in_each_month() -> None:
    rulebook = book(hours(limits=[{"max_quantity": 2, "per": "activity"}]))
    facts = [
        fact("H", "10-31", "3", activity=VISIT),
        fact("H", "11-01", "3", activity=VISIT),
        fact("H", "11-02", "3", activity=VISIT),
        fact("H", "11-03", "3", activity=OTHER),
        fact("H", "11-04", "3"),
        fact("H", "11-05", "3"),
    ]
    # Without an activity each fact is alone.
    assert _points(rulebook, facts) == ["2", "2", "0", "2", "2", "2"]


def test_once_per_deed() -> None:
    rulebook = book(
        item("A"),
        item("B"),
        limits=[{"code": "s", "items": ["*bonus"], "max_times": 1, "per": "deed"}],
    )
    facts = [fact("A", "11-01", deed=DEED), fact("B", "11-01", deed=DEED), fact("B", "11-01")]
    assert worths(evaluate([rulebook], facts, TODAY)) == [
        ("2", None),
        ("2", None),
        ("0", "over_limit"),
    ]


ACROSS = {
    across: book(item("A", limits=[{"max_points": 3, "per": "month", "across": across}]))
    for across in ("person", "holder", "household")
}
#: Ann and Ben for one account, Ann for the account of the spouse too.
FAMILY = [
    fact("A", "11-01", holder=HOLDER, person=ANN, household=HOME),
    fact("A", "11-02", holder=HOLDER, person=BEN, household=HOME),
    fact("A", "11-03", holder=HOLDER, person=ANN, household=HOME),
    fact("A", "11-04", holder=SPOUSE, person=ANN, household=HOME),
]


@pytest.mark.parametrize(
    ("across", "points"),
    [
        ("person", ["2", "2", "1", "2"]),
        ("holder", ["2", "1", "0", "2"]),
        ("household", ["2", "1", "0", "0"]),
    ],
)
def test_across(across: str, points: list[str]) -> None:
    assert _points(ACROSS[across], FAMILY) == points
    assert needs_household([ACROSS[across]]) is (across == "household")


def test_whose_row_it_is() -> None:
    """Rows of persons stand under their holder, so that storage finds them by it."""
    whose = {
        across: {key.whose for key in evaluation([rulebook], FAMILY, TODAY).limits}
        for across, rulebook in ACROSS.items()
    }
    assert whose == {
        "person": {HOLDER, SPOUSE},
        "holder": {HOLDER, SPOUSE},
        "household": {HOME},
    }


def test_who_lives_alone_has_the_whole_limit() -> None:
    alone = [fact("A", "11-01"), fact("A", "11-02")]
    assert _points(ACROSS["household"], alone) == ["2", "1"]


def test_a_household_that_holds_the_account_is_the_holder() -> None:
    limits = [{"max_points": 3, "per": "month", "across": "household"}]
    rulebook = book(item("A", limits=limits), holder="household")
    found = evaluation([rulebook], FAMILY[:2], TODAY)
    assert {key.whose for key in found.limits} == {HOLDER}
    assert not needs_household([rulebook])


def test_ids_given_at_arrival_settle_nothing() -> None:
    """Two members receive one deed, and the household has room for one and a half."""
    for ids in ((1, 2), (2, 1)):
        facts = [
            fact(
                "A",
                "11-01",
                fact_id=uuid.UUID(int=number),
                holder=holder,
                person=ANN,
                household=HOME,
                deed=DEED,
            )
            for number, holder in zip(ids, (HOLDER, SPOUSE), strict=True)
        ]
        lines = evaluate([ACROSS["household"]], facts, TODAY)
        found = {line.fact_id: line.points for line in lines}
        assert [found[each.fact_id] for each in facts] == [2, 1]


def test_a_promise_comes_first_in_the_order() -> None:
    """Two failings that differ in nothing else: the id would decide which is the repair."""
    veto = {"until": "corrected", "bonuses": "kept", "effects": []}
    repair = {"points": 1, "needs_promise": True}
    rulebook = book(
        item(
            "V",
            kind="deduction",
            award={"type": "fixed", "points": 5},
            veto={**veto, "repair": repair},
            limits=[{"max_points": 5, "per": "month"}],
        )
    )
    for ids in ((1, 2), (2, 1)):
        facts = [
            fact(
                "V",
                "11-01",
                fact_id=uuid.UUID(int=number),
                corrected_on=day("11-02"),
                promised=promised,
            )
            for number, promised in zip(ids, (True, False), strict=True)
        ]
        assert _points(rulebook, facts) == ["1", "4"]


def test_who_moves_takes_room_in_both_households() -> None:
    """The known limit of property 6: a deed before the move can cost more than it brings."""
    rulebook = book(
        item("A", limits=[{"max_points": 2, "per": "year"}]),
        item("B", award={"type": "fixed", "points": 4}),
        limits=[
            {
                "code": "s",
                "items": ["*bonus"],
                "max_points": 4,
                "per": "year",
                "across": "household",
            }
        ],
    )
    after = fact("A", "08-01", household=OTHER)
    neighbor = fact("B", "02-01", holder=SPOUSE, household=HOME)
    assert _points(rulebook, [neighbor, after]) == ["4", "2"]
    before = fact("A", "01-05", household=HOME)
    assert _points(rulebook, [before, neighbor, after]) == ["2", "2", "0"]


def test_an_interval_counts_from_the_last_that_counted() -> None:
    rulebook = book(item("A", limits=[{"min_days_between": 7}]))
    facts = [fact("A", f"11-{n:02}") for n in (1, 7, 8, 8, 14, 15)]
    assert worths(evaluate([rulebook], facts, TODAY)) == [
        ("2", None),
        ("0", "too_soon"),
        ("2", None),
        ("0", "too_soon"),
        ("0", "too_soon"),
        ("2", None),
    ]


def test_what_is_worth_nothing_begins_no_interval() -> None:
    rulebook = book(item("A", limits=[{"min_days_between": 7}]))
    facts = [fact("A", "11-01", struck=True), fact("A", "11-02")]
    assert _points(rulebook, facts) == ["0", "2"]


def test_counters_add_up_by_month() -> None:
    rulebook = book(
        hours(feeds="h", limits=[{"max_quantity": 4, "per": "day"}]),
        item("N", kind="record", award=None, unit="hour", feeds="h"),
        counters=[{"code": "h", "name": "时长", "unit": "hour"}],
    )
    facts = [fact("H", "11-01", "6"), fact("N", "11-02", "1.5"), fact("H", "12-01", "1")]
    struck = fact("H", "12-02", "3", struck=True)
    assert evaluation([rulebook], [*facts, struck], TODAY).counters == {
        CounterCell("h", HOLDER, "2026-11"): Decimal("5.5"),
        CounterCell("h", HOLDER, "2026-12"): Decimal(1),
    }


DONATION = Bands(
    (
        Band(Decimal(0), Decimal(100), Decimal(1)),
        Band(Decimal(1000), Decimal(400), Decimal(1)),
        Band(Decimal(5000), Decimal(500), Decimal(1)),
    )
)


@pytest.mark.parametrize(
    ("bands", "quantity", "worth"),
    [
        (DONATION, "99.99", 0),
        (DONATION, "1000", 10),
        (DONATION, "1399", 10),
        (DONATION, "1400", 11),
        (DONATION, "5499", 20),
        (DONATION, "5500", 21),
        # What is left of a band does not run over into the next.
        (
            Bands(
                (Band(Decimal(0), Decimal(2), Decimal(1)), Band(Decimal(3), Decimal(2), Decimal(1)))
            ),
            "4",
            1,
        ),
        (Bands(DONATION.bands[1:]), "999", 0),
    ],
)
def test_each_rate_applies_inside_its_band(bands: Bands, quantity: str, worth: int) -> None:
    assert bands.worth(Decimal(quantity), None, None) == worth


def test_bands_in_proportion_are_rounded_once() -> None:
    bands = Bands(
        (Band(Decimal(0), Decimal(3), Decimal(1)), Band(Decimal(1), Decimal(3), Decimal(1))),
        whole=False,
    )
    assert bands.worth(Decimal("1.2"), None, None) == Decimal("0.4")


def test_points_by_rank() -> None:
    """Case 10: two firsts both get 50, the next gets 20."""
    points = Ranks((Decimal(50), Decimal(30), Decimal(20)), Period.MONTH).points
    quantities = {"a": 9, "b": 9, "c": 5, "d": 5, "e": 4, "f": 0}
    given = awards({who: Decimal(quantity) for who, quantity in quantities.items()}, points)
    assert given == {"a": (1, 50), "b": (1, 50), "c": (3, 20), "d": (3, 20)}
    assert awards({"a": Decimal(0)}, points) == {}


def test_a_fact_of_an_item_by_rank_only_adds_up() -> None:
    rulebook = book(
        item("R", unit="piece", award={"type": "ranks", "points": [50], "over": "quarter"})
    )
    found = evaluation([rulebook], [fact("R", "10-01", "3"), fact("R", "12-01", "2")], TODAY)
    assert worths(found.lines) == [("0", "paid_by_rank"), ("0", "paid_by_rank")]
    (total,) = found.totals.values()
    assert (total.quantity, total.granted) == (5, 0)
