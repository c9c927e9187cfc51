"""Reading agreements: which one decides on a day, its text, signatures, editions and acts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_
from sqlalchemy.orm import aliased

from community import places
from kernel import personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from merchants import shops
from merchants.models import (
    AgreementAct,
    AgreementSignature,
    AgreementState,
    AllianceMerchant,
    AllianceState,
    RedemptionAgreement,
)
from merchants.permissions import MerchantsPermission


@dataclass(frozen=True, kw_only=True)
class ActView:
    """One act of an agreement, with its reason where one was given."""

    from_state: str | None
    to_state: str
    actor_id: uuid.UUID
    why: str | None
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class AgreementView:
    """An edition with the signatures under it."""

    id: uuid.UUID
    agreement: RedemptionAgreement
    signatures: Sequence[AgreementSignature]


def deciding(community_id: uuid.UUID, on: dt.date) -> Select[tuple[uuid.UUID, uuid.UUID]]:
    """For joins: (merchant_id, agreement_id) of every merchant whose agreement holds on a day.

    The newest edition that both sides signed and whose term holds the day decides; a suspended or
    ended one is not replaced by an older one.
    """
    newer = aliased(RedemptionAgreement)
    later = and_(
        newer.community_id == RedemptionAgreement.community_id,
        newer.merchant_id == RedemptionAgreement.merchant_id,
        newer.signed_at_utc.is_not(None),
        newer.valid_from <= on,
        newer.valid_to > on,
        (newer.number > RedemptionAgreement.number)
        | (
            (newer.number == RedemptionAgreement.number)
            & (newer.edition > RedemptionAgreement.edition)
        ),
    )
    is_superseded = tenancy.columns(newer, community_id, newer.id).where(later).exists()
    return (
        tenancy.columns(
            RedemptionAgreement,
            community_id,
            RedemptionAgreement.merchant_id.label("merchant_id"),
            RedemptionAgreement.id.label("agreement_id"),
        )
        .join(
            AllianceMerchant,
            and_(
                AllianceMerchant.community_id == RedemptionAgreement.community_id,
                AllianceMerchant.merchant_id == RedemptionAgreement.merchant_id,
            ),
        )
        .where(
            AllianceMerchant.state == AllianceState.JOINED,
            RedemptionAgreement.state == AgreementState.SIGNED,
            RedemptionAgreement.valid_from <= on,
            RedemptionAgreement.valid_to > on,
            ~is_superseded,
        )
    )


def active(
    community_id: uuid.UUID, merchant_id: uuid.UUID, on: dt.date
) -> RedemptionAgreement | None:
    """The agreement that holds with this merchant on a day, or None."""
    decides = deciding(community_id, on).subquery()
    found: RedemptionAgreement | None = db.session.scalars(
        tenancy.select(RedemptionAgreement, community_id)
        .join(decides, decides.c.agreement_id == RedemptionAgreement.id)
        .where(RedemptionAgreement.merchant_id == merchant_id)
    ).one_or_none()
    return found


def detail(*, actor: Actor, community_id: uuid.UUID, agreement_id: uuid.UUID) -> AgreementView:
    """One edition with its text and signatures, for the community's staff and the shop's own."""
    row = tenancy.get(RedemptionAgreement, community_id, agreement_id)
    shops.require_reader(actor=actor, community_id=community_id, merchant_id=row.merchant_id)
    return view(row)


def view(row: RedemptionAgreement) -> AgreementView:
    """The edition with its signatures, oldest first."""
    signatures = db.session.scalars(
        tenancy.select(AgreementSignature, row.community_id)
        .where(AgreementSignature.agreement_id == row.id)
        .order_by(AgreementSignature.id)
    ).all()
    return AgreementView(id=row.id, agreement=row, signatures=signatures)


def editions(
    *, actor: Actor, community_id: uuid.UUID, merchant_id: uuid.UUID
) -> list[RedemptionAgreement]:
    """Every edition of a merchant's agreements, newest first; all stay readable."""
    shops.require_reader(actor=actor, community_id=community_id, merchant_id=merchant_id)
    return list(
        db.session.scalars(
            tenancy.select(RedemptionAgreement, community_id)
            .where(RedemptionAgreement.merchant_id == merchant_id)
            .order_by(RedemptionAgreement.number.desc(), RedemptionAgreement.edition.desc())
        )
    )


def search(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    merchant_id: uuid.UUID | None = None,
    state: AgreementState | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[RedemptionAgreement]:
    """Agreements of the community, or of one's own shop, in the order of drafting."""
    shops.require_reader(actor=actor, community_id=community_id, merchant_id=merchant_id)
    statement = tenancy.select(RedemptionAgreement, community_id)
    if merchant_id is not None:
        statement = statement.where(RedemptionAgreement.merchant_id == merchant_id)
    if state is not None:
        statement = statement.where(RedemptionAgreement.state == state)
    if after is not None:
        statement = statement.where(RedemptionAgreement.id > after)
    return list(db.session.scalars(statement.order_by(RedemptionAgreement.id).limit(limit)))


def history(*, actor: Actor, community_id: uuid.UUID, agreement_id: uuid.UUID) -> list[ActView]:
    """The acts of one edition, oldest first, with their reasons; for the community's staff."""
    actor.require(MerchantsPermission.READ_ALLIANCE, places.place_of(community_id))
    acts = db.session.scalars(
        tenancy.select(AgreementAct, community_id)
        .where(AgreementAct.agreement_id == agreement_id)
        .order_by(AgreementAct.id)
    )
    return [
        ActView(
            from_state=act.from_state,
            to_state=act.to_state,
            actor_id=act.actor_id,
            why=personal_text.read(community_id, act.why_text_id),
            at_utc=act.at_utc,
        )
        for act in acts
    ]
