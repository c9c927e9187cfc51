"""Outliers 异常提示 among redemptions: what somebody should ask about, never a verdict.

The rules with their thresholds stand in outlier_rules.py; the functions below only count.
"""

from __future__ import annotations

import datetime as dt
import statistics
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from points.rules.outlier import Outlier, Party, in_order, is_at_night, share
from redemption.rules.outlier_rules import RULES

#: Pairs below this many redemptions are nobody's business.
LEAST_OF_A_PAIR = 3

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One redemption: ``holder`` is the account that paid, ``at`` in the time of Asia/Shanghai.

    ``waited`` is the time from the hold to redeeming; None for a card, which is both at once.
    """

    merchant: uuid.UUID
    holder: uuid.UUID
    clerk: uuid.UUID
    at: dt.datetime
    waited: dt.timedelta | None
    is_cancelled: bool

    @property
    def is_at_night(self) -> bool:
        return is_at_night(self.at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusals:
    """Refused scans of one shop, about one holder where the code was known."""

    merchant: uuid.UUID
    holder: uuid.UUID | None
    count: int
    used_again: int


class Who(StrEnum):
    """What an id in an outlier stands for."""

    MERCHANT = "merchant"
    HOLDER = "holder"
    CLERK = "clerk"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One shop and one holder in numbers; shares in percent, seconds None where only cards paid."""

    merchant: uuid.UUID
    holder: uuid.UUID
    count: int
    of_merchant: int
    of_holder: int
    median_seconds: int | None
    fastest_seconds: int | None
    at_night: int
    cancelled: int
    refused: int

    @property
    def id(self) -> uuid.UUID:
        return uuid.uuid5(self.merchant, self.holder.hex)


def outliers(visits: Iterable[Visit], refusals: Iterable[Refusals]) -> list[Outlier]:
    """Everything the rules find, in the order of the table, the largest count first."""
    every = list(visits)
    by_merchant = _grouped(every, lambda visit: visit.merchant)
    found = (
        *_pairs_out_of_line(by_merchant),
        *_one_shop(every, len(by_merchant)),
        *_hours_and_cancellations(by_merchant),
        *_refused(by_merchant, refusals),
    )
    return in_order(found, RULES)


def pairs(visits: Iterable[Visit], refusals: Iterable[Refusals]) -> list[Pair]:
    """Every pair with some redemptions, the most frequent first."""
    every = list(visits)
    of_merchant = Counter(visit.merchant for visit in every)
    of_holder = Counter(visit.holder for visit in every)
    refused = {(each.merchant, each.holder): each.count for each in refusals}
    found = []
    for (merchant, holder), own in _grouped(every, lambda one: (one.merchant, one.holder)).items():
        if len(own) < LEAST_OF_A_PAIR:
            continue
        waits = [one.waited.total_seconds() for one in own if one.waited is not None]
        found.append(
            Pair(
                merchant=merchant,
                holder=holder,
                count=len(own),
                of_merchant=round(100 * len(own) / of_merchant[merchant]),
                of_holder=round(100 * len(own) / of_holder[holder]),
                median_seconds=round(statistics.median(waits)) if waits else None,
                fastest_seconds=round(min(waits)) if waits else None,
                at_night=sum(one.is_at_night for one in own),
                cancelled=sum(one.is_cancelled for one in own),
                refused=refused.get((merchant, holder), 0),
            )
        )
    return sorted(found, key=lambda pair: (-pair.count, str(pair.id)))


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> Mapping[K, list[T]]:
    found: dict[K, list[T]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found


def _pairs_out_of_line(by_merchant: Mapping[uuid.UUID, Sequence[Visit]]) -> Iterator[Outlier]:
    bound = dt.timedelta(seconds=RULES["pair_fast"].bound)
    for merchant, visits in by_merchant.items():
        shop = Party(merchant, Who.MERCHANT)
        clerks = {visit.clerk for visit in visits}
        for holder, own in _grouped(visits, lambda visit: visit.holder).items():
            other = Party(holder, Who.HOLDER)
            yield from share(RULES["pair_most"], shop, other, count=len(own), of=len(visits))
            waits = [visit.waited for visit in own if visit.waited is not None]
            fast = sum(wait < bound for wait in waits)
            yield from share(RULES["pair_fast"], shop, other, count=fast, of=len(waits))
            if len(clerks) == 1:
                continue  # a shop with one clerk has no choice
            for clerk, count in Counter(visit.clerk for visit in own).items():
                who = Party(clerk, Who.CLERK)
                yield from share(RULES["one_clerk"], who, other, count=count, of=len(own))


def _one_shop(visits: Sequence[Visit], shops: int) -> Iterator[Outlier]:
    if shops == 1:
        return
    for holder, own in _grouped(visits, lambda visit: visit.holder).items():
        for merchant, count in Counter(visit.merchant for visit in own).items():
            shop, other = Party(merchant, Who.MERCHANT), Party(holder, Who.HOLDER)
            yield from share(RULES["one_shop"], shop, other, count=count, of=len(own))


def _hours_and_cancellations(
    by_merchant: Mapping[uuid.UUID, Sequence[Visit]],
) -> Iterator[Outlier]:
    for merchant, visits in by_merchant.items():
        shop = Party(merchant, Who.MERCHANT)
        for code, count in (
            ("at_night", sum(visit.is_at_night for visit in visits)),
            ("often_cancelled", sum(visit.is_cancelled for visit in visits)),
        ):
            yield from share(RULES[code], shop, count=count, of=len(visits))


def _refused(
    by_merchant: Mapping[uuid.UUID, Sequence[Visit]], refusals: Iterable[Refusals]
) -> Iterator[Outlier]:
    for merchant, own in _grouped(refusals, lambda each: each.merchant).items():
        shop = Party(merchant, Who.MERCHANT)
        refused = sum(each.count for each in own)
        scanned = refused + len(by_merchant.get(merchant, ()))
        yield from share(RULES["often_refused"], shop, count=refused, of=scanned)
        again = sum(each.used_again for each in own)
        yield from share(RULES["used_again"], shop, count=again, of=refused)
