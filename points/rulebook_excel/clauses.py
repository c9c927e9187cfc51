"""Cells of an item that hold a clause: audience, beneficiary, escalation, validity, veto, evidence.

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
    integer,
    number,
    number_text,
    quoted,
    split,
)
from points.rulebook_excel.words import Words, tag_code, tag_word

Json = Mapping[str, Any]

_N = r"\d+(?:\.\d+)?"
_QUANTITY = re.compile(rf"({_N})?~({_N})?")
_MONTHS = re.compile(r"(\d+)个月")
_GRACE = re.compile(r"宽限(\d+)天")
_UP_TO = re.compile(rf"(?:(?:≤|<=)({_N})|其余):(\d+)个月")
_APPROVAL = re.compile(r"(.+?)(?:[×x*](\d+))?")
_REPAIR = re.compile(rf"整改后({_N})(?:\((须承诺|不须承诺)\))?")
_PROMISE = {True: "（须承诺）", False: "（不须承诺）"}


def list_text(codes: Sequence[str], known: Words) -> str:
    return "、".join(known.word(code) for code in codes) or NOTHING


def list_of(cell: str, known: Words) -> list[str]:
    if cell == NOTHING:
        return []
    return [known.code(word) for word in _listed(Marks(cell).text)]


def _listed(text: str) -> list[str]:
    """Names parted by ``、``, and by a comma, too."""
    return split(text.replace(",", "、"), "、")


def tags_text(tags: Sequence[str]) -> str:
    return "、".join(tag_word(tag) for tag in tags) or NOTHING


def tags_of(cell: str) -> list[str]:
    return [] if cell == NOTHING else [tag_code(word) for word in _listed(Marks(cell).text)]


def audience_text(audience: Json) -> str:
    parts = [tags_text(audience["any"])] if "any" in audience else []
    return "；".join(
        [*parts, *(["非：" + tags_text(audience["none"])] if "none" in audience else [])]
    )


def audience_of(cell: str) -> dict[str, Any]:
    audience: dict[str, Any] = {}
    for part in Marks(cell).parts(";"):
        key = "none" if part.startswith("非:") else "any"
        if key in audience:
            raise NotUnderstood(
                "适用对象写成“党员；非：未成年人”，每部分只写一次。",
                "Write the audience as 党员；非：未成年人, each part once.",
            )
        audience[key] = [tag_code(word) for word in _listed(part.removeprefix("非:"))]
    return audience


def beneficiary_text(who: str | None, relations: Sequence[str] | None) -> str:
    word = words.BENEFICIARIES.word(who) if who else ""
    named = "" if relations is None else "：" + list_text(relations, words.RELATIONS)
    return word + named


def beneficiary_of(cell: str) -> tuple[str | None, list[str] | None]:
    word, colon, named = Marks(cell).text.partition(":")
    who = words.BENEFICIARIES.code(word) if word else None
    return who, list_of(named, words.RELATIONS) if colon else None


def quantity_text(quantity: Json) -> str:
    parts = []
    if "min" in quantity or "max" in quantity:
        ends = [number_text(quantity[end]) if end in quantity else "" for end in ("min", "max")]
        parts.append("~".join(ends))
    if "integer" in quantity:
        parts.append("整数" if quantity["integer"] else "可有小数")
    return "，".join(parts) or NOTHING


def quantity_of(cell: str) -> dict[str, Any]:
    if cell == NOTHING:
        return {}
    quantity: dict[str, Any] = {}
    for part in Marks(cell).parts(","):
        if part in ("整数", "可有小数"):
            quantity["integer"] = part == "整数"
        elif (found := _QUANTITY.fullmatch(part)) and part != "~":
            quantity |= {
                end: number(text)
                for end, text in zip(("min", "max"), found.groups(), strict=True)
                if text
            }
        else:
            raise NotUnderstood(
                f"“{part}”应写成“100~500”“100~”“~500”或“整数”，不能有负数。",
                f'"{part}" has to read 100~500, 100~, ~500 or 整数, without a minus.',
            )
    return quantity


def escalation_text(escalation: Json | None) -> str:
    if escalation is None:
        return NOTHING
    parts = ["/".join(number_text(factor) for factor in escalation["factors"])]
    if "within_months" in escalation:
        parts.append(f"{escalation['within_months']}个月")
    if "grace_days" in escalation:
        parts.append(f"宽限{escalation['grace_days']}天")
    if "counts" in escalation:
        parts.append("同组" if escalation["counts"] == "group" else "本项")
    return "，".join(parts)


def escalation_of(cell: str) -> dict[str, Any] | None:
    if cell == NOTHING:
        return None
    factors, *rest = Marks(cell).parts(",")
    escalation: dict[str, Any] = {"factors": [number(each) for each in split(factors, "/")]}
    for part in rest:
        if found := _MONTHS.fullmatch(part):
            escalation["within_months"] = integer(found[1])
        elif found := _GRACE.fullmatch(part):
            escalation["grace_days"] = integer(found[1])
        elif part in ("同组", "本项"):
            escalation["counts"] = "group" if part == "同组" else "item"
        else:
            raise NotUnderstood(
                f"“{part}”不认识，递进写成“0/1/2，12个月，宽限3天，同组”。",
                f'"{part}" is not understood; write 0/1/2，12个月，宽限3天，同组.',
            )
    return escalation


def validity_text(validity: Json) -> str:
    if "months" in validity:
        return f"{validity['months']}个月"
    return "；".join(
        (f"≤{number_text(step['up_to'])}" if "up_to" in step else "其余")
        + f"：{step['months']}个月"
        for step in validity["by_points"]
    )


def validity_of(cell: str) -> dict[str, Any]:
    text = Marks(cell).text
    if found := _MONTHS.fullmatch(text):
        return {"months": integer(found[1])}
    steps = []
    for part in split(text, ";"):
        found = _UP_TO.fullmatch(part)
        if not found:
            raise NotUnderstood(
                f"“{part}”应写成“12个月”，或“≤40：12个月；其余：24个月”。",
                f'"{part}" has to read 12个月, or ≤40：12个月；其余：24个月.',
            )
        up_to = {"up_to": number(found[1])} if found[1] else {}
        steps.append({**up_to, "months": integer(found[2])})
    return {"by_points": steps}


def veto_text(veto: Json) -> str:
    until = veto["until"]
    parts = [
        words.VETO_ENDS.word(until) if isinstance(until, str) else f"{until['months']}个月",
        words.VETO_BONUSES.word(veto["bonuses"]),
    ]
    parts += [list_text(veto["effects"], words.VETO_EFFECTS)] if veto["effects"] else []
    parts += [f"等级{quoted(veto['tier'])}"] if "tier" in veto else []
    if "repair" in veto:
        repair = veto["repair"]
        promise = _PROMISE.get(repair.get("needs_promise"), "")
        parts.append(f"整改后{number_text(repair['points'])}{promise}")
    return "；".join(parts)


def veto_of(cell: str) -> dict[str, Any]:
    marks = Marks(cell)
    veto: dict[str, Any] = {"effects": []}
    for part in marks.parts(";"):
        veto |= _veto_part(part, marks)
    if "until" not in veto or "bonuses" not in veto:
        raise NotUnderstood(
            "一票否决要写明到何时（至整改、至年底、6个月）和加分怎么办（照计、暂缓、作废）。",
            "A veto has to say until when (至整改, 至年底, 6个月) and what becomes of bonuses.",
        )
    return veto


def _veto_part(part: str, marks: Marks) -> dict[str, Any]:
    if part in words.VETO_ENDS:
        return {"until": words.VETO_ENDS.code(part)}
    if found := _MONTHS.fullmatch(part):
        return {"until": {"months": integer(found[1])}}
    if part in words.VETO_BONUSES:
        return {"bonuses": words.VETO_BONUSES.code(part)}
    if part.startswith("等级"):
        return {"tier": marks.name(part.removeprefix("等级"))}
    if found := _REPAIR.fullmatch(part):
        promise = {"needs_promise": found[2] == "须承诺"} if found[2] else {}
        return {"repair": {"points": number(found[1]), **promise}}
    return {"effects": [words.VETO_EFFECTS.code(word) for word in _listed(part)]}


def evidence_text(evidence: Sequence[Sequence[str]]) -> str:
    alternatives = (
        "＋".join(words.EVIDENCE.word(kind) for kind in together) for together in evidence
    )
    return "；或".join(alternatives) or NOTHING


def evidence_of(cell: str) -> list[list[str]]:
    if cell == NOTHING:
        return []
    return [
        [words.EVIDENCE.code(word) for word in split(part.removeprefix("或"), "+")]
        for part in Marks(cell).parts(";")
    ]


def approval_text(approval: Json) -> str:
    return f"{words.ROLES.word(approval['by'])}×{approval['count']}"


def approval_of(cell: str) -> dict[str, Any]:
    found = _APPROVAL.fullmatch(Marks(cell).text)
    if not found:
        raise NotUnderstood("审核写成“评议组×2”。", "Write the approval as 评议组×2.")
    return {"by": words.ROLES.code(found[1]), "count": integer(found[2] or "1")}


def days_text(days: int) -> str:
    return f"{days}天"


def days_of(cell: str) -> int:
    return integer(Marks(cell).text.removesuffix("天"))
