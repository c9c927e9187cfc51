"""The cells 封顶: ``每月2分；每年3次；每活动2小时；每户每年10分；间隔7天``.

次 always counts times; a quantity is written with the row's unit, or with 单位 where the row has
none or where its unit is 次 itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from points.rulebook_excel.marks import (
    NOTHING,
    Marks,
    NotUnderstood,
    integer,
    number,
    number_text,
)
from points.rulebook_excel.words import ACROSS, LIMIT_PERIODS

Json = Mapping[str, Any]

_N = r"\d+(?:\.\d+)?"
_LIMIT = re.compile(rf"({ACROSS.pattern()})?({LIMIT_PERIODS.pattern()})({_N})(\D+)")
_INTERVAL = re.compile(rf"({ACROSS.pattern()})?间隔(\d+)天")
_POINTS, _TIMES, _UNITS = "分", "次", "单位"


def limits_text(limits: Sequence[Json], unit: str) -> str:
    return "；".join(limit_text(limit, unit) for limit in limits) or NOTHING


def limits_of(cell: str, unit: str) -> list[dict[str, Any]]:
    if cell == NOTHING:
        return []
    return [_limit(part, unit) for part in Marks(cell).parts(";")]


def limit_text(limit: Json, unit: str) -> str:
    across = ACROSS.word(limit["across"]) if "across" in limit else ""
    if "min_days_between" in limit:
        return f"{across}间隔{limit['min_days_between']}天"
    per = LIMIT_PERIODS.word(limit["per"])
    if "max_points" in limit:
        return f"{across}{per}{number_text(limit['max_points'])}{_POINTS}"
    if "max_times" in limit:
        return f"{across}{per}{limit['max_times']}{_TIMES}"
    return f"{across}{per}{number_text(limit['max_quantity'])}{_quantity_word(unit)}"


def _quantity_word(unit: str) -> str:
    return unit if unit not in ("", _TIMES) else _UNITS


def limit_of(cell: str, unit: str) -> dict[str, Any]:
    """One limit, as the sheet of shared limits has it."""
    parts = Marks(cell).parts(";")
    if len(parts) != 1:
        raise NotUnderstood("一行只写一个封顶。", "One limit to a row.")
    return _limit(parts[0], unit)


def _limit(part: str, unit: str) -> dict[str, Any]:
    if found := _INTERVAL.fullmatch(part):
        return {"min_days_between": integer(found[2])} | _across(found[1])
    found = _LIMIT.fullmatch(part)
    if not found:
        raise NotUnderstood(
            f"“{part}”应写成“每月2分”“每年3次”“每活动2小时”“每户每年10分”或“间隔7天”。",
            f'"{part}" has to read like 每月2分, 每年3次, 每活动2小时, 每户每年10分 or 间隔7天.',
        )
    measured = _measured(found[3], found[4], unit)
    return {**measured, "per": LIMIT_PERIODS.code(found[2])} | _across(found[1])


def _across(word: str | None) -> dict[str, str]:
    return {"across": ACROSS.code(word)} if word else {}


def _measured(amount: str, word: str, unit: str) -> dict[str, Any]:
    if word == _POINTS:
        return {"max_points": number(amount)}
    if word == _TIMES:
        return {"max_times": integer(amount)}
    if word in (_UNITS, _quantity_word(unit)):
        return {"max_quantity": number(amount)}
    raise NotUnderstood(
        f"“{word}”不是分、次，也不是本行的单位（{unit or '空'}）。",
        f'"{word}" is neither 分 nor 次 nor the unit of this row ({unit or "empty"}).',
    )
