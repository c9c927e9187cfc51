"""Consents and their withdrawals."""

from __future__ import annotations

import uuid
from typing import Any

from community import consents
from community.api.binding_schemas import ConsentSchema, ConsentsSchema, RecordConsent
from community.models import Consent
from kernel import clock
from kernel.http import Blueprint, actor, in_unit_of_work

blp = Blueprint(
    "consents",
    __name__,
    url_prefix="/api/v1/communities/<community>/consents",
    description="Consents, each row kept",
)


@blp.post("")
@blp.arguments(RecordConsent)
@blp.response(201, ConsentSchema)
@in_unit_of_work
def record(body: dict[str, Any], community_id: uuid.UUID) -> Consent:
    """Agree to a document, or withdraw, oneself; or enter it at the counter."""
    return consents.record(actor=actor(), now=clock.now(), community_id=community_id, **body)


@blp.get("")
@blp.response(200, ConsentsSchema)
def own(community_id: uuid.UUID) -> dict[str, Any]:
    """The newest word of the own member on every document."""
    return {"items": consents.of_member(actor=actor(), community_id=community_id)}
