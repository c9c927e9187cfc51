"""One outlier 异常提示: a rule with its thresholds, whom it speaks of, and what it counted.

Whatever is looked at (recordings here, redemptions elsewhere) says it in this one shape.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_NIGHT_FROM, _NIGHT_TO = 22, 6
#: Ends every sentence: a number is a reason to ask, nothing more.
CHECK_FIRST_ZH = "这不是结论，请先核实。"
CHECK_FIRST_EN = "This is not a finding; please check first."


@dataclass(frozen=True, kw_only=True)
class OutlierRule:
    """Speaks from ``least`` cases on, where they are ``percent`` of the whole.

    ``bound`` is the rule's own measure (seconds, days, people). ``zh`` and ``en`` are format
    strings of ``who``, ``other``, ``count``, ``of``, ``percent`` and ``bound``.
    """

    code: str
    title_zh: str
    title_en: str
    least: int
    percent: int = 0
    bound: int = 0
    zh: str
    en: str

    def sentence(self, language: str, *, who: str, other: str, count: int, of: int) -> str:
        """What was counted, in ``language`` ("zh" or "en"), and that it is no finding."""
        text, ending = (
            (self.en, f" {CHECK_FIRST_EN}") if language == "en" else (self.zh, CHECK_FIRST_ZH)
        )
        share = round(100 * count / of) if of else 0
        said = text.format(
            who=who, other=other, count=count, of=of, percent=share, bound=self.bound,
            back=of - count,
        )  # fmt: skip
        return f"{said}{ending}"


@dataclass(frozen=True)
class Party:
    """Somebody an outlier speaks of; ``kind`` says what the id stands for."""

    id: uuid.UUID
    kind: StrEnum


@dataclass(frozen=True, kw_only=True)
class Outlier:
    """``count`` of ``of``: what the rule counted, for ``who`` and perhaps an other."""

    rule: OutlierRule
    who: Party
    count: int
    of: int
    other: Party | None = None

    @property
    def id(self) -> uuid.UUID:
        """Stays the same while the same rule speaks of the same parties."""
        return uuid.uuid5(self.who.id, f"{self.rule.code}/{self.other.id if self.other else ''}")


def share(
    rule: OutlierRule, who: Party, other: Party | None = None, *, count: int, of: int
) -> Iterator[Outlier]:
    """Where the count reaches the rule's least number and its share of the whole."""
    if count >= rule.least and 100 * count >= rule.percent * of:
        yield Outlier(rule=rule, who=who, count=count, of=of, other=other)


def in_order(found: Iterable[Outlier], rules: Mapping[str, OutlierRule]) -> list[Outlier]:
    """In the order of the table, the largest count first."""
    order = {code: number for number, code in enumerate(rules)}
    return sorted(found, key=lambda each: (order[each.rule.code], -each.count, str(each.id)))


def is_at_night(at: dt.datetime) -> bool:
    """From ten in the evening to six in the morning; ``at`` is a time of Asia/Shanghai."""
    return at.hour >= _NIGHT_FROM or at.hour < _NIGHT_TO
