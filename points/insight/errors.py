"""What may be wrong with a question about outliers."""

from __future__ import annotations

from kernel.errors import Invalid


class MonthsReversed(Invalid):
    code = "months_reversed"
    zh = "起始月 {first} 晚于截止月 {last}，请对调。"
    en = "The first month, {first}, is after the last, {last}; please swap them."


class TooManyMonths(Invalid):
    code = "too_many_months"
    zh = "一次最多看 {most} 个月，请缩短范围。"
    en = "At most {most} months can be looked at together; please choose fewer."
