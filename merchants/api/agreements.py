"""Agreements: drafted by the community, signed by both sides, suspended, ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import clock
from kernel.fields import page, page_of
from kernel.http import Blueprint, actor, in_unit_of_work
from merchants import agreements
from merchants.agreements import AgreementTerms, AgreementView
from merchants.api.schemas import (
    ActSchema,
    AgreementQuery,
    AgreementRowSchema,
    AgreementSchema,
    DecideAgreement,
    DraftAgreement,
    RedraftAgreement,
    SignAgreement,
)
from merchants.models import AgreementState, Party

blp = Blueprint(
    "agreements",
    __name__,
    url_prefix="/api/v1/communities/<community>/agreements",
    description="Redemption agreements between the community and its merchants",
)


@blp.get("")
@blp.arguments(AgreementQuery, location="query")
@blp.response(200, page_of(AgreementRowSchema))
def search(query: dict[str, Any], community_id: UUID) -> dict[str, Any]:
    """Agreements of the community; with ``merchant_id`` also for that merchant's own people."""
    limit = query["limit"]
    state = AgreementState(query["state"]) if query["state"] else None
    found = agreements.search(
        actor=actor(), community_id=community_id, merchant_id=query["merchant_id"],
        state=state, after=query["after"], limit=limit + 1,
    )  # fmt: skip
    return page(found, limit)


@blp.post("")
@blp.arguments(DraftAgreement)
@blp.response(201, AgreementSchema)
@in_unit_of_work
def draft(body: dict[str, Any], community_id: UUID) -> AgreementView:
    """Draft an agreement, or the next edition of the merchant's present one."""
    merchant_id, offer_ids = body.pop("merchant_id"), body.pop("offer_ids")
    return agreements.draft(
        actor=actor(), now=clock.now(), community_id=community_id, merchant_id=merchant_id,
        terms=AgreementTerms(**body), offer_ids=offer_ids,
    )  # fmt: skip


@blp.get("/<uuid:agreement_id>")
@blp.response(200, AgreementSchema)
def detail(community_id: UUID, agreement_id: UUID) -> AgreementView:
    """One edition with its text and signatures."""
    return agreements.detail(actor=actor(), community_id=community_id, agreement_id=agreement_id)


@blp.get("/<uuid:agreement_id>/acts")
@blp.response(200, ActSchema(many=True))
def history(community_id: UUID, agreement_id: UUID) -> list[Any]:
    """What became of one edition, oldest act first."""
    return agreements.history(actor=actor(), community_id=community_id, agreement_id=agreement_id)


@blp.post("/<uuid:agreement_id>/draft")
@blp.arguments(RedraftAgreement)
@blp.response(200, AgreementSchema)
@in_unit_of_work
def redraft(body: dict[str, Any], community_id: UUID, agreement_id: UUID) -> AgreementView:
    """Change a draft that nobody has signed yet."""
    version, offer_ids = body.pop("version"), body.pop("offer_ids")
    return agreements.redraft(
        actor=actor(), now=clock.now(), community_id=community_id, agreement_id=agreement_id,
        version=version, terms=AgreementTerms(**body), offer_ids=offer_ids,
    )  # fmt: skip


@blp.post("/<uuid:agreement_id>/signatures")
@blp.arguments(SignAgreement)
@blp.response(201, AgreementSchema)
@in_unit_of_work
def sign(body: dict[str, Any], community_id: UUID, agreement_id: UUID) -> AgreementView:
    """Sign for one side the text with this fingerprint."""
    return agreements.sign(
        actor=actor(), now=clock.now(), community_id=community_id, agreement_id=agreement_id,
        party=Party(body["party"]), text_sha256=body["text_sha256"],
    )  # fmt: skip


@blp.post("/<uuid:agreement_id>/suspension")
@blp.arguments(DecideAgreement)
@blp.response(200, AgreementSchema)
@in_unit_of_work
def suspend(body: dict[str, Any], community_id: UUID, agreement_id: UUID) -> AgreementView:
    """Stop issuing codes under it; codes already shown are honoured."""
    return agreements.suspend(
        actor=actor(), now=clock.now(), community_id=community_id, agreement_id=agreement_id, **body
    )


@blp.post("/<uuid:agreement_id>/resumption")
@blp.arguments(DecideAgreement)
@blp.response(200, AgreementSchema)
@in_unit_of_work
def resume(body: dict[str, Any], community_id: UUID, agreement_id: UUID) -> AgreementView:
    """Let a suspended agreement hold again."""
    return agreements.resume(
        actor=actor(), now=clock.now(), community_id=community_id, agreement_id=agreement_id, **body
    )


@blp.post("/<uuid:agreement_id>/end")
@blp.arguments(DecideAgreement)
@blp.response(200, AgreementSchema)
@in_unit_of_work
def end(body: dict[str, Any], community_id: UUID, agreement_id: UUID) -> AgreementView:
    """End it before its term, or throw away a draft."""
    return agreements.end(
        actor=actor(), now=clock.now(), community_id=community_id, agreement_id=agreement_id, **body
    )
