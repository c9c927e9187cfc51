"""Importing members: whole or nothing, in a constant number of statements."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from community import member_import, member_search, members, places
from community.models import Household, Member, Membership, MemberTag
from kernel import sheet_file_errors
from kernel.database import db
from kernel.errors import Forbidden, InvalidRows, NotFound
from tests.integration.community.world import NOW, TODAY, World

HEADER = "姓名*,类别*,网格,户号,标签,加入日期,满60岁年份"
TABLES = (Member, Membership, MemberTag, Household)


def csv_of(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode("utf-8-sig")


def xlsx_of(*lines: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate([HEADER, *lines]):
            sheet.write_row(number, 0, line.split(","))
    return buffer.getvalue()


def run(world: World, content: bytes, **given: Any) -> member_import.ImportResult:
    return member_import.import_members(
        actor=given.pop("actor", world.admin),
        now=NOW,
        community_id=world.community_id,
        content=content,
        filename=given.pop("filename", "x.csv"),
        **given,
    )


def counts() -> list[int]:
    return [db.session.query(table).count() for table in TABLES]


LINES = (
    "张三,居民、网格员,1,101,党员,2026-10-01,2020",
    "李四,居民,2,0209,,,",
    "王五,居民,,0209,学生、党员,,",
    "赵六,新就业群体,,,,,",
)


@pytest.mark.parametrize("file", [csv_of, xlsx_of])
def test_csv_and_excel_give_the_same_members(world: World, file: Callable[..., bytes]) -> None:
    result = run(world, file(*LINES))
    assert result == member_import.ImportResult(
        is_dry_run=False, members=4, new_households=["0209"], tags=3, without_household=1
    )
    rows = member_search.search(actor=world.admin, community_id=world.community_id, on=TODAY)
    seen = {
        row.name: (row.kinds, row.grid_number, row.household_code, [t.tag for t in row.tags])
        for row in rows
    }
    assert seen == {
        "张三": (["resident", "grid_worker"], 1, "0101", ["party_member"]),
        "李四": (["resident"], 2, "0209", []),
        "王五": (["resident"], 2, "0209", ["party_member", "student"]),
        "赵六": (["new_employment_worker"], None, None, []),
    }
    by_name = {row.name: row for row in rows}
    assert (by_name["张三"].joined_on, by_name["张三"].senior_from) == (dt.date(2026, 10, 1), 2020)
    assert by_name["赵六"].public_code is not None
    assert by_name["张三"].public_code is None


def test_a_dry_run_tells_the_same_and_writes_nothing(world: World) -> None:
    before = counts()
    dry = run(world, csv_of(*LINES), is_dry_run=True)
    assert counts() == before
    real = run(world, csv_of(*LINES))
    assert (dry.members, dry.new_households) == (real.members, real.new_households)
    assert dry.is_dry_run


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_one_bad_cell_keeps_everybody_out(world: World, is_dry_run: bool) -> None:
    before = counts()
    with pytest.raises(InvalidRows) as refused:
        run(world, csv_of(*LINES, "钱七,村民,9,,,,"), is_dry_run=is_dry_run)
    assert [(row.row, row.column, row.code) for row in refused.value.rows] == [
        (6, "网格", "grid_unknown"), (6, "类别", "kind_unknown"),
    ]  # fmt: skip
    assert counts() == before


def test_people_on_record_are_refused_but_only_of_this_community(
    world: World, noise: World
) -> None:
    world.add("张三")
    noise.add("李四")
    with pytest.raises(InvalidRows) as refused:
        run(world, csv_of("张三,居民,,0101,,,", "李四,居民,,0101,,,"))
    assert [(row.row, row.code) for row in refused.value.rows] == [(2, "member_exists")]


def test_the_same_file_twice_enters_nobody_twice(world: World) -> None:
    run(world, csv_of(*LINES))
    before = counts()
    with pytest.raises(InvalidRows) as refused:
        run(world, csv_of(*LINES))
    assert {row.code for row in refused.value.rows} == {"member_exists"}
    assert len(refused.value.rows) == 4
    assert counts() == before


def test_2000_people_take_as_many_statements_as_20(
    world: World, session: Any, count_statements: Callable[[], Any]
) -> None:
    digits = "零一二三四五六七八九"

    def people(first: int, number: int) -> bytes:
        names = (
            "张" + "".join(digits[int(digit)] for digit in str(n))
            for n in range(first, first + number)
        )
        return xlsx_of(*(f"{name},居民,1,,党员,,".replace(",,党员", f",{i // 4 + 1000},党员")
                         for i, name in enumerate(names)))  # fmt: skip

    # A process asks once where a community lies.
    places.place_of(world.community_id)
    used = []
    for first, number in ((0, 20), (10_000, member_import.MOST_ROWS)):
        with count_statements() as seen:
            assert run(world, people(first, number), filename="x.xlsx").members == number
        used.append(len(seen))
        session.commit()
    assert used[0] == used[1] <= 12
    rows = db.session.execute(members.roster(world.community_id, TODAY)).all()
    assert len(rows) == 2020


def test_one_row_too_many_is_refused(world: World) -> None:
    lines = ["张三,居民,,,,,"] * (member_import.MOST_ROWS + 1)
    with pytest.raises(sheet_file_errors.TooManyRows):
        run(world, csv_of(*lines))


def test_only_the_own_administrator_imports(world: World, noise: World) -> None:
    for actor, error in ((world.actor("grid_worker"), Forbidden), (noise.admin, NotFound)):
        with pytest.raises(error):
            run(world, csv_of(*LINES), actor=actor)
