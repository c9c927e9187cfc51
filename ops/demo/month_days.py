"""On which days of a month the communities of the demo do what.

A month is the text `2026-09`. Days are business dates; nothing here knows today.
"""

import random
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

SNOW_MONTHS = frozenset({11, 12, 1, 2, 3})
THURSDAY, SATURDAY, SUNDAY = 4, 6, 7


@dataclass(frozen=True, slots=True)
class MonthDays:
    """The candidate days of one month by pattern, each pattern sorted.

    A pattern without days (snow in September) means that nothing of the kind happens.
    """

    month: str
    last_day: date
    by_pattern: dict[str, tuple[date, ...]]

    def draw(self, rng: random.Random, *, pattern: str, until: date) -> date:
        """Return one day of the pattern that is not after `until`; weekends weigh thrice."""
        days = [day for day in self.by_pattern[pattern] if day <= until]
        weights = [3 if day.isoweekday() >= SATURDAY else 1 for day in days]
        return rng.choices(days, weights=weights)[0]

    def share_until(self, *, pattern: str, until: date) -> float:
        """Return which share of the pattern's days is not after `until`, 0 when it has none."""
        days = self.by_pattern[pattern]
        return sum(day <= until for day in days) / len(days) if days else 0.0


def month_bounds(month: str) -> tuple[date, date]:
    """Return first and last day of a month written `2026-09`."""
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def month_days(month: str, *, rng: random.Random) -> MonthDays:
    """Draw the calendar of a community's month: its snow days and its one big event."""
    first, last = month_bounds(month)
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    weekday = tuple(day for day in days if day.isoweekday() < SATURDAY)
    middle = tuple(day for day in days if day.isoweekday() == SUNDAY and 7 < day.day < 25)
    snow = tuple(sorted(rng.sample(days, 3))) if first.month in SNOW_MONTHS else ()
    return MonthDays(
        month=month,
        last_day=last,
        by_pattern={
            "any": days,
            "service": days,
            "weekday": weekday,
            "meeting": tuple(day for day in days if day.isoweekday() == THURSDAY),
            "saturday": tuple(day for day in days if day.isoweekday() == SATURDAY),
            "month_end": days[-3:],
            "big_event": (rng.choice(middle),),
            "snow": snow,
            # Two talks come before every deduction, so none falls into the first ten days.
            "deduction": tuple(day for day in weekday if day.day > 10),
        },
    )
