"""The numbers of solvency, and the sentence that says them without a verdict."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from points.rules.solvency import AllianceBears, Issued, Solvency

D = Decimal


def solvency(bearable: str = "200", beside: str = "5") -> Solvency:
    return Solvency(
        on=dt.date(2026, 11, 21), month="2026-10", spendable=D(120), held=D(8),
        issued=Issued(before=D("61.5"), after=D(84), beside=D(beside)), redeemed=D(40),
        alliance=AllianceBears(
            agreements=3, monthly_caps=D(250), offers=4, limited_offers=2, stock=D(90),
            bearable=D(bearable),
        ),
    )  # fmt: skip


def test_ratios_are_against_what_can_be_borne_in_a_month() -> None:
    """128 : 200, 66.5 : 200 (0.3325), 89 : 200 (0.445, half up) and 40 : 200."""
    found = solvency()
    assert found.outstanding == D(128)
    assert (found.issued_before, found.issued_after) == (D("66.5"), D(89))
    assert (
        found.outstanding_ratio,
        found.issued_ratio_before,
        found.issued_ratio_after,
        found.redeemed_ratio,
    ) == (D("0.64"), D("0.33"), D("0.45"), D("0.20"))


def test_there_is_no_ratio_to_nothing() -> None:
    found = solvency(bearable="0")
    assert (found.outstanding_ratio, found.redeemed_ratio) == (None, None)
    assert found.zh.endswith("联盟目前没有可承兑的积分，倍数无从计算。")
    assert found.en.endswith("so there is no ratio.")


def test_the_sentence_says_every_number_in_both_languages() -> None:
    assert solvency().zh == (
        "2026-11-21 全社区手中积分 128 分，其中可兑换 120 分、待核销 8 分。2026-10 计入可用积分："
        "原来 66.5 分，试算 89 分（都含其他细则和批量录入的 5 分）；当月实际兑换 40 分。"
        "商户联盟一个月最多可承兑 200 分：有效协议 3 份，月上限合计 250 分；在用优惠 4 项，"
        "其中限量 2 项，一个月折合 90 分。与一个月可承兑的积分相比：手中积分是 0.64 倍，"
        "当月计入原来是 0.33 倍、试算是 0.45 倍，当月兑换是 0.20 倍。"
    )
    assert solvency().en == (
        "On 2026-11-21 the community's people hold 128 points: 120 spendable, 8 held for "
        "redemptions. Counting in balances for 2026-10: 66.5 before, 89 under the draft (both with "
        "5 of other rulebooks and batches); 40 were redeemed in that month. The alliance can bear "
        "at most 200 points a month: agreements in force: 3, with monthly caps of 250 together; "
        "offers in use: 4, of them 2 limited, worth 90 a month. Against what can be borne in a "
        "month: outstanding points 0.64 times, the month's points 0.33 times before and 0.45 times "
        "under the draft, redeemed points 0.20 times."
    )
    assert "其他细则" not in solvency(beside="0").zh
    assert "batches" not in solvency(beside="0").en
