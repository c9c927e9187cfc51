"""What a claim would bring, said before anybody decides: an estimate, never a promise.

The rules judge the claim beside everything on record, so limits that are used up show. What is
recorded until the decision may still change it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from kernel.points_value import ZERO, as_text
from points import fact_preview
from points.fact_door import Admitted
from points.rules.awards import Range
from points.rules.readback import read_back


@dataclass(frozen=True, kw_only=True)
class Worth:
    """``points`` are signed; None where people decide between ``least`` and ``most``.

    ``reason`` says why it is less than the rule (over_limit, not_in_audience …). ``rule_zh`` and
    ``rule_en`` are the rule in one sentence; ``is_counted`` is False for what is only recorded.
    """

    points: Decimal | None
    reason: str | None
    least: Decimal | None
    most: Decimal | None
    is_counted: bool
    rule_zh: str
    rule_en: str

    def sentence(self, language: str) -> str:
        """The whole of it in one line, for a list or a screen reader."""
        if language == "en":
            return f"{self.rule_en} {self._forecast_en()}"
        return f"{self.rule_zh}{self._forecast_zh()}"

    def _forecast_zh(self) -> str:
        if not self.is_counted:
            return "这一项只作记录，不计分。"
        if self.points is None:
            return f"分值由评议组在 {self.least} 到 {self.most} 分之间评定。"
        if self.points == ZERO:
            return "按现在的记录，这一件不再加分。"
        return f"按现在的记录，预计 {as_text(self.points)} 分。"

    def _forecast_en(self) -> str:
        if not self.is_counted:
            return "This is recorded only and brings no points."
        if self.points is None:
            return f"The panel decides between {self.least} and {self.most} points."
        if self.points == ZERO:
            return "As things stand now, it would bring no points."
        return f"As things stand now, it would bring {as_text(self.points)} points."


def forecast(admitted: Admitted, *, today: dt.date) -> Worth:
    """What the claim would be worth today, to all who receive it together."""
    item, rulebook = admitted.item, admitted.book.compiled
    award = item.award
    is_decided = isinstance(award, Range)
    lines = [] if is_decided else fact_preview.new_lines(admitted, as_of=today)
    return Worth(
        points=None if is_decided else sum((line.points for line in lines), ZERO),
        reason=next((line.reason for line in lines if line.reason), None),
        least=award.least if isinstance(award, Range) else None,
        most=award.most if isinstance(award, Range) else None,
        is_counted=award is not None,
        rule_zh=read_back(item, "zh", rulebook),
        rule_en=read_back(item, "en", rulebook),
    )
