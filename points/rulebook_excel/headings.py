"""Cells of the header's sheets: expiry, counters, conditions, selectors, top, base points.

Each has a pair of functions: ``x_text`` writes the cell, ``x_of`` reads it or raises NotUnderstood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from points.rulebook_excel import words
from points.rulebook_excel.marks import (
    NOTHING,
    Marks,
    NotUnderstood,
    code,
    integer,
    number,
    number_text,
    quoted,
    split,
)

Json = Mapping[str, Any]

_N = r"-?\d+(?:\.\d+)?"
_AFTER = re.compile(r"(\d+)个月")
_END_OF = re.compile(rf"({words.PERIODS.pattern()})末(?:后(\d+)天)?")
_DAYS = re.compile(r"每年[0-9]{2}-[0-9]{2}(?:[、,][0-9]{2}-[0-9]{2})*")
_COUNTER = re.compile(r"([^=]+)=([^()]+)\(([^()]+)\)")
_CONDITION = re.compile(r"([^<>≤≥()=]+)(?:\(([^()]+)\))?((?:<=|>=|[<>≤≥]).+)?")
_BOUND = re.compile(rf"(<=|>=|[<>≤≥])({_N})")
_TOP = re.compile(r"前(\d+(?:\.\d+)?)(名|%)")
_PERCENT = re.compile(r"上期(\d+(?:\.\d+)?)%")
_SIGNS = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}
_KEYS = {sign: key for key, sign in _SIGNS.items()} | {">=": "at_least", "<=": "at_most"}
_KINDS = {"*bonus": "全部加分", "*deduction": "全部扣分"}
_SELECTORS = {word: selector for selector, word in _KINDS.items()}


def expiry_text(expiry: Json) -> str:
    if "after_months" in expiry:
        return f"{expiry['after_months']}个月"
    if "on" in expiry:
        return "每年" + "、".join(expiry["on"])
    plus = f"后{expiry['plus_days']}天" if "plus_days" in expiry else ""
    return f"{words.PERIODS.word(expiry['end_of'])}末{plus}"


def expiry_of(cell: str) -> dict[str, Any]:
    text = Marks(cell).text
    if found := _AFTER.fullmatch(text):
        return {"after_months": integer(found[1])}
    if _DAYS.fullmatch(text):
        return {"on": split(text.removeprefix("每年").replace(",", "、"), "、")}
    if found := _END_OF.fullmatch(text):
        plus = {"plus_days": integer(found[2])} if found[2] else {}
        return {"end_of": words.PERIODS.code(found[1]), **plus}
    raise NotUnderstood(
        "到期写成“36个月”“每年01-10”或“季末后60天”。",
        "Write the expiry as 36个月, 每年01-10 or 季末后60天.",
    )


def counters_text(counters: Sequence[Json]) -> str:
    return (
        "；".join(
            f"{each['code']}={quoted(each['name'])}（{words.UNITS.word(each['unit'])}）"
            for each in counters
        )
        or NOTHING
    )


def counters_of(cell: str) -> list[dict[str, Any]]:
    if cell == NOTHING:
        return []
    marks = Marks(cell)
    counters = []
    for part in marks.parts(";"):
        found = _COUNTER.fullmatch(part)
        if not found:
            raise NotUnderstood(
                f"“{part}”应写成“hours=服务时长（小时）”。",
                f'"{part}" has to read hours=服务时长（小时）.',
            )
        unit = words.UNITS.code(found[3])
        counters.append({"code": code(found[1]), "name": marks.name(found[2]), "unit": unit})
    return counters


def conditions_text(conditions: Sequence[Json]) -> str:
    return "；".join(_condition_text(each) for each in conditions)


def _condition_text(condition: Json) -> str:
    text = measure_text(condition["measure"])
    if "over" in condition:
        text += f"（{words.SCORE_PERIODS.word(condition['over'])}）"
    return text + "，".join(
        f"{sign}{number_text(condition[key])}" for key, sign in _SIGNS.items() if key in condition
    )


def measure_text(measure: str) -> str:
    """A counter's code stands as it is, a code that reads like a word of the list is quoted."""
    if measure in words.MEASURES.codes:
        return words.MEASURES.word(measure)
    return f"「{measure}」" if measure in words.MEASURES else quoted(measure)


def measure_of(cell: str) -> str:
    marks = Marks(cell)
    return _measure(marks.text, marks)


def _measure(text: str, marks: Marks) -> str:
    return words.MEASURES.code(text) if text in words.MEASURES else marks.name(text)


def conditions_of(cell: str) -> list[dict[str, Any]]:
    marks = Marks(cell)
    conditions = []
    for part in marks.parts(";"):
        found = _CONDITION.fullmatch(part)
        if not found:
            raise NotUnderstood(
                f"“{part}”应写成“得分>1040，≤1060”。", f'"{part}" has to read 得分>1040，≤1060.'
            )
        over = {"over": words.SCORE_PERIODS.code(found[2])} if found[2] else {}
        conditions.append({"measure": _measure(found[1], marks), **over} | _bounds(found[3]))
    return conditions


def _bounds(text: str | None) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    for part in split(text, ",") if text else []:
        found = _BOUND.fullmatch(part)
        if not found or _KEYS[found[1]] in bounds:
            raise NotUnderstood(
                f"“{part}”应写成≥、>、≤或<加一个数。",
                f'"{part}" has to be ≥, >, ≤ or < and a number.',
            )
        bounds[_KEYS[found[1]]] = number(found[2])
    return bounds


def selectors_text(selectors: Sequence[str]) -> str:
    return "、".join(_selector_text(each) for each in selectors)


def _selector_text(selector: str) -> str:
    if selector.startswith("group:"):
        return f"分组：{quoted(selector.removeprefix('group:'))}"
    return _KINDS.get(selector, selector)


def selectors_of(cell: str) -> list[str]:
    marks = Marks(cell)
    return [_selector(part, marks) for part in split(marks.text.replace(",", "、"), "、")]


def _selector(part: str, marks: Marks) -> str:
    for start in ("分组:", "group:"):
        if part.startswith(start):
            return f"group:{marks.name(part.removeprefix(start))}"
    if part in _KINDS:
        return part
    return _SELECTORS[part] if part in _SELECTORS else code(part)


def outcome_text(conflict: Json) -> str:
    """What becomes of the items of a conflict: 只取最高, or 有这些项目时作废."""
    if "keep" in conflict:
        return "只取最高"
    return "遇以下项目作废：" + "、".join(conflict["cancelled_by"])


def outcome_of(cell: str) -> dict[str, Any]:
    text = Marks(cell).text
    if text == "只取最高":
        return {"keep": "highest"}
    start, colon, codes = text.partition(":")
    if start == "遇以下项目作废" and colon:
        return {"cancelled_by": [code(part) for part in split(codes.replace(",", "、"), "、")]}
    raise NotUnderstood(
        "写“只取最高”，或“遇以下项目作废：编号、编号”。",
        "Write 只取最高, or 遇以下项目作废：code、code.",
    )


def top_text(top: Json) -> str:
    return f"前{top['count']}名" if "count" in top else f"前{number_text(top['percent'])}%"


def top_of(cell: str) -> dict[str, Any]:
    found = _TOP.fullmatch(Marks(cell).text)
    if not found:
        raise NotUnderstood("写成“前10名”或“前10%”。", "Write 前10名 or 前10%.")
    return {"count": integer(found[1])} if found[2] == "名" else {"percent": number(found[1])}


def base_points_text(base: Json) -> str:
    if "points" in base:
        return number_text(base["points"])
    return f"上期{number_text(base['percent_of_last'])}%"


def base_points_of(cell: str) -> dict[str, Any]:
    text = Marks(cell).text
    if found := _PERCENT.fullmatch(text):
        return {"percent_of_last": number(found[1])}
    return {"points": number(text.removesuffix("分"))}
