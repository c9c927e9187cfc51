"""What a member's pages compute by themselves: bars, digits, marks, who pays."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from points.models import HolderKind
from redemption.afterwards import FollowedReceipt
from web.member import paying
from web.member.views import CodeView, redemption_mark

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
ID = uuid.UUID(int=7)


def receipt(**facts: Any) -> FollowedReceipt:
    values: dict[str, Any] = {
        "id": ID, "receipt_number": "7PT9BFXBJ8", "channel": "code", "state": "held",
        "points": Decimal(8), "offer_id": ID, "offer_title": "早餐一份", "cash_cents": 0,
        "merchant_id": ID, "merchant_name": "老邢家常菜", "merchant_code": "laoxing",
        "held_at_utc": NOW, "hold_expires_at_utc": NOW + dt.timedelta(minutes=10),
        "resolved_at_utc": None,
    }  # fmt: skip
    return FollowedReceipt(**(values | facts))


@pytest.mark.parametrize(("facts", "mark"), [
    ({}, "held"),
    ({"state": "redeemed"}, "redeemed"),
    ({"state": "withdrawn"}, "returned"),
    ({"state": "expired"}, "expired"),
    ({"state": "redeemed", "cancelled_at_utc": NOW}, "cancelled"),
    ({"state": "redeemed", "reversed_at_utc": NOW}, "returned"),
], ids=["held", "redeemed", "withdrawn", "expired", "cancelled", "reversed"])  # fmt: skip
def test_a_redemption_has_one_mark(facts: dict[str, Any], mark: str) -> None:
    assert redemption_mark(receipt(**facts)) == mark


@pytest.mark.parametrize(("seconds", "bar"), [(70, 100), (60, 100), (30, 50), (1, 1), (0, 0)])
def test_the_bar_is_full_for_a_minute(seconds: int, bar: int) -> None:
    view = CodeView(svg="", digits="48271593", seconds_left=seconds, renew_after=0)
    assert view.bar == bar
    assert view.groups == ("4827", "1593")
    assert view.spoken == "4 8 2 7 1 5 9 3"


@pytest.mark.parametrize(("given", "query"), [
    ({}, {}),
    ({"for": "nonsense", "pays": "cash"}, {}),
    ({"for": str(ID)}, {"for": str(ID)}),
    ({"pays": "household"}, {"pays": "household"}),
    ({"for": str(ID), "pays": "member", "x": "y"}, {"for": str(ID), "pays": "member"}),
], ids=["nothing", "nonsense", "for", "pays", "both"])  # fmt: skip
def test_who_pays_is_carried_in_addresses(given: dict[str, str], query: dict[str, str]) -> None:
    assert paying.asked(given).query() == query


def test_the_account_that_pays_unasked_comes_first() -> None:
    assert paying.asked({"pays": "household"}).pays is HolderKind.HOUSEHOLD
    assert paying.asked({"pays": "merchant"}).pays is None
