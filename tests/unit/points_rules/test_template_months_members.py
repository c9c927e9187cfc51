"""November 2026 under the templates whose accounts are members'; totals added up by hand."""

from __future__ import annotations

from decimal import Decimal

from points.rules.compiled import CountsIn
from tests.unit.points_rules.books import day
from tests.unit.points_rules.template_months import (
    check,
    counted,
    named,
    row,
    score,
    tier,
)

_PARTY = frozenset({"party_member"})


def test_hailin_hours_add_up_and_a_bad_activity_counts_none() -> None:
    first, second, third, spoilt, fifth, sixth, seventh = (named(100 + n) for n in range(7))
    rows = [
        # hours so far: 1.5, 3.5 (3 cut to the activity's 2), 4.0: whole hours 1, 3, 4
        row("1", "HL-01", 1, quantity="1.5", activity=first),
        row("2", "HL-01", 3, "partly_over_limit", quantity="3", activity=second),
        row("1", "HL-01", 7, quantity="0.5", activity=third),
        row("0", "HL-01", 10, "cancelled", quantity="2", activity=spoilt),
        row("0", "HL-03", 10, activity=spoilt),
        # one activity, two entries: 1.5 first (the larger), then only 0.5 of 1: 5.5, 6.0
        row("1", "HL-01", 12, "partly_over_limit", quantity="1", activity=fifth),
        row("1", "HL-01", 12, quantity="1.5", activity=fifth),
        row("6", "HL-02", 15, quantity="3"),
        row("0", "HL-02", 20, "struck", struck=True),
        # 6.75, then 7.0
        row("0", "HL-01", 25, "below_next_step", quantity="0.75", activity=sixth),
        row("1", "HL-01", 28, quantity="0.25", activity=seventh),
    ]
    # 1 + 2 + 1 + 1 + 1 + 1 = 7 hours' points; 3 recruits × 2
    found = check("hailin-volunteers", rows, total="13")
    assert sum(found.counters.values()) == Decimal("7.00")
    assert counted(found, CountsIn.BALANCE) == Decimal(13)


def test_huaning_stars_of_party_members_only() -> None:
    rows = [
        row("3", "HN-B1", 2, decided="3", tags=_PARTY),
        row("5", "HN-B2", 3, decided="5", tags=_PARTY),
        row("5", "HN-B3", 5, decided="5", tags=_PARTY),
        row("4", "HN-B3", 9, decided="4", tags=_PARTY),
        row("2", "HN-B4", 10, decided="2", tags=_PARTY),
        row("0", "HN-B5", 11, "awaiting_decision", tags=_PARTY),
        row("4", "HN-B5", 12, decided="4", tags=_PARTY),
        row("-2", "HN-D1", 15, decided="2", tags=_PARTY),
        row("0", "HN-D3", 16, "awaiting_approval", decided="10", tags=_PARTY, approved=False),
        row("0", "HN-D2", 18, "struck", decided="9", tags=_PARTY, struck=True),
        # done before joining the party
        row("0", "HN-B6", 1, "not_in_audience", decided="5"),
        row("5", "HN-B1", 20, decided="5", tags=_PARTY),
        row("5", "HN-B2", 24, decided="5", tags=_PARTY),
    ]
    # 3 + 5 + 5 + 4 + 2 + 4 + 5 + 5 = 33; − 2
    found = check("huaning-party-members", rows, total="31")
    # 60 + 31 = 91: 90 and more, below 96
    assert score("huaning-party-members", found) == Decimal(91)
    assert tier("huaning-party-members", found, tags=["party_member"]).name == "四星级"


def test_luoyu_warns_before_it_charges() -> None:
    rows = [
        row("5", "LY-01", 1),
        row("15", "LY-03", 3),
        row("5", "LY-07", 5),
        row("5", "LY-07", 19),
        row("10", "LY-12", 6),
        row("50", "LY-15", 8),
        row("30", "LY-23", 9),
        row("100", "LY-27", 11),
        # told on the 2nd, again on the 15th: the second is charged
        row("0", "LY-20", 2, "warning_only", told_on=day("11-02")),
        row("-10", "LY-20", 15, told_on=day("11-15")),
        row("-20", "LY-17", 16),
        row("0", "LY-19", 17, "awaiting_approval", approved=False),
        row("40", "LY-C1", 20, decided="40"),
        row("0", "LY-C1", 21, "awaiting_decision"),
        row("-25", "LY-C2", 22, decided="25"),
    ]
    # 5 + 15 + 5 + 5 + 10 + 50 + 30 + 100 + 40 = 260; − (10 + 20 + 25) = −55
    found = check("luoyu-village", rows, total="205")
    # the account opened with 20, in score and balance
    assert score("luoyu-village", found) == Decimal(225)
    assert counted(found, CountsIn.BALANCE) == Decimal(205)


def test_luoyu_a_warning_told_too_late_sharpens_nothing() -> None:
    rows = [
        row("0", "LY-20", 2, "warning_only", told_on=day("11-20")),
        row("0", "LY-20", 15, "warning_only", told_on=day("11-15")),
    ]
    check("luoyu-village", rows, total="0")


def test_xinqi_counts_a_river_once_a_day_and_a_return_once() -> None:
    rows = [
        row("30", "XQ-01", 2),
        row("0", "XQ-01", 20, "over_limit"),
        row("3", "XQ-03", 3),
        row("0", "XQ-03", 3, "over_limit"),
        row("3", "XQ-03", 4),
        row("0", "XQ-03", 10, "awaiting_approval", approved=False),
        row("3", "XQ-03", 11),
        row("-12", "XQ-05", 12, decided="12"),
        row("0", "XQ-05", 13, "awaiting_decision"),
        row("-2", "XQ-06", 15),
        row("-2", "XQ-06", 22),
        row("0", "XQ-06", 23, "struck", struck=True),
    ]
    # 30 + 3 + 3 + 3 = 39; − (12 + 2 + 2) = −16
    found = check("xinqi-village", rows, total="23")
    assert score("xinqi-village", found) == Decimal(23)


def test_wendeng_addon_highest_of_a_deed_and_doubled_when_repeated() -> None:
    talk, brawl = named(201), named(202)
    rows = [
        # one deed, two items: the higher of 5 and 3
        row("5", "WDC-10", 2, deed=talk),
        row("0", "WDC-11", 2, "superseded", level="成效良好", deed=talk),
        # 200 people stand in the first step, 201 in the second
        row("5", "WDC-26", 3, quantity="200"),
        row("10", "WDC-26", 17, quantity="201"),
        # hours 9, 11, 20.5: 2 at ten, 3 more at twenty
        row("0", "WDC-31", 4, "below_next_step", quantity="9"),
        row("2", "WDC-31", 11, quantity="2"),
        row("3", "WDC-31", 18, quantity="9.5"),
        row("12", "WDC-25", 6, decided="12"),
        # parking: two warnings, then 10, then doubled
        row("0", "WDC-40a", 2, "warning_only", told_on=day("11-02")),
        row("0", "WDC-40a", 5, "warning_only", told_on=day("11-05")),
        row("-10", "WDC-40a", 9, told_on=day("11-09")),
        row("-20", "WDC-40a", 16, told_on=day("11-16")),
        # fireworks: 20, and doubled while the first (≤ 40 points: 12 months) is valid
        row("-20", "WDC-54", 7, told_on=day("11-07")),
        row("-40", "WDC-54", 25),
        row("0", "WDC-56", 10, "not_in_audience"),
        row("-5", "WDC-56", 12, tags=_PARTY),
        # deductions of one deed: 50, not 20 + 50
        row("0", "WDC-47", 20, "superseded", deed=brawl),
        row("-50", "WDC-48", 20, deed=brawl),
    ]
    # 5 + 5 + 10 + 2 + 3 + 12 = 37; − (10 + 20 + 20 + 40 + 5 + 50) = −145
    check("wendeng-community-addon", rows, total="-108")
