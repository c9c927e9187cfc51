"""Why a line is worth nothing, or less than its award says, in words a member understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from points.line_slices import TAKEN_BACK
from points.rules.facts import WorthReason


class Words(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


WORDS: Mapping[str, Words] = {
    WorthReason.STRUCK: Words("已撤下，不计分", "Struck: it does not count"),
    WorthReason.AWAITING_APPROVAL: Words("等待审核", "Waiting for approval"),
    WorthReason.NOT_IN_AUDIENCE: Words(
        "不属于这个项目的适用对象", "This item is not for this kind of member"
    ),
    WorthReason.ITEM_NOT_IN_FORCE: Words(
        "那一天生效的细则没有这个项目", "The rulebook of that day does not have this item"
    ),
    WorthReason.LEVEL_MISSING: Words(
        "那一天生效的细则没有这一档", "The rulebook of that day does not have this level"
    ),
    WorthReason.CANCELLED: Words(
        "同一件事另有记录，此项作废", "Cancelled by another record of the deed"
    ),
    WorthReason.WARNING_ONLY: Words("首次提醒，不扣分", "A first warning: nothing is deducted"),
    WorthReason.AWAITING_DECISION: Words("等待评议定分", "Waiting for the panel's decision"),
    WorthReason.BELOW_FIRST_STEP: Words("还没到第一档", "Below the first step"),
    WorthReason.REPAIRED: Words("已整改，按修复后的分值计", "Put right: it counts as repaired"),
    WorthReason.SUSPENDED: Words("一票否决期间，加分不计", "Suspended while a veto stands"),
    WorthReason.SUPERSEDED: Words(
        "同一行为只取最高一项", "Of one deed only the highest item counts"
    ),
    WorthReason.BELOW_NEXT_STEP: Words("累计还没到下一档", "The total is below the next step"),
    WorthReason.PAID_BY_RANK: Words(
        "按名次计分，期末另行发放", "Paid by rank when the period closes"
    ),
    WorthReason.TOO_SOON: Words("离上一次间隔太短", "Too soon after the last one"),
    WorthReason.OVER_LIMIT: Words("已到封顶，不再加分", "The limit is reached"),
    WorthReason.PARTLY_OVER_LIMIT: Words(
        "已到封顶，只计一部分", "Only a part fits under the limit"
    ),
    TAKEN_BACK: Words("已整改，不再续扣", "Put right: it is not charged again"),
}


def words(reason: str | None) -> Words | None:
    """The sentence of a reason; None where the line is worth what its award says."""
    return None if reason is None else WORDS[reason]
