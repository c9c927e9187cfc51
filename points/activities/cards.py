"""Whose card 积分兑换卡 a number is; cards live in a package above this one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from points.activities.errors import CardsNotInUse

#: (community, number as read, now) → the member whose card it is; raises why it does not count
CardHolder = Callable[[uuid.UUID, str, dt.datetime], uuid.UUID]
_card_holder: list[CardHolder] = []


def card_holder_from(handler: CardHolder | None) -> None:
    """Tell who finds the holder of a card; app.py calls it, None where cards are not in use."""
    _card_holder[:] = [] if handler is None else [handler]


def holder(community_id: uuid.UUID, number: str, now: dt.datetime) -> uuid.UUID:
    """The member whose card it is. Raises CardsNotInUse, and what the handler raises."""
    if not _card_holder:
        raise CardsNotInUse(field="card_number")
    return _card_holder[0](community_id, number, now)
