"""The report as an Excel workbook; text stays text, whatever a name begins with."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from redemption.outliers import PairsReport
from redemption.rules.outliers import RULES

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_OUTLIER = ["日期", "类别", "商户或店员", "居民", "次数", "总数", "说明"]
_PAIR = [
    "商户", "居民", "次数", "占该店（%）", "占该居民（%）", "出码到核销（秒，中位数）",
    "出码到核销（秒，最短）", "夜间", "被撤销", "被拒绝",
]  # fmt: skip
_RULE = ["类别", "最少次数", "占比（%）", "界限（秒）"]

Cell = str | int | None


def as_xlsx(report: PairsReport) -> bytes:
    """Three sheets: 提示, 商户与居民, 口径 (the rules with their thresholds)."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        bold = book.add_format({"bold": True})
        for name, header, rows in (
            ("提示", _OUTLIER, _outliers(report)),
            ("商户与居民", _PAIR, _pairs(report)),
            ("口径", _RULE, _rules()),
        ):
            sheet = book.add_worksheet(name)
            sheet.set_column(0, len(header) - 1, 18)
            sheet.write_row(0, 0, header, bold)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


def _outliers(report: PairsReport) -> Iterable[Sequence[Cell]]:
    span = f"{report.first_day} 至 {report.last_day}"
    for each in report.outliers:
        yield [span, each.title_zh, each.who, each.other, each.count, each.of, each.zh]


def _pairs(report: PairsReport) -> Iterable[Sequence[Cell]]:
    for each in report.pairs:
        pair = each.pair
        yield [
            each.merchant, each.holder, pair.count, pair.of_merchant, pair.of_holder,
            pair.median_seconds, pair.fastest_seconds, pair.at_night, pair.cancelled, pair.refused,
        ]  # fmt: skip


def _rules() -> Iterable[Sequence[Cell]]:
    for rule in RULES.values():
        yield [rule.title_zh, rule.least, rule.percent or None, rule.bound or None]
