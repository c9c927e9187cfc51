"""Offers 优惠: proposed by the merchant, accepted by the community, paused, withdrawn."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from community import persons, places
from kernel import audit, clock, personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, require_version
from kernel.ids import new_id
from merchants import agreement_archive, alliance, shops
from merchants.errors import (
    AgreementNotActive,
    IllegalMerchantStep,
    NotInAlliance,
    SameAccountBothSides,
)
from merchants.models import (
    AllianceState,
    Offer,
    OfferAct,
    OfferState,
    Party,
)
from merchants.permissions import MerchantsPermission
from merchants.redeemables import Redeemable, redeemable, shown_at
from merchants.rules import offers as rules
from merchants.rules.offers import OfferTerms
from merchants.rules.steps import OFFER_STEPS, require_step

__all__ = [
    "OfferTerms",
    "Redeemable",
    "accept",
    "pause",
    "propose",
    "redeemable",
    "resume",
    "search",
    "shown_at",
    "withdraw",
]


def propose(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    terms: OfferTerms,
) -> Offer:
    """Propose an offer for one's own shop. Raises NotBetter, OfferTermsInvalid, NotInAlliance."""
    actor.require(MerchantsPermission.PROPOSE_OFFER, shops.shop(community_id, merchant_id))
    rules.check(terms)
    member = alliance.detail(community_id=community_id, merchant_id=merchant_id)
    if member.state != AllianceState.JOINED:
        raise NotInAlliance()
    fields = {field.name: getattr(terms, field.name) for field in dataclasses.fields(terms)}
    offer = Offer(
        community_id=community_id,
        id=new_id(),
        merchant_id=merchant_id,
        state=OfferState.PROPOSED,
        version=1,
        proposed_by=actor.account_id,
        proposed_at_utc=now,
        **(fields | {"audience": list(terms.audience)}),
    )
    db.session.add(offer)
    db.session.flush()
    _keep_act(actor=actor, now=now, offer=offer, before=None, why_text_id=None)
    return offer


def accept(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    offer_id: uuid.UUID,
    version: int,
    why: str | None = None,
) -> Offer:
    """Accept a proposed offer under the agreement in force when it begins.

    Raises StaleVersion, IllegalMerchantStep, SameAccountBothSides, AgreementNotActive.
    """
    actor.require(MerchantsPermission.ACCEPT_OFFER, places.place_of(community_id))
    offer = _locked(community_id, offer_id, version)
    if offer.state != OfferState.PROPOSED:
        raise IllegalMerchantStep(state=offer.state, to=OfferState.ACCEPTED)
    if offer.proposed_by in persons.accounts_of(actor):
        raise SameAccountBothSides()
    begins = max(offer.valid_from, clock.business_date(now))
    agreement = agreement_archive.active(community_id, offer.merchant_id, begins)
    if agreement is None:
        raise AgreementNotActive()
    offer.agreement_id = agreement.id
    return _step(actor=actor, now=now, offer=offer, to=OfferState.ACCEPTED, why=why)


def pause(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    offer_id: uuid.UUID,
    version: int,
    why: str | None = None,
) -> Offer:
    """Stop issuing codes for it; either side may. Raises StaleVersion, IllegalMerchantStep."""
    offer = _locked(community_id, offer_id, version)
    party = _party(actor, offer)
    require_step(OFFER_STEPS, OfferState(offer.state), OfferState.PAUSED)
    offer.paused_by = party
    return _step(actor=actor, now=now, offer=offer, to=OfferState.PAUSED, why=why)


def resume(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    offer_id: uuid.UUID,
    version: int,
    why: str | None = None,
) -> Offer:
    """Let a paused offer go on; what the community paused only the community resumes."""
    offer = _locked(community_id, offer_id, version)
    party = _party(actor, offer)
    if offer.state != OfferState.PAUSED:
        raise IllegalMerchantStep(state=offer.state, to=OfferState.ACCEPTED)
    if offer.paused_by == Party.COMMUNITY and party is Party.MERCHANT:
        raise Forbidden()
    offer.paused_by = None
    return _step(actor=actor, now=now, offer=offer, to=OfferState.ACCEPTED, why=why)


def withdraw(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    offer_id: uuid.UUID,
    version: int,
    why: str | None = None,
) -> Offer:
    """Take an offer out for good: the merchant withdraws it, or the community declines it."""
    offer = _locked(community_id, offer_id, version)
    _party(actor, offer)
    offer.paused_by = None
    return _step(actor=actor, now=now, offer=offer, to=OfferState.WITHDRAWN, why=why)


def search(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID | None = None,
    state: OfferState | None = None,
    text: str | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[Offer]:
    """Offers of the community in any state, or of one's own shop, in the order of proposal."""
    shops.require_reader(actor=actor, community_id=community_id, merchant_id=merchant_id)
    statement = tenancy.select(Offer, community_id)
    if merchant_id is not None:
        statement = statement.where(Offer.merchant_id == merchant_id)
    if state is not None:
        statement = statement.where(Offer.state == state)
    if text:
        statement = statement.where(Offer.title.icontains(text, autoescape=True))
    if after is not None:
        statement = statement.where(Offer.id > after)
    return list(db.session.scalars(statement.order_by(Offer.id).limit(limit)))


def _locked(community_id: uuid.UUID, offer_id: uuid.UUID, version: int) -> Offer:
    offer = tenancy.locked(Offer, community_id, offer_id)
    require_version(offer.version, version)
    return offer


def _party(actor: Actor, offer: Offer) -> Party:
    """The side the actor acts for; Forbidden or NotFound when it is neither."""
    if actor.may(MerchantsPermission.ACCEPT_OFFER, places.place_of(offer.community_id)):
        return Party.COMMUNITY
    at = shops.shop(offer.community_id, offer.merchant_id)
    actor.require(MerchantsPermission.PROPOSE_OFFER, at)
    return Party.MERCHANT


def _step(
    *, actor: Actor, now: dt.datetime, offer: Offer, to: OfferState, why: str | None
) -> Offer:
    before = OfferState(offer.state)
    require_step(OFFER_STEPS, before, to)
    why_text_id = personal_text.keep_why(community_id=offer.community_id, why=why, now=now)
    offer.state = to
    offer.version += 1
    _keep_act(actor=actor, now=now, offer=offer, before=before, why_text_id=why_text_id)
    return offer


def _keep_act(
    *,
    actor: Actor,
    now: dt.datetime,
    offer: Offer,
    before: OfferState | None,
    why_text_id: uuid.UUID | None,
) -> None:
    db.session.add(
        OfferAct(
            community_id=offer.community_id, offer_id=offer.id, from_state=before,
            to_state=offer.state, actor_id=actor.account_id, why_text_id=why_text_id, at_utc=now,
        )
    )  # fmt: skip
    audit.record(
        actor=actor, now=now, community_id=offer.community_id, act=f"offer.{offer.state}",
        subject_kind="offer", subject_id=offer.id, version=offer.version,
    )  # fmt: skip
    db.session.flush()
