"""The clock of a notice as cells of a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from web.board.views import DayCell


def cells(
    *, working: Mapping[dt.date, bool], first: dt.date, last: dt.date, today: dt.date
) -> tuple[DayCell, ...]:
    """Each day of [first, last]; ``working`` says of each whether people work on it."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(
        DayCell(
            day=day,
            is_working=working.get(day, day.weekday() < 5),
            is_past=day < today,
            is_today=day == today,
            is_last=day == last,
        )
        for day in days
    )


def working_days_left(found: tuple[DayCell, ...]) -> int:
    """Working days that have not ended, today among them."""
    return sum(cell.is_working and not cell.is_past for cell in found)
