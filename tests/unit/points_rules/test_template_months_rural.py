"""November 2026 under the longest template (187 source lines); totals added up by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from points.rules.compiled import TierEffect
from points.rules.evaluate import evaluation
from tests.unit.points_rules.books import day
from tests.unit.points_rules.template_months import (
    Row,
    check,
    named,
    row,
    rulebook,
    score,
    tier,
)

BOOK = "wendeng-rural"


def _month() -> list[Row]:
    prize = named(301)
    return [
        # hours 4, 11 in the year: 1 at four, 2 at ten
        row("1", "WDR-024", 2, quantity="4"),
        row("1", "WDR-024", 9, quantity="7"),
        *(row("1", "WDR-034", on) for on in (3, 4, 5)),
        row("0", "WDR-034", 6, "over_limit"),
        row("1", "WDR-044", 5),
        row("0", "WDR-044", 20, "over_limit"),
        # 1,000 / 100 = 10, then 500 / 400 = 1 whole; 90,000 = 10 + 10 + 10 + 80, of which 29 left
        row("11", "WDR-053", 7, quantity="1500"),
        row("29", "WDR-053", 14, "partly_over_limit", quantity="90000"),
        row("0.5", "WDR-057", 8, quantity="55"),
        row("2", "WDR-061", 10, quantity="1000"),
        row("20", "WDR-085", 11, level="区县级", deed=prize),
        row("0", "WDR-094", 11, "superseded", deed=prize),
        # told on the 3rd with three days' grace: the 5th is still a warning, the 10th counts double
        row("0", "WDR-163", 3, "warning_only", told_on=day("11-03")),
        row("0", "WDR-163", 5, "warning_only", told_on=day("11-05")),
        row("-10", "WDR-163", 10, told_on=day("11-10")),
        row("-50", "WDR-189", 12, level="造成火灾"),
        row("-10", "WDR-108", 13, quantity="2", tags=frozenset({"village_secretary"})),
        row("0", "WDR-207", 15, "not_in_audience"),
        row("-50", "WDR-194", 16),
    ]


def test_an_ordinary_month() -> None:
    # 1 + 1 + 3 + 1 + 11 + 29 + 0.5 + 2 + 20 = 68.5; − (10 + 50 + 10 + 50) = −120
    found = check(BOOK, _month(), total="-51.5")
    # of the year's 1000: 948.5, above 800 and at most 990
    assert score(BOOK, found) == Decimal("948.5")
    assert tier(BOOK, found).name == "一星"


def test_a_veto_holds_later_bonuses_and_sets_the_lowest_tier() -> None:
    rows = [
        *_month(),
        row("10", "WDR-058", 27),
        row("-100", "WDR-A29", 28),
        row("0", "WDR-058", 29, "suspended"),
    ]
    # −51.5 + 10 − 100
    found = check(BOOK, rows, total="-141.5")
    reached = tier(BOOK, found)
    assert reached.name == "零星"
    assert reached.effects == {TierEffect.BAR_HONORS}


def test_a_corrected_veto_costs_sixty_and_gives_back_what_it_held() -> None:
    rows = [
        *_month(),
        row("10", "WDR-058", 27),
        row("-60", "WDR-A29", 28, "repaired", corrected_on=day("11-30"), promised=True),
        row("10", "WDR-058", 29),
    ]
    # −51.5 + 10 − 60 + 10
    found = check(BOOK, rows, total="-91.5")
    # 908.5
    assert tier(BOOK, found).name == "一星"


def test_what_is_not_put_right_is_charged_again_in_january() -> None:
    failing = row("-50", "WDR-194", 16)
    check(BOOK, [failing], total="-50")
    lines = evaluation([rulebook(BOOK)], [failing.fact], dt.date(2027, 1, 1)).lines
    assert [(line.belongs_month, line.signed) for line in lines] == [
        ("2026-11", Decimal(-50)),
        ("2027-01", Decimal(-50)),
    ]


def test_the_edges_of_the_stars() -> None:
    # 60 for a first-class merit: 1000 + 60 = 1060, not above 1060
    merit = row("60", "WDR-095", 3, level="一等功")
    assert tier(BOOK, check(BOOK, [merit], total="60")).name == "四星"
    # with 10 yuan given: 1060.1
    more = [merit, row("0.1", "WDR-057", 4, quantity="10")]
    assert tier(BOOK, check(BOOK, more, total="60.1")).name == "五星"


def test_recorders_are_charged_and_nobody_else() -> None:
    rows = [
        row("-50", "WDR-207", 3, tags=frozenset({"recorder"})),
        row("-20", "WDR-225", 4, tags=frozenset({"recorder"})),
        row("0", "WDR-225", 5, "not_in_audience"),
    ]
    # − (50 + 20)
    check(BOOK, rows, total="-70")
    # the street decides about recorders, not the panel they record for
    assert rulebook(BOOK).by_code["WDR-207"].recording.approved_by == "street_officer"
