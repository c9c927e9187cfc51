"""When points die (rulebook-format.md section 5): pure dates, every span [from, to).

Points can be spent until the day before; on the expiry date itself they are gone. A reset 清零 is
the expiry ``on`` a set day: it takes lots, so debts stay.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from points.rules.compiled import (
    ExpiresAfter,
    ExpiresAtEnd,
    ExpiresOn,
    Rulebook,
    Spendable,
)
from points.rules.periods import cell_of, day_months_later, first_day_of


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How an entry reaches the balance: at once or with its sealed sheet, and until when.

    ``expires_on`` is the earliest day the points can die: a later sheet makes it later.
    """

    awaits_seal: bool
    expires_on: dt.date | None


def reach(rulebook: Rulebook, occurred_on: dt.date) -> Reach:
    """Of points for what happened on ``occurred_on``, under the version that judges it."""
    balance = rulebook.balance
    return Reach(
        awaits_seal=balance is not None and balance.spendable_from is Spendable.SEALED,
        expires_on=expires_on(rulebook, occurred_on),
    )


#: Points that nothing delays and nothing ends.
AT_ONCE = Reach(awaits_seal=False, expires_on=None)


def reach_of(versions: Collection[Rulebook], occurred_on: dt.date) -> Reach:
    """:func:`reach` under the one of these versions that judges the day."""
    version = judging_version(versions, occurred_on)
    return AT_ONCE if version is None else reach(version, occurred_on)


def dated_on(occurred_on: dt.date, sheet: str) -> dt.date:
    """The date of a lot: points recorded late live as long as others."""
    return max(occurred_on, first_day_of(sheet))


def expires_on(rulebook: Rulebook, dated: dt.date) -> dt.date | None:
    """The day a lot of ``dated`` is gone; None where it never is."""
    expiry = rulebook.balance.expiry if rulebook.balance else None
    if expiry is None:
        return None
    if isinstance(expiry, ExpiresAfter):
        return day_months_later(dated, expiry.months)
    if isinstance(expiry, ExpiresAtEnd):
        return _end_of(expiry, dated, rulebook.year_starts_month)
    return _next_set_day(expiry, dated)


def judging_version(versions: Collection[Rulebook], day: dt.date) -> Rulebook | None:
    """The version that judges ``day``; the first one for what happened before there was any.

    None only where there is no version at all.
    """
    if not versions:
        return None
    begun = [version for version in versions if version.effective_from <= day]
    if begun:
        return max(begun, key=lambda version: version.effective_from)
    return min(versions, key=lambda version: version.effective_from)


def _end_of(expiry: ExpiresAtEnd, dated: dt.date, year_starts_month: int) -> dt.date | None:
    end = cell_of(dated, expiry.of, year_starts_month).ends_before
    return None if end is None else end + dt.timedelta(days=expiry.plus_days)


def _next_set_day(expiry: ExpiresOn, dated: dt.date) -> dt.date:
    """The first set day after ``dated``: what is earned on a day of reset lives to the next."""
    days = [
        _day_of(year, month, day)
        for year in (dated.year, dated.year + 1)
        for month, day in expiry.days
    ]
    return min(day for day in days if day > dated)


def _day_of(year: int, month: int, day: int) -> dt.date:
    """29 February is the last day of February in other years."""
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
