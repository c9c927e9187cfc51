"""The agreement's wording: a template, the parties' terms, and the fingerprint of the result."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from community.places import CommunityInPlace
from kernel import points_value
from merchants.models import Merchant, Offer, Per
from merchants.rules.offers import hours_text

_TEMPLATE = Path(__file__).with_name("agreement_text.md")
_PER_HOLDER = {
    Per.DAY: "每人每天 {times} 次",
    Per.WEEK: "每人每周 {times} 次",
    Per.MONTH: "每人每月 {times} 次",
    None: "每人共 {times} 次",
}
_STOCK = {
    Per.DAY: "每天限 {pieces} 份",
    Per.WEEK: "每周限 {pieces} 份",
    Per.MONTH: "每月限 {pieces} 份",
    None: "共 {pieces} 份",
}


@dataclass(frozen=True, kw_only=True)
class AgreementTerms:
    """What the parties fill in. The term is [valid_from, valid_to); the cap is in points."""

    represented_by: str
    valid_from: dt.date
    valid_to: dt.date
    monthly_cap: Decimal
    merchant_percent: int = 100
    pool_name: str | None = None


def fingerprint(text: str) -> str:
    """SHA-256 of the text, hex: what both sides sign."""
    return hashlib.sha256(text.encode()).hexdigest()


def rendered(
    *, where: CommunityInPlace, merchant: Merchant, terms: AgreementTerms, pledged: Sequence[Offer]
) -> str:
    """The whole text of an agreement, in Chinese."""
    return _template().format_map(
        {
            "committee": where.community.committee,
            "street": where.street.name,
            "merchant_name": merchant.name,
            "merchant_address": merchant.address,
            "represented_by": terms.represented_by,
            "valid_from": _day(terms.valid_from),
            "last_day": _day(terms.valid_to - dt.timedelta(days=1)),
            "monthly_cap": points_value.as_text(terms.monthly_cap),
            "cost": _cost(terms),
            "offers": "\n".join(offer_line(offer) for offer in pledged) or "- 以后另行商定的优惠",
        }
    )


def offer_line(offer: Offer) -> str:
    """One offer as one line of the second clause."""
    parts = [f"平时 {_yuan(offer.ordinary_price_cents)} 元"]
    cash = offer.alliance_price_cents
    parts.append(
        f"联盟价 {points_value.as_text(offer.points)} 积分"
        + (f"，另付 {_yuan(cash)} 元" if cash else "，不另付钱")
    )
    if offer.percent_off is not None:
        most = f"，最多减 {_yuan(offer.ceiling_cents)} 元" if offer.ceiling_cents else ""
        parts.append(f"减 {offer.percent_off}%{most}")
    if hours := hours_text(offer):
        parts.append(hours.zh)
    if offer.stock is not None:
        parts.append(_STOCK[_per(offer.stock_period)].format(pieces=offer.stock))
    if offer.per_holder_limit is not None:
        per = _per(offer.per_holder_period)
        parts.append(_PER_HOLDER[per].format(times=offer.per_holder_limit))
    return f"- {offer.title}：{'；'.join(parts)}"


def _cost(terms: AgreementTerms) -> str:
    if terms.pool_name is None:
        return "每笔兑换的成本由乙方全部让利。社区和平台不经手钱款。"
    return (
        f"每笔兑换的成本，乙方让利 {terms.merchant_percent}%，{terms.pool_name}承担 "
        f"{100 - terms.merchant_percent}%。资金池由出资单位直接与乙方结算，社区和平台不经手钱款。"
        "资金池用完时，社区当天告知乙方；乙方可以选择全部让利或者暂停该项优惠。"
    )


@cache
def _template() -> str:
    return _TEMPLATE.read_text(encoding="utf-8")


def _per(word: str | None) -> Per | None:
    return None if word is None else Per(word)


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yuan(cents: int) -> str:
    return f"{cents / 100:.2f}".removesuffix(".00")
