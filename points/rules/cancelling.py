"""Step 3: one item cancels another of the same person and deed or activity."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from points.rules.compiled import Conflict, Same
from points.rules.facts import Fact, WorthReason
from points.rules.standing import Standing

#: conflict, holder, person, deed or activity
_Event = tuple[str, uuid.UUID, uuid.UUID, uuid.UUID]


def event_of(conflict: Conflict, fact: Fact) -> _Event | None:
    """What a conflict joins facts by; None where the fact names no activity.

    The holder is part of it: an evaluation sees the facts of one holder, so no fact of another
    account may matter.
    """
    event = fact.deed_id if conflict.same is Same.DEED else fact.activity
    if event is None:
        return None
    return conflict.code, fact.holder, fact.whose_conduct, event


def cancel(standing: Sequence[Standing]) -> list[Standing]:
    """Those left; the others are told why they are worth nothing.

    Both facts have to know the conflict in the version that judges them. Whatever stands cancels,
    even where it is cancelled itself.
    """
    cancelling = {
        event_of(conflict, each.fact)
        for each in standing
        for conflict in each.version.conflicts
        if each.item.code in conflict.cancelled_by
    }
    left = []
    for each in standing:
        if cancelling and any(
            each.item.code in conflict.items
            and (event := event_of(conflict, each.fact)) is not None
            and event in cancelling
            for conflict in each.version.conflicts
            if not conflict.keeps_highest
        ):
            each.nothing(WorthReason.CANCELLED)
        else:
            left.append(each)
    return left
