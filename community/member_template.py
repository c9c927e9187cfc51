"""The empty table to fill in, as CSV (UTF-8 with BOM, for Excel) and as XLSX."""

from __future__ import annotations

import csv
import io

import xlsxwriter

from community.import_rows import COLUMNS, REQUIRED
from community.member_import import MOST_ROWS
from community.member_rules import KIND_WORDS, TAG_WORDS

#: What to fill in, column by column.
_REMARKS = {
    "姓名": "必填。只填姓名，不要填身份证号和电话。",
    "类别": "必填。"
    + "、".join(words[0] for words in KIND_WORDS.values())
    + "；有几个就用“、”隔开。",
    "网格": "网格的号数，例如 3。不住在小区的人可以不填。",
    "户号": "例如 0305。没有登记过的户要同时填网格；不住在小区的人不填。",
    "标签": "、".join(TAG_WORDS.values()) + "；可以不填。",
    "加入日期": "例如 2026-11-01；不填就是今天。",
    "满60岁年份": "只填年份，例如 2020；可以不填。",
}


def header() -> list[str]:
    """Column titles; a star marks what must be filled in."""
    return [f"{column}*" if column in REQUIRED else column for column in COLUMNS]


def as_csv() -> bytes:
    """The header alone: an example row would be imported as a person."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(header())
    return text.getvalue().encode("utf-8-sig")


def as_xlsx() -> bytes:
    """Two sheets: the table (all cells are text, so that 0305 keeps its zero) and remarks."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        table = book.add_worksheet("居民")
        table.set_column(0, len(COLUMNS) - 1, 16, text)
        table.write_row(0, 0, header(), bold)
        table.freeze_panes(1, 0)
        remarks = book.add_worksheet("填写说明")
        remarks.set_column(0, 0, 14)
        remarks.set_column(1, 1, 70)
        for number, column in enumerate(COLUMNS):
            remarks.write_string(number, 0, column, bold)
            remarks.write_string(number, 1, _REMARKS[column])
        remarks.write_string(
            len(COLUMNS), 1, f"一次最多 {MOST_ROWS} 人，一人一行，不要合并单元格。"
        )
    return buffer.getvalue()
