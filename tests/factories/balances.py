"""Minimal valid rows of sealed sheets, batches and reversals; other ids come from the test."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import factory

from kernel.ids import new_id
from points import models
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
MONTH = "2026-11"


class MonthNetFactory(RowFactory):
    class Meta:
        model = models.MonthNet

    id = factory.LazyFunction(new_id)
    month = belongs_month = MONTH
    net = moved = Decimal(2)
    debt_change = Decimal(0)
    sealed_at_utc = NOW


class PointsBatchFactory(RowFactory):
    class Meta:
        model = models.PointsBatch

    id = factory.LazyFunction(new_id)
    kind = "entries"
    state = "waiting"
    filename = "批量.csv"
    sha256 = factory.Sequence(lambda n: f"{n:064d}")
    row_count = 1
    added = Decimal(2)
    taken = Decimal(0)
    uploaded_by = factory.LazyFunction(new_id)
    uploaded_at_utc = NOW


class PointsBatchRowFactory(RowFactory):
    class Meta:
        model = models.PointsBatchRow

    id = factory.LazyFunction(new_id)
    row_number = factory.Sequence(lambda n: n + 2)
    holder_id = factory.LazyFunction(new_id)
    points = Decimal(2)
    counts_in_score = True
    counts_in_balance = True
    occurred_on = dt.date(2026, 11, 21)


class LineReversalFactory(RowFactory):
    class Meta:
        model = models.LineReversal

    id = factory.LazyFunction(new_id)
    state = "waiting"
    asked_by = factory.LazyFunction(new_id)
    asked_at_utc = NOW
