"""The other side of a holder's transfers: issuance, expired points, and each merchant.

These accounts carry no totals; they are found by their key and made when first needed.
"""

from __future__ import annotations

import uuid

from kernel import tenancy
from kernel.database import db, upsert
from kernel.ids import new_id
from points.models import AccountKind, HolderKind, PointsAccount


def ensure_issuance(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> None:
    """Make the account awarded points come from, and go back to, unless it stands."""
    _make(
        community_id,
        kind=AccountKind.ISSUANCE,
        holder_kind=HolderKind.NONE,
        holder_id=community_id,
        rulebook_id=rulebook_id,
    )


def issuance(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> uuid.UUID:
    """Id of the issuance account of a rulebook, made when it is first needed."""
    ensure_issuance(community_id, rulebook_id)
    return _id_of(community_id, AccountKind.ISSUANCE, rulebook_id)


def expired(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> uuid.UUID:
    """Id of the account a rulebook's expired points go to, made when it is first needed."""
    _make(
        community_id,
        kind=AccountKind.EXPIRED,
        holder_kind=HolderKind.NONE,
        holder_id=community_id,
        rulebook_id=rulebook_id,
    )
    return _id_of(community_id, AccountKind.EXPIRED, rulebook_id)


def transit(community_id: uuid.UUID, rulebook_id: uuid.UUID) -> uuid.UUID:
    """Id of the account of points on their way to or from other communities."""
    _make(
        community_id,
        kind=AccountKind.TRANSIT,
        holder_kind=HolderKind.NONE,
        holder_id=community_id,
        rulebook_id=rulebook_id,
    )
    return _id_of(community_id, AccountKind.TRANSIT, rulebook_id)


def ensure_merchant(community_id: uuid.UUID, merchant_id: uuid.UUID) -> None:
    """Make the merchant's account unless it stands."""
    _make(
        community_id,
        kind=AccountKind.MERCHANT,
        holder_kind=HolderKind.MERCHANT,
        holder_id=merchant_id,
        rulebook_id=None,
    )


def _id_of(community_id: uuid.UUID, kind: AccountKind, rulebook_id: uuid.UUID) -> uuid.UUID:
    found: uuid.UUID = db.session.execute(
        tenancy.columns(PointsAccount, community_id, PointsAccount.id).where(
            PointsAccount.kind == kind, PointsAccount.rulebook_id == rulebook_id
        )
    ).scalar_one()
    return found


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
