"""Step 9: awards over the total of a period."""

from __future__ import annotations

from collections.abc import Sequence

from points.rules.awards import Award, Ranks
from points.rules.facts import WorthReason
from points.rules.standing import Standing
from points.rules.usage import Total, Usage, added, total_cell


def accumulate(standing: Sequence[Standing], usage: Usage) -> None:
    """In canonical order: f(total with this fact) − given so far in the period, not below 0."""
    for each in standing:
        key = total_cell(each.version, each.item, each.fact, each.on)
        if key is None or each.is_suspended:
            continue
        before = usage.totals.get(key, Total())
        after = added(before, each.item, each.fact, each.on, each.quantity)
        usage.totals[key] = after
        each.points = each.listed = after.granted - before.granted
        if not each.points and each.reason is None:
            each.reason = nothing_yet(each.item.award)


def nothing_yet(award: Award | None) -> WorthReason:
    """Why a quantity that counts brings nothing by itself."""
    return WorthReason.PAID_BY_RANK if isinstance(award, Ranks) else WorthReason.BELOW_NEXT_STEP
