"""Lots of accounts, replayed from entries and transfers; four statements and one per rulebook.

The ledger is the only truth about lots: nothing of them is stored beside it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from kernel import clock, tenancy
from kernel.points_value import ZERO
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points import rulebooks
from points.models import Entry, LineKind, MonthNet, Transfer, TransferKind
from points.rules import compiled as rules
from points.rules import expiry as rules_of_expiry
from points.rules import lots
from points.rules.lots import Credit, Event, Expire, Lots, Return, Revoke, SealedSheet, Spend

#: Where in the ledger an event stands, and what it did. Ids sort by creation.
_Placed = tuple[uuid.UUID, Event]


def of_accounts(
    community_id: uuid.UUID, rulebook_by_account: Mapping[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, Lots]:
    """The lots of these accounts now; an account without movements has none."""
    account_ids = list(rulebook_by_account)
    versions = {
        rulebook_id: [each.compiled for each in rulebooks.versions_of(community_id, rulebook_id)]
        for rulebook_id in set(rulebook_by_account.values())
    }
    found: dict[uuid.UUID, list[_Placed]] = defaultdict(list)
    waiting: dict[tuple[uuid.UUID, str], list[Any]] = defaultdict(list)
    for row in _ENTRIES(p_community_id=community_id, p_account_ids=account_ids):
        book = versions[rulebook_by_account[row.account_id]]
        if row.awaits_seal:
            waiting[row.account_id, row.month].append(row)
        else:
            found[row.account_id].append((row.id, _entry(row, row.moved, row.lapsed, book)))
    for net in _with_entries(community_id, account_ids, waiting):
        book = versions[rulebook_by_account[net.account_id]]
        found[net.account_id].append(_sealed(net, book))
    for account_id, placed in _movements(community_id, account_ids, rulebook_by_account, versions):
        found[account_id].append(placed)
    return {
        account_id: lots.replay(
            event for _, event in sorted(found[account_id], key=lambda placed: placed[0])
        )
        for account_id in account_ids
    }


_ACCOUNTS: sa.BindParameter[Any] = sa.bindparam("p_account_ids", expanding=True)
_ENTRIES = Prepared(
    lambda: tenancy.columns(
        Entry, COMMUNITY, Entry.id, Entry.account_id, Entry.line_id, Entry.kind, Entry.points,
        Entry.moved, Entry.lapsed, Entry.month, Entry.belongs_month, Entry.awaits_seal,
        Entry.occurred_on, Entry.created_at_utc,
    ).where(
        Entry.account_id.in_(_ACCOUNTS),
        sa.or_(Entry.awaits_seal, Entry.moved != ZERO, Entry.lapsed != ZERO),
    )
)  # fmt: skip


def _entry(
    row: Any, points: Decimal, left_out: Decimal, versions: Collection[rules.Rulebook]
) -> Event:
    """What an entry did to the lots: ``points`` (signed) moved, ``left_out`` had expired."""
    if row.points < 0:
        if row.kind == LineKind.DEDUCTION:
            return Spend(points=-points, on=clock.business_date(row.created_at_utc))
        on = clock.business_date(row.created_at_utc)
        return Revoke(line=row.line_id, points=-points, left_out=left_out, on=on)
    version = rules_of_expiry.judging_version(versions, row.occurred_on)
    dated = rules_of_expiry.dated_on(row.occurred_on, row.month)
    return Credit(
        lot=row.id,
        line=row.line_id,
        points=points,
        dated_on=dated,
        expires_on=rules_of_expiry.expires_on(version, dated) if version else None,
        left_out=left_out,
    )


class _Net:
    """One sealed net with the entries it is made of."""

    def __init__(self, row: Any, entries: list[Any]) -> None:
        self.id: uuid.UUID = row.id
        self.account_id: uuid.UUID = row.account_id
        self.moved: Decimal = row.moved
        self.sealed_on = clock.business_date(row.sealed_at_utc)
        self.entries = entries


def _with_entries(
    community_id: uuid.UUID,
    account_ids: Collection[uuid.UUID],
    waiting: Mapping[tuple[uuid.UUID, str], list[Any]],
) -> Iterator[_Net]:
    """Corrections of an earlier month have a net of their own only where there is such a row."""
    rows = _NETS(p_community_id=community_id, p_account_ids=account_ids)
    apart = {
        (row.account_id, row.month, row.belongs_month)
        for row in rows
        if row.month != row.belongs_month
    }
    for row in rows:
        entries = waiting.get((row.account_id, row.month), [])
        if row.month != row.belongs_month:
            own = [each for each in entries if each.belongs_month == row.belongs_month]
        else:
            own = [
                each
                for each in entries
                if (row.account_id, row.month, each.belongs_month) not in apart
            ]
        yield _Net(row, own)


_NETS = Prepared(
    lambda: tenancy.columns(
        MonthNet, COMMUNITY, MonthNet.id, MonthNet.account_id, MonthNet.month,
        MonthNet.belongs_month, MonthNet.moved, MonthNet.sealed_at_utc,
    ).where(MonthNet.account_id.in_(_ACCOUNTS))
)  # fmt: skip


def _sealed(net: _Net, versions: Collection[rules.Rulebook]) -> _Placed:
    ordered = sorted(net.entries, key=lambda row: row.id)
    events = [_entry(row, row.points, ZERO, versions) for row in ordered]
    return net.id, SealedSheet(
        credits=tuple(each for each in events if isinstance(each, Credit)),
        revoked=tuple(each for each in events if isinstance(each, Revoke)),
        moved=net.moved,
        on=net.sealed_on,
    )


def _movements(
    community_id: uuid.UUID,
    account_ids: Collection[uuid.UUID],
    rulebook_by_account: Mapping[uuid.UUID, uuid.UUID],
    versions: Mapping[uuid.UUID, Collection[rules.Rulebook]],
) -> Iterator[tuple[uuid.UUID, _Placed]]:
    """Transfers that neither an entry nor a sealed sheet caused, each side by its own index."""
    for moved, sign in ((_FROM, -1), (_TO, 1)):
        for row in moved(p_community_id=community_id, p_account_ids=account_ids):
            book = versions[rulebook_by_account[row.account_id]]
            yield row.account_id, (row.id, _movement(row, sign, book))


def _moved(side: InstrumentedAttribute[uuid.UUID]) -> Prepared:
    return Prepared(
        lambda: tenancy.columns(
            Transfer, COMMUNITY, Transfer.id, side.label("account_id"), Transfer.kind,
            Transfer.points, Transfer.reverses_id, Transfer.lot_entry_id,
            Transfer.lot_transfer_id, Transfer.at_utc,
        ).where(side.in_(_ACCOUNTS), Transfer.entry_id.is_(None), Transfer.month_net_id.is_(None))
    )  # fmt: skip


_FROM, _TO = _moved(Transfer.from_account_id), _moved(Transfer.to_account_id)


def _movement(row: Any, sign: int, versions: Collection[rules.Rulebook]) -> Event:
    day: dt.date = clock.business_date(row.at_utc)
    if row.kind == TransferKind.EXPIRY:
        return Expire(lot=row.lot_entry_id or row.lot_transfer_id, points=row.points, on=day)
    if sign < 0:
        return Spend(points=row.points, key=row.id, on=day)
    if row.kind == TransferKind.CANCELLATION:
        return Return(key=row.reverses_id, points=row.points)
    # Handed on or carried over: they live as long as points earned on the day they came.
    return Credit(
        lot=row.id,
        line=None,
        points=row.points,
        dated_on=day,
        expires_on=rules_of_expiry.reach_of(versions, day).expires_on,
    )
