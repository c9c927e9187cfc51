"""Which base points are due in a month, and on which day the holders are looked up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from kernel import clock
from points.rules.compiled import Base, Joiners, Rulebook
from points.rules.periods import cell_of

#: The period of a base that is granted once.
ONCE = dt.date(1, 1, 1)


@dataclass(frozen=True)
class Due:
    """A base whose period takes grants in a month; ``on`` is the day that decides who gets it."""

    base: Base
    period_start: dt.date
    on: dt.date


def due(book: Rulebook, month: str, today: dt.date) -> Iterator[Due]:
    """The bases that take grants in ``month``, in the order of the document.

    A base for joiners of the whole period (``full``) takes grants until the period ends; one
    for those of its first day (``next_period``) only in the period's first month.
    """
    first, last = clock.first_day(month), last_day(month)
    for base in book.base:
        starts_on = first
        if base.per is not None:
            starts_on = cell_of(first, base.per, book.year_starts_month).starts_on
        if base.joiners is Joiners.FULL:
            on = max(first, min(today, last))
        elif starts_on == first:
            on = first
        else:
            continue
        yield Due(base, ONCE if base.per is None else starts_on, on)


def last_day(month: str) -> dt.date:
    """The last day of a month."""
    return clock.first_day(clock.next_month(month)) - dt.timedelta(days=1)
