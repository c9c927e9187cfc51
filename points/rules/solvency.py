"""Solvency 兑付能力: points in people's hands against what the alliance can bear in a month.

Numbers and one sentence about them; whether they are good is for the meeting to say.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from kernel.points_value import ZERO, as_text

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class AllianceBears:
    """What the alliance can take in one month, in points.

    ``monthly_caps`` is the sum of the caps of the ``agreements`` in force. ``stock`` is what the
    ``limited_offers`` among the ``offers`` can bring in a month. ``bearable``: shop by shop the
    cap, or the stock where every offer of the shop is limited and the stock is less.
    """

    agreements: int
    monthly_caps: Decimal
    offers: int
    limited_offers: int
    stock: Decimal
    bearable: Decimal


@dataclass(frozen=True, kw_only=True)
class Issued:
    """Points of one month that count in balances, in the run ``before`` and ``after``.

    ``beside`` is what the draft does not touch: other rulebooks, and batches.
    """

    before: Decimal
    after: Decimal
    beside: Decimal


@dataclass(frozen=True, kw_only=True)
class Solvency:
    """All of it: what people hold on the day ``on``, what moved in ``month``, what can be borne."""

    on: dt.date
    month: str
    spendable: Decimal
    held: Decimal
    issued: Issued
    redeemed: Decimal
    alliance: AllianceBears

    @property
    def outstanding(self) -> Decimal:
        return self.spendable + self.held

    @property
    def issued_before(self) -> Decimal:
        return self.issued.before + self.issued.beside

    @property
    def issued_after(self) -> Decimal:
        return self.issued.after + self.issued.beside

    @property
    def outstanding_ratio(self) -> Decimal | None:
        """Outstanding points as so many months of what can be borne; None where that is nothing."""
        return self._ratio(self.outstanding)

    @property
    def issued_ratio_before(self) -> Decimal | None:
        return self._ratio(self.issued_before)

    @property
    def issued_ratio_after(self) -> Decimal | None:
        return self._ratio(self.issued_after)

    @property
    def redeemed_ratio(self) -> Decimal | None:
        return self._ratio(self.redeemed)

    @property
    def zh(self) -> str:
        return f"{_zh_points(self)}{_zh_alliance(self)}{_zh_ratios(self)}"

    @property
    def en(self) -> str:
        return f"{_en_points(self)} {_en_alliance(self)} {_en_ratios(self)}"

    def _ratio(self, points: Decimal) -> Decimal | None:
        """Half up to two decimals; shown, never compared."""
        if self.alliance.bearable <= ZERO:
            return None
        return (points / self.alliance.bearable).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


def _zh_points(said: Solvency) -> str:
    beside = ""
    if said.issued.beside:
        beside = f"（都含其他细则和批量录入的 {as_text(said.issued.beside)} 分）"
    return (
        f"{said.on} 全社区手中积分 {as_text(said.outstanding)} 分，其中可兑换 "
        f"{as_text(said.spendable)} 分、待核销 {as_text(said.held)} 分。{said.month} 计入可用积分："
        f"原来 {as_text(said.issued_before)} 分，试算 {as_text(said.issued_after)} 分{beside}；"
        f"当月实际兑换 {as_text(said.redeemed)} 分。"
    )


def _zh_alliance(said: Solvency) -> str:
    bears = said.alliance
    return (
        f"商户联盟一个月最多可承兑 {as_text(bears.bearable)} 分：有效协议 {bears.agreements} 份，"
        f"月上限合计 {as_text(bears.monthly_caps)} 分；在用优惠 {bears.offers} 项，其中限量 "
        f"{bears.limited_offers} 项，一个月折合 {as_text(bears.stock)} 分。"
    )


def _zh_ratios(said: Solvency) -> str:
    if said.outstanding_ratio is None:
        return "联盟目前没有可承兑的积分，倍数无从计算。"
    return (
        f"与一个月可承兑的积分相比：手中积分是 {said.outstanding_ratio} 倍，当月计入原来是 "
        f"{said.issued_ratio_before} 倍、试算是 {said.issued_ratio_after} 倍，当月兑换是 "
        f"{said.redeemed_ratio} 倍。"
    )


def _en_points(said: Solvency) -> str:
    beside = ""
    if said.issued.beside:
        points = as_text(said.issued.beside)
        beside = f" (both with {points} of other rulebooks and batches)"
    return (
        f"On {said.on} the community's people hold {as_text(said.outstanding)} points: "
        f"{as_text(said.spendable)} spendable, {as_text(said.held)} held for redemptions. Counting "
        f"in balances for {said.month}: {as_text(said.issued_before)} before, "
        f"{as_text(said.issued_after)} under the draft{beside}; {as_text(said.redeemed)} were "
        "redeemed in that month."
    )


def _en_alliance(said: Solvency) -> str:
    bears = said.alliance
    return (
        f"The alliance can bear at most {as_text(bears.bearable)} points a month: agreements in "
        f"force: {bears.agreements}, with monthly caps of {as_text(bears.monthly_caps)} together; "
        f"offers in use: {bears.offers}, of them {bears.limited_offers} limited, worth "
        f"{as_text(bears.stock)} a month."
    )


def _en_ratios(said: Solvency) -> str:
    if said.outstanding_ratio is None:
        return "At present the alliance can bear nothing, so there is no ratio."
    return (
        f"Against what can be borne in a month: outstanding points {said.outstanding_ratio} times, "
        f"the month's points {said.issued_ratio_before} times before and "
        f"{said.issued_ratio_after} times under the draft, redeemed points "
        f"{said.redeemed_ratio} times."
    )
