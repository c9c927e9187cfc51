"""Minimal valid rows of the package merchants."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

import factory

from kernel.ids import new_id
from merchants import models
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
TERM = (dt.date(2026, 9, 1), dt.date(2027, 9, 1))


class MerchantFactory(RowFactory):
    class Meta:
        model = models.Merchant

    id = factory.LazyFunction(new_id)
    name = "老邢家常菜"
    trade = "饭店"
    code = factory.Sequence(lambda n: f"shop-{n}")
    address = "怡居苑西区南门 12 号"
    is_demo = False


class AllianceMerchantFactory(RowFactory):
    class Meta:
        model = models.AllianceMerchant

    id = factory.LazyFunction(new_id)
    joined_on = TERM[0]
    state = "joined"
    version = 1


class RedemptionAgreementFactory(RowFactory):
    """An agreement that both sides signed and whose term holds the day of the tests."""

    class Meta:
        model = models.RedemptionAgreement

    id = factory.LazyFunction(new_id)
    # Far from what the counter gives to the first drafts of a test.
    number = factory.Sequence(lambda n: n + 1000)
    edition = 1
    text = "积分兑换协议"
    text_sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.text.encode()).hexdigest())
    valid_from = TERM[0]
    valid_to = TERM[1]
    monthly_cap = Decimal(800)
    merchant_percent = 100
    state = "signed"
    version = 3
    drafted_by = factory.LazyFunction(new_id)
    drafted_at_utc = NOW
    signed_at_utc = NOW


class OfferFactory(RowFactory):
    """An offer that can be had at any hour, as often as one likes."""

    class Meta:
        model = models.Offer

    id = factory.LazyFunction(new_id)
    title = "早餐一份"
    kind = "free_item"
    ordinary_price_cents = 800
    alliance_price_cents = 0
    points = Decimal(8)
    valid_from = TERM[0]
    audience = factory.LazyFunction(list)
    state = "accepted"
    version = 1
    proposed_by = factory.LazyFunction(new_id)
    proposed_at_utc = NOW


class QuotaUsageFactory(RowFactory):
    class Meta:
        model = models.QuotaUsage

    id = factory.LazyFunction(new_id)
    quota_code = "stock:x"
    cell = "2026-11"
    slot = 0
    used = 0
    cap = 10
    whole = 10
