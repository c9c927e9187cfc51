"""November 2026 under the templates of households and of merchants; totals added up by hand."""

from __future__ import annotations

from decimal import Decimal

from points.rules.compiled import CountsIn, TierEffect
from tests.unit.points_rules.template_months import (
    check,
    counted,
    evaluated,
    named,
    row,
    score,
    tier,
)


def test_baming_blocks_of_ten_never_take_more_than_ten() -> None:
    rows = [
        # work, 10 a quarter: 4 + 5 = 9, so that only 1 of the next 3 is left
        row("-4", "BM-B01", 3, decided="4"),
        row("-5", "BM-B01", 10, decided="5"),
        row("-1", "BM-B01", 20, "partly_over_limit", decided="3"),
        row("-0.5", "BM-B02", 5, decided="0.5"),
        # hygiene: the first takes the whole block
        row("-10", "BM-B05", 6, decided="10"),
        row("0", "BM-B05", 7, "over_limit", decided="2"),
        row("-7.5", "BM-B06", 8, decided="7.5"),
        row("0", "BM-B03", 9, "awaiting_approval", decided="6", approved=False),
        row("0", "BM-B04", 12, "awaiting_decision"),
        # contributions, 20 a quarter: 15, then 5 of 10
        row("15", "BM-G", 15, decided="15"),
        row("5", "BM-G", 25, "partly_over_limit", decided="10"),
        row("0", "BM-B06", 28, "struck", decided="10", struck=True),
    ]
    # + 15 + 5 = 20; − (4 + 5 + 1 + 0.5 + 10 + 7.5) = −28
    found = check("baming-village", rows, total="-8")
    # the quarter began with 100: 100 − 8 = 92, above 60
    assert score("baming-village", found) == Decimal(92)
    assert tier("baming-village", found).name == "合格"


def test_baming_ends_at_120_whatever_is_added() -> None:
    rows = [row("20", "BM-G", 3, decided="20"), row("0", "BM-G", 4, "over_limit", decided="20")]
    found = check("baming-village", rows, total="20")
    assert score("baming-village", found) == Decimal(120)


def test_baijia_suspends_below_70_and_only_the_part_above_100_can_be_spent() -> None:
    rows = [
        row("10", "BJ-01", 5),
        row("0", "BJ-01", 20, "over_limit"),
        row("-8", "BJ-02", 3, decided="8"),
        row("-10", "BJ-02", 8, decided="10"),
        row("0", "BJ-02", 10, "awaiting_decision"),
        row("-10", "BJ-02", 12, decided="10"),
        row("0", "BJ-02", 15, "awaiting_approval", decided="10", approved=False),
        row("-7", "BJ-02", 18, decided="7"),
        row("-9", "BJ-02", 22, decided="9"),
        row("0", "BJ-02", 25, "struck", decided="10", struck=True),
    ]
    # + 10; − (8 + 10 + 10 + 7 + 9) = −44
    found = check("baijia-village", rows, total="-34")
    # once 100: 100 − 34 = 66
    assert score("baijia-village", found) == Decimal(66)
    assert tier("baijia-village", found).effects == {TierEffect.BAR_HONORS}
    # everything counts in the balance as well: 66, of which nothing lies above 100
    assert counted(found, CountsIn.BALANCE) == Decimal(-34)


def test_baijia_is_restored_at_70() -> None:
    # 100 − 10 − 10 − 10 = 70
    rows = [row("-10", "BJ-02", on, decided="10") for on in (4, 5, 6)]
    assert tier("baijia-village", check("baijia-village", rows, total="-30")).name == "正常"


def test_huzhu_every_award_is_at_least_five() -> None:
    rows = [
        row("5", "HW-01", 2, decided="5"),
        row("20", "HW-01", 3, decided="20"),
        row("12", "HW-01", 6, decided="12"),
        row("0", "HW-01", 8, "awaiting_decision"),
        # 4 is below the least award and 30 above the most: neither is a decision
        row("0", "HW-01", 9, "awaiting_decision", decided="4"),
        row("0", "HW-01", 10, "awaiting_decision", decided="30"),
        row("0", "HW-01", 11, "awaiting_approval", decided="8", approved=False),
        row("0", "HW-01", 12, "struck", decided="5", struck=True),
        row("7", "HW-01", 15, decided="7"),
        row("5", "HW-01", 15, decided="5"),
        row("6", "HW-01", 28, decided="6"),
    ]
    # 5 + 20 + 12 + 7 + 5 + 6
    found = check("huzhu-wuxing", rows, total="55")
    assert score("huzhu-wuxing", found) == counted(found, CountsIn.BALANCE) == Decimal(55)


def test_liusha_lists_a_household_once_a_month() -> None:
    first, second, third, fourth, fifth = (named(number) for number in range(11, 16))
    rows = [
        row("100", "LS-R", 5, holder=first),
        row("100", "LS-R", 6, holder=second),
        row("0", "LS-R", 20, "over_limit", holder=second),
        row("0", "LS-R", 7, "awaiting_approval", holder=third, approved=False),
        row("0", "LS-R", 8, "struck", holder=fourth, struck=True),
        # the strike leaves the room to the second rating of the month
        row("0", "LS-R", 9, "struck", holder=fifth, struck=True),
        row("100", "LS-R", 23, holder=fifth),
        row("0", "LS-R", 30, "over_limit", holder=fifth),
    ]
    # three households × 100
    check("liusha-village", rows, total="300")


def test_beixin_charges_each_failing_once_a_week() -> None:
    rows = [
        # 4 November 2026 is a Wednesday; the 6th lies in the same week, the 11th does not
        row("-2", "BS-1", 4),
        row("0", "BS-1", 6, "over_limit"),
        row("-2", "BS-1", 11),
        row("-2", "BS-2", 4),
        row("-2", "BS-3", 11),
        row("0", "BS-3", 18, "struck", struck=True),
        row("-2", "BS-4", 18),
        row("0", "BS-4", 25, "awaiting_approval", approved=False),
        # the 29th is a Sunday, the 30th the Monday of another week
        row("-2", "BS-2", 29),
        row("-2", "BS-2", 30),
        row("-2", "BS-1", 30),
    ]
    # 3 × 2 + 3 × 2 + 2 + 2 = 16, of the year's 100
    found = check("beixin-merchants", rows, total="-16")
    assert score("beixin-merchants", found) == Decimal(84)
    assert counted(found, CountsIn.BALANCE) == Decimal(0)


def test_jingmen_below_sixty_is_barred_from_honors() -> None:
    rows = [
        row("-5", "JM-02", 2),
        row("-5", "JM-04", 5),
        row("-5", "JM-03", 6),
        row("0", "JM-05", 10, "awaiting_approval", approved=False),
        row("-5", "JM-05", 11),
        row("-5", "JM-06", 12),
        row("0", "JM-06", 15, "struck", struck=True),
        row("-5", "JM-07", 20),
        row("-5", "JM-01", 21),
        row("-5", "JM-04", 25),
        row("-5", "JM-04", 26),
    ]
    # 9 × 5 = 45, of the year's 100
    found = check("jingmen-merchants", rows, total="-45")
    assert score("jingmen-merchants", found) == Decimal(55)
    assert tier("jingmen-merchants", found).effects == {TierEffect.BAR_HONORS}


def test_jingmen_a_year_without_a_deduction_carries_the_plaque() -> None:
    kept = tier("jingmen-merchants", evaluated("jingmen-merchants", []))
    lost = tier("jingmen-merchants", evaluated("jingmen-merchants", [row("-5", "JM-06", 15)]))
    assert kept.effects == {TierEffect.BADGE}
    assert lost.name == "正常"
