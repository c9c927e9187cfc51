"""Minimal valid rows of the package redemption."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import factory

from kernel.ids import new_id, new_receipt_number
from redemption import models
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


class RedemptionFactory(RowFactory):
    """A hold; account, member, offer, agreement and merchant are the test's."""

    class Meta:
        model = models.Redemption

    id = factory.LazyFunction(new_id)
    channel = "code"
    points = Decimal(8)
    receipt_number = factory.LazyFunction(new_receipt_number)
    state = "held"
    quotas_taken = factory.LazyFunction(list)
    held_at_utc = NOW
    hold_expires_at_utc = NOW + dt.timedelta(minutes=10)


class RedemptionCodeFactory(RowFactory):
    class Meta:
        model = models.RedemptionCode

    id = factory.LazyFunction(new_id)
    token_hmac = factory.Sequence(lambda n: f"{n:064d}")
    digits_hmac = factory.Sequence(lambda n: f"{n:064d}")
    occupies_digits = True
    issued_at_utc = NOW
    expires_at_utc = NOW + dt.timedelta(seconds=70)


class RefusedScanFactory(RowFactory):
    class Meta:
        model = models.RefusedScan

    id = factory.LazyFunction(new_id)
    actor_id = factory.LazyFunction(new_id)
    stage = "redeem"
    reason = "code_unknown"
    offered_hmac = "0" * 64
    facts = factory.LazyFunction(dict)
    at_utc = NOW
