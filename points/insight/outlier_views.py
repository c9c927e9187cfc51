"""Outliers in words: what is listed and exported, whatever they were found among."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kernel.computed_lists import go_on
from kernel.workbooks import Cell, Sheet
from points.rules.outlier import Outlier, OutlierRule, Party

_WIDE, _NARROW = 26, 22


@dataclass(frozen=True, kw_only=True)
class OutlierView:
    """One outlier in words; ``zh`` and ``en`` end by saying that it is no finding."""

    id: uuid.UUID
    rule: str
    title_zh: str
    title_en: str
    who: str
    other: str | None
    count: int
    of: int
    zh: str
    en: str


def in_words(each: Outlier, called: Callable[[Party], str]) -> OutlierView:
    """``called`` says what a party is called to the reader."""
    who = called(each.who)
    other = called(each.other) if each.other else None
    zh, en = (
        each.rule.sentence(language, who=who, other=other or "", count=each.count, of=each.of)
        for language in ("zh", "en")
    )
    return OutlierView(
        id=each.id,
        rule=each.rule.code,
        title_zh=each.rule.title_zh,
        title_en=each.rule.title_en,
        who=who,
        other=other,
        count=each.count,
        of=each.of,
        zh=zh,
        en=en,
    )


def listed(
    found: Sequence[OutlierView],
    *,
    rule: str | None,
    q: str | None,
    after: uuid.UUID | None,
    limit: int,
) -> list[OutlierView]:
    """Outliers in the order of the table; ``q`` is part of a sentence."""

    def wanted(each: OutlierView) -> bool:
        return (rule is None or each.rule == rule) and (not q or q in each.zh or q in each.en)

    return go_on(found, wanted=wanted, after=after, limit=limit)


def sheet(found: Iterable[OutlierView], *, when: str, span: str, parties: Sequence[str]) -> Sheet:
    """提示: ``when`` heads the column of ``span``, ``parties`` those of who and the other."""
    return Sheet(
        name="提示",
        header=[when, "类别", *parties, "次数", "总数", "说明"],
        rows=(
            [span, each.title_zh, each.who, each.other, each.count, each.of, each.zh]
            for each in found
        ),
        width=_WIDE,
    )


def rules_sheet(rules: Mapping[str, OutlierRule], *, bound: str) -> Sheet:
    """口径, the rules with their thresholds; ``bound`` names the units of the rules' measures."""

    def rows() -> Iterator[Sequence[Cell]]:
        for rule in rules.values():
            yield [rule.title_zh, rule.least, rule.percent or None, rule.bound or None]

    return Sheet(
        name="口径", header=["类别", "最少次数", "占比（%）", bound], rows=rows(), width=_NARROW
    )
