"""A dry run as an Excel workbook, for the meeting that decides: it names people, so staff only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kernel import workbooks
from kernel.points_value import as_number
from kernel.workbooks import Cell, Sheet
from points.rulebook_life.dry_run_results import DryRun, HolderEffect, Sums
from points.rules.solvency import Solvency

_SUMS = (("基础分", "base"), ("加分", "bonus"), ("其中名次分", "by_rank"), ("扣分", "deduction"),
         ("得分", "score"), ("计入可用积分", "balance"))  # fmt: skip


def as_xlsx(run: DryRun) -> bytes:
    """Five sheets: 汇总, 变动明细 (by holder and item), 项目, 不再适用的记录, 兑付能力."""
    return workbooks.as_xlsx(
        Sheet(name=name, header=header, rows=rows, width=14)
        for name, header, rows in (
            ("汇总", ["", "原来", "试算", "差"], _totals(run)),
            ("变动明细", ["户号", "姓名", "项目", "名称", "原来", "试算", "差"], _changes(run)),
            ("项目", ["编号", "名称", "记录数", "原来", "试算", "差", "不再适用"], _items(run)),
            (
                "不再适用的记录",
                ["编号", "项目", "户号", "姓名", "发生日期", "原来"],
                _left_out(run),
            ),
            ("兑付能力", ["", "积分", "是一个月可承兑的几倍"], _solvency(run.solvency)),
        )
    )


def _totals(run: DryRun) -> Iterable[Sequence[Cell]]:
    yield ["月份", run.month]
    yield ["有分的人（户）数", run.holder_count]
    yield ["有变动的人（户）数", len(run.changed)]
    yield ["记录数", run.fact_count]
    yield ["不再适用的记录数", len(run.left_out)]
    for label, name in _SUMS:
        yield [label, *_sides(run.before, run.after, name)]


def _sides(before: Sums, after: Sums, name: str) -> list[Cell]:
    was, becomes = getattr(before, name), getattr(after, name)
    return [as_number(was), as_number(becomes), as_number(becomes - was)]


def _changes(run: DryRun) -> Iterable[Sequence[Cell]]:
    for holder in run.changed:
        yield [
            holder.household_code,
            holder.name,
            "合计",
            "",
            *_sides(holder.before, holder.after, "score"),
        ]
        yield from _of_holder(holder)


def _of_holder(holder: HolderEffect) -> Iterable[Sequence[Cell]]:
    for each in holder.changed_items:
        numbers = (each.before, each.after, each.difference)
        yield [
            holder.household_code,
            holder.name,
            each.code,
            each.name,
            *(as_number(number) for number in numbers),
        ]


def _items(run: DryRun) -> Iterable[Sequence[Cell]]:
    for each in run.items:
        yield [
            each.code,
            each.name,
            each.facts,
            as_number(each.before),
            as_number(each.after),
            as_number(each.difference),
            each.left_out,
        ]


def _left_out(run: DryRun) -> Iterable[Sequence[Cell]]:
    for each in run.left_out:
        yield [
            each.item_code,
            each.item_name,
            each.household_code,
            each.holder_name,
            each.occurred_on.isoformat(),
            as_number(each.before),
        ]


def _solvency(found: Solvency) -> Iterable[Sequence[Cell]]:
    """Numbers, their ratios to what can be borne in a month, and what the numbers say."""
    bears = found.alliance
    for label, points, ratio in (
        (f"{found.on} 手中积分", found.outstanding, found.outstanding_ratio),
        ("其中可兑换", found.spendable, None),
        ("其中待核销", found.held, None),
        (f"{found.month} 计入可用积分：原来", found.issued_before, found.issued_ratio_before),
        (f"{found.month} 计入可用积分：试算", found.issued_after, found.issued_ratio_after),
        ("两者都含：其他细则和批量录入", found.issued.beside, None),
        (f"{found.month} 实际兑换", found.redeemed, found.redeemed_ratio),
        ("联盟一个月可承兑", bears.bearable, None),
        (f"有效协议 {bears.agreements} 份，月上限合计", bears.monthly_caps, None),
        (
            f"限量优惠 {bears.limited_offers} 项（共 {bears.offers} 项），一个月折合",
            bears.stock,
            None,
        ),
    ):
        yield [label, as_number(points), None if ratio is None else float(ratio)]
    yield [found.zh]
    yield [found.en]
