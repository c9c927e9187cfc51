"""Minimal valid rows of the package points."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import factory

from kernel.ids import new_id
from points import models
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 21)
MONTH = "2026-11"


class RulebookFactory(RowFactory):
    class Meta:
        model = models.Rulebook

    id = factory.LazyFunction(new_id)
    code = factory.Sequence(lambda n: f"book-{n}")
    title = "细则"
    holder = "member"


class RulebookVersionFactory(RowFactory):
    """An adopted version; its document is only a stand-in, so nothing evaluates it."""

    class Meta:
        model = models.RulebookVersion

    id = factory.LazyFunction(new_id)
    version = factory.Sequence(lambda n: n + 1)
    state = "adopted"
    document = "{}"
    sha256 = "0" * 64
    effective_from = dt.date(2026, 9, 1)
    adopted_on = dt.date(2026, 8, 20)
    adopted_meeting = "居民代表会议"
    version_seen = 1


class ScoreItemFactory(RowFactory):
    class Meta:
        model = models.ScoreItem

    id = factory.LazyFunction(new_id)
    code = factory.Sequence(lambda n: f"ITEM-{n}")
    kind = "bonus"
    name = "项目"
    publication = "named"
    counts_in_score = True
    counts_in_balance = True
    position = 0


class AccountingMonthFactory(RowFactory):
    class Meta:
        model = models.AccountingMonth

    id = factory.LazyFunction(new_id)
    month = MONTH
    state = "open"
    version = 1
    opened_at_utc = NOW


class PointsAccountFactory(RowFactory):
    class Meta:
        model = models.PointsAccount

    id = factory.LazyFunction(new_id)
    kind = "holder"
    holder_kind = "member"
    holder_id = factory.LazyFunction(new_id)
    open_holds = factory.LazyAttribute(lambda row: 1 if getattr(row, "held", 0) else 0)


class FactFactory(RowFactory):
    class Meta:
        model = models.Fact

    id = factory.LazyFunction(new_id)
    item_code = "ITEM"
    person_id = factory.LazyAttribute(lambda row: row.member_id)
    occurred_on = DAY
    quantity = Decimal(1)
    promised = False
    deed_id = factory.LazyAttribute(lambda row: row.id)
    tags = factory.LazyFunction(list)
    recorded_by = factory.LazyFunction(new_id)
    recorder_role = "grid_worker"
    approvals_needed = 0
    approvals = 0
    is_approved = True
    month = MONTH
    belongs_month = MONTH
    recorded_at_utc = NOW


class PointsLineFactory(RowFactory):
    class Meta:
        model = models.PointsLine

    id = factory.LazyFunction(new_id)
    source = "fact"
    slice = 0
    item_code = "ITEM"
    kind = "bonus"
    counts_in_score = True
    counts_in_balance = True
    entitled = Decimal(2)
    posted = Decimal(2)
    belongs_month = MONTH
    occurred_on = DAY


class EntryFactory(RowFactory):
    class Meta:
        model = models.Entry

    id = factory.LazyFunction(new_id)
    month = MONTH
    belongs_month = MONTH
    kind = "bonus"
    points = Decimal(2)
    counts_in_score = True
    counts_in_balance = True
    moved = Decimal(2)
    debt_change = Decimal(0)
    cause = "recorded"
    actor_id = factory.LazyFunction(new_id)
    occurred_on = DAY
    created_at_utc = NOW


class TransferFactory(RowFactory):
    class Meta:
        model = models.Transfer

    id = factory.LazyFunction(new_id)
    from_kind = "issuance"
    to_kind = "holder"
    points = Decimal(2)
    kind = "award"
    at_utc = NOW


class MonthlyScoreFactory(RowFactory):
    class Meta:
        model = models.MonthlyScore

    id = factory.LazyFunction(new_id)
    month = MONTH


class LimitUsageFactory(RowFactory):
    class Meta:
        model = models.LimitUsage

    id = factory.LazyFunction(new_id)
    limit_code = "ITEM/max_points/month/holder"
    whose = factory.LazyFunction(new_id)
    cell = MONTH
    used = 1
    cap_lowest = 2
    cap_highest = 2


class AccumulationFactory(RowFactory):
    class Meta:
        model = models.Accumulation

    id = factory.LazyFunction(new_id)
    item_code = "ITEM"
    cell = MONTH
    quantity = Decimal(1)
    granted = Decimal(1)
    last_on = DAY


class CounterMonthFactory(RowFactory):
    class Meta:
        model = models.CounterMonth

    id = factory.LazyFunction(new_id)
    counter = "hours"
    month = MONTH
    quantity = Decimal(1)


class BaseGrantFactory(RowFactory):
    class Meta:
        model = models.BaseGrant

    id = factory.LazyFunction(new_id)
    base_code = "monthly-base"
    period_start = dt.date(2026, 11, 1)
    points = Decimal(10)
    granted_at_utc = NOW
