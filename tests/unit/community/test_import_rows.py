"""Rows of a table become people; every bad cell is named with row, column, code and sentence."""

from __future__ import annotations

import datetime as dt

import pytest

from community import import_rows
from community.import_rows import Known
from kernel.ids import new_id
from kernel.sheet_file_errors import HeaderMissing, HeaderTwice, HeaderUnknown
from kernel.sheet_files import Cell, Row

TODAY = dt.date(2026, 11, 21)
GRID_ONE, GRID_TWO, HOUSEHOLD = new_id(), new_id(), new_id()
HEADER = ("姓名*", "类别 *", "网格", "户号", "标签", "加入日期", "满60岁年份？")


def known() -> Known:
    return Known(
        grids={"1": GRID_ONE, "1 网格": GRID_ONE, "2": GRID_TWO, "东区": GRID_TWO},
        households={"0101": (HOUSEHOLD, GRID_ONE)},
        people={("王秀英", "0101"), ("快递员", None)},
    )


def table(*lines: str, header: tuple[str, ...] = HEADER) -> list[Row]:
    cells = [header, *(line.split("|") for line in lines)]
    return [
        Row(number=number, cells=tuple(Cell(text=text) for text in row))
        for number, row in enumerate(cells, start=1)
    ]


def problems(*lines: str) -> list[tuple[int, str | None, str]]:
    _, errors = import_rows.plan(table(*lines), known=known(), today=TODAY)
    assert all(error.zh and error.en for error in errors)
    return [(error.row, error.column, error.code) for error in errors]


def test_a_full_row() -> None:
    people, errors = import_rows.plan(
        table("张三|居民、网格员|1网格|101|党员;学生|2026/11/1|2020"), known=known(), today=TODAY
    )
    assert errors == []
    assert people == [
        import_rows.Planned(
            name="张三",
            kinds=["resident", "grid_worker"],
            grid_id=GRID_ONE,
            household_code="0101",
            tags=["party_member", "student"],
            joined_on=dt.date(2026, 11, 1),
            senior_from=2020,
        )
    ]


def test_only_name_and_kind_are_needed() -> None:
    rows = table("李四|物业", header=("类别", "姓名"))
    rows[1] = Row(number=2, cells=(Cell(text="物业"), Cell(text="李四")))
    people, errors = import_rows.plan(rows, known=known(), today=TODAY)
    assert errors == []
    assert (people[0].name, people[0].joined_on) == ("李四", TODAY)
    assert people[0].grid_id is people[0].household_code is None


@pytest.mark.parametrize("grid", ["2", "02", "2网格", "第2网格", "2号网格", "东区"])
def test_grids_by_number_or_name(grid: str) -> None:
    people, errors = import_rows.plan(table(f"张三|居民|{grid}"), known=known(), today=TODAY)
    assert errors == []
    assert people[0].grid_id == GRID_TWO


def test_a_known_household_brings_its_grid() -> None:
    people, _ = import_rows.plan(table("张三|居民||0101"), known=known(), today=TODAY)
    assert people[0].grid_id == GRID_ONE


def test_a_new_household_needs_its_grid_once() -> None:
    people, errors = import_rows.plan(
        table("张三|居民|2|0202", "张四|居民||0202"), known=known(), today=TODAY
    )
    assert errors == []
    assert {person.grid_id for person in people} == {GRID_TWO}
    assert import_rows.new_households(people, known()) == {"0202": GRID_TWO}


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("|居民", "姓名", "name_invalid"),
        ("142201199001011234|居民", "姓名", "name_invalid"),
        ("张三|", "类别", "kind_missing"),
        ("张三|村民", "类别", "kind_unknown"),
        ("张三|居民|9", "网格", "grid_unknown"),
        ("张三|居民||0909", "户号", "household_unknown"),
        ("张三|居民||三号", "户号", "household_code_invalid"),
        ("张三|居民|2|0101", "户号", "household_elsewhere"),
        ("张三|居民|||楼长", "标签", "tag_invalid"),
        ("张三|居民|||网格员", "标签", "tag_is_kind"),
        ("张三|居民||||昨天", "加入日期", "date_unreadable"),
        ("张三|居民||||2026-11-22", "加入日期", "date_in_future"),
        ("张三|居民||||1949-12-31", "加入日期", "date_too_early"),
        ("张三|居民|||||1960-01-01", "满60岁年份", "senior_year_invalid"),
        ("王秀英|居民||0101", "姓名", "member_exists"),
        ("快递员|新就业群体", "姓名", "member_exists"),
    ],
)
def test_each_bad_cell_is_named(line: str, column: str, code: str) -> None:
    assert problems(line) == [(2, column, code)]


def test_every_bad_cell_of_every_row_is_named() -> None:
    assert problems("1|村民|9", "张三|居民", "2|居民||||x") == [
        (2, "网格", "grid_unknown"),
        (2, "姓名", "name_invalid"),
        (2, "类别", "kind_unknown"),
        (4, "姓名", "name_invalid"),
        (4, "加入日期", "date_unreadable"),
    ]


def test_twins_within_the_file_are_named_with_the_first_row() -> None:
    _, errors = import_rows.plan(
        table("张三|居民||0101", "张三|居民", "张三|居民||0101"), known=known(), today=TODAY
    )
    assert [(error.row, error.code) for error in errors] == [(4, "duplicate_in_file")]
    assert "2" in errors[0].zh
    assert "2" in errors[0].en


def test_a_new_household_in_two_grids_is_refused() -> None:
    assert problems("张三|居民|2|0202", "张四|居民|1|0202") == [(3, "户号", "household_elsewhere")]


@pytest.mark.parametrize("column", range(7))
def test_a_formula_is_refused_in_every_column(column: int) -> None:
    cells = [Cell(text=text) for text in ("张三", "居民", "1", "0101", "", "", "")]
    cells[column] = Cell(text="=1+1", is_formula=True)
    rows = [*table(), Row(number=2, cells=tuple(cells))]
    _, errors = import_rows.plan(rows, known=known(), today=TODAY)
    assert [(error.column, error.code) for error in errors] == [
        (import_rows.COLUMNS[column], "formula_in_cell")
    ]


def test_headers_that_are_refused() -> None:
    for header, error in (
        (("姓名", "类别", "身份证号"), HeaderUnknown),
        (("姓名", "网格"), HeaderMissing),
        (("姓名", "类别", "姓名*"), HeaderTwice),
    ):
        with pytest.raises(error):
            import_rows.plan(table("张三|居民", header=header), known=known(), today=TODAY)
