"""The report as an Excel workbook; text stays text, whatever a name begins with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kernel import workbooks
from kernel.workbooks import Cell, Sheet
from points.insight import outlier_views
from redemption.outliers import PairsReport
from redemption.rules.outlier_rules import RULES

_PAIR = [
    "商户", "居民", "次数", "占该店（%）", "占该居民（%）", "出码到核销（秒，中位数）",
    "出码到核销（秒，最短）", "夜间", "被撤销", "被拒绝",
]  # fmt: skip


def as_xlsx(report: PairsReport) -> bytes:
    """Three sheets: 提示, 商户与居民, 口径 (the rules with their thresholds)."""
    span = f"{report.first_day} 至 {report.last_day}"
    found = outlier_views.sheet(
        report.outliers, when="日期", span=span, parties=["商户或店员", "居民"]
    )
    busiest = Sheet(name="商户与居民", header=_PAIR, rows=_pairs(report), width=18)
    return workbooks.as_xlsx([found, busiest, outlier_views.rules_sheet(RULES, bound="界限（秒）")])


def _pairs(report: PairsReport) -> Iterable[Sequence[Cell]]:
    for each in report.pairs:
        pair = each.pair
        yield [
            each.merchant, each.holder, pair.count, pair.of_merchant, pair.of_holder,
            pair.median_seconds, pair.fastest_seconds, pair.at_night, pair.cancelled, pair.refused,
        ]  # fmt: skip
