"""A shop as it should be: what each redemption is, what each quota has used, why one is refused.

Written from product.md section 6. Amounts are tenths of a point; a holder is 0 or 1.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tests.integration.redemption.machine.purse import Purse

HOLD, REQUEST = dt.timedelta(minutes=10), dt.timedelta(minutes=3)
CODE, OVERLAP = dt.timedelta(seconds=70), dt.timedelta(seconds=10)
CANCEL = dt.timedelta(minutes=15)
MONTH_CAP, CARD_DAY, MOST_HOLDS = 150, 30, 10
Quota = tuple[object, ...]


@dataclass(frozen=True)
class Offered:
    """An offer: its price, how many there are, how often a day somebody may have it."""

    price: int
    stock: int | None = None
    a_day: int | None = None


OFFERS = (Offered(25, stock=4), Offered(15, a_day=2), Offered(40))


@dataclass(eq=False)
class Redeemed:
    """One redemption, whatever became of it. ``codes`` are (token, when it dies)."""

    holder: int
    price: int
    way: str
    dies: dt.datetime
    taken: list[tuple[Quota, int]]
    codes: list[tuple[str, dt.datetime]] = field(default_factory=list)
    state: str = "held"
    at: dt.datetime | None = None
    is_back: bool = False


def day_of(now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo("Asia/Shanghai")).date()


@dataclass
class Model:
    """Two holders and a shop."""

    purses: tuple[Purse, Purse] = field(default_factory=lambda: (Purse(), Purse()))
    redemptions: dict[object, Redeemed] = field(default_factory=dict)
    used: Counter[Quota] = field(default_factory=Counter)
    score: Counter[int] = field(default_factory=Counter)

    def set_aside(
        self, holder: int, offer: int, way: str, now: dt.datetime
    ) -> str | list[tuple[Quota, int]]:
        """Why it is refused, or what it takes of which quotas. The holder's dead holds go first."""
        if way == "request" and self._waits(holder, now):
            return "request_waiting"
        if way == "request":
            self.expire(now, lambda one: (one.holder, one.way) == (holder, "request"))
        self.expire(now, lambda one: one.holder == holder)
        wanted = OFFERS[offer]
        if sum(one.state == "held" for one in self._of(holder)) == MOST_HOLDS:
            return "too_many_held"
        if not self.purses[holder].reserve(wanted.price, day_of(now)):
            return "insufficient_points"
        taken = []
        for code, quota, amount, cap in self.limits(holder, offer, way, now):
            if self.used[quota] + amount > cap:
                self._put_back(holder, wanted.price, taken)
                return code
            self.used[quota] += amount
            taken.append((quota, amount))
        return taken

    @staticmethod
    def limits(
        holder: int, offer: int, way: str, now: dt.datetime
    ) -> Iterator[tuple[str, Quota, int, int]]:
        """(what is told when it is used up, quota, how much one takes, how much there is)."""
        wanted, day = OFFERS[offer], day_of(now)
        if way == "card":
            yield "card_day_amount", ("card-day", day, holder), wanted.price, CARD_DAY
            yield "card_used_here_today", ("card-here", day, holder), 1, 1
        if wanted.a_day is not None:
            yield "limit_reached", ("holder", offer, day, holder), 1, wanted.a_day
        if wanted.stock is not None:
            yield "sold_out", ("stock", offer), 1, wanted.stock
        yield "limit_reached", ("takings", day.year, day.month), wanted.price, MONTH_CAP

    def begin(
        self, key: object, holder: int, offer: int, way: str, taken: list[tuple[Quota, int]],
        now: dt.datetime,
    ) -> Redeemed:  # fmt: skip
        dies = now + (REQUEST if way == "request" else HOLD)
        made = self.redemptions[key] = Redeemed(holder, OFFERS[offer].price, way, dies, taken)
        return made

    def redeem(self, key: object, now: dt.datetime) -> None:
        one = self.redemptions[key]
        one.state, one.at = "redeemed", now
        self.purses[one.holder].capture(one.price, key)

    def end(self, one: Redeemed, state: str) -> None:
        one.state = state
        self._put_back(one.holder, one.price, one.taken)

    def take_back(self, key: object) -> None:
        """Cancelled or reversed: points and quotas return, the redemption stays redeemed."""
        one = self.redemptions[key]
        one.is_back = True
        self.purses[one.holder].give_back(one.price, key)
        self.used.subtract(dict(one.taken))

    def expire(self, now: dt.datetime, which: Callable[[Redeemed], bool] = lambda one: True) -> int:
        due = [
            one
            for one in self.redemptions.values()
            if one.state == "held" and one.dies <= now and which(one)
        ]
        for one in due:
            self.end(one, "expired")
        return len(due)

    def scanned(self, one: Redeemed, code: int, now: dt.datetime) -> str | None:
        """What a clerk is told about a code, None where it is good."""
        if one.state == "redeemed":
            return "already_redeemed"
        if one.state == "withdrawn":
            return "withdrawn"
        is_dead = min(one.codes[code][1], one.dies) <= now
        return "code_expired" if one.state == "expired" or is_dead else None

    def asked(self, one: Redeemed, now: dt.datetime) -> str | None:
        """What a clerk is told about a request, None where it can be accepted."""
        if one.state == "held" and one.dies > now:
            return None
        ends = {"redeemed": "already_redeemed", "withdrawn": "withdrawn"}
        return ends.get(one.state, "request_expired")

    def _waits(self, holder: int, now: dt.datetime) -> bool:
        return any(
            one.state == "held" and one.dies > now and one.way == "request"
            for one in self._of(holder)
        )

    def _of(self, holder: int) -> list[Redeemed]:
        return [one for one in self.redemptions.values() if one.holder == holder]

    def _put_back(self, holder: int, price: int, taken: list[tuple[Quota, int]]) -> None:
        self.used.subtract(dict(taken))
        self.purses[holder].release(price)
