"""A holder's points as they should be: lots that die, what is held, what is owed.

Written from rulebook-format.md section 5. Amounts are tenths of a point.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

#: What has to stay in the purse.
STAYS = 15


def a_month_later(day: dt.date) -> dt.date:
    """The day on which points of ``day`` are gone."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def next_set_day(day: dt.date) -> dt.date:
    """All points are reset on 10 December and 10 January."""
    years = (day.year, day.year + 1)
    days = [dt.date(year, month, 10) for year in years for month in (1, 12)]
    return min(each for each in days if each > day)


@dataclass(eq=False)
class Lot:
    """Points that came together."""

    origin: object
    dated: dt.date
    dies: dt.date
    left: int
    expired: int = 0


@dataclass
class Purse:
    """One holder. ``moved`` counts what each kind of transfer should have moved."""

    #: The day on which points of a day are gone.
    dies: Callable[[dt.date], dt.date] = a_month_later
    held: int = 0
    debt: int = 0
    lots: list[Lot] = field(default_factory=list)
    moved: Counter[str] = field(default_factory=Counter)
    _spent: dict[object, list[tuple[Lot, int]]] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        return sum(lot.left for lot in self.lots)

    def earn(self, points: int, *, dated: dt.date, origin: object) -> None:
        """A debt is paid first."""
        repaid = min(self.debt, points)
        self.debt -= repaid
        self.lots.append(Lot(origin, dated, self.dies(dated), points - repaid))
        self.moved["award"] += points - repaid

    def lose(self, points: int, today: dt.date, *, first: object = None) -> None:
        """Not what is held; the rest is owed. Lots of ``first`` go before others."""
        self.settle(today)
        taken = min(self.balance - self.held, points)
        self.debt += points - taken
        self._take(taken, first=first)
        self.moved["take_back"] += taken

    def lose_again(self, points: int, today: dt.date, *, origin: object) -> None:
        """A bonus is taken back: what of it has expired was lost before."""
        self.settle(today)
        own = [lot for lot in self.lots if lot.origin == origin]
        gone = sum(lot.expired for lot in own)
        beyond = points - sum(lot.left for lot in own)
        self.lose(points - max(0, min(beyond, gone)), today, first=origin)

    def reserve(self, points: int, today: dt.date) -> bool:
        self.settle(today)
        if self.balance - self.held - STAYS < points:
            return False
        self.held += points
        return True

    def capture(self, points: int, key: object) -> None:
        self.held -= points
        self._spent[key] = self._take(points)
        self.moved["redemption"] += points

    def release(self, points: int) -> None:
        self.held -= points
        self._repay(points)

    def give_back(self, points: int, key: object) -> None:
        """What a redemption took returns to where it was, dead by now or not."""
        for lot, part in self._spent.pop(key):
            lot.left += part
        self.moved["cancellation"] += points
        self._repay(points)

    def settle(self, today: dt.date) -> None:
        """What is dead dies, but for what is held, which would be spent first."""
        kept = self.held
        for lot in self._in_turn():
            if lot.dies > today:
                break
            dead = max(0, lot.left - kept)
            kept -= lot.left - dead
            lot.left -= dead
            lot.expired += dead
            self.moved["expiry"] += dead

    def _repay(self, most: int) -> None:
        repaid = min(self.debt, most)
        self.debt -= repaid
        self._take(repaid)
        self.moved["debt_repayment"] += repaid

    def _in_turn(self) -> list[Lot]:
        # What dies first goes first, of equals the oldest, then what came first.
        return sorted(self.lots, key=lambda lot: (lot.dies, lot.dated))

    def _take(self, points: int, *, first: object = None) -> list[tuple[Lot, int]]:
        turn = self._in_turn()
        if first is not None:
            turn.sort(key=lambda lot: lot.origin != first)
        taken = []
        for lot in turn:
            part = min(lot.left, points)
            points -= part
            lot.left -= part
            if part:
                taken.append((lot, part))
        assert points == 0, "the model spent what nobody has"
        return taken
