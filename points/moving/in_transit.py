"""Points between communities: how many, and whether both sides say the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO, Points
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points.models import CarriedIn, CarriedOut, Transfer, TransferKind

#: what, row, stored, found
Difference = tuple[str, uuid.UUID, str, str]


def sent(community_id: uuid.UUID) -> Decimal:
    """Points that have left the community and not arrived anywhere yet."""
    return _sum(CarriedOut, community_id, CarriedOut.arrived_at_utc.is_(None))


def waiting(community_id: uuid.UUID) -> Decimal:
    """Points that have reached the community and wait for the person."""
    return _sum(CarriedIn, community_id, CarriedIn.arrived_at_utc.is_(None))


def differences(community_id: uuid.UUID) -> Iterator[Difference]:
    """Where a transfer to or from another community and the row of its journey disagree."""
    for kind, (moved, said) in _COMPARED.items():
        yield from _compared(community_id, kind, moved, said)


def across(community_id: uuid.UUID) -> Iterator[Difference]:
    """Where this community says that points arrived, and the other one knows nothing of them.

    Reads the two communities one after the other.
    """
    rows = db.session.execute(
        tenancy.columns(
            CarriedOut, community_id, CarriedOut.id, CarriedOut.to_community_id, CarriedOut.points
        )
        .where(CarriedOut.arrived_at_utc.is_not(None))
        .order_by(CarriedOut.id)
    ).all()
    for row in rows:
        found = db.session.scalar(
            tenancy.columns(CarriedIn, row.to_community_id, CarriedIn.points).where(
                CarriedIn.id == row.id, CarriedIn.arrived_at_utc.is_not(None)
            )
        )
        if found != row.points:
            yield ("carried_over", row.id, str(row.points), str(found or "-"))


def _points(table: Any, condition: Any) -> Prepared:
    """(row, its points) of the rows that meet the condition."""
    community_id = COMMUNITY
    return Prepared(
        lambda: tenancy.columns(table, community_id, table.id, table.points).where(condition)
    )


#: The transfers of either kind, and the journeys they belong to.
_COMPARED = {
    TransferKind.CARRIED_OUT: (
        _points(Transfer, Transfer.kind == TransferKind.CARRIED_OUT),
        _points(CarriedOut, sa.true()),
    ),
    TransferKind.CARRIED_IN: (
        _points(Transfer, Transfer.kind == TransferKind.CARRIED_IN),
        _points(CarriedIn, CarriedIn.arrived_at_utc.is_not(None)),
    ),
}


def _compared(
    community_id: uuid.UUID, kind: TransferKind, transfers: Prepared, journeys: Prepared
) -> Iterator[Difference]:
    moved: dict[uuid.UUID, Decimal] = dict(transfers(p_community_id=community_id))
    said: dict[uuid.UUID, Decimal] = dict(journeys(p_community_id=community_id))
    for carried_id in sorted(moved.keys() | said.keys()):
        if moved.get(carried_id) != said.get(carried_id):
            stored, found = said.get(carried_id, "-"), moved.get(carried_id, "-")
            yield (str(kind), carried_id, str(stored), str(found))


def _sum(table: Any, community_id: uuid.UUID, condition: Any) -> Decimal:
    total = sa.type_coerce(sa.func.coalesce(sa.func.sum(table.points), 0), Points())
    found: Decimal | None = db.session.scalar(
        tenancy.columns(table, community_id, total).where(condition)
    )
    return found or ZERO
