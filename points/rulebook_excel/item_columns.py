"""The sheet 项目, one row per item; its clauses serve as defaults in the sheet 总则, too."""

from __future__ import annotations

from typing import Any

from points.rulebook_excel import clauses, words
from points.rulebook_excel.awards import award_of, award_text
from points.rulebook_excel.columns import (
    ABSENT,
    TEXT,
    YES,
    Column,
    Json,
    Notation,
    column,
    notation,
    several,
    texts,
    word,
)
from points.rulebook_excel.limits import limits_of, limits_text
from points.rulebook_excel.marks import NotUnderstood

_NOT_ADDED_UP = ("fixed", "range")


def _put_over(row: dict[str, Any], period: str) -> None:
    award = row.get("award")
    if not award or award["type"] in _NOT_ADDED_UP:
        raise NotUnderstood(
            "固定分值和评议分值每次单独计算，请把这一格留空。",
            "Fixed and decided points stand alone each time; please leave this cell empty.",
        )
    award["over"] = period


def _who_receives(row: Json) -> Any:
    if "beneficiary" not in row and "relations" not in row:
        return ABSENT
    return row.get("beneficiary"), row.get("relations")


def _put_who_receives(row: dict[str, Any], value: tuple[str | None, list[str] | None]) -> None:
    who, relations = value
    if who is not None:
        row["beneficiary"] = who
    if relations is not None:
        row["relations"] = relations


def _recorders(row: Json) -> Any:
    """An empty ``recording`` clears the default: 无 in this column says so."""
    recording = row.get("recording")
    if recording == {}:
        return []
    return recording["recorders"] if recording and "recorders" in recording else ABSENT


def _put_recorders(row: dict[str, Any], recorders: list[str]) -> None:
    recording = row.setdefault("recording", {})
    if recorders:
        recording["recorders"] = recorders


AWARD = Notation(award_text, award_of)
LIMITS = Notation(limits_text, limits_of)

UNIT = column("单位", "unit", word(words.UNITS), "数量的单位，从下拉列表选。")
COUNTS_IN = column(
    "计入", "counts_in", several(words.COUNTS), "得分、余额，或其中一个；无＝都不计入。", width=14
)
CAPS = column(
    "封顶",
    "limits",
    LIMITS,
    "每月2分；每年3次；每活动2小时；每户每年10分；间隔7天。“次”总是次数；没有单位的数量写“单位”。",
    width=24,
)
ESCALATION = column(
    "递进",
    "escalation",
    notation(clauses.escalation_text, clauses.escalation_of),
    "只用于扣分：0/1/2，12个月，宽限3天，同组。0＝提醒，不扣分。",
    width=20,
)
VALIDITY = column(
    "有效期",
    "validity",
    notation(clauses.validity_text, clauses.validity_of),
    "12个月，或 ≤40：12个月；其余：24个月。",
    width=18,
)
RECORDING = (
    column(
        "佐证",
        "recording.evidence",
        notation(clauses.evidence_text, clauses.evidence_of),
        "一起要的用＋连，任选的另起“；或”：活动通知＋照片；或证书。可写："
        + "、".join(words.EVIDENCE.listed())
        + "。",
        width=24,
    ),
    Column(
        title="记录人",
        notation=several(words.ROLES),
        get=_recorders,
        put=_put_recorders,
        remark="谁可以记录：" + "、".join(words.ROLES.listed()) + "；无＝本项录入要求全部从简。",
        width=16,
    ),
    column(
        "审核",
        "recording.approval",
        notation(clauses.approval_text, clauses.approval_of),
        "谁审核、几个人：评议组×2。",
    ),
    column("须写事由", "recording.reason_required", YES, "是或否。", width=10),
    column("须关联活动", "recording.activity_required", YES, "是或否。", width=10),
    column(
        "补录期限",
        "recording.deadline_days",
        notation(clauses.days_text, clauses.days_of),
        "事后几天内可以补录：31天。",
        width=10,
    ),
)
PUBLICATION = column(
    "公开方式",
    "publication",
    word(words.PUBLICATIONS),
    "署名（扣分不行）、匿名或不公开。",
    width=10,
)

ITEM_COLUMNS: tuple[Column, ...] = (
    column("编号", "code", TEXT, "字母、数字和 . _ -，不重复。", required=True),
    column("来源编号", "source_codes", texts("、", ",，;；"), "来源文件里的编号，用、隔开。"),
    column("类别", "category", TEXT, "列在哪一类之下。", width=14),
    column("项目名称", "name", TEXT, "做了什么。", required=True, width=40),
    column("分组", "group", TEXT, "共用封顶、同一行为可以按分组指定。"),
    column("加扣", "kind", word(words.KINDS), "加分、扣分，或只记录。", required=True, width=8),
    column(
        "主题", "subject", word(words.SUBJECTS), "关于什么；后十个主题不得设分。", required=True
    ),
    column("层级", "origin", word(words.ORIGINS), "谁定的：区、街道或社区。", width=8),
    UNIT,
    column(
        "数量范围",
        "quantity",
        notation(clauses.quantity_text, clauses.quantity_of),
        "一次的数量：100~500，整数。",
        width=14,
    ),
    column(
        "分值",
        "award",
        AWARD,
        "加分、扣分必填，记录不填：5｜一般=5；较重=20｜1~20，档1｜每4小时=1（按比例）｜"
        "0起每100元=1；1000起每400元=1｜满10小时=2；满20小时=5；以后每300小时=10｜"
        "第1名=50；第2名=30。名称里有标点的，加引号「」。",
        width=30,
    ),
    Column(
        title="计算口径",
        notation=word(words.AWARD_PERIODS),
        get=column("", "award.over", TEXT, "").get,
        put=_put_over,
        remark="数量逐次算，还是加起来算。",
    ),
    COUNTS_IN,
    column("累计到", "feeds", TEXT, "数量记到哪个累计量（编号）。"),
    column(
        "适用对象",
        "audience",
        notation(clauses.audience_text, clauses.audience_of),
        "标签：党员；非：未成年人。",
        width=18,
    ),
    Column(
        title="受益人",
        notation=notation(lambda value: clauses.beneficiary_text(*value), clauses.beneficiary_of),
        get=_who_receives,
        put=_put_who_receives,
        remark="本人、本户、户主、每位成员，或 指定：配偶、子女。",
        width=16,
    ),
    CAPS,
    ESCALATION,
    VALIDITY,
    column(
        "未改续扣",
        "recurs",
        word(words.PERIODS),
        "没有改正的，每月、季、半年或年再扣一次。",
        width=10,
    ),
    column(
        "一票否决",
        "veto",
        notation(clauses.veto_text, clauses.veto_of),
        "至整改；加分暂缓；得分计零、停评优；等级零星；整改后60（须承诺）。",
        width=30,
    ),
    *RECORDING,
    PUBLICATION,
    column("备注", "note", TEXT, "给人看的说明。", width=30),
)

#: What may stand as a default of a kind.
DEFAULT_COLUMNS: tuple[Column, ...] = (
    UNIT,
    COUNTS_IN,
    CAPS,
    ESCALATION,
    VALIDITY,
    *RECORDING,
    PUBLICATION,
)
