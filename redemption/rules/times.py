"""How long things last (product.md section 6)."""

from __future__ import annotations

import datetime as dt

#: Points stay reserved this long after a code was issued.
HOLD = dt.timedelta(minutes=10)
#: A request at a counter waits this long for a clerk.
REQUEST_HOLD = dt.timedelta(minutes=3)
#: A code dies this long after its own issue …
CODE_LIFE = dt.timedelta(seconds=70)
#: … or this long after its successor's, whichever is first.
CODE_OVERLAP = dt.timedelta(seconds=10)
#: When clients should ask for the next code.
CODE_REFRESH = dt.timedelta(seconds=55)
#: A clerk can take a redemption back this long.
CANCELLATION = dt.timedelta(minutes=15)


def code_expiry(*, issued: dt.datetime, hold_expires: dt.datetime) -> dt.datetime:
    """When a code dies that gets no successor: never later than its hold."""
    return min(issued + CODE_LIFE, hold_expires)


def seconds_left(*, until: dt.datetime, now: dt.datetime) -> int:
    """Whole seconds until an instant, never below 0."""
    return max(0, int((until - now).total_seconds()))
