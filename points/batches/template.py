"""The empty table to fill in, as CSV (UTF-8 with BOM, for Excel) and as XLSX."""

from __future__ import annotations

import csv
import io

import xlsxwriter

from points.batches.reading import COLUMNS, REQUIRED

MOST_ROWS = 5000

#: What to fill in, column by column.
_REMARKS = {
    "户号": "例如 0305。按户记分的细则只填户号；按居民记分时，有户的居民填户号和姓名。",
    "居民编号": "不住在小区的居民填编号，代替户号。",
    "姓名": "用来核对是不是同一个人；不要填身份证号和电话。",
    "积分": "必填。最多一位小数，不能是 0；只有“调整”可以填负数（扣减）。",
    "计入": "得分、余额，或两样：得分、余额。不填：期初只计余额，调整两样都计。",
    "事由": "调整必填，最多 200 字；期初不填就写“期初余额”。",
    "发生日期": "例如 2026-11-01；不填就是今天。",
}


def titles() -> list[str]:
    """Column titles; a star marks what must be filled in."""
    return [f"{column}*" if column in REQUIRED else column for column in COLUMNS]


def as_csv() -> bytes:
    """The header alone: an example row would be posted."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(titles())
    return text.getvalue().encode("utf-8-sig")


def as_xlsx() -> bytes:
    """Two sheets: the table (all cells are text, so that 0305 keeps its zero) and remarks."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        table = book.add_worksheet("批量记账")
        table.set_column(0, len(COLUMNS) - 1, 16, text)
        table.write_row(0, 0, titles(), bold)
        table.freeze_panes(1, 0)
        remarks = book.add_worksheet("填写说明")
        remarks.set_column(0, 0, 14)
        remarks.set_column(1, 1, 70)
        for number, column in enumerate(COLUMNS):
            remarks.write_string(number, 0, column, bold)
            remarks.write_string(number, 1, _REMARKS[column])
        remarks.write_string(
            len(COLUMNS), 1, f"一次最多 {MOST_ROWS} 行，一人（户）一行，不要合并单元格。"
        )
    return buffer.getvalue()
