"""Re-adding what balances are made of: lots, expiries, sealed sheets, batches. Reads only."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.points_value import ZERO, Points
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points import lot_ledger
from points.models import (
    AccountingMonth,
    BatchState,
    Entry,
    MonthNet,
    MonthState,
    PointsAccount,
    PointsBatch,
    PointsBatchRow,
    PointsLine,
    Transfer,
    TransferKind,
)

#: what, row, detail, stored, found
Difference = tuple[str, uuid.UUID, str, str, str]
_AT_ONCE = 500


def differences(community_id: uuid.UUID, accounts: Sequence[PointsAccount]) -> Iterator[Difference]:
    """Where balances are not what lots, expiries, sealed sheets and batches make of them."""
    for start in range(0, len(accounts), _AT_ONCE):
        yield from _lots(community_id, accounts[start : start + _AT_ONCE])
    yield from _expiries(community_id)
    yield from _sealed_sums(community_id)
    yield from _sealed_transfers(community_id)
    yield from _unsealed(community_id)
    yield from _batches(community_id)


def _lots(community_id: uuid.UUID, accounts: Sequence[PointsAccount]) -> Iterator[Difference]:
    """What the lots have left is the balance; nothing dies before the day that is noted."""
    found = lot_ledger.of_accounts(
        community_id, {each.id: each.rulebook_id for each in accounts if each.rulebook_id}
    )
    for account in accounts:
        lots = found[account.id]
        if lots.total != account.balance:
            yield ("lots", account.id, "", str(account.balance), str(lots.total))
        first, noted = lots.next_expiry(), account.next_expiry_on
        if first is not None and (noted is None or noted > first):
            yield ("next_expiry", account.id, "", str(noted), str(first))


def _expiries(community_id: uuid.UUID) -> Iterator[Difference]:
    """Nothing died before its day, and no more of an entry's points than it brought."""
    for row in _DIED(p_community_id=community_id):
        day = clock.business_date(row.at_utc)
        if day < row.expires_on:
            yield ("expired_early", row.id, "", str(day), str(row.expires_on))
    for row in _DIED_TWICE(p_community_id=community_id):
        yield ("expired_twice", row.id, "", str(row.points), str(row.died))


_DIED = Prepared(
    lambda: tenancy.columns(
        Transfer, COMMUNITY, Transfer.id, Transfer.at_utc, Transfer.expires_on
    ).where(Transfer.kind == TransferKind.EXPIRY)
)


def _died_twice() -> sa.Select[Any]:
    total = sa.type_coerce(sa.func.sum(Transfer.points), Points())
    return (
        tenancy.columns(Transfer, COMMUNITY, Entry.id, Entry.points, total.label("died"))
        .join(
            Entry,
            sa.and_(Entry.community_id == Transfer.community_id, Entry.id == Transfer.lot_entry_id),
        )
        .group_by(Entry.id, Entry.points)
        .having(total > Entry.points)
    )


_DIED_TWICE = Prepared(_died_twice)


def _sealed_sums(community_id: uuid.UUID) -> Iterator[Difference]:
    """The nets of a sheet are the sum of the entries that waited for its seal."""
    waited = {
        (row.account_id, row.month): row.points for row in _WAITED(p_community_id=community_id)
    }
    for row in _NETS(p_community_id=community_id):
        points = waited.get((row.account_id, row.month), ZERO)
        if row.net != points:
            yield ("sealed_net", row.account_id, row.month, str(row.net), str(points))


_WAITED = Prepared(
    lambda: tenancy.columns(
        Entry, COMMUNITY, Entry.account_id, Entry.month,
        sa.type_coerce(sa.func.sum(Entry.points), Points()).label("points"),
    )
    .where(Entry.awaits_seal)
    .group_by(Entry.account_id, Entry.month)
)  # fmt: skip
_NETS = Prepared(
    lambda: tenancy.columns(
        MonthNet, COMMUNITY, MonthNet.account_id, MonthNet.month,
        sa.type_coerce(sa.func.sum(MonthNet.net - MonthNet.expired_before), Points()).label("net"),
    ).group_by(MonthNet.account_id, MonthNet.month)
)  # fmt: skip


def _sealed_transfers(community_id: uuid.UUID) -> Iterator[Difference]:
    """What a net says it moved is what its transfer moved."""
    for row in _SEALED_OTHERWISE(p_community_id=community_id):
        yield ("sealed_moved", row.account_id, row.month, str(row.moved), str(row.transferred))


def _sealed_otherwise() -> sa.Select[Any]:
    signed = sa.type_coerce(
        sa.case(
            (Transfer.kind == TransferKind.AWARD, Transfer.points),
            (Transfer.kind == TransferKind.TAKE_BACK, -Transfer.points),
            else_=sa.literal(ZERO, Points()),
        ),
        Points(),
    )
    return (
        tenancy.columns(
            MonthNet, COMMUNITY, MonthNet.account_id, MonthNet.month, MonthNet.moved,
            signed.label("transferred"),
        )
        .outerjoin(
            Transfer,
            sa.and_(
                Transfer.community_id == MonthNet.community_id,
                Transfer.month_net_id == MonthNet.id,
            ),
        )
        .where(signed != MonthNet.moved)
    )  # fmt: skip


_SEALED_OTHERWISE = Prepared(_sealed_otherwise)


def _unsealed(community_id: uuid.UUID) -> Iterator[Difference]:
    """No entry waits any more for a sheet that is sealed, and none has come from another."""
    months = {row.month: row.state for row in _MONTHS(p_community_id=community_id)}
    brought = {(row.account_id, row.month) for row in _BROUGHT(p_community_id=community_id)}
    for row in _WAITING(p_community_id=community_id):
        is_sealed = months.get(row.month) == MonthState.SEALED
        if is_sealed and (row.account_id, row.month) not in brought:
            yield ("sealed_missing", row.account_id, row.month, "-", "waiting")
    for account_id, month in sorted(brought):
        if months.get(month) != MonthState.SEALED:
            yield ("sealed_early", account_id, month, str(months.get(month)), "sealed")


_MONTHS = Prepared(
    lambda: tenancy.columns(
        AccountingMonth, COMMUNITY, AccountingMonth.month, AccountingMonth.state
    )
)
_BROUGHT = Prepared(
    lambda: tenancy.columns(MonthNet, COMMUNITY, MonthNet.account_id, MonthNet.month)
)
_WAITING = Prepared(
    lambda: (
        tenancy.columns(Entry, COMMUNITY, Entry.account_id, Entry.month)
        .where(Entry.awaits_seal)
        .distinct()
    )
)


def _batches(community_id: uuid.UUID) -> Iterator[Difference]:
    """Every row of a posted batch has its line, worth the row or taken back; no other row has."""
    for row in _BATCH_ROWS(p_community_id=community_id):
        posted = "-" if row.entitled is None else str(row.entitled)
        if row.state != BatchState.POSTED:
            if row.entitled is not None:
                yield ("batch_row", row.id, row.state, "-", posted)
        elif row.entitled is None or row.entitled not in (row.points, ZERO):
            yield ("batch_row", row.id, row.state, str(row.points), posted)


def _batch_rows() -> sa.Select[Any]:
    return (
        tenancy.columns(
            PointsBatchRow, COMMUNITY, PointsBatchRow.id, PointsBatchRow.points,
            PointsBatch.state, PointsLine.entitled,
        )
        .join(
            PointsBatch,
            sa.and_(
                PointsBatch.community_id == PointsBatchRow.community_id,
                PointsBatch.id == PointsBatchRow.batch_id,
            ),
        )
        .outerjoin(
            PointsLine,
            sa.and_(
                PointsLine.community_id == PointsBatchRow.community_id,
                PointsLine.batch_row_id == PointsBatchRow.id,
            ),
        )
    )  # fmt: skip


_BATCH_ROWS = Prepared(_batch_rows)
