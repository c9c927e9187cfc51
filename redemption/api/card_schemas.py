"""Shapes of cards, batches, the hand-over book and the keypad."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load
from marshmallow.validate import Length, Range

from kernel.fields import PageQuery, PointsField, Schema, choice, day, text, whole
from redemption.api.schemas import LONGEST_CODE
from redemption.models import CardBatchState, CardState
from redemption.models.cards import MOST_IN_BATCH
from redemption.rules.pins import DIGITS

LONGEST_WHY = 500


class CardBatchQuery(PageQuery):
    state = choice([state.value for state in CardBatchState], load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "state": CardBatchState(data["state"]) if data["state"] else None}


class OrderBatch(Schema):
    size = whole(least=1, most=MOST_IN_BATCH, required=True)


class Versioned(Schema):
    version = whole(least=1, most=2**31 - 1, required=True)


class VersionedWhy(Versioned):
    why = text(longest=LONGEST_WHY, required=True)


class VersionedMaybeWhy(Versioned):
    why = text(longest=LONGEST_WHY, load_default=None, allow_none=True)


class PrintBatch(Versioned):
    card_ids = fields.List(
        fields.UUID(),
        load_default=None,
        allow_none=True,
        validate=Length(min=1, max=MOST_IN_BATCH),
        metadata={"description": "some of the cards, such as spoilt ones; else all"},
    )


class CardBatchSchema(Schema):
    """``cards`` is state → how many; ``prints`` how often the codes were drawn."""

    id = fields.UUID()
    number = fields.Integer()
    first_number = fields.String()
    last_number = fields.String()
    size = fields.Integer()
    state = fields.String()
    version = fields.Integer()
    ordered_at_utc = fields.AwareDateTime()
    prints = fields.Integer()
    cards = fields.Dict(keys=fields.String(), values=fields.Integer())


class PrintedCardSchema(Schema):
    id = fields.UUID()
    number = fields.String()
    payload = fields.String(metadata={"description": "what the QR says"})


class CardPrintSheetSchema(Schema):
    batch = fields.Nested(CardBatchSchema)
    cards = fields.List(fields.Nested(PrintedCardSchema))


class CardBatchActSchema(Schema):
    id = fields.UUID()
    act = fields.String()
    from_state = fields.String(allow_none=True)
    to_state = fields.String()
    cards = fields.Integer()
    by_name = fields.String(allow_none=True)
    why = fields.String(allow_none=True)
    at_utc = fields.AwareDateTime()


class CardQuery(PageQuery):
    q = text(longest=40, load_default=None)
    state = choice([state.value for state in CardState], load_default=None)
    batch_id = fields.UUID(load_default=None)
    member_id = fields.UUID(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "state": CardState(data["state"]) if data["state"] else None}


class CardSchema(Schema):
    id = fields.UUID()
    number = fields.String()
    state = fields.String()
    version = fields.Integer()
    batch_id = fields.UUID()
    batch_number = fields.Integer()
    member_id = fields.UUID(allow_none=True)
    member_name = fields.String(allow_none=True)
    household_code = fields.String(allow_none=True)
    tries_left = fields.Integer()


class OwnCardSchema(Schema):
    """A card of oneself or of somebody one acts for, with what it may spend today."""

    id = fields.UUID(attribute="card.id")
    number = fields.String(attribute="card.number")
    state = fields.String(attribute="card.state")
    member_name = fields.String(attribute="card.member_name")
    tries_left = fields.Integer(attribute="card.tries_left")
    is_own = fields.Boolean()
    day_points = PointsField()
    left_today = PointsField(allow_zero=True)


class OwnCardsSchema(Schema):
    items = fields.List(fields.Nested(OwnCardSchema))


class CardActSchema(Schema):
    id = fields.UUID()
    from_state = fields.String(allow_none=True)
    to_state = fields.String()
    way = fields.String()
    by_name = fields.String(allow_none=True)
    why = fields.String(allow_none=True)
    at_utc = fields.AwareDateTime()


class HandOver(Schema):
    card = text(longest=LONGEST_CODE, required=True)
    member_id = fields.UUID(required=True)
    received_by_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "a granted proxy who came"}
    )


class ReplaceCard(VersionedMaybeWhy):
    card = text(longest=LONGEST_CODE, required=True, metadata={"description": "the new card"})
    received_by_id = fields.UUID(load_default=None, allow_none=True)


class BookFilter(Schema):
    q = text(longest=40, load_default=None)
    since = day(load_default=None)
    until = day(load_default=None)


class BookQuery(PageQuery, BookFilter):
    """The book, one page."""


class HandoverSchema(Schema):
    id = fields.UUID()
    card_id = fields.UUID()
    number = fields.String()
    state = fields.String()
    version = fields.Integer()
    member_id = fields.UUID()
    member_name = fields.String()
    household_code = fields.String(allow_none=True)
    received_by_id = fields.UUID()
    received_by_name = fields.String()
    replaces_number = fields.String(allow_none=True)
    by_name = fields.String(allow_none=True)
    at_utc = fields.AwareDateTime()


class StopCard(Schema):
    by_phone = fields.Boolean(
        load_default=False, metadata={"description": "the office was called about it"}
    )


def _presses(**kwargs: Any) -> fields.List[int]:
    """Positions of pressed keys, from 0; never digits."""
    return fields.List(
        fields.Integer(strict=True, validate=Range(min=0, max=9)),
        required=True,
        validate=Length(equal=DIGITS),
        **kwargs,
    )


class KeypadSchema(Schema):
    """``keys``: the ten digits in the order in which the keys are drawn."""

    keypad_id = fields.UUID(attribute="id")
    keys = fields.List(fields.String())
    keys_again = fields.List(fields.String())
    expires_at_utc = fields.AwareDateTime()


class ChoosePin(Schema):
    keypad_id = fields.UUID(required=True)
    presses = _presses()
    presses_again = _presses()


class StartCard(Schema):
    card = text(longest=LONGEST_CODE, required=True)
    offer_id = fields.UUID(required=True)


class CardUseSchema(Schema):
    """What a merchant's screen shows before the PIN; nothing about the holder."""

    keypad_id = fields.UUID()
    keys = fields.List(fields.String())
    expires_at_utc = fields.AwareDateTime()
    seconds_left = fields.Integer()
    card_number = fields.String()
    offer_id = fields.UUID()
    offer_title = fields.String()
    points = PointsField()
    cash_cents = fields.Integer()


class RedeemCard(Schema):
    keypad_id = fields.UUID(required=True)
    presses = _presses()


class NoticeQuery(PageQuery):
    is_open = fields.Boolean(load_default=True)


class CardNoticeSchema(Schema):
    id = fields.UUID()
    news = fields.String()
    card_id = fields.UUID()
    number = fields.String()
    member_id = fields.UUID()
    member_name = fields.String()
    merchant_name = fields.String(allow_none=True)
    points = PointsField(allow_none=True)
    receipt_number = fields.String(allow_none=True)
    at_utc = fields.AwareDateTime()
    called_at_utc = fields.AwareDateTime(allow_none=True)
    called_by = fields.UUID(allow_none=True)
