"""What an offer's terms must satisfy, and when it can be had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from kernel import clock
from merchants.errors import NotBetter, OfferTermsInvalid
from merchants.models import OfferKind, Per

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FREE = frozenset({OfferKind.FREE_ITEM, OfferKind.FREE_SERVICE})


@dataclass(frozen=True, kw_only=True)
class OfferTerms:
    """Everything a merchant proposes. Prices are cents of a yuan, times are of Asia/Shanghai."""

    title: str
    kind: OfferKind
    ordinary_price_cents: int
    alliance_price_cents: int
    points: Decimal
    valid_from: dt.date
    valid_to: dt.date | None = None
    note: str | None = None
    percent_off: int | None = None
    ceiling_cents: int | None = None
    stock: int | None = None
    stock_period: Per | None = None
    per_holder_limit: int | None = None
    per_holder_period: Per | None = None
    weekdays: str | None = None
    from_time: dt.time | None = None
    to_time: dt.time | None = None
    audience: tuple[str, ...] = ()


class Hours(Protocol):
    """An offer's weekdays and clock times."""

    @property
    def weekdays(self) -> str | None: ...
    @property
    def from_time(self) -> dt.time | None: ...
    @property
    def to_time(self) -> dt.time | None: ...


@dataclass(frozen=True, kw_only=True)
class HoursText:
    """When an offer can be had: "周六 9:00–17:00" and "Sat 9:00–17:00"; empty, false for always."""

    zh: str
    en: str

    def __bool__(self) -> bool:
        return bool(self.zh)


def check(terms: OfferTerms) -> None:
    """Raise NotBetter, or OfferTermsInvalid with the first thing that does not fit."""
    if terms.alliance_price_cents >= terms.ordinary_price_cents:
        raise NotBetter(field="alliance_price_cents")
    for field, why_zh, why_en in _problems(terms):
        raise OfferTermsInvalid(field=field, why_zh=why_zh, why_en=why_en)


def _problems(terms: OfferTerms) -> Iterator[tuple[str, str, str]]:
    if (terms.kind is OfferKind.PERCENT_OFF) != (terms.percent_off is not None):
        yield (
            "percent_off",
            "打折的优惠要写百分比，别的不写。",
            "only a percentage has percent_off.",
        )
    if terms.ceiling_cents is not None and terms.percent_off is None:
        yield "ceiling_cents", "只有打折才有封顶。", "only a percentage has a ceiling."
    if terms.kind in FREE and terms.alliance_price_cents != 0:
        yield "alliance_price_cents", "免费的不另收钱。", "what is free costs no cash."
    if terms.kind is OfferKind.POINTS_PLUS_CASH and terms.alliance_price_cents == 0:
        yield "alliance_price_cents", "积分加现金要写现金部分。", "name the cash part."
    if terms.stock is None and terms.stock_period is not None:
        yield "stock", "按期限量要写数量。", "a stock per period needs a number."
    if terms.per_holder_limit is None and terms.per_holder_period is not None:
        yield "per_holder_limit", "每人限次要写次数。", "a limit per period needs a number."
    if (terms.from_time is None) != (terms.to_time is None):
        yield "from_time", "时段要写起止两头。", "hours need a start and an end."
    elif terms.from_time and terms.to_time and terms.from_time >= terms.to_time:
        yield "to_time", "时段的结束要晚于开始。", "the end must be after the start."
    days = terms.weekdays
    if days is not None and (set(days) - set("1234567") or list(days) != sorted(set(days))):
        yield "weekdays", "星期写成 12345 这样，周一是 1。", "write weekdays like 12345."
    if terms.valid_to is not None and terms.valid_to <= terms.valid_from:
        yield "valid_to", "结束日期要晚于开始日期。", "the end must be after the start."


def is_open(hours: Hours, now: dt.datetime) -> bool:
    """Whether ``now`` lies in the offer's weekdays and [from_time, to_time)."""
    local = now.astimezone(clock.SHANGHAI)
    if hours.weekdays is not None and str(local.isoweekday()) not in hours.weekdays:
        return False
    if hours.from_time is None or hours.to_time is None:
        return True
    return hours.from_time <= local.time() < hours.to_time


def hours_text(hours: Hours) -> HoursText:
    """Weekdays where they are not all, and clock times."""
    days: list[int] = []
    if hours.weekdays is not None and hours.weekdays != "1234567":
        days = [int(day) - 1 for day in hours.weekdays]
    span = ""
    if hours.from_time is not None and hours.to_time is not None:
        span = f"{_short(hours.from_time)}–{_short(hours.to_time)}"
    zh = "周" + "、".join(_WEEKDAYS_ZH[day] for day in days) if days else ""
    en = ", ".join(_WEEKDAYS_EN[day] for day in days)
    return HoursText(zh=f"{zh} {span}".strip(), en=f"{en} {span}".strip())


def is_valid(valid_from: dt.date, valid_to: dt.date | None, on: dt.date) -> bool:
    """Whether [valid_from, valid_to) holds the day."""
    return valid_from <= on and (valid_to is None or on < valid_to)


def cell_of(per: Per | None, on: dt.date) -> str:
    """The name of the period a day lies in: "2026-11-21", "2026-W47", "2026-11" or "whole"."""
    if per is Per.DAY:
        return on.isoformat()
    if per is Per.WEEK:
        year, week, _ = on.isocalendar()
        return f"{year}-W{week:02d}"
    if per is Per.MONTH:
        return clock.month_of(on)
    return "whole"


def _short(time: dt.time) -> str:
    return f"{time.hour}:{time.minute:02d}"
