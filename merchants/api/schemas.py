"""Shapes of the alliance: merchants, agreements, offers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from kernel.fields import PageQuery, PointsField, Schema, choice, day, text, whole
from kernel.problems import language
from merchants.agreement_archive import AgreementView
from merchants.models import AgreementState, OfferKind, OfferState, Party, Per
from merchants.rules.offers import Hours, OfferTerms, hours_text

LONGEST_WHY = 500
#: Prices above this are not a neighbourhood offer.
MOST_CENTS = 10_000_000


class EnterMerchant(Schema):
    code = text(shortest=2, longest=32, required=True)
    name = text(longest=60, required=True)
    trade = text(longest=20, required=True)
    address = text(longest=200, required=True)
    phone = text(longest=30, load_default=None, allow_none=True)
    hours = text(longest=60, load_default=None, allow_none=True)
    joined_on = day(required=True)


class JoinAlliance(Schema):
    joined_on = day(required=True)


class LeaveAlliance(Schema):
    left_on = day(required=True)
    version = whole(least=1, most=1_000_000, required=True)
    why = text(longest=LONGEST_WHY, required=True)


class MerchantSchema(Schema):
    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    trade = fields.String()
    address = fields.String()
    phone = fields.String(allow_none=True)
    hours = fields.String(allow_none=True)
    is_demo = fields.Boolean()


class InAllianceSchema(Schema):
    id = fields.UUID()
    merchant = fields.Nested(MerchantSchema)
    state = fields.String()
    joined_on = fields.Date()
    left_on = fields.Date(allow_none=True)
    version = fields.Integer()


class SearchQuery(PageQuery):
    search = text(longest=60, load_default=None)


def _hours_said(offer: Hours) -> str:
    """When an offer can be had, in the caller's language; "" for always."""
    said = hours_text(offer)
    return said.en if language() == "en" else said.zh


class OfferSchema(Schema):
    """An offer in any state."""

    id = fields.UUID()
    merchant_id = fields.UUID()
    agreement_id = fields.UUID(allow_none=True)
    title = fields.String()
    note = fields.String(allow_none=True)
    kind = fields.String()
    ordinary_price_cents = fields.Integer()
    alliance_price_cents = fields.Integer()
    percent_off = fields.Integer(allow_none=True)
    ceiling_cents = fields.Integer(allow_none=True)
    points = PointsField()
    stock = fields.Integer(allow_none=True)
    stock_period = fields.String(allow_none=True)
    per_holder_limit = fields.Integer(allow_none=True)
    per_holder_period = fields.String(allow_none=True)
    weekdays = fields.String(allow_none=True)
    from_time = fields.Time(format="%H:%M", allow_none=True)
    to_time = fields.Time(format="%H:%M", allow_none=True)
    hours_text = fields.Function(_hours_said, metadata={"type": "string"})
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    audience = fields.List(fields.String())
    state = fields.String()
    paused_by = fields.String(allow_none=True)
    version = fields.Integer()


class PublicOfferSchema(OfferSchema):
    """An offer as anybody sees it."""

    class Meta(OfferSchema.Meta):
        exclude = ("agreement_id", "state", "paused_by", "version")


class PublicMerchantSchema(Schema):
    id = fields.UUID()
    merchant = fields.Nested(MerchantSchema)
    agreement_number = fields.Integer(attribute="agreement.number")
    agreement_edition = fields.Integer(attribute="agreement.edition")
    valid_to = fields.Date(attribute="agreement.valid_to")
    monthly_cap = PointsField(attribute="agreement.monthly_cap")
    merchant_percent = fields.Integer(attribute="agreement.merchant_percent")
    pool_name = fields.String(attribute="agreement.pool_name", allow_none=True)
    offers = fields.List(fields.Nested(PublicOfferSchema))


class ProposeOffer(Schema):
    merchant_id = fields.UUID(required=True)
    title = text(longest=60, required=True)
    note = text(longest=200, load_default=None, allow_none=True)
    kind = choice([kind.value for kind in OfferKind], required=True)
    ordinary_price_cents = whole(least=1, most=MOST_CENTS, required=True)
    alliance_price_cents = whole(least=0, most=MOST_CENTS, required=True)
    percent_off = whole(least=1, most=99, load_default=None, allow_none=True)
    ceiling_cents = whole(least=1, most=MOST_CENTS, load_default=None, allow_none=True)
    points = PointsField(required=True)
    stock = whole(least=1, most=1_000_000, load_default=None, allow_none=True)
    stock_period = choice([per.value for per in Per], load_default=None, allow_none=True)
    per_holder_limit = whole(least=1, most=1000, load_default=None, allow_none=True)
    per_holder_period = choice([per.value for per in Per], load_default=None, allow_none=True)
    weekdays = text(longest=7, load_default=None, allow_none=True)
    from_time = fields.Time(load_default=None, allow_none=True)
    to_time = fields.Time(load_default=None, allow_none=True)
    valid_from = day(required=True)
    valid_to = day(load_default=None, allow_none=True)
    audience = fields.List(text(longest=40), load_default=list)


def terms_of_offer(body: dict[str, Any]) -> OfferTerms:
    """The parsed body as the terms of an offer."""
    rest = {name: value for name, value in body.items() if name != "merchant_id"}
    for name, word in (("stock_period", Per), ("per_holder_period", Per), ("kind", OfferKind)):
        if rest[name] is not None:
            rest[name] = word(rest[name])
    return OfferTerms(**(rest | {"audience": tuple(rest["audience"])}))


class OfferQuery(SearchQuery):
    merchant_id = fields.UUID(load_default=None)
    state = choice([state.value for state in OfferState], load_default=None)


class OfferStep(Schema):
    version = whole(least=1, most=1_000_000, required=True)
    why = text(longest=LONGEST_WHY, load_default=None, allow_none=True)


class Terms(Schema):
    """What the community writes into an agreement; the term is [valid_from, valid_to)."""

    represented_by = text(longest=40, required=True)
    valid_from = day(required=True)
    valid_to = day(required=True)
    monthly_cap = PointsField(required=True)
    merchant_percent = whole(least=0, most=100, load_default=100)
    pool_name = text(longest=60, load_default=None, allow_none=True)
    offer_ids = fields.List(fields.UUID(), load_default=list)


class DraftAgreement(Terms):
    merchant_id = fields.UUID(required=True)


class RedraftAgreement(Terms):
    version = whole(least=1, most=1_000_000, required=True)


class SignAgreement(Schema):
    party = choice([party.value for party in Party], required=True)
    text_sha256 = text(shortest=64, longest=64, required=True)


class DecideAgreement(Schema):
    version = whole(least=1, most=1_000_000, required=True)
    why = text(longest=LONGEST_WHY, required=True)


class AgreementQuery(PageQuery):
    merchant_id = fields.UUID(load_default=None)
    state = choice([state.value for state in AgreementState], load_default=None)


class AgreementRowSchema(Schema):
    """An edition without its text."""

    id = fields.UUID()
    merchant_id = fields.UUID()
    number = fields.Integer()
    edition = fields.Integer()
    text_sha256 = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date()
    monthly_cap = PointsField()
    merchant_percent = fields.Integer()
    pool_name = fields.String(allow_none=True)
    state = fields.String()
    version = fields.Integer()
    drafted_at_utc = fields.AwareDateTime()
    signed_at_utc = fields.AwareDateTime(allow_none=True)


class SignatureSchema(Schema):
    party = fields.String()
    account_id = fields.UUID()
    text_sha256 = fields.String()
    signed_at_utc = fields.AwareDateTime()


class AgreementSchema(AgreementRowSchema):
    """An edition as it is read before signing."""

    text = fields.String()
    signatures = fields.List(fields.Nested(SignatureSchema))

    def get_attribute(self, obj: AgreementView, attr: str, default: Any) -> Any:
        return getattr(obj if attr == "signatures" else obj.agreement, attr, default)


class ActSchema(Schema):
    from_state = fields.String(allow_none=True)
    to_state = fields.String()
    actor_id = fields.UUID()
    why = fields.String(allow_none=True)
    at_utc = fields.AwareDateTime()
