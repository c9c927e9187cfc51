"""Base points: who is due which, for which period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from points.rules.compiled import Base, CountsIn, Joiners, Rulebook
from points.rules.periods import cell_of, first_day_of, months_later


@dataclass(frozen=True, kw_only=True)
class BaseDue:
    """One grant. (base code, holder, ``period_start``) is unique: granted once.

    ``dated_on`` is the period's first day, or the day the account opened where that is later.
    """

    base: Base
    period_start: dt.date
    dated_on: dt.date

    @property
    def points(self) -> Decimal:
        return self.base.points

    @property
    def counts_in(self) -> frozenset[CountsIn]:
        return self.base.counts_in


def base_due(
    version: Rulebook, *, opened_on: dt.date, month: str, tags: frozenset[str] = frozenset()
) -> tuple[BaseDue, ...]:
    """What an account opened on ``opened_on`` is due in ``month`` (``2026-11``).

    Grants of a longer period are due again in each of its months, under the same
    ``period_start``, so that a run which was missed is made up by the next. ``tags`` are those
    the base's audience looks at.
    """
    first = first_day_of(month)
    if opened_on >= months_later(first, 1):
        return ()
    due = (
        _due(version, base, opened_on, first) for base in version.base if base.audience.has(tags)
    )
    return tuple(each for each in due if each is not None)


def _due(version: Rulebook, base: Base, opened_on: dt.date, first: dt.date) -> BaseDue | None:
    if base.per is None:
        return BaseDue(base=base, period_start=opened_on, dated_on=opened_on)
    start = cell_of(first, base.per, version.year_starts_month).starts_on
    if base.joiners is Joiners.NEXT_PERIOD and opened_on > start:
        return None
    return BaseDue(base=base, period_start=start, dated_on=max(start, opened_on))
