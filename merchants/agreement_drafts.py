"""Drafting agreements: the community writes the terms, the text follows from them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.errors import require_version
from kernel.ids import new_id
from merchants import alliance
from merchants.agreement_archive import AgreementView, view
from merchants.agreement_steps import keep_act, step
from merchants.agreement_text import AgreementTerms, fingerprint, rendered
from merchants.errors import CostShareInvalid, NotInAlliance, OfferUnknown, TermEmpty
from merchants.models import (
    AgreementCounter,
    AgreementState,
    AllianceState,
    Offer,
    OfferState,
    RedemptionAgreement,
)
from merchants.permissions import MerchantsPermission
from merchants.rules.steps import AGREEMENT_STEPS, require_step

#: States in which an edition waits for a signature.
OPEN = (AgreementState.DRAFT, AgreementState.SIGNED_BY_ONE)


def draft(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID,
    terms: AgreementTerms,
    offer_ids: Sequence[uuid.UUID] = (),
) -> AgreementView:
    """Draft an agreement, or the next edition of the merchant's present one.

    An edition still open for signing is ended by the new draft. Raises MerchantUnknown,
    NotInAlliance, TermEmpty, CostShareInvalid, OfferUnknown.
    """
    actor.require(MerchantsPermission.DRAFT_AGREEMENT, places.place_of(community_id))
    _check(terms)
    member = alliance.detail(community_id=community_id, merchant_id=merchant_id)
    if member.state != AllianceState.JOINED:
        raise NotInAlliance()
    latest = _latest(community_id, merchant_id)
    if latest is None or latest.state == AgreementState.ENDED:
        number, edition = _next_number(community_id), 1
    else:
        number, edition = latest.number, latest.edition + 1
        if latest.state in OPEN:
            step(actor=actor, now=now, row=latest, to=AgreementState.ENDED)
    row = RedemptionAgreement(
        community_id=community_id,
        id=new_id(),
        merchant_id=merchant_id,
        number=number,
        edition=edition,
        state=AgreementState.DRAFT,
        version=1,
        drafted_by=actor.account_id,
        drafted_at_utc=now,
    )
    _write_terms(row, terms, _pledged(community_id, merchant_id, offer_ids))
    db.session.add(row)
    db.session.flush()
    keep_act(actor=actor, now=now, row=row, before=None)
    return view(row)


def redraft(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    agreement_id: uuid.UUID,
    version: int,
    terms: AgreementTerms,
    offer_ids: Sequence[uuid.UUID] = (),
) -> AgreementView:
    """Change a draft that nobody has signed yet; whoever still sees the old text cannot sign it.

    Raises StaleVersion, IllegalMerchantStep, TermEmpty, CostShareInvalid, OfferUnknown.
    """
    actor.require(MerchantsPermission.DRAFT_AGREEMENT, places.place_of(community_id))
    _check(terms)
    row = tenancy.locked(RedemptionAgreement, community_id, agreement_id)
    require_version(row.version, version)
    require_step(AGREEMENT_STEPS, AgreementState(row.state), AgreementState.DRAFT)
    _write_terms(row, terms, _pledged(community_id, row.merchant_id, offer_ids))
    step(actor=actor, now=now, row=row, to=AgreementState.DRAFT)
    return view(row)


def _check(terms: AgreementTerms) -> None:
    if terms.valid_to <= terms.valid_from:
        raise TermEmpty(field="valid_to")
    if (terms.merchant_percent == 100) != (terms.pool_name is None):
        raise CostShareInvalid(field="pool_name")


def _write_terms(row: RedemptionAgreement, terms: AgreementTerms, pledged: list[Offer]) -> None:
    merchant = alliance.detail(community_id=row.community_id, merchant_id=row.merchant_id).merchant
    row.text = rendered(
        where=places.in_place(row.community_id), merchant=merchant, terms=terms, pledged=pledged
    )
    row.text_sha256 = fingerprint(row.text)
    row.valid_from, row.valid_to = terms.valid_from, terms.valid_to
    row.monthly_cap = terms.monthly_cap
    row.merchant_percent, row.pool_name = terms.merchant_percent, terms.pool_name


def _pledged(
    community_id: uuid.UUID, merchant_id: uuid.UUID, offer_ids: Sequence[uuid.UUID]
) -> list[Offer]:
    found = db.session.scalars(
        tenancy.select(Offer, community_id)
        .where(
            Offer.merchant_id == merchant_id,
            Offer.id.in_(offer_ids),
            Offer.state != OfferState.WITHDRAWN,
        )
        .order_by(Offer.id)
    ).all()
    if len(found) != len(set(offer_ids)):
        raise OfferUnknown(field="offer_ids")
    return list(found)


def _latest(community_id: uuid.UUID, merchant_id: uuid.UUID) -> RedemptionAgreement | None:
    return db.session.scalars(
        tenancy.select(RedemptionAgreement, community_id)
        .where(RedemptionAgreement.merchant_id == merchant_id)
        .order_by(RedemptionAgreement.number.desc(), RedemptionAgreement.edition.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _next_number(community_id: uuid.UUID) -> int:
    counter = upsert(AgreementCounter).values(community_id=community_id, id=new_id(), last_number=1)
    number: int = db.session.execute(
        counter.on_conflict_do_update(
            index_elements=["community_id"],
            set_={"last_number": AgreementCounter.last_number + 1},
        ).returning(AgreementCounter.last_number)
    ).scalar_one()
    return number
