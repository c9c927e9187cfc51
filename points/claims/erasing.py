"""Erasing what is personal about claims: text, reasons and photos; the deed itself stays counted.

The ledger keeps ids, item, day and quantity. A fact that came from a claim loses the claimant's
words as well, because they were copied to it as its reason.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from kernel import personal_text, tenancy
from kernel.database import db
from points.claims import photos
from points.models import Claim, ClaimAct, ClaimPhoto, Fact


def erase_of_member(*, community_id: uuid.UUID, member_id: uuid.UUID, now: dt.datetime) -> int:
    """Erase texts, reasons and photos of all claims of a member; returns how many claims.

    The caller has checked who may. Doing it again changes nothing.
    """
    claims = db.session.scalars(
        tenancy.select(Claim, community_id).where(Claim.member_id == member_id).order_by(Claim.id)
    ).all()
    texts = {claim.text_id for claim in claims}
    texts |= _reasons(community_id, [claim.id for claim in claims])
    texts |= _facts_words(community_id, [claim.fact_id for claim in claims if claim.fact_id])
    for text_id in sorted(texts):
        personal_text.erase(community_id=community_id, text_id=text_id, now=now)
    kept = tenancy.select(ClaimPhoto, community_id).where(
        ClaimPhoto.member_id == member_id, ClaimPhoto.erased_at_utc.is_(None)
    )
    for photo in db.session.scalars(kept.order_by(ClaimPhoto.id)).all():
        photos.erase(photo, now=now)
    return len(claims)


def _reasons(community_id: uuid.UUID, claim_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    rows = db.session.scalars(
        tenancy.columns(ClaimAct, community_id, ClaimAct.reason_text_id).where(
            ClaimAct.claim_id.in_(claim_ids), ClaimAct.reason_text_id.is_not(None)
        )
    )
    return set(rows)


def _facts_words(community_id: uuid.UUID, fact_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    rows = db.session.scalars(
        tenancy.columns(Fact, community_id, Fact.reason_text_id).where(
            Fact.id.in_(fact_ids), Fact.reason_text_id.is_not(None)
        )
    )
    return set(rows)
