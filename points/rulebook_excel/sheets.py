"""The tables of the workbook, in order: one row per entry of a list of the document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from points.rulebook_excel import clauses, headings, words
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
from points.rulebook_excel.item_columns import ITEM_COLUMNS
from points.rulebook_excel.limits import limit_of, limit_text

_AUDIENCE = notation(clauses.audience_text, clauses.audience_of)
_COUNTS = several(words.COUNTS)


def _no_unit(_row: Json, _document: Json) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table. ``always`` tables stand in every document, even when empty."""

    name: str
    key: str
    columns: tuple[Column, ...]
    always: bool = False
    #: The word of a row's unit, from the row and the document around it.
    unit: Callable[[Json, Json], str] = _no_unit


def _item_unit(item: Json, document: Json) -> str:
    code = item.get("unit") or _default(document, item).get("unit")
    return words.UNITS.word(code) if code else ""


def _default(document: Json, item: Json) -> Json:
    default: Json = document.get("defaults", {}).get(item.get("kind"), {})
    return default


def _shared_unit(limit: Json, document: Json) -> str:
    """The one unit of all items a shared limit names, "" where there is not one."""
    named = [item for item in document.get("items", ()) if _is_named(item, limit.get("items", ()))]
    units = {_item_unit(item, document) for item in named}
    return units.pop() if len(units) == 1 else ""


def _is_named(item: Json, selectors: Iterable[str]) -> bool:
    names = {item.get("code"), f"group:{item.get('group')}", f"*{item.get('kind')}"}
    return any(selector in names for selector in selectors)


def _merged(keys: tuple[str, ...], written: Notation) -> dict[str, Any]:
    """``get`` and ``put`` of a cell that holds several fields of its row."""

    def get(row: Json) -> Any:
        return {key: row[key] for key in keys if key in row} or ABSENT

    def put(row: dict[str, Any], value: Mapping[str, Any]) -> None:
        row.update(value)

    return {"get": get, "put": put, "notation": written}


_BASE = Sheet(
    name="基础分",
    key="base",
    always=True,
    columns=(
        column("编号", "code", TEXT, "字母、数字和 . _ -，不重复。", required=True),
        column("名称", "name", TEXT, "例如 基础分。", required=True, width=20),
        Column(
            title="分值",
            remark="10，或 上期20%（上期封账得分的百分之几）。",
            required=True,
            **_merged(
                ("points", "percent_of_last"),
                notation(headings.base_points_text, headings.base_points_of),
            ),
        ),
        column("周期", "per", word(words.BASE_PERIODS), "多久发一次。", required=True, width=8),
        column("计入", "counts_in", _COUNTS, "得分、余额，或其中一个。", required=True, width=14),
        column("适用对象", "audience", _AUDIENCE, "标签：党员；非：未成年人。", width=18),
        column("新加入者", "joiners", word(words.JOINERS), "当期加入的人：全额，或下期起。"),
        column("基础职责", "duties", texts("；", ";"), "基础分对应的职责，用；隔开。", width=50),
    ),
)
ITEMS = Sheet(name="项目", key="items", columns=ITEM_COLUMNS, always=True, unit=_item_unit)
_LIMITS = Sheet(
    name="共用封顶",
    key="limits",
    unit=_shared_unit,
    columns=(
        column("编号", "code", TEXT, "字母、数字和 . _ -，不重复。", required=True),
        column("名称", "name", TEXT, "给人看的名称。", width=24),
        column(
            "项目",
            "items",
            notation(headings.selectors_text, headings.selectors_of),
            "项目编号、分组：名称、全部加分、全部扣分，用、隔开。",
            required=True,
            width=36,
        ),
        Column(
            title="封顶",
            remark="一行一个：每月50分｜每年3次｜每户每年10分；数量写单位，如 每年20小时。",
            required=True,
            width=16,
            **_merged(
                ("max_points", "max_times", "max_quantity", "per", "across"),
                Notation(limit_text, limit_of),
            ),
        ),
    ),
)
_CONFLICTS = Sheet(
    name="同一行为",
    key="conflicts",
    columns=(
        column("编号", "code", TEXT, "字母、数字和 . _ -，不重复。", required=True),
        column(
            "项目",
            "items",
            notation(headings.selectors_text, headings.selectors_of),
            "项目编号、分组：名称、全部加分、全部扣分，用、隔开。",
            required=True,
            width=36,
        ),
        column("范围", "same", word(words.SAME), "同一行为，或同一活动。", required=True),
        Column(
            title="处理",
            remark="只取最高｜遇以下项目作废：编号、编号。",
            required=True,
            width=30,
            **_merged(
                ("keep", "cancelled_by"), notation(headings.outcome_text, headings.outcome_of)
            ),
        ),
        column("备注", "note", TEXT, "给人看的说明。", width=30),
    ),
)
_TIERS = Sheet(
    name="等级",
    key="tiers",
    columns=(
        column("名称", "name", TEXT, "从高到低写，先符合的算。", required=True, width=16),
        column(
            "条件",
            "when",
            notation(headings.conditions_text, headings.conditions_of),
            "得分>1040，≤1060；都要符合的用；隔开。可写得分、户人均得分、余额，或累计量的编号，"
            "周期写在后面：hours（年）≥50。",
            required=True,
            width=36,
        ),
        column("适用对象", "audience", _AUDIENCE, "标签：党员；非：未成年人。", width=18),
        column(
            "效果",
            "effects",
            several(words.TIER_EFFECTS),
            "、".join(words.TIER_EFFECTS.listed()) + "。",
            width=24,
        ),
        column("备注", "note", TEXT, "给人看的说明。", width=30),
    ),
)
_RANKINGS = Sheet(
    name="排名",
    key="rankings",
    columns=(
        column("编号", "code", TEXT, "字母、数字和 . _ -，不重复。", required=True),
        column("名称", "name", TEXT, "例如 居民月排名。", required=True, width=24),
        column("单位", "unit", word(words.RANKING_UNITS), "谁和谁比。", required=True, width=8),
        column(
            "口径",
            "measure",
            notation(headings.measure_text, headings.measure_of),
            "不填就是得分；也可写余额，或累计量的编号。",
        ),
        column("人均", "per_head", YES, "是或否。", width=8),
        column("周期", "over", word(words.RANKING_PERIODS), "按多长时间。", required=True, width=8),
        column("范围", "within", word(words.RANKING_PLACES), "在哪里排。", required=True, width=8),
        column("适用对象", "audience", _AUDIENCE, "标签：重点人群另排。", width=18),
        column(
            "取前",
            "top",
            notation(headings.top_text, headings.top_of),
            "前10名，或前10%。",
            width=10,
        ),
    ),
)
_LEFT_OUT = Sheet(
    name="不采纳条款",
    key="not_carried_over",
    always=True,
    columns=(
        column("条款", "clause", TEXT, "来源文件的原文。", required=True, width=50),
        column("原因类别", "code", word(words.LEFT_OUT), "从下拉列表选。", required=True, width=16),
        column("理由", "reason", TEXT, "为什么不采纳。", required=True, width=50),
    ),
)
#: Tables in the order of the workbook. Items are read before what names them.
TABLES: tuple[Sheet, ...] = (
    _BASE,
    ITEMS,
    _LIMITS,
    _CONFLICTS,
    _TIERS,
    _RANKINGS,
    _LEFT_OUT,
)
