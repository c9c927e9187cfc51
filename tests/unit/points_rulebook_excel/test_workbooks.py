"""Workbooks as files: the template filled in, what is refused with sheet, row and column."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from kernel import sheet_file_errors, sheet_files
from points.rulebook_excel import read, template, write
from points.rulebook_excel.reading import MOST_NAMED
from points.rules.findings import RulebookRefused
from points.rules.reading import examine
from tests.unit.points_rules.books import document, hours, item

SHEETS = [
    "总则", "基础分", "项目", "共用封顶", "同一行为", "等级", "排名", "不采纳条款", "说明",
]  # fmt: skip


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@functools.cache
def small() -> bytes:
    """The workbook of a small rulebook."""
    cap = {"code": "s", "items": ["A"], "max_points": 5, "per": "day"}
    return write(document(item(), hours(), limits=[cap]))


def changed(change: Callable[[Workbook], Any]) -> bytes:
    """A workbook of a small rulebook after ``change``."""
    book = opened(small())
    change(book)
    return saved(book)


@functools.cache
def columns() -> dict[str, str]:
    """The letter of every column of the items by its title; only a test that runs asks for it."""
    return {each.value.rstrip("*"): each.column_letter for each in opened(template())["项目"][1]}


def put(sheet: str, cell: str, value: object) -> Callable[[Workbook], Any]:
    """A change of one cell: ``K2``, or of the column of this title ``{分值}2``."""

    def change(book: Workbook) -> None:
        book[sheet][cell.format_map(columns())] = value

    return change


def cell_of(title: str, row: int) -> str:
    """The place of an item's column: ``K2``."""
    return f"{columns()[title]}{row}"


def findings(content: bytes) -> list[tuple[str, str]]:
    with pytest.raises(RulebookRefused) as refused:
        read(content, "x.xlsx")
    return [(each.code, each.where) for each in refused.value.findings]


def test_the_template_has_every_sheet_with_drop_downs() -> None:
    book = opened(template())
    assert book.sheetnames == SHEETS
    offered = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in book["项目"].data_validations.dataValidation
    }
    assert offered[cell_of("主题", 2)].startswith("说明!$")
    assert {cell_of(title, 2) for title in ("加扣", "单位", "计算口径", "公开方式")} <= set(offered)
    assert [cell.value for cell in book["项目"][2]] == [None] * len(book["项目"][1])


def test_drop_downs_offer_the_words_that_are_read() -> None:
    book = opened(template())
    for rule in book["项目"].data_validations.dataValidation:
        area = rule.formula1.removeprefix("说明!").replace("$", "")
        words = [row[0].value for row in book["说明"][area]]
        assert words
        assert all(isinstance(word, str) for word in words)


def test_the_template_filled_in_is_a_rulebook_that_passes() -> None:
    book = opened(template())
    header = {row[0].value: row for row in book["总则"].iter_rows(min_row=2)}
    for title, text in {
        "编号*": "my-book",
        "版本*": 1,
        "名称*": "我们的细则",
        "生效日期*": "2026-09-01",
        "账户*": "居民",
        "得分周期*": "月",
        "何时可兑换": "记录后",
        "扣分对余额": "可以扣成负数",
        "加分默认：审核": "评议组×1",
    }.items():
        header[title][1].value = text
    for title, text in {
        "编号": "A-1",
        "项目名称": "参加志愿服务",
        "加扣": "加分",
        "主题": "志愿服务",
        "单位": "小时",
        "分值": "每4小时＝1",
        "计算口径": "按月累计",
        "封顶": "每天8小时；每月10分",
    }.items():
        book["项目"][cell_of(title, 2)] = text
    raw = read(saved(book), "x.xlsx")
    assert raw["items"] == [
        {
            "code": "A-1",
            "name": "参加志愿服务",
            "kind": "bonus",
            "subject": "volunteering",
            "unit": "hour",
            "award": {"type": "per_unit", "points": 1, "per": 4, "over": "month"},
            "limits": [
                {"max_quantity": 8, "per": "day"},
                {"max_points": 10, "per": "month"},
            ],
        }
    ]
    assert examine(raw).findings == ()


def test_an_untouched_template_says_what_is_missing() -> None:
    found = findings(template())
    assert ("cell_missing", "总则!B3") in found
    assert {code for code, _ in found} == {"cell_missing"}


def test_numbers_and_dates_typed_as_such_are_read() -> None:
    def change(book: Workbook) -> None:
        book["项目"][cell_of("分值", 2)] = 2.5
        header = {row[0].value: row[1] for row in book["总则"].iter_rows(min_row=2)}
        header["版本*"].value = 3.0

    raw = read(changed(change), "x.xlsx")
    assert str(raw["items"][0]["award"]["points"]) == "2.5"
    assert raw["version"] == 3


def test_nothing_clears_and_an_empty_cell_takes_the_default() -> None:
    raw = document(
        {**item("A", kind="deduction"), "escalation": None},
        item("B", kind="deduction", limits=[]),
        defaults={"deduction": {"escalation": {"factors": [0, 1]}}},
        tiers=[],
    )
    content = write(raw)
    sheet = opened(content)["项目"]
    assert sheet[cell_of("递进", 2)].value == "无"
    assert sheet[cell_of("递进", 3)].value is None
    assert sheet[cell_of("封顶", 3)].value == "无"
    assert opened(content)["等级"]["A2"].value == "无"
    assert read(content, "x.xlsx") == raw


#: What is typed where, and what is said of which cells.
REFUSED: list[tuple[Callable[[Workbook], Any], list[tuple[str, str]]]] = [
    (
        put("项目", "{分值}2", "五分"),
        [("cell_not_understood", "项目!{分值}2")],
    ),
    (
        put("项目", "{分值}2", "=2+3"),
        [("formula_not_allowed", "项目!{分值}2")],
    ),
    (
        put("项目", "{主题}3", "好事"),
        [("cell_not_understood", "项目!{主题}3")],
    ),
    (
        put("项目", "{计算口径}2", "按月累计"),
        [("cell_not_understood", "项目!{计算口径}2")],
    ),
    (
        put("项目", "{项目名称}2", None),
        [("cell_missing", "项目!{项目名称}2")],
    ),
    (put("项目", "AD2", "多写的"), [("cell_not_understood", "项目!AD2")]),
    (put("项目", "AD1", "电话"), [("column_unknown", "项目!AD1")]),
    (put("项目", "B1", "编号"), [("column_unknown", "项目!B1")]),
    (put("项目", "A1", None), [("column_missing", "项目"), ("cell_not_understood", "项目!A2"),
                              ("cell_not_understood", "项目!A3")]),
    (put("共用封顶", "D2", "每天5元"), [("cell_not_understood", "共用封顶!D2")]),
    (put("共用封顶", "D2", "每天5分；每月9分"), [("cell_not_understood", "共用封顶!D2")]),
    (put("总则", "A2", "别的"), [("cell_not_understood", "总则!A2"), ("cell_missing", "总则")]),
    (put("总则", "A3", "格式*"), [("cell_not_understood", "总则!A3"), ("cell_missing", "总则")]),
    (put("总则", "B4", "第一版"), [("cell_not_understood", "总则!B4")]),
    (lambda book: book.create_sheet("草稿"), [("sheet_unknown", "草稿")]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "found"), REFUSED, ids=range(len(REFUSED)))
def test_every_bad_cell_is_named(
    change: Callable[[Workbook], Any], found: list[tuple[str, str]]
) -> None:
    expected = [(code, where.format_map(columns())) for code, where in found]
    assert findings(changed(change)) == expected


def test_all_bad_cells_are_named_at_once() -> None:
    def change(book: Workbook) -> None:
        put("项目", cell_of("分值", 2), "五分")(book)
        put("项目", cell_of("加扣", 3), "奖励")(book)

    assert [where for _, where in findings(changed(change))][:2] == [
        f"项目!{cell_of('分值', 2)}",
        f"项目!{cell_of('加扣', 3)}",
    ]


def test_thousands_of_bad_cells_are_not_all_named() -> None:
    def change(book: Workbook) -> None:
        column = cell_of("分值", 2)[:-1]
        for row in range(2, 400):
            put("项目", f"{column}{row}", "五分")(book)

    assert len(findings(changed(change))) == MOST_NAMED


def test_a_missing_sheet_of_items_is_named() -> None:
    found = findings(changed(lambda book: book.remove(book["项目"])))
    assert ("sheet_missing", "项目") in found


def bomb(content: bytes) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"0" * 30_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "error"),
    # Made where they are read: a worker that never runs these tests makes none.
    [
        (lambda: b"PK" + b"x" * sheet_files.MOST_BYTES, sheet_file_errors.FileTooLarge),
        (lambda: bomb(template()), sheet_file_errors.ZipBomb),
        (
            lambda: changed(lambda book: book["项目"].merge_cells("A2:B2")),
            sheet_file_errors.MergedCells,
        ),
        (lambda: b"code,name\n", sheet_file_errors.XlsxUnreadable),
        (lambda: template()[:5000], sheet_file_errors.XlsxUnreadable),
    ],
    ids=["too-large", "bomb", "merged", "csv", "cut"],
)
def test_hostile_and_broken_files_are_refused_by_name(
    content: Callable[[], bytes], error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(content(), "x.xlsx")


def test_a_document_of_another_shape_is_not_written() -> None:
    with pytest.raises(RulebookRefused):
        write(document(item(kind="prize")))


def test_a_text_longer_than_a_cell_is_refused_with_its_row() -> None:
    base = {"code": "b", "name": "b", "points": 1, "per": "month", "counts_in": ["score"]}
    duties = [f"{number:04d}" + "职" * 390 for number in range(90)]
    with pytest.raises(RulebookRefused) as refused:
        write(document(base=[{**base, "duties": duties}]))
    assert [(each.code, each.where) for each in refused.value.findings] == [
        ("cell_too_long", "基础分!2")
    ]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    raw = document(item(name="=1+1", note="@SUM(A1)"))
    assert read(write(raw), "x.xlsx") == raw
