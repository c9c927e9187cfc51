"""Step 4: limits on quantity, and the counters that what is left feeds."""

from __future__ import annotations

from collections.abc import Sequence

from points.rules.compiled import Measure
from points.rules.facts import WorthReason
from points.rules.standing import Standing
from points.rules.usage import Usage


def cut_quantity(standing: Sequence[Standing], usage: Usage) -> None:
    """Keep min(quantity, smallest room), in canonical order, suspended facts after all others.

    Suspended hours were served, so they feed counters; but they must not take the room of hours
    that bring points (docs/rulebook-format-corrections.md).
    """
    for each in sorted(standing, key=lambda each: each.is_suspended):
        room = usage.room(each.version, Measure.QUANTITY, each.fact, each.on)
        if room is not None and room < each.quantity:
            each.quantity = room
            each.reason = WorthReason.PARTLY_OVER_LIMIT if room else WorthReason.OVER_LIMIT
        usage.take(each.version, Measure.QUANTITY, each.fact, each.on, each.quantity)
        # A failing that goes on is still one quantity.
        if each.item.feeds and each.slice == 0 and each.quantity:
            usage.count(each.item.feeds, each.fact, each.quantity)
