"""The cell 分值: one notation for each kind of award.

=========  ==========================================================
fixed      ``5`` · ``一般=5；较重=20``
range      ``1~20，档1``
per_unit   ``每4小时=1（按比例）`` · ``每5公斤：厨余=2；可回收=16``
bands      ``0起每100元=1；1000起每400元=1``
milestones ``满10小时=2；满20小时=5；以后每300小时=10``
ranks      ``第1名=50；第2名=30（本网格）``
=========  ==========================================================

The period (计算口径) has a column of its own. ``unit`` is the word of the row's unit, "" where it
has none; a cell that names another unit is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from points.rulebook_excel.marks import (
    Marks,
    NotUnderstood,
    amounts,
    number,
    number_text,
    quoted,
    split,
)
from points.rulebook_excel.words import WITHIN_AWARD

Json = Mapping[str, Any]

_N = r"\d+(?:\.\d+)?"
_SUFFIX = re.compile(r"\(([^()]*)\)$")
_RANGE = re.compile(rf"({_N})~({_N})(?:,档({_N}))?")
_PER_UNIT = re.compile(rf"每({_N})([^:=]*)([:=])(.+)")
_BAND = re.compile(rf"({_N})起每({_N})(.*)")
_STEP = re.compile(rf"满({_N})(.*)")
_FURTHER = re.compile(rf"以后每({_N})(.*)")
_RANK = re.compile(r"第(\d+)名")
#: A level's name that begins like another kind of award is quoted.
_OTHER_KIND = re.compile(rf"每|满|第|以后|{_N}(?:起|~|$)|-")

_WHOLE: Mapping[object, str] = {True: "（整份）", False: "（按比例）"}
_IS_WHOLE = {"整份": True, "按比例": False}


def award_text(award: Json, unit: str) -> str:
    """The award without its ``over``."""
    match award["type"]:
        case "fixed":
            return _points_text(award["points"])
        case "range":
            step = f"，档{number_text(award['step'])}" if "step" in award else ""
            return f"{number_text(award['min'])}~{number_text(award['max'])}{step}"
        case "per_unit":
            points = award["points"]
            mark = "：" if isinstance(points, Mapping) else "="
            text = f"每{number_text(award['per'])}{unit}{mark}{_points_text(points)}"
            return text + _WHOLE.get(award.get("whole"), "")
        case "bands":
            parts = [
                f"{number_text(band['from'])}起每{number_text(band['per'])}{unit}"
                f"={number_text(band['points'])}"
                for band in award["bands"]
            ]
            return "；".join(parts) + _WHOLE.get(award.get("whole"), "")
        case "milestones":
            return _milestones_text(award, unit)
    parts = [
        f"第{place}名={number_text(points)}" for place, points in enumerate(award["points"], 1)
    ]
    within = f"（{WITHIN_AWARD.word(award['within'])}）" if "within" in award else ""
    return "；".join(parts) + within


def _points_text(points: Any) -> str:
    if isinstance(points, Mapping):
        return "；".join(
            f"{quoted(level, _OTHER_KIND)}={number_text(each)}" for level, each in points.items()
        )
    return number_text(points)


def _milestones_text(award: Json, unit: str) -> str:
    parts = [
        f"满{number_text(step['at'])}{unit}={number_text(step['points'])}"
        for step in award["steps"]
    ]
    if "then_every" in award:
        further = award["then_every"]
        parts.append(
            f"以后每{number_text(further['quantity'])}{unit}={number_text(further['points'])}"
        )
    return "；".join(parts)


def award_of(cell: str, unit: str) -> dict[str, Any]:
    """The inverse of :func:`award_text`; raises NotUnderstood."""
    marks = Marks(cell)
    text, suffix = marks.text, None
    if found := _SUFFIX.search(text):
        text, suffix = text[: found.start()], found.group(1)
    if text.startswith("-"):
        raise NotUnderstood(
            "分值写正数，加还是扣看“加扣”一列。",
            "Write points as a positive number; the column 加扣 says which way.",
        )
    award = _award(marks, text, unit)
    return _with_suffix(award, suffix) if suffix is not None else award


def _award(marks: Marks, text: str, unit: str) -> dict[str, Any]:
    if found := _RANGE.fullmatch(text):
        step = {"step": number(found[3])} if found[3] else {}
        return {"type": "range", "min": number(found[1]), "max": number(found[2]), **step}
    if found := _PER_UNIT.fullmatch(text):
        _require_unit(found[2], unit)
        points = _levels(marks, found[4]) if found[3] == ":" else number(found[4])
        return {"type": "per_unit", "points": points, "per": number(found[1])}
    return _listed_award(marks, text, unit)


def _listed_award(marks: Marks, text: str, unit: str) -> dict[str, Any]:
    if "=" not in text:
        return {"type": "fixed", "points": number(text.removesuffix("分"))}
    if _BAND.match(text):
        return {"type": "bands", "bands": [_band(part, unit) for part in _amounts(text)]}
    if text.startswith(("满", "以后")):
        return _milestones(text, unit)
    if _RANK.match(text):
        return {"type": "ranks", "points": _ranks(text)}
    return {"type": "fixed", "points": _levels(marks, text)}


def _amounts(text: str) -> list[tuple[str, Any]]:
    return list(amounts(split(text, ";")))


def _require_unit(found: str, unit: str) -> None:
    if found not in ("", unit):
        raise NotUnderstood(
            f"这里的单位“{found}”与“单位”一列（{unit or '空'}）不同。",
            f'The unit "{found}" differs from the column 单位 ({unit or "empty"}).',
        )


def _levels(marks: Marks, text: str) -> dict[str, Any]:
    levels: dict[str, Any] = {}
    for name, points in _amounts(text):
        level = marks.name(name)
        if level in levels:
            raise NotUnderstood(f"档次“{level}”写了两次。", f'The level "{level}" stands twice.')
        levels[level] = points
    return levels


def _band(part: tuple[str, Any], unit: str) -> dict[str, Any]:
    found = _BAND.fullmatch(part[0])
    if not found:
        raise NotUnderstood(
            f"“{part[0]}”应写成“0起每100元=1”。", f'"{part[0]}" has to read "0起每100元=1".'
        )
    _require_unit(found[3], unit)
    return {"from": number(found[1]), "per": number(found[2]), "points": part[1]}


def _milestones(text: str, unit: str) -> dict[str, Any]:
    award: dict[str, Any] = {"type": "milestones", "steps": []}
    for name, points in _amounts(text):
        step, further = _STEP.fullmatch(name), _FURTHER.fullmatch(name)
        found = step or further
        if not found or "then_every" in award:
            raise NotUnderstood(
                f"“{name}”应写成“满10小时=2”，“以后每…”写在最后。",
                f'"{name}" has to read "满10小时=2", and "以后每…" comes last.',
            )
        _require_unit(found[2], unit)
        if step:
            award["steps"].append({"at": number(found[1]), "points": points})
        else:
            award["then_every"] = {"quantity": number(found[1]), "points": points}
    return award


def _ranks(text: str) -> list[Any]:
    points = []
    for place, (name, each) in enumerate(_amounts(text), start=1):
        if name != f"第{place}名":
            raise NotUnderstood(
                "名次应从第1名起依次写。", "Ranks have to be written in order, from 第1名 on."
            )
        points.append(each)
    return points


def _with_suffix(award: dict[str, Any], suffix: str) -> dict[str, Any]:
    if suffix in _IS_WHOLE and award["type"] in ("per_unit", "bands"):
        return {**award, "whole": _IS_WHOLE[suffix]}
    if award["type"] == "ranks":
        return {**award, "within": WITHIN_AWARD.code(suffix)}
    raise NotUnderstood(f"“（{suffix}）”用在这里不对。", f'"({suffix})" does not belong here.')
