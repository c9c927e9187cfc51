"""A rule said as one plain sentence, made from its fields, in Chinese or English.

Used by the public rulebook page, so that what people read is what the engine does.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from kernel.points_value import as_text
from points.rules.awards import Fixed, Milestones, PerUnit, PointsOrLevels, Range
from points.rules.compiled import Item, ItemKind, Limit, Measure
from points.rules.readback_words import EVIDENCE, OVER, PER, ROLES, UNITS, Words


def read_back(item: Item, language: str = "zh") -> str:
    """``language`` is "zh" or "en".

    参与小区协商议事，每次 2 分，每人每月最多 6 分；要有签到或记录人确认；由…记录、评议组审核。
    """
    if language == "en":
        return _english(item)
    worth = [item.name, *_award_zh(item), *(_limit_zh(limit, item) for limit in item.limits)]
    clauses = ["，".join(worth)]
    evidence = _evidence(item, 0)
    clauses += [f"要有{evidence}"] if evidence else []
    clauses += ["须写明事由"] if item.recording.reason_required else []
    clauses += _who_zh(item)
    return "；".join(clauses) + "。"


def _english(item: Item) -> str:
    sentences = [f"{item.name}: " + ", ".join(_award_en(item) + _limits_en(item))]
    evidence = _evidence(item, 1)
    sentences += [f"needs {evidence}"] if evidence else []
    sentences += ["the reason is written down"] if item.recording.reason_required else []
    return "; ".join(sentences + _who_en(item)) + "."


def number(value: Decimal) -> str:
    """A quantity as people write it: ``4``, ``0.5``, ``1,000``."""
    text = f"{value.normalize():,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _sign(item: Item) -> str:
    return "扣 " if item.kind is ItemKind.DEDUCTION else ""


def _direction(item: Item) -> str:
    return "minus " if item.kind is ItemKind.DEDUCTION else ""


def _word(words: Words, code: str | None, language: int, otherwise: tuple[str, str]) -> str:
    return words.get(code or "", otherwise)[language]


def _unit(item: Item, language: int) -> str:
    return _word(UNITS, item.unit, language, ("个单位", "unit"))


def _amounts_zh(points: PointsOrLevels, sign: str) -> str:
    if isinstance(points, Mapping):
        return "、".join(f"“{level}”{sign}{as_text(each)} 分" for level, each in points.items())
    return f"{sign}{as_text(points)} 分"


def _award_zh(item: Item) -> list[str]:
    award, sign, unit = item.award, _sign(item), _unit(item, 0)
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
        case Milestones():
            steps = [
                f"满 {number(step.at)} {unit}{'共' if item.over else ''} {sign}"
                f"{as_text(step.points)} 分"
                for step in award.steps
            ]
            if award.then_every is not None:
                steps.append(
                    f"以后每满 {number(award.then_every)} {unit}再{sign or '加 '}"
                    f"{as_text(award.then_points)} 分"
                )
            return [*over, "、".join(steps)]


def _limit_zh(limit: Limit, item: Item) -> str:
    unit = {
        Measure.POINTS: "分",
        Measure.TIMES: "次",
        Measure.QUANTITY: _unit(item, 0),
    }[limit.measure]
    verb = "最多扣" if item.kind is ItemKind.DEDUCTION else "最多"
    if limit.measure is not Measure.POINTS:
        verb = "最多计"
    return f"每人{PER[limit.per][0]}{verb} {number(limit.cap)} {unit}"


def _evidence(item: Item, language: int) -> str:
    """Alternatives in the rulebook's order; a comma parts them where one needs several things."""
    alternatives = item.recording.evidence
    together = ("和", " and ")[language]
    either = ("或", " or ")[language]
    if any(len(needed) > 1 for needed in alternatives):
        either = ("，或", ", or ")[language]
    return either.join(
        together.join(_word(EVIDENCE, kind, language, (kind, kind)) for kind in sorted(needed))
        for needed in alternatives
    )


def _roles(item: Item, language: int) -> list[str]:
    allowed = item.recording.recorders
    return [words[language] for role, words in ROLES.items() if role in allowed]


def _who_zh(item: Item) -> list[str]:
    recorders = "或".join(_roles(item, 0))
    parts = [f"由{recorders}记录"] if recorders else []
    if item.recording.approval_count:
        count = item.recording.approval_count
        by = _word(ROLES, item.recording.approved_by, 0, ("审核人", ""))
        parts.append(f"{by}{f' {count} 人' if count > 1 else ''}审核")
    days = item.recording.deadline_days
    return [*(["、".join(parts)] if parts else []), *([f"{days} 天内补录"] if days else [])]


def _points_en(points: Decimal) -> str:
    return f"{as_text(points)} point{'' if points == 1 else 's'}"


def _amounts_en(points: PointsOrLevels, sign: str) -> str:
    if isinstance(points, Mapping):
        return ", ".join(f"“{level}” {sign}{_points_en(each)}" for level, each in points.items())
    return f"{sign}{_points_en(points)}"


def _plural(amount: Decimal, unit: str) -> str:
    if amount == 1:
        return unit
    return {"person": "people", "yuan": "yuan"}.get(unit, f"{unit}s")


def _award_en(item: Item) -> list[str]:
    award, sign, unit = item.award, _direction(item), _unit(item, 1)
    over = [OVER[item.over][1]] if item.over else []
    match award:
        case None:
            return ["recorded only, without points"]
        case Fixed():
            return [f"{_amounts_en(award.points, sign)} each time"]
        case Range():
            return [f"{sign}{as_text(award.least)}–{_points_en(award.most)}, as the panel decides"]
        case PerUnit():
            every = f"{number(award.per)} " if award.per != 1 else ""
            part = [] if award.whole else ["parts count in proportion"]
            per = f"{_amounts_en(award.points, sign)} per {every}{_plural(award.per, unit)}"
            return [per, *over, *part]
        case Milestones():
            steps = [
                f"{sign}{_points_en(step.points)} at {number(step.at)} {_plural(step.at, unit)}"
                for step in award.steps
            ]
            if award.then_every is not None:
                steps.append(
                    f"{sign}{_points_en(award.then_points)} for each further "
                    f"{number(award.then_every)} {_plural(award.then_every, unit)}"
                )
            return [*steps, *over]


def _limits_en(item: Item) -> list[str]:
    def said(limit: Limit) -> str:
        if limit.measure is Measure.POINTS:
            what = _points_en(limit.cap)
        else:
            unit = "time" if limit.measure is Measure.TIMES else _unit(item, 1)
            what = f"{number(limit.cap)} {_plural(limit.cap, unit)}"
        return f"at most {what} {PER[limit.per][1]}"

    return [said(limit) for limit in item.limits]


def _who_en(item: Item) -> list[str]:
    recorders = " or ".join(_roles(item, 1))
    who = [f"recorded by {recorders}"] if recorders else []
    count = item.recording.approval_count
    if count:
        by = _word(ROLES, item.recording.approved_by, 1, ("", "a reviewer"))
        who.append(f"approved by {by}" + (f" ({count} people)" if count > 1 else ""))
    days = item.recording.deadline_days
    return [*who, *([f"recorded within {days} days"] if days else [])]
