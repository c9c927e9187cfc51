"""The report as an Excel workbook; text stays text, whatever a name begins with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from kernel import workbooks
from kernel.workbooks import Cell, Sheet
from points.insight import outlier_views
from points.insight.report import Insight
from points.rules.outlier_rules import RULES


def as_xlsx(report: Insight) -> bytes:
    """Three sheets: 提示, 记录人, 口径 (the rules with their thresholds)."""
    found = outlier_views.sheet(
        report.outliers, when="月份", span=_months(report), parties=["记录人或审核人", "对象"]
    )
    recorders = Sheet(name="记录人", header=_RECORDER, rows=_recorders(report), width=14)
    rules = outlier_views.rules_sheet(RULES, bound="界限（秒、天、人）")
    return workbooks.as_xlsx([found, recorders, rules])


def _months(report: Insight) -> str:
    if report.first_month == report.last_month:
        return report.first_month
    return f"{report.first_month} 至 {report.last_month}"


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


def seconds(time: dt.timedelta | None) -> int | None:
    """Whole seconds, None where there was nothing to measure."""
    return None if time is None else round(time.total_seconds())
