"""Shapes of receipts with what happened afterwards."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import fields

from kernel.fields import PageQuery, day, text
from redemption.api.schemas import ReceiptSchema
from redemption.models import Channel, RedemptionState
from redemption.receipts import Outcome

#: What is typed for a receipt number: ten characters, with gaps.
LONGEST_NUMBER = 30


def number() -> fields.String:
    """A receipt number as somebody types it."""
    return text(longest=LONGEST_NUMBER, load_default=None)


def word(options: type[StrEnum]) -> fields.Enum[Any]:
    """One of a closed list, or everything."""
    return fields.Enum(options, by_value=True, load_default=None)


class OwnReceiptsQuery(PageQuery):
    outcome = word(Outcome)
    number = number()
    member_id = fields.UUID(
        load_default=None, metadata={"description": "the member whose proxy one is"}
    )


class CounterReceiptsQuery(PageQuery):
    day = day(load_default=None)
    number = number()


class CommunityReceiptsQuery(PageQuery):
    state = word(RedemptionState)
    channel = word(Channel)
    merchant_id = fields.UUID(load_default=None)
    day = day(load_default=None)
    number = number()


class FollowedReceiptSchema(ReceiptSchema):
    """A receipt, the latest request to reverse it and the latest report of it."""

    reversed_at_utc = fields.AwareDateTime(allow_none=True)
    reversal_state = fields.String(allow_none=True)
    report_id = fields.UUID(allow_none=True)
    report_kind = fields.String(allow_none=True)
    report_state = fields.String(allow_none=True)
    reportable_until_utc = fields.AwareDateTime()
