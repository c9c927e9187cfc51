"""Cells as people write them: what they mean, and that they are written the same way back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from points.rulebook_excel import clauses, headings
from points.rulebook_excel.awards import award_of, award_text
from points.rulebook_excel.limits import limits_of, limits_text
from points.rulebook_excel.marks import NotUnderstood

UNIT = "小时"
Reading = Callable[[str], Any]


def award(cell: str) -> dict[str, Any]:
    return award_of(cell, UNIT)


def limits(cell: str) -> list[dict[str, Any]]:
    return limits_of(cell, UNIT)


BANDS = [{"from": 0, "per": 100, "points": 1}, {"from": 1000, "per": 400, "points": 1}]
STEPS = [{"at": 10, "points": 2}, {"at": 20, "points": 5}]

#: (cell as it is written, value, writing, reading, other ways to type the same)
CELLS: list[tuple[str, Any, Callable[[Any], str], Reading, list[str]]] = [
    *(
        (cell, value, lambda value: award_text(value, UNIT), award, also)
        for cell, value, also in [
            ("5", {"type": "fixed", "points": 5}, [" 5 分", "５"]),
            ("0.5", {"type": "fixed", "points": Decimal("0.5")}, ["０．５"]),
            (
                "一般=5；较重=20",
                {"type": "fixed", "points": {"一般": 5, "较重": 20}},
                ["一般＝5;较重＝20；", "一般 = 5 ； 较重 = 20"],
            ),
            (
                "「每次」=1；「轻（首次）」=2",
                {"type": "fixed", "points": {"每次": 1, "轻（首次）": 2}},
                ["｢每次｣=1;｢轻（首次）｣=2"],
            ),
            ("1~20，档1", {"type": "range", "min": 1, "max": 20, "step": 1}, ["1～20,档1"]),
            (
                "每4小时=1",
                {"type": "per_unit", "points": 1, "per": 4},
                ["每４小时＝１", "每4=1"],
            ),
            (
                "每4小时=1（按比例）",
                {"type": "per_unit", "points": 1, "per": 4, "whole": False},
                ["每4小时=1(按比例)"],
            ),
            (
                "每5小时：厨余=2；可回收=16",
                {"type": "per_unit", "points": {"厨余": 2, "可回收": 16}, "per": 5},
                ["每5小时:厨余=2;可回收=16"],
            ),
            (
                "0起每100小时=1；1000起每400小时=1",
                {"type": "bands", "bands": BANDS},
                ["0起每100=1；1000起每400=1"],
            ),
            (
                "满10小时=2；满20小时=5；以后每300小时=10",
                {
                    "type": "milestones",
                    "steps": STEPS,
                    "then_every": {"quantity": 300, "points": 10},
                },
                [],
            ),
            (
                "第1名=50；第2名=30（本网格）",
                {"type": "ranks", "points": [50, 30], "within": "grid"},
                ["第1名＝50;第2名＝30(本网格)"],
            ),
        ]
    ),
    (
        "每月2分；每年3次；每活动2小时；每户每年10分；间隔7天",
        [
            {"max_points": 2, "per": "month"},
            {"max_times": 3, "per": "year"},
            {"max_quantity": 2, "per": "activity"},
            {"max_points": 10, "per": "year", "across": "household"},
            {"min_days_between": 7},
        ],
        lambda value: limits_text(value, UNIT),
        limits,
        ["每月2分;每年3次;每次活动2小时;每户每年10分;间隔7天"],
    ),
    (
        "党员；非：未成年人",
        {"any": ["party_member"], "none": ["minor"]},
        clauses.audience_text,
        clauses.audience_of,
        ["party_member；非: minor"],
    ),
    (
        "指定：配偶、子女",
        ("named", ["spouse", "child"]),
        lambda value: clauses.beneficiary_text(*value),
        clauses.beneficiary_of,
        ["指定:配偶,子女"],
    ),
    (
        "100~500，整数",
        {"min": 100, "max": 500, "integer": True},
        clauses.quantity_text,
        clauses.quantity_of,
        ["１００～５００,整数"],
    ),
    (
        "0/1/2，12个月，宽限3天，同组",
        {"factors": [0, 1, 2], "within_months": 12, "grace_days": 3, "counts": "group"},
        clauses.escalation_text,
        clauses.escalation_of,
        ["0／1／2,12个月,宽限3天,同组"],
    ),
    (
        "≤40：12个月；其余：24个月",
        {"by_points": [{"up_to": 40, "months": 12}, {"months": 24}]},
        clauses.validity_text,
        clauses.validity_of,
        ["<=40:12个月;其余:24个月"],
    ),
    (
        "至整改；加分暂缓；得分计零、停评优；等级零星；整改后60（须承诺）",
        {
            "until": "corrected",
            "bonuses": "held",
            "effects": ["score_zero", "bar_honors"],
            "tier": "零星",
            "repair": {"points": 60, "needs_promise": True},
        },
        clauses.veto_text,
        clauses.veto_of,
        ["至整改;加分暂缓;得分计零,停评优;等级零星;整改后60(须承诺)"],
    ),
    (
        "活动通知＋照片；或证书",
        [["activity_notice", "photo"], ["certificate"]],
        clauses.evidence_text,
        clauses.evidence_of,
        ["活动通知+照片;证书"],
    ),
    (
        "评议组×2",
        {"by": "panelist", "count": 2},
        clauses.approval_text,
        clauses.approval_of,
        ["评议组x2", "评议组＊2"],
    ),
    (
        "季末后60天",
        {"end_of": "quarter", "plus_days": 60},
        headings.expiry_text,
        headings.expiry_of,
        ["季度末后60天"],
    ),
    (
        "每年01-10、07-01",
        {"on": ["01-10", "07-01"]},
        headings.expiry_text,
        headings.expiry_of,
        ["每年01-10，07-01"],
    ),
    (
        "hours=服务时长（小时）",
        [{"code": "hours", "name": "服务时长", "unit": "hour"}],
        headings.counters_text,
        headings.counters_of,
        ["hours＝服务时长(小时)"],
    ),
    (
        "得分>1040，≤1060；hours（年）≥50",
        [
            {"measure": "score", "above": 1040, "at_most": 1060},
            {"measure": "hours", "over": "year", "at_least": 50},
        ],
        headings.conditions_text,
        headings.conditions_of,
        ["得分＞1040,<=1060;hours(年)>=50"],
    ),
    (
        "A、分组：捐款、全部扣分",
        ["A", "group:捐款", "*deduction"],
        headings.selectors_text,
        headings.selectors_of,
        ["A,group:捐款,*deduction"],
    ),
    (
        "遇以下项目作废：HL-03",
        {"cancelled_by": ["HL-03"]},
        headings.outcome_text,
        headings.outcome_of,
        ["遇以下项目作废:HL-03"],
    ),
    ("前10%", {"percent": 10}, headings.top_text, headings.top_of, ["前１０％"]),
    (
        "上期20%",
        {"percent_of_last": 20},
        headings.base_points_text,
        headings.base_points_of,
        ["上期20％"],
    ),
]


@pytest.mark.parametrize(
    ("cell", "value", "writing", "reading", "also"), CELLS, ids=range(len(CELLS))
)
def test_written_and_read_in_either_width(
    cell: str, value: Any, writing: Callable[[Any], str], reading: Reading, also: list[str]
) -> None:
    assert writing(value) == cell
    assert reading(cell) == value
    for other in also:
        assert reading(other) == value


REFUSED: list[tuple[Reading, str, str]] = [
    (award, "-5", "正数"),
    (award, "五分", "不是数字"),
    (award, "一般=五", "不是数字"),
    (award, "一般=5；一般=6", "写了两次"),
    (award, "一般5；较重=6", "应写成"),
    (award, "每4公斤=1", "与“单位”一列"),
    (award, "0起每100元=1；1000起每400元=1", "与“单位”一列"),
    (award, "满10小时=2；20小时=5", "应写成"),
    (award, "以后每10小时=2；满20小时=5", "写在最后"),
    (award, "第2名=50；第1名=60", "依次"),
    (award, "5（按比例）", "用在这里不对"),
    (award, "「轻=5", "没有成对"),
    (award, "轻；；重=5", "少了内容"),
    (limits, "每月2元", "不是分、次"),
    (limits, "每两月2分", "应写成"),
    (limits, "每月-2分", "应写成"),
    (limits, "每月2.5次", "整数"),
    (limits, "间隔一周", "应写成"),
    (clauses.audience_of, "党员；学生", "只写一次"),
    (clauses.audience_of, "好人", "不是已知的标签"),
    (clauses.beneficiary_of, "邻居", "只能写"),
    (clauses.beneficiary_of, "指定：邻居", "只能写"),
    (clauses.quantity_of, "-5~10", "不能有负数"),
    (clauses.quantity_of, "~", "应写成"),
    (clauses.escalation_of, "0/1，一年", "不认识"),
    (clauses.escalation_of, "先提醒", "不是数字"),
    (clauses.validity_of, "一年", "应写成"),
    (clauses.veto_of, "至整改", "要写明"),
    (clauses.veto_of, "至整改；加分暂缓；拉黑", "只能写"),
    (clauses.evidence_of, "照片或证书", "只能写"),
    (clauses.approval_of, "评议组×两", "只能写"),
    (clauses.days_of, "一个月", "不是数字"),
    (headings.expiry_of, "年底", "写成"),
    (headings.counters_of, "服务时长", "应写成"),
    (headings.conditions_of, "得分>1040，>1050", "应写成"),
    (headings.outcome_of, "取最低", "只取最高"),
    (headings.top_of, "10", "前10名"),
    (headings.base_points_of, "很多", "不是数字"),
]


@pytest.mark.parametrize(
    ("reading", "cell", "says"),
    REFUSED,
    ids=range(len(REFUSED)),
)
def test_what_is_not_understood_says_what_to_write(reading: Reading, cell: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        reading(cell)
    assert says in refused.value.zh
    assert refused.value.en
