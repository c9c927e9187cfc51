"""Minimal valid rows of the package review; ids of other rows are given by the test."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import factory

from kernel.ids import new_id
from review import models
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
MONTH = "2026-10"


class SheetFactory(RowFactory):
    class Meta:
        model = models.Sheet

    id = factory.LazyFunction(new_id)
    month = MONTH
    rulebook_code = "test-book"
    unit = "member"
    place = 1
    number = factory.Sequence(lambda n: n + 1)
    state = "superseded"
    digest = "0" * 64
    top = 50
    threshold = Decimal(10)
    ranked = listed = counted = 0
    created_by = factory.LazyFunction(new_id)
    created_at_utc = NOW


class SheetRowFactory(RowFactory):
    class Meta:
        model = models.SheetRow

    id = factory.LazyFunction(new_id)
    household_code = "0317"
    label = "王*"
    base = Decimal(10)
    bonus = Decimal(26)
    deduction = Decimal(0)
    score = Decimal(36)
    rank = 1
    shown = "ranked"
    position = 1
    row_salt = "0" * 32
    row_sha256 = "0" * 64


class NoticeCounterFactory(RowFactory):
    class Meta:
        model = models.NoticeCounter

    id = factory.LazyFunction(new_id)
    year = factory.Sequence(lambda n: 2026 + n)
    last = 1


class PublicNoticeFactory(RowFactory):
    class Meta:
        model = models.PublicNotice

    id = factory.LazyFunction(new_id)
    month = MONTH
    year = 2026
    number = factory.Sequence(lambda n: n + 1)
    title = "2026年10月积分公示"
    state = "on_notice"
    published_by = factory.LazyFunction(new_id)
    published_at_utc = NOW
    working_days = 5
    due_on = dt.date(2026, 11, 27)
    due_at_utc = dt.datetime(2026, 11, 27, 10, 0, tzinfo=dt.UTC)


class NoticePartFactory(RowFactory):
    class Meta:
        model = models.NoticePart

    id = factory.LazyFunction(new_id)
    place = 1
    participants = records = 0
    deductions = factory.LazyFunction(list)


class CorrectionFactory(RowFactory):
    class Meta:
        model = models.Correction

    id = factory.LazyFunction(new_id)
    number = 1
    is_public = False
    at_utc = NOW


class ObjectionFactory(RowFactory):
    class Meta:
        model = models.Objection

    id = factory.LazyFunction(new_id)
    month = MONTH
    number = factory.Sequence(lambda n: n + 1)
    kind = "wrong"
    channel = "online"
    state = "open"
    filed_at_utc = NOW
    due_on = dt.date(2026, 11, 27)
    version = 1


class ObjectionActFactory(RowFactory):
    class Meta:
        model = models.ObjectionAct

    id = factory.LazyFunction(new_id)
    to_state = "open"
    actor_id = factory.LazyFunction(new_id)
    at_utc = NOW
