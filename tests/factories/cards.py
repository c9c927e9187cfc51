"""Minimal valid rows of cards and their batches."""

from __future__ import annotations

import datetime as dt

import factory

from kernel.ids import new_id
from redemption import models
from tests.factories.base import RowFactory

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


class CardCounterFactory(RowFactory):
    class Meta:
        model = models.CardCounter

    id = factory.LazyFunction(new_id)
    last_batch = 1
    last_number = 500


class CardBatchFactory(RowFactory):
    class Meta:
        model = models.CardBatch

    id = factory.LazyFunction(new_id)
    number = 1
    first_number = 1
    last_number = 500
    state = "received"
    version = 3
    ordered_at_utc = NOW


class CardBatchActFactory(RowFactory):
    """An act; the batch is the test's."""

    class Meta:
        model = models.CardBatchAct

    id = factory.LazyFunction(new_id)
    act = "printed"
    from_state = "ordered"
    to_state = "printed"
    cards = 500
    actor_id = factory.LazyFunction(new_id)
    at_utc = NOW


class RedemptionCardFactory(RowFactory):
    """A card in stock; the batch is the test's."""

    class Meta:
        model = models.RedemptionCard

    id = factory.LazyFunction(new_id)
    number = factory.Sequence(lambda n: n + 1)
    token_hmac = factory.Sequence(lambda n: f"{n:064x}")
    state = "stock"
    version = 1
    misses = 0


class CardActFactory(RowFactory):
    """An act; the card is the test's."""

    class Meta:
        model = models.CardAct

    id = factory.LazyFunction(new_id)
    from_state = "stock"
    to_state = "handed"
    way = "window"
    actor_id = factory.LazyFunction(new_id)
    at_utc = NOW


class CardHandoverFactory(RowFactory):
    """A line of the book; card and members are the test's."""

    class Meta:
        model = models.CardHandover

    id = factory.LazyFunction(new_id)
    actor_id = factory.LazyFunction(new_id)
    at_utc = NOW


class CardKeypadFactory(RowFactory):
    """A keypad for choosing a PIN; the card is the test's."""

    class Meta:
        model = models.CardKeypad

    id = factory.LazyFunction(new_id)
    purpose = "choose"
    actor_id = factory.LazyFunction(new_id)
    opened_at_utc = NOW
    expires_at_utc = NOW + dt.timedelta(minutes=2)


class CardNoticeFactory(RowFactory):
    """News of a loss; card and member are the test's."""

    class Meta:
        model = models.CardNotice

    id = factory.LazyFunction(new_id)
    message_id = factory.LazyFunction(new_id)
    news = "lost"
    at_utc = NOW
