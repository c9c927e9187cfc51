"""A rule said as one plain sentence, made from its fields, in Chinese or English.

Used by the public rulebook page, so that what people read is what the engine does. Everything
beside the items: ``points.rules.readback_header``.
"""

from __future__ import annotations

from points.rules.compiled import Item, Rulebook
from points.rules.readback_awards import award_en, award_zh, number, word
from points.rules.readback_clauses import clauses, limit_words, publication_words
from points.rules.readback_words import EVIDENCE, ROLES

__all__ = ["number", "read_back"]


def read_back(item: Item, language: str = "zh", rulebook: Rulebook | None = None) -> str:
    """``language`` is "zh" or "en"; ``rulebook`` knows the names of counters and whose accounts.

    参与小区协商议事，每次 2 分，每人每月最多 6 分；要有签到或记录人确认；由…记录、评议组审核。
    """
    place = 1 if language == "en" else 0
    holder = rulebook.holder if rulebook else "member"
    worth = award_en(item) if place else award_zh(item)
    worth += [limit_words(limit, item, holder)[place] for limit in item.limits]
    said = [each[place] for each in clauses(item, rulebook)] + _duties(item, place)
    said += [each[place] for each in publication_words(item)]
    if place:
        return "; ".join([f"{item.name}: " + ", ".join(worth), *said]) + "."
    return "；".join(["，".join([item.name, *worth]), *said]) + "。"


def _duties(item: Item, language: int) -> list[str]:
    """What those who record have to bring, and who they are."""
    evidence = _evidence(item, language)
    said = [("要有", "needs ")[language] + evidence] if evidence else []
    if item.recording.reason_required:
        said.append(("须写明事由", "the reason is written down")[language])
    if item.recording.activity_required:
        said.append(("须属于一次活动", "belongs to an activity")[language])
    return said + (_who_en(item) if language else _who_zh(item))


def _evidence(item: Item, language: int) -> str:
    """Alternatives in the rulebook's order; a comma parts them where one needs several things."""
    alternatives = item.recording.evidence
    together = ("和", " and ")[language]
    either = ("或", " or ")[language]
    if any(len(needed) > 1 for needed in alternatives):
        either = ("，或", ", or ")[language]
    return either.join(
        together.join(word(EVIDENCE, kind, language, (kind, kind)) for kind in sorted(needed))
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
        by = word(ROLES, item.recording.approved_by, 0, ("审核人", ""))
        parts.append(f"{by}{f' {count} 人' if count > 1 else ''}审核")
    days = item.recording.deadline_days
    return [*(["、".join(parts)] if parts else []), *([f"{days} 天内补录"] if days else [])]


def _who_en(item: Item) -> list[str]:
    recorders = " or ".join(_roles(item, 1))
    who = [f"recorded by {recorders}"] if recorders else []
    count = item.recording.approval_count
    if count:
        by = word(ROLES, item.recording.approved_by, 1, ("", "a reviewer"))
        who.append(f"approved by {by}" + (f" ({count} people)" if count > 1 else ""))
    days = item.recording.deadline_days
    return [*who, *([f"recorded within {days} days"] if days else [])]
