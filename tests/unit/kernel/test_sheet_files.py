"""Uploaded tables: what is read, and which hostile or broken files are refused unread."""

from __future__ import annotations

import datetime as dt
import functools
import io
import os
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from community import member_template
from kernel import sheet_file_errors, sheet_files
from kernel.errors import Invalid


def read(content: bytes, filename: str = "x.csv", most_rows: int = 5) -> list[list[str]]:
    rows = sheet_files.read(content, filename=filename, most_rows=most_rows)
    return [[cell.text for cell in row.cells if cell.text] for row in rows]


def book(*rows: list[Any]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def repacked(content: bytes, **changed: bytes) -> bytes:
    """The zip again with some parts replaced or added; ``a__b`` in a name stands for ``a/b``."""
    parts = {name.replace("__", "/") + ".xml": data for name, data in changed.items()}
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return buffer.getvalue()


PLAIN = "姓名,类别\n张三,居民\n"


@pytest.mark.parametrize("content", [PLAIN.encode(), PLAIN.encode("utf-8-sig")])
def test_csv_with_and_without_bom(content: bytes) -> None:
    assert read(content) == [["姓名", "类别"], ["张三", "居民"]]


def test_blank_rows_do_not_count_but_numbers_stay_those_of_the_sheet() -> None:
    rows = sheet_files.read("姓名\n\n,\n张三\n".encode(), filename="x.csv", most_rows=1)
    assert [row.number for row in rows] == [1, 4]


def test_excel_cells_become_what_they_show() -> None:
    made = book(["姓名", "户号", "日期"], ["张三", 305.0, dt.date(2026, 11, 1)])
    assert read(saved(made), "x.xlsx") == [
        ["姓名", "户号", "日期"], ["张三", "305", "2026-11-01"],
    ]  # fmt: skip


def test_formulas_are_marked_in_both_kinds_of_file() -> None:
    made = saved(book(["姓名"], ["=1+1"]))
    plain = "姓名\n=1+1\n".encode()
    for content, name in ((made, "x.xlsx"), (plain, "x.csv")):
        rows = sheet_files.read(content, filename=name, most_rows=5)
        assert rows[1].cells[0].is_formula


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "  =", '"\t='])
def test_every_sign_a_spreadsheet_calculates_is_a_formula(sign: str) -> None:
    closing = '"' if '"' in sign else ""
    rows = sheet_files.read(f"姓名\n{sign}cmd{closing}\n".encode(), filename="x.csv", most_rows=5)
    assert rows[1].cells[0].is_formula


def merged() -> bytes:
    made = book(["姓名", "类别"], ["张三", "居民"])
    assert made.active is not None
    made.active.merge_cells("A2:B2")
    return saved(made)


def too_large() -> bytes:
    return b"PK" + b"x" * sheet_files.MOST_BYTES


def too_many_parts() -> bytes:
    return repacked(good(), **{f"part{n}": b"x" for n in range(sheet_files.MOST_PARTS)})


@functools.cache
def bomb(part: bytes) -> bytes:
    return repacked(good(), bomb=part)


@functools.cache
def good() -> bytes:
    return saved(book(["姓名"], ["张三"]))


def fixed(content: bytes) -> Callable[[], bytes]:
    return lambda: content


FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    b"</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("content", "filename", "error"),
    [
        (fixed(PLAIN.encode("gbk")), "x.csv", sheet_file_errors.CsvNotUtf8),
        (fixed(PLAIN.encode("utf-16")), "x.csv", sheet_file_errors.CsvNotUtf8),
        (fixed('姓名\n"张三\n'.encode()), "x.csv", sheet_file_errors.CsvUnreadable),
        (fixed(b"a\n\x00\n"), "x.csv", sheet_file_errors.CsvUnreadable),
        (lambda: b'a\n"' + b"x" * 200_000 + b'"\n', "x.csv", sheet_file_errors.CsvUnreadable),
        (fixed(b""), "x.csv", sheet_file_errors.NoRows),
        (fixed("姓名,类别\n".encode()), "x.csv", sheet_file_errors.NoRows),
        (fixed(PLAIN.encode()), "x.xlsx", sheet_file_errors.XlsxUnreadable),
        (fixed(b"\xd0\xcf\x11\xe0" + b"\x00" * 600), "x.xls", sheet_file_errors.XlsxUnreadable),
        (fixed(b"PK\x03\x04 broken"), "x.xlsx", sheet_file_errors.XlsxUnreadable),
        (lambda: good()[: len(good()) // 2], "x.xlsx", sheet_file_errors.XlsxUnreadable),
        (
            lambda: repacked(good(), xl__workbook=b"<not-a-workbook/>"),
            "x.xlsx",
            sheet_file_errors.XlsxUnreadable,
        ),
        (lambda: repacked(good(), xl__workbook=b"<broken"),
         "x.xlsx", sheet_file_errors.XlsxUnreadable),
        (
            lambda: repacked(good(), xl__styles=b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'),
            "x.xlsx",
            sheet_file_errors.XlsxUnreadable,
        ),
        (merged, "x.xlsx", sheet_file_errors.MergedCells),
        (lambda: repacked(good(), xl__worksheets__sheet1=FAR),
         "x.xlsx", sheet_file_errors.TooManyRows),
        (too_large, "x.xlsx", sheet_file_errors.FileTooLarge),
        (lambda: bomb(b"0" * 30_000_000), "x.xlsx", sheet_file_errors.ZipBomb),
        (lambda: bomb(bytes(range(256)) * 200_000), "x.xlsx", sheet_file_errors.ZipBomb),
        (too_many_parts, "x.xlsx", sheet_file_errors.ZipBomb),
        (lambda: "\n".join(["姓名", *["张三"] * 6]).encode(),
         "x.csv", sheet_file_errors.TooManyRows),
        (lambda: saved(book(*[["姓名"]] * 7)), "x.xlsx", sheet_file_errors.TooManyRows),
    ],
    ids=[
        "csv-in-gbk", "csv-in-utf-16", "open-quote", "nul", "endless-cell", "empty", "header-only",
        "csv-as-xlsx", "xls", "broken-zip", "half", "no-workbook", "broken-xml", "entities",
        "merged", "last-row", "too-large", "zeros", "repeats", "parts", "csv-rows", "xlsx-rows",
    ],
)  # fmt: skip
def test_files_that_are_refused(
    content: Callable[[], bytes], filename: str, error: type[Invalid]
) -> None:
    with pytest.raises(error):
        read(content(), filename)


def test_exactly_as_many_rows_as_allowed_are_read() -> None:
    assert len(read("\n".join(["姓名", *["张三"] * 5]).encode())) == 6


def test_the_templates_can_be_filled_in_and_read_back() -> None:
    assert member_template.TEMPLATE.as_csv().startswith(b"\xef\xbb\xbf")
    with_row = member_template.TEMPLATE.as_csv() + "张三,居民\n".encode()
    made = openpyxl.load_workbook(io.BytesIO(member_template.TEMPLATE.as_xlsx()))
    made.worksheets[0].append(["张三", "居民"])
    for content, name in ((with_row, "x.csv"), (saved(made), "x.xlsx")):
        header, row = read(content, name)[:2]
        assert header[:2] == ["姓名*", "类别*"]
        assert row[:2] == ["张三", "居民"]


def workbook(**sheets: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(made)


def test_every_sheet_of_a_workbook_is_read_by_its_name() -> None:
    content = workbook(甲=[["a"], ["1"]], 空=[], 乙=[["b"]])
    found = sheet_files.read_workbook(content, filename="x.xlsx", most_rows=5)
    assert {name: [row.cells[0].text for row in rows] for name, rows in found.items()} == {
        "甲": ["a", "1"],
        "空": [],
        "乙": ["b"],
    }


def test_a_sheet_of_a_workbook_that_is_too_long_is_refused() -> None:
    content = workbook(甲=[["a"]], 乙=[["b"]] * 7)
    with pytest.raises(sheet_file_errors.TooManyRows):
        sheet_files.read_workbook(content, filename="x.xlsx", most_rows=5)


@pytest.mark.parametrize(
    ("content", "filename", "error"),
    [
        (fixed(PLAIN.encode()), "x.csv", sheet_file_errors.XlsxUnreadable),
        (good, "x.xlsm", sheet_file_errors.XlsxUnreadable),
        (merged, "x.xlsx", sheet_file_errors.MergedCells),
        (lambda: bomb(b"0" * 30_000_000), "x.xlsx", sheet_file_errors.ZipBomb),
        (too_large, "x.xlsx", sheet_file_errors.FileTooLarge),
    ],
    ids=["csv", "macros", "merged", "bomb", "large"],
)
def test_hostile_workbooks_are_refused(
    content: Callable[[], bytes], filename: str, error: type[Invalid]
) -> None:
    with pytest.raises(error):
        sheet_files.read_workbook(content(), filename=filename, most_rows=5)


SHEET = "xl/worksheets/sheet1.xml"
MERGE = '</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'


def moved_sheet(content: bytes) -> bytes:
    """The first sheet, with a merged cell, where a part of another kind would be."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name).replace(SHEET.encode(), b"elsewhere/sheet.bin")
            if name == SHEET:
                data = data.replace(b"</sheetData>", MERGE.encode())
            new.writestr(name.replace(SHEET, "elsewhere/sheet.bin"), data)
    return buffer.getvalue()


def in_utf_16(content: bytes) -> bytes:
    """The first sheet, with a merged cell, in an encoding that the parser reads, too."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        xml = old.read(SHEET).decode().partition("?>")[2] or old.read(SHEET).decode()
    declared = '<?xml version="1.0" encoding="UTF-16"?>' + xml.replace("</sheetData>", MERGE)
    return repacked(content, xl__worksheets__sheet1=declared.encode("utf-16"))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (lambda: moved_sheet(good()), sheet_file_errors.MergedCells),
        (lambda: in_utf_16(good()), sheet_file_errors.XlsxUnreadable),
        (
            lambda: repacked(
                good(), xl__worksheets__sheet1=FAR.replace(b'r="1048576"', b"r='1048576'")
            ),
            sheet_file_errors.TooManyRows,
        ),
    ],
    ids=["under-another-name", "in-utf-16", "other-quotes"],
)
def test_what_is_refused_does_not_hide_in_how_the_file_is_written(
    content: Callable[[], bytes], error: type[Invalid]
) -> None:
    with pytest.raises(error):
        read(content(), "x.xlsx")


def test_a_sheet_of_endless_row_tags_is_searched_in_one_pass() -> None:
    # Looked through again from every tag, these would take hours.
    endless = FAR.replace(b"<sheetData>", b"<sheetData>" + b"<row r  " * 200_000)
    with pytest.raises(sheet_file_errors.TooManyRows):
        read(repacked(good(), xl__worksheets__sheet1=endless, noise=os.urandom(50_000)), "x.xlsx")


def test_the_empty_rows_before_a_stray_cell_cost_nothing() -> None:
    made = book(["姓名"], ["张三"])
    assert made.active is not None
    made.active.cell(sheet_files.LAST_SHEET_ROW, 1, "李四")
    rows = sheet_files.read(saved(made), filename="x.xlsx", most_rows=5)
    assert [row.number for row in rows] == [1, 2, sheet_files.LAST_SHEET_ROW]
