"""Taking a redemption back, whoever decided it: the points to their holder, the quotas as taken.

A cancellation at the counter and a reversal after a review both end here, so both lock the same
redemption row first, and the transfer that reverses the redemption's own can exist once.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row

from kernel import tenancy
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from merchants import quotas
from points import transfers
from points.models import Transfer, TransferKind
from redemption.errors import RedemptionUnknown
from redemption.models import Redemption


def locked(
    community_id: uuid.UUID, redemption_id: uuid.UUID, *, merchant_id: uuid.UUID | None = None
) -> Row[Any]:
    """The redemption, held until the commit; RedemptionUnknown, also for another merchant's."""
    at = {} if merchant_id is None else {"p_merchant_id": merchant_id}
    found = _LOCKED[bool(at)](p_community_id=community_id, p_redemption_id=redemption_id, **at)
    row: Row[Any] | None = found.one_or_none()
    if row is None:
        raise RedemptionUnknown()
    return row


def points_are_back(community_id: uuid.UUID, redemption_id: uuid.UUID) -> bool:
    """Whether it was cancelled or reversed; certain while the redemption is locked."""
    return bool(_BACK(p_community_id=community_id, p_redemption_id=redemption_id))


def give_back(community_id: uuid.UUID, row: Row[Any], now: dt.datetime) -> uuid.UUID:
    """Return points (a debt first) and quotas of a row of :func:`locked`; the transfer's id.

    The quotas go back to the periods they were taken from, which may be over by now.
    """
    transfer_id = transfers.back_to_holder(
        community_id=community_id,
        account_id=row.account_id,
        merchant_id=row.merchant_id,
        points=row.points,
        redemption_id=row.id,
        reverses=_transfer_of(community_id, row.id),
        now=now,
    )
    quotas.give_back(community_id=community_id, taken=quotas.from_json(row.quotas_taken))
    return transfer_id


def _transfer_of(community_id: uuid.UUID, redemption_id: uuid.UUID) -> uuid.UUID:
    spent = _SPENT(p_community_id=community_id, p_redemption_id=redemption_id)
    transfer_id: uuid.UUID = spent.scalar_one()
    return transfer_id


_REDEMPTION = sa.bindparam("p_redemption_id", type_=sa.Uuid())


def _locking(*conditions: sa.ColumnElement[bool]) -> Prepared:
    return Prepared(
        lambda: tenancy.columns(
            Redemption, COMMUNITY, Redemption.id, Redemption.state, Redemption.account_id,
            Redemption.member_id, Redemption.merchant_id, Redemption.points,
            Redemption.held_at_utc, Redemption.resolved_at_utc, Redemption.quotas_taken,
        ).where(Redemption.id == _REDEMPTION, *conditions).with_for_update()
    )  # fmt: skip


#: Whether it has to be a certain merchant's → the statement.
_LOCKED = {
    False: _locking(),
    True: _locking(Redemption.merchant_id == sa.bindparam("p_merchant_id", type_=sa.Uuid())),
}


def _transfers(kind: TransferKind) -> Prepared:
    return Prepared(
        lambda: tenancy.columns(Transfer, COMMUNITY, Transfer.id).where(
            Transfer.redemption_id == _REDEMPTION, Transfer.kind == kind
        )
    )


_BACK, _SPENT = _transfers(TransferKind.CANCELLATION), _transfers(TransferKind.REDEMPTION)
