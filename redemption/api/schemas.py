"""Shapes of redemptions, codes and what a counter sees."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from kernel import clock
from kernel.fields import PageQuery, PointsField, Schema, choice, text
from kernel.problems import language
from points.models import HolderKind
from redemption.declines import DECLINED
from redemption.models import CancellationReason, DeclineReason, RedemptionState
from redemption.rules.times import seconds_left

#: Longer than any URL we make; a scanner may read whatever hangs on a wall.
LONGEST_CODE = 300
_PAYS = (HolderKind.MEMBER, HolderKind.HOUSEHOLD)


class IssueRedemption(Schema):
    offer_id = fields.UUID(required=True)
    member_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "the member whose proxy one is; else oneself"},
    )
    pays = choice(
        [kind.value for kind in _PAYS],
        load_default=None,
        allow_none=True,
        metadata={"description": "whose account; the member's own where there is one"},
    )

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        pays = data["pays"]
        return {**data, "pays": HolderKind(pays) if pays else None}


class Nothing(Schema):
    """A body without content."""


class ReceiptSchema(Schema):
    """One redemption; it names no person."""

    id = fields.UUID()
    receipt_number = fields.String()
    channel = fields.String()
    state = fields.String()
    points = PointsField()
    offer_id = fields.UUID()
    offer_title = fields.String()
    cash_cents = fields.Integer()
    merchant_id = fields.UUID()
    merchant_name = fields.String()
    merchant_code = fields.String()
    held_at_utc = fields.AwareDateTime()
    hold_expires_at_utc = fields.AwareDateTime()
    resolved_at_utc = fields.AwareDateTime(allow_none=True)
    decline_reason = fields.String(allow_none=True)
    decline_detail = fields.Method("told_why", metadata={"type": "string", "nullable": True})
    cancelled_at_utc = fields.AwareDateTime(allow_none=True)
    cancellable_until_utc = fields.AwareDateTime(allow_none=True)

    def told_why(self, receipt: Any) -> str | None:
        """Why it was declined, in the caller's language."""
        if receipt.decline_reason is None:
            return None
        told = DECLINED[DeclineReason(receipt.decline_reason)]
        return told.en if language() == "en" else told.zh


def _hours_said(of: Any) -> str:
    """When the offer can be had, in the caller's language; "" for always."""
    said: str = of.hours.en if language() == "en" else of.hours.zh
    return said


class AtCounterSchema(ReceiptSchema):
    """A request that waits at a counter; holder and clerk find it by its receipt number."""

    seconds_left = fields.Method("until_it_expires", metadata={"type": "integer"})

    def until_it_expires(self, receipt: Any) -> int:
        """Whole seconds in which a clerk can still decide; 0 once it is resolved."""
        if receipt.state != RedemptionState.HELD:
            return 0
        return seconds_left(until=receipt.hold_expires_at_utc, now=clock.now())


class ChoicesQuery(PageQuery):
    """Whose choice it is: one's own, or that of the member whose proxy one is."""

    member_id = fields.UUID(load_default=None)
    pays = choice([kind.value for kind in _PAYS], load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "pays": HolderKind(data["pays"]) if data["pays"] else None}


class ChoiceSchema(Schema):
    """One offer of a shop for one holder; ``code`` and ``detail`` say why it cannot be had now."""

    id = fields.UUID()
    title = fields.String()
    note = fields.String(allow_none=True)
    kind = fields.String()
    points = PointsField()
    ordinary_price_cents = fields.Integer()
    cash_cents = fields.Integer()
    hours = fields.Function(_hours_said, metadata={"type": "string"})
    valid_to = fields.Date(allow_none=True)
    left = fields.Dict(keys=fields.String(), values=fields.Integer())
    code = fields.Function(
        lambda choice: choice.refused and choice.refused.code,
        metadata={"type": "string", "nullable": True},
    )
    detail = fields.Method("worded", metadata={"type": "string", "nullable": True})

    def worded(self, choice: Any) -> str | None:
        """The refusal in the caller's language."""
        if choice.refused is None:
            return None
        told: str = choice.refused.en if language() == "en" else choice.refused.zh
        return told


class WaitingSchema(Schema):
    """What waits at a counter, oldest first."""

    items = fields.List(fields.Nested(AtCounterSchema), required=True)


class Decline(Schema):
    reason = choice([reason.value for reason in DeclineReason], required=True)


class CodeSchema(Schema):
    """A living code: ``payload`` is what the QR says, ``digits`` are for typing."""

    payload = fields.String()
    digits = fields.String()
    issued_at_utc = fields.AwareDateTime()
    expires_at_utc = fields.AwareDateTime()
    seconds_left = fields.Integer()
    refresh_after_seconds = fields.Integer()


class HeldSchema(ReceiptSchema):
    """A hold with its code; the code is null where the request is repeated after its death."""

    code = fields.Nested(CodeSchema, allow_none=True)


class OfferedCode(Schema):
    """The address out of the QR, its token, or the eight digits."""

    code = text(longest=LONGEST_CODE, required=True)


class PreviewSchema(Schema):
    """What a clerk sees before confirming; ``left`` is null where nothing is limited."""

    receipt = fields.Nested(ReceiptSchema)
    seconds_left = fields.Integer()
    hours = fields.Function(_hours_said, metadata={"type": "string"})
    left = fields.Dict(keys=fields.String(), values=PointsField(allow_zero=True))


class Cancel(Schema):
    reason = choice(
        [reason.value for reason in CancellationReason],
        load_default=CancellationReason.MISTAKE.value,
    )


class RefusedScanSchema(Schema):
    id = fields.UUID()
    code = fields.String()
    reason = fields.String()
    stage = fields.String()
    detail = fields.Method("worded")
    at_utc = fields.AwareDateTime()

    def worded(self, refused: Any) -> str:
        """The sentence in the caller's language."""
        sentence: str = refused.en if language() == "en" else refused.zh
        return sentence


class TodaySchema(Schema):
    redeemed = fields.Integer()
    points = PointsField(allow_zero=True)
    cancelled = fields.Integer()
    refused = fields.Integer()
    month_taken = PointsField(allow_zero=True)
    month_cap = PointsField(allow_none=True)
    stopped_since_utc = fields.AwareDateTime(
        allow_none=True, metadata={"description": "redemption stands still in the community"}
    )
