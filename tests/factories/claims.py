"""Minimal valid rows of claims and private files."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import factory

from kernel.files import StoredFile
from kernel.ids import new_id
from points import models
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 21)


class StoredFileFactory(RowFactory):
    class Meta:
        model = StoredFile

    id = factory.LazyFunction(new_id)
    name = factory.LazyAttribute(lambda row: f"{row.community_id.hex}/{row.id.hex}.jpg")
    content_type = "image/jpeg"
    sha256 = "0" * 64
    size_bytes = 1000
    stored_by = factory.LazyFunction(new_id)
    stored_at_utc = NOW


class ClaimFactory(RowFactory):
    class Meta:
        model = models.Claim

    id = factory.LazyFunction(new_id)
    claimed_by = factory.LazyFunction(new_id)
    item_code = "ITEM"
    rulebook_code = "book"
    occurred_on = DAY
    received_on = DAY
    quantity = Decimal(1)
    state = "submitted"
    submitted_at_utc = NOW
    version = 1


class ClaimActFactory(RowFactory):
    class Meta:
        model = models.ClaimAct

    id = factory.LazyFunction(new_id)
    act = "submitted"
    version = 1
    actor_id = factory.LazyFunction(new_id)
    actor_role = "member"
    at_utc = NOW


class ClaimApprovalFactory(RowFactory):
    class Meta:
        model = models.ClaimApproval

    id = factory.LazyFunction(new_id)
    approver_id = factory.LazyFunction(new_id)
    role = "grid_worker"
    at_utc = NOW


class ClaimPhotoFactory(RowFactory):
    class Meta:
        model = models.ClaimPhoto

    id = factory.LazyFunction(new_id)
    uploaded_by = factory.LazyFunction(new_id)
    kind = "photo"
    screening = "none"
    uploaded_at_utc = NOW


class ClaimDayFactory(RowFactory):
    class Meta:
        model = models.ClaimDay

    id = factory.LazyFunction(new_id)
    day = DAY
    claims = 1
    uploads = 1
