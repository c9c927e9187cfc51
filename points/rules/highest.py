"""Step 8: several items for one deed, and only the highest counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from points.rules.cancelling import event_of
from points.rules.facts import WorthReason
from points.rules.standing import Standing


def keep_highest(standing: Sequence[Standing]) -> None:
    """Of the same conflict, person, deed and kind the greatest stays, ties in canonical order.

    Facts are compared by their first slice: what is superseded loses its later slices as well.
    Accumulating items take no part, because their line is a difference.
    """
    codes = {
        conflict.code
        for each in standing
        for conflict in each.version.conflicts
        if conflict.keeps_highest
    }
    for code in sorted(codes):
        _settle(code, standing)


def _settle(code: str, standing: Sequence[Standing]) -> None:
    rivals: dict[object, list[Standing]] = defaultdict(list)
    for each in standing:
        if not each.points or each.slice or each.item.over is not None:
            continue
        for conflict in each.version.conflicts:
            if conflict.code == code and conflict.keeps_highest:
                event = event_of(conflict, each.fact)
                if event is not None and each.item.code in conflict.items:
                    rivals[event, each.item.kind].append(each)
    lower = set()
    for group in rivals.values():
        highest = max(group, key=lambda each: each.points)
        lower |= {each.fact.fact_id for each in group if each is not highest}
    for each in standing:
        if each.fact.fact_id in lower:
            each.nothing(WorthReason.SUPERSEDED)
