"""Agreements 积分兑换协议: drafted by the community, signed by both sides, suspended, ended.

Both sides sign the same text: a signature stores the hash of what was on the signer's screen,
and is refused when the text is another one by then.
"""

from __future__ import annotations

import datetime as dt
import uuid

from community import persons, places
from kernel import personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.errors import require_version
from merchants import shops
from merchants.agreement_archive import (
    AgreementView,
    active,
    deciding,
    detail,
    editions,
    history,
    search,
    view,
)
from merchants.agreement_drafts import OPEN, draft, redraft
from merchants.agreement_steps import step
from merchants.agreement_text import AgreementTerms, fingerprint
from merchants.errors import AlreadySigned, NotOpenForSigning, SameAccountBothSides, TextChanged
from merchants.models import AgreementSignature, AgreementState, Party, RedemptionAgreement
from merchants.permissions import MerchantsPermission
from merchants.rules.steps import AGREEMENT_STEPS, require_step
from points import counterparts

__all__ = [
    "AgreementTerms",
    "AgreementView",
    "active",
    "deciding",
    "detail",
    "draft",
    "editions",
    "end",
    "history",
    "redraft",
    "resume",
    "search",
    "sign",
    "suspend",
]

_MAY_SIGN = {
    Party.COMMUNITY: MerchantsPermission.SIGN_FOR_COMMUNITY,
    Party.MERCHANT: MerchantsPermission.SIGN_FOR_MERCHANT,
}


def sign(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    agreement_id: uuid.UUID,
    party: Party,
    text_sha256: str,
) -> AgreementView:
    """Sign for one side the text whose fingerprint the signer saw.

    Raises NotOpenForSigning, AlreadySigned, SameAccountBothSides, TextChanged.
    """
    row = tenancy.locked(RedemptionAgreement, community_id, agreement_id)
    place = (
        places.place_of(community_id)
        if party is Party.COMMUNITY
        else shops.shop(community_id, row.merchant_id)
    )
    actor.require(_MAY_SIGN[party], place)
    present = view(row).signatures
    if any(signature.party == party for signature in present):
        raise AlreadySigned()
    if row.state not in OPEN:
        raise NotOpenForSigning()
    if not persons.accounts_of(actor).isdisjoint(each.account_id for each in present):
        raise SameAccountBothSides()
    # The text itself is hashed again: the signature is about words, not about a stored hash.
    if text_sha256 != fingerprint(row.text):
        raise TextChanged(field="text_sha256")
    db.session.add(
        AgreementSignature(
            community_id=community_id, agreement_id=agreement_id, party=party,
            account_id=actor.account_id, text_sha256=text_sha256, signed_at_utc=now,
        )
    )  # fmt: skip
    is_second = bool(present)
    if is_second:
        # Made now, so that the first redemption finds the merchant's side of its transfer; first,
        # since its statement flushes the row, which must not be signed in a state before.
        counterparts.ensure_merchant(community_id, row.merchant_id)
        row.signed_at_utc = now
    to = AgreementState.SIGNED if is_second else AgreementState.SIGNED_BY_ONE
    step(actor=actor, now=now, row=row, to=to)
    return view(row)


def suspend(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    agreement_id: uuid.UUID,
    version: int,
    why: str,
) -> AgreementView:
    """Stop issuing codes under it; codes already issued are honoured for their ten minutes."""
    return _decide(
        actor=actor, now=now, community_id=community_id, agreement_id=agreement_id,
        version=version, to=AgreementState.SUSPENDED, why=why,
    )  # fmt: skip


def resume(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    agreement_id: uuid.UUID,
    version: int,
    why: str,
) -> AgreementView:
    """Let a suspended agreement hold again."""
    return _decide(
        actor=actor, now=now, community_id=community_id, agreement_id=agreement_id,
        version=version, to=AgreementState.SIGNED, why=why,
    )  # fmt: skip


def end(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    agreement_id: uuid.UUID,
    version: int,
    why: str,
) -> AgreementView:
    """End it before its term; also throws away a draft."""
    return _decide(
        actor=actor, now=now, community_id=community_id, agreement_id=agreement_id,
        version=version, to=AgreementState.ENDED, why=why,
    )  # fmt: skip


def _decide(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    agreement_id: uuid.UUID,
    version: int,
    to: AgreementState,
    why: str,
) -> AgreementView:
    actor.require(MerchantsPermission.SUSPEND_AGREEMENT, places.place_of(community_id))
    row = tenancy.locked(RedemptionAgreement, community_id, agreement_id)
    require_version(row.version, version)
    if to is AgreementState.SIGNED and row.signed_at_utc is None:
        raise NotOpenForSigning()
    require_step(AGREEMENT_STEPS, AgreementState(row.state), to)
    why_text_id = personal_text.keep_why(
        community_id=community_id, why=why, now=now, is_required=True
    )
    step(actor=actor, now=now, row=row, to=to, why_text_id=why_text_id)
    return view(row)
