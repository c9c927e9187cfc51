"""The report as an Excel workbook; text stays text, whatever a name begins with."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from points.insight.report import Insight
from points.rules.outliers import RULES

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WIDTHS = {"提示": 26, "记录人": 14, "口径": 22}

Cell = str | int | None


def as_xlsx(report: Insight) -> bytes:
    """Three sheets: 提示, 记录人, 口径 (the rules with their thresholds)."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        bold = book.add_format({"bold": True})
        for name, header, rows in (
            (
                "提示",
                ["月份", "类别", "记录人或审核人", "对象", "次数", "总数", "说明"],
                _outliers(report),
            ),
            ("记录人", _RECORDER, _recorders(report)),
            ("口径", ["类别", "最少次数", "占比（%）", "界限（秒、天、人）"], _rules()),
        ):
            sheet = book.add_worksheet(name)
            sheet.set_column(0, len(header) - 1, _WIDTHS[name])
            sheet.write_row(0, 0, header, bold)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


def _months(report: Insight) -> str:
    if report.first_month == report.last_month:
        return report.first_month
    return f"{report.first_month} 至 {report.last_month}"


def _outliers(report: Insight) -> Iterable[Sequence[Cell]]:
    for each in report.outliers:
        yield [
            _months(report), each.title_zh, each.who, each.other, each.count, each.of, each.zh,
        ]  # fmt: skip


_RECORDER = [
    "记录人", "角色", "条数", "占比（%）", "涉及人（户）数", "涉及家庭数", "两条间隔（秒，中位数）",
    "记录到审核（秒，中位数）", "晚录天数（中位数）", "晚录天数（最多）", "补录以前月份", "夜间",
    "被撤销",
]  # fmt: skip


def _recorders(report: Insight) -> Iterable[Sequence[Cell]]:
    for each in report.recorders:
        numbers = each.summary
        yield [
            each.name,
            "、".join(numbers.roles),
            numbers.count,
            numbers.percent,
            numbers.people,
            numbers.households,
            seconds(numbers.median_gap),
            seconds(numbers.median_to_approval),
            numbers.median_days_late,
            numbers.most_days_late,
            numbers.back_dated,
            numbers.at_night,
            numbers.struck,
        ]


def _rules() -> Iterable[Sequence[Cell]]:
    for rule in RULES.values():
        yield [rule.title_zh, rule.least, rule.percent or None, rule.bound or None]


def seconds(time: dt.timedelta | None) -> int | None:
    """Whole seconds, None where there was nothing to measure."""
    return None if time is None else round(time.total_seconds())
