"""The other side of a holder's transfers: issuance, expired, and each merchant.

These accounts carry no totals; they are found by their key and made when first needed.
"""

from __future__ import annotations

import uuid

from kernel import tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from points.models import AccountKind, HolderKind, PointsAccount


def issuance(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> uuid.UUID:
    """Where awarded points come from and points taken back go to."""
    return _own(community_id, rulebook_id, AccountKind.ISSUANCE)


def expired(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> uuid.UUID:
    """Where points go that nobody spent in time."""
    return _own(community_id, rulebook_id, AccountKind.EXPIRED)


def ensure_merchant(community_id: uuid.UUID, merchant_id: uuid.UUID) -> None:
    """Make the merchant's account unless it stands."""
    _make(
        community_id,
        kind=AccountKind.MERCHANT,
        holder_kind=HolderKind.MERCHANT,
        holder_id=merchant_id,
        rulebook_id=None,
    )


def _own(community_id: uuid.UUID, rulebook_id: uuid.UUID, kind: AccountKind) -> uuid.UUID:
    statement = tenancy.columns(PointsAccount, community_id, PointsAccount.id).where(
        PointsAccount.rulebook_id == rulebook_id,
        PointsAccount.kind == kind,
        PointsAccount.holder_kind == HolderKind.NONE,
        PointsAccount.holder_id == community_id,
    )
    found: uuid.UUID | None = db.session.execute(statement).scalar_one_or_none()
    if found is not None:
        return found
    _make(
        community_id,
        kind=kind,
        holder_kind=HolderKind.NONE,
        holder_id=community_id,
        rulebook_id=rulebook_id,
    )
    made: uuid.UUID = db.session.execute(statement).scalar_one()
    return made


def _make(
    community_id: uuid.UUID,
    *,
    kind: AccountKind,
    holder_kind: HolderKind,
    holder_id: uuid.UUID,
    rulebook_id: uuid.UUID | None,
) -> None:
    db.session.execute(
        upsert(PointsAccount)
        .values(
            community_id=community_id,
            id=new_id(),
            kind=kind,
            holder_kind=holder_kind,
            holder_id=holder_id,
            rulebook_id=rulebook_id,
        )
        .on_conflict_do_nothing()
    )
