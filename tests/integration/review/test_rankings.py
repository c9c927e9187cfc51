"""Rankings as anybody reads them: ties, pages, sums from public rows only, finding one's own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from community.models import Grid
from kernel.database import db
from kernel.ids import new_id
from points.models import MonthState
from points.rules.compiled import RankingUnit
from points.rules.periods import Period
from review import notices, rankings, sheets
from review.errors import NoticeMissing, OwnRowMissing, RowNotPublic
from review.rankings import RankingRow
from tests.integration.review.world import DUE, MONTH, PUBLISHED, ReviewWorld

SEPTEMBER = dt.date(2026, 9, 15)


def table(rows: list[RankingRow]) -> list[tuple[Any, ...]]:
    return [(row.rank, row.label, row.household_code, row.score) for row in rows]


def test_the_month_of_members(noticed: ReviewWorld) -> None:
    page = rankings.public(noticed.community_id, MONTH)
    assert table(page.rows) == [
        (1, "王*", "0101", 30),
        (2, "李*", "0102", 22),
        (2, "张*", "0103", 22),
        (None, None, "0104", 15),
        (None, None, "0105", 10),
    ]
    assert (page.total, page.pages, page.below_base) == (5, 1, 1)
    assert all(row.grid_number is None for row in page.rows if row.rank is None)


def test_pages_go_on_where_the_last_ended(noticed: ReviewWorld) -> None:
    whole = table(rankings.public(noticed.community_id, MONTH).rows)
    pages = [rankings.public(noticed.community_id, MONTH, page=n, limit=2) for n in (1, 2, 3, 4)]
    assert [row for page in pages for row in table(page.rows)] == whole
    assert {page.pages for page in pages} == {3}


def test_nothing_is_shown_before_the_notice(world: ReviewWorld) -> None:
    world.bring(MonthState.COUNTERSIGNED)
    with pytest.raises(NoticeMissing):
        rankings.public(world.community_id, MONTH)
    with pytest.raises(NoticeMissing):
        sheets.paper(world.community_id, MONTH)
    assert notices.current(world.community_id, PUBLISHED) is None


def test_households_add_up_their_public_rows_only(unscored: ReviewWorld) -> None:
    world = unscored
    world.resident("0101", "王一", "5")
    world.resident("0101", "王二", "3")
    below = world.resident("0101", "王三", "2")
    world.resident("0102", "李四", "7")
    world.grant()
    world.deduct(below)
    world.bring(MonthState.ON_NOTICE)
    page = rankings.public(world.community_id, MONTH, RankingUnit.HOUSEHOLD)
    assert table(page.rows) == [(1, None, "0101", 28), (2, None, "0102", 17)]


def test_grids_are_compared_by_the_unrounded_mean(unscored: ReviewWorld) -> None:
    world = unscored
    for number, bonuses in (
        (2, ("1", "1", "2")),
        (3, ("1", "1", "1", "2")),
        (4, ("1", "1", "1", "2")),
    ):
        grid = Grid(community_id=world.community_id, id=new_id(), name=f"{number}", number=number)
        db.session.add(grid)
        db.session.flush()
        world.grid_id = grid.id
        for place, bonus in enumerate(bonuses):
            world.resident(f"{number:02d}{place:02d}", "张三", bonus)
    world.grant()
    world.bring(MonthState.ON_NOTICE)
    rows = rankings.public(world.community_id, MONTH, RankingUnit.GRID).rows
    # 34/3 = 11.33… stands before 45/4 = 11.25, though 11.3 is shown for both.
    assert [(row.rank, row.grid_number, row.score) for row in rows] == [
        (1, 2, Decimal("11.3")),
        (2, 3, Decimal("11.3")),
        (2, 4, Decimal("11.3")),
    ]


def test_longer_periods_add_up_sealed_months(unscored: ReviewWorld) -> None:
    world = unscored
    first, second = world.resident("0101", "王一", "5"), world.resident("0102", "李二", "4")
    world.earn(first, "1", on=SEPTEMBER)
    world.earn(second, "3", on=SEPTEMBER)
    for month in ("2026-09", MONTH):
        world.grant(month)
        world.bring(MonthState.ON_NOTICE, month)
    world.step(MonthState.SEALED, "2026-09")

    def read(over: Period) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        page = rankings.public(world.community_id, MONTH, over=over)
        return page.months, table(page.rows)

    # October is still on notice: it is not added.
    assert read(Period.QUARTER) == ((), [])
    assert read(Period.YEAR) == (
        ("2026-09",), [(1, "李*", "0102", 13), (2, "王*", "0101", 11)],
    )  # fmt: skip
    world.step(MonthState.SEALED)
    assert read(Period.QUARTER) == (
        (MONTH,), [(1, "王*", "0101", 15), (2, "李*", "0102", 14)],
    )  # fmt: skip
    assert read(Period.HALF_YEAR) == read(Period.YEAR)
    assert read(Period.YEAR) == (
        ("2026-09", MONTH), [(1, "李*", "0102", 27), (2, "王*", "0101", 26)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "surname", "expected"),
    [
        ("0101", "王", [(1, "王*", "0101", 30)]),
        ("101", "王一", [(1, "王*", "0101", 30)]),
        (" 0104 ", "赵", [(None, None, "0104", 15)]),
    ],
)
def test_everybody_finds_the_own_public_row(
    noticed: ReviewWorld, code: str, surname: str, expected: list[tuple[Any, ...]]
) -> None:
    assert table(rankings.own_row(noticed.community_id, MONTH, code, surname)) == expected


def test_below_base_and_unknown_get_the_same_answer(noticed: ReviewWorld) -> None:
    answers = []
    for code, surname in (
        ("0106", "孙"),  # is there, below base
        ("0107", "孙"),  # is not there
        ("0101", "孙"),  # another surname
        ("%", "王"), ("____", "王"), ("01", "王"), ("0101", " "),
    ):  # fmt: skip
        with pytest.raises(RowNotPublic) as caught:
            rankings.own_row(noticed.community_id, MONTH, code, surname)
        answers.append((caught.value.code, caught.value.sentence("zh"), caught.value.extra))
    assert len({str(answer) for answer in answers}) == 1


def test_whoever_signs_in_sees_everything_of_the_own_row(noticed: ReviewWorld) -> None:
    member_id = noticed.people["0106"]
    own = sheets.mine(
        actor=noticed.actor("member", member=member_id),
        community_id=noticed.community_id, month=MONTH,
    )  # fmt: skip
    assert (own.score, own.base, own.bonus, own.deduction) == (2, 10, 2, 10)
    assert (own.is_public, own.rank) == (False, 6)
    paper = sheets.paper(noticed.community_id, MONTH)
    assert own.row_sha256 in {row.row_sha256 for row in paper.blacked}
    with pytest.raises(OwnRowMissing):
        sheets.mine(
            actor=noticed.actor("member", member=new_id()),
            community_id=noticed.community_id, month=MONTH,
        )  # fmt: skip


def test_totals_are_withheld_where_few_households_stand_behind_them(noticed: ReviewWorld) -> None:
    totals = notices.of_month(noticed.community_id, MONTH, PUBLISHED).totals
    assert (totals.bonus, totals.deduction, totals.deductions) == (None, None, [])
    assert (totals.rows, totals.below_base, totals.participants) == (6, 1, 5)


def test_totals_of_five_households_are_shown(unscored: ReviewWorld) -> None:
    world = unscored
    for number in range(5):
        world.deduct(world.resident(f"01{number:02d}", "张三", "4"))
    world.grant()
    world.bring(MonthState.ON_NOTICE)
    totals = notices.of_month(world.community_id, MONTH, PUBLISHED).totals
    assert (totals.bonus, totals.deduction, totals.records) == (20, 50, 10)
    assert totals.deductions == [{"category": "其他", "count": 5}]


def test_reading_the_board_takes_a_constant_number_of_statements(
    noticed: ReviewWorld, count_statements: Any
) -> None:
    with count_statements() as seen:
        rankings.public(noticed.community_id, MONTH)
    assert len(seen) <= 3
    with count_statements() as seen:
        notices.current(noticed.community_id, DUE)
    assert len(seen) <= 7
