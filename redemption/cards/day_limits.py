"""What a card may do in one day: a low amount, and one use in each shop.

Both are quota rows of the member, so that a new card does not begin anew, and both are given back
with everything else when a redemption is cancelled.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from community import places
from kernel.points_value import as_text, from_tenths, to_tenths
from merchants import quotas
from merchants.quotas import Quota
from redemption.door import Limited
from redemption.reasons import Reason
from redemption.refusals import Refusal


def day_amount(community_id: uuid.UUID, member_id: uuid.UUID, on: dt.date) -> Quota:
    """Tenths of points the member's card may spend on a day."""
    cap = places.community(community_id).card_daily_points
    return Quota(
        kind="card_day", code="card-day", cell=f"{on:%Y-%m-%d}:{member_id}", cap=to_tenths(cap)
    )


def once_here(merchant_id: uuid.UUID, member_id: uuid.UUID, on: dt.date) -> Quota:
    """One use at a merchant on a day."""
    return Quota(
        kind="card_here", code=f"card-here:{merchant_id}", cell=f"{on:%Y-%m-%d}:{member_id}", cap=1
    )


def limits(
    *,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    member_id: uuid.UUID,
    points: Decimal,
    on: dt.date,
) -> list[Limited]:
    """Both limits of one use, with what is told when one of them is used up."""
    day = day_amount(community_id, member_id, on)
    left = quotas.left(community_id=community_id, wanted=[day])[day.kind]
    told = {"cap": as_text(from_tenths(day.cap)), "left": as_text(from_tenths(left))}
    return [
        Limited(
            quota=day,
            amount=to_tenths(points),
            refusal=Refusal(reason=Reason.CARD_DAY_AMOUNT, facts=told),
        ),
        Limited(
            quota=once_here(merchant_id, member_id, on),
            amount=1,
            refusal=Refusal(reason=Reason.CARD_USED_HERE_TODAY),
        ),
    ]
