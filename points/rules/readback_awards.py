"""The award of an item in words: what one deed, or the quantity of a period, is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest

from kernel.points_value import as_text
from points.rules.awards import (
    Bands,
    Fixed,
    Milestones,
    PerUnit,
    PointsOrLevels,
    Range,
    Ranks,
)
from points.rules.compiled import Item, ItemKind
from points.rules.readback_words import OVER, PER, RANKED_WITHIN, UNITS, Words


def number(value: Decimal) -> str:
    """A quantity as people write it: ``4``, ``0.5``, ``1,000``."""
    text = f"{value.normalize():,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _sign(item: Item) -> str:
    return "扣 " if item.kind is ItemKind.DEDUCTION else ""


def _direction(item: Item) -> str:
    return "minus " if item.kind is ItemKind.DEDUCTION else ""


def word(words: Words, code: str | None, language: int, otherwise: tuple[str, str]) -> str:
    return words.get(code or "", otherwise)[language]


def unit_word(item: Item, language: int) -> str:
    return word(UNITS, item.unit, language, ("个单位", "unit"))


def _amounts_zh(points: PointsOrLevels, sign: str) -> str:
    if isinstance(points, Mapping):
        return "、".join(f"“{level}”{sign}{as_text(each)} 分" for level, each in points.items())
    return f"{sign}{as_text(points)} 分"


def award_zh(item: Item) -> list[str]:
    award, sign, unit = item.award, _sign(item), unit_word(item, 0)
    over = [OVER[item.over][0]] if item.over else []
    match award:
        case None:
            return ["只记录，不计分"]
        case Fixed():
            space = "" if sign else " "
            by_level = "按情节：" if award.levels else space
            return [f"每次{by_level}{_amounts_zh(award.points, sign)}"]
        case Range():
            return [f"每次由评议决定，{sign}{as_text(award.least)}～{as_text(award.most)} 分"]
        case PerUnit():
            per = "每" if award.per == 1 else f"每 {number(award.per)} "
            space = "" if award.levels or sign else " "
            part = [] if award.whole else ["不足的按比例计"]
            return [*over, f"{per}{unit}{space}{_amounts_zh(award.points, sign)}", *part]
    return _totals_zh(award, sign, unit, over)


def _totals_zh(
    award: Milestones | Bands | Ranks, sign: str, unit: str, over: list[str]
) -> list[str]:
    match award:
        case Milestones():
            steps = [
                f"满 {number(step.at)} {unit}{'共' if award.over else ''} {sign}"
                f"{as_text(step.points)} 分"
                for step in award.steps
            ]
            if award.then_every is not None:
                steps.append(
                    f"以后每满 {number(award.then_every)} {unit}再{sign or '加 '}"
                    f"{as_text(award.then_points)} 分"
                )
            return [*over, "、".join(steps)]
        case Bands():
            part = [] if award.whole else ["不足的按比例计"]
            return [*over, "、".join(_bands_zh(award, sign, unit)), *part]
        case Ranks():
            ranks = [f"第 {n} 名 {sign}{as_text(each)} 分" for n, each in _ranked(award)]
            where = RANKED_WITHIN[award.within][0]
            return [f"{PER[award.over][0]}按数量在{where}排名，{'、'.join(ranks)}"]


def points_en(points: Decimal) -> str:
    return f"{as_text(points)} point{'' if points == 1 else 's'}"


def _amounts_en(points: PointsOrLevels, sign: str) -> str:
    if isinstance(points, Mapping):
        return ", ".join(f"“{level}” {sign}{points_en(each)}" for level, each in points.items())
    return f"{sign}{points_en(points)}"


def plural(amount: Decimal, unit: str) -> str:
    if amount == 1:
        return unit
    return {"person": "people", "yuan": "yuan"}.get(unit, f"{unit}s")


def award_en(item: Item) -> list[str]:
    award, sign, unit = item.award, _direction(item), unit_word(item, 1)
    over = [OVER[item.over][1]] if item.over else []
    match award:
        case None:
            return ["recorded only, without points"]
        case Fixed():
            return [f"{_amounts_en(award.points, sign)} each time"]
        case Range():
            return [f"{sign}{as_text(award.least)}–{points_en(award.most)}, as the panel decides"]
        case PerUnit():
            every = f"{number(award.per)} " if award.per != 1 else ""
            part = [] if award.whole else ["parts count in proportion"]
            per = f"{_amounts_en(award.points, sign)} per {every}{plural(award.per, unit)}"
            return [per, *over, *part]
    return _totals_en(award, sign, unit, over)


def _totals_en(
    award: Milestones | Bands | Ranks, sign: str, unit: str, over: list[str]
) -> list[str]:
    match award:
        case Milestones():
            steps = [
                f"{sign}{points_en(step.points)} at {number(step.at)} {plural(step.at, unit)}"
                for step in award.steps
            ]
            if award.then_every is not None:
                steps.append(
                    f"{sign}{points_en(award.then_points)} for each further "
                    f"{number(award.then_every)} {plural(award.then_every, unit)}"
                )
            return [*steps, *over]
        case Bands():
            part = [] if award.whole else ["parts count in proportion"]
            return [*_bands_en(award, sign, unit), *over, *part]
        case Ranks():
            ranks = [f"rank {n}: {sign}{points_en(each)}" for n, each in _ranked(award)]
            where = RANKED_WITHIN[award.within][1]
            return [f"by rank of the quantity {PER[award.over][1]} within {where}", *ranks]


def _ranked(award: Ranks) -> Iterator[tuple[int, Decimal]]:
    return enumerate(award.points, start=1)


def _spans(award: Bands) -> Iterator[tuple[Decimal, Decimal | None, Decimal, Decimal]]:
    """(from, up to or None, per, points) of each band."""
    ends = [band.starts_at for band in award.bands[1:]]
    for band, end in zip_longest(award.bands, ends):
        yield band.starts_at, end, band.per, band.points


def _bands_zh(award: Bands, sign: str, unit: str) -> Iterator[str]:
    for start, end, per, points in _spans(award):
        upper = f"～{number(end)} {unit}" if end is not None else f" {unit}以上"
        span = number(start) + upper
        yield f"{span}的部分每 {number(per)} {unit} {sign}{as_text(points)} 分"


def _bands_en(award: Bands, sign: str, unit: str) -> Iterator[str]:
    for start, end, per, points in _spans(award):
        span = f"above {number(start)}" if end is None else f"from {number(start)} to {number(end)}"
        each = f"{number(per)} {plural(per, unit)}"
        yield f"{sign}{points_en(points)} per {each} of the part {span}"
