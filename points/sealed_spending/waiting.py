"""What waits on a sheet, summed for a page of accounts; a constant number of statements."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO, Points
from points import expiry, lot_ledger
from points.account_changes import Account
from points.models import Entry, LineKind, MonthNet
from points.rules import expiry as rules_of_expiry
from points.sealed_spending.sealing import Seal

#: (account, month the entries belong to)
_Key = tuple[uuid.UUID, str]


@dataclass(frozen=True)
class Waiting:
    """The net of one account and one month; ``earliest``: when the first of it may die."""

    net: Decimal
    expired_before: Decimal
    earliest: dt.date | None


def page(seal: Seal, after: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
    """Accounts with waiting entries on the sheet, in the order of their ids."""
    statement = tenancy.columns(Entry, seal.community_id, Entry.account_id).where(
        Entry.month == seal.month, Entry.awaits_seal
    )
    if after is not None:
        statement = statement.where(Entry.account_id > after)
    ordered = statement.distinct().order_by(Entry.account_id).limit(limit)
    return list(db.session.scalars(ordered))


def floors(seal: Seal, ids: Sequence[uuid.UUID]) -> dict[_Key, Decimal]:
    """(account, sealed month) → x, where the month had a floor."""
    rows = db.session.execute(
        tenancy.columns(
            MonthNet, seal.community_id, MonthNet.account_id, MonthNet.month, MonthNet.before_floor
        ).where(MonthNet.account_id.in_(ids), MonthNet.before_floor.is_not(None))
    )
    return {(row.account_id, row.month): row.before_floor for row in rows}


def of_page(
    seal: Seal, accounts: Sequence[Account], kept: Mapping[_Key, Decimal]
) -> dict[uuid.UUID, dict[str, Waiting]]:
    """account → month → what waits; a month without a floor counts with the sheet itself."""
    whose = {account.id: account.rulebook_id for account in accounts}
    nets: dict[_Key, Decimal] = defaultdict(lambda: ZERO)
    expired: dict[_Key, Decimal] = defaultdict(lambda: ZERO)
    days: dict[_Key, set[dt.date]] = defaultdict(set)

    def key_of(account_id: uuid.UUID, belongs: str) -> _Key:
        return account_id, belongs if (account_id, belongs) in kept else seal.month

    for row in db.session.execute(_sums(seal, whose)):
        key = key_of(row.account_id, row.belongs_month)
        nets[key] += row.points
        reach = rules_of_expiry.reach_of(seal.versions[whose[row.account_id]], row.occurred_on)
        if reach.expires_on is not None:
            days[key].add(reach.expires_on)
    for account_id, belongs, points in _expired_before(seal, whose):
        expired[key_of(account_id, belongs)] += points
    found: dict[uuid.UUID, dict[str, Waiting]] = defaultdict(dict)
    for (account_id, belongs), net in nets.items():
        before = expired[account_id, belongs]
        earliest = min(days[account_id, belongs], default=None)
        found[account_id][belongs] = Waiting(net + before, before, earliest)
    return found


def _on_sheet(seal: Seal, ids: Collection[uuid.UUID]) -> sa.ColumnElement[bool]:
    return sa.and_(Entry.month == seal.month, Entry.awaits_seal, Entry.account_id.in_(ids))


def _sums(seal: Seal, ids: Collection[uuid.UUID]) -> sa.Select[Any]:
    groups = (Entry.account_id, Entry.belongs_month, Entry.occurred_on)
    points = sa.type_coerce(sa.func.sum(Entry.points), Points()).label("points")
    return (
        tenancy.columns(Entry, seal.community_id, *groups, points)
        .where(_on_sheet(seal, ids))
        .group_by(*groups)
    )


def _expired_before(
    seal: Seal, whose: Mapping[uuid.UUID, uuid.UUID]
) -> Iterator[tuple[uuid.UUID, str, Decimal]]:
    """Of bonuses the sheet takes back: what had expired of them, which is not taken again.

    Signed against the points: what was left out stays expired where a bonus is given again.
    """
    groups = (Entry.account_id, Entry.line_id, Entry.belongs_month)
    points = sa.type_coerce(sa.func.sum(Entry.points), Points()).label("points")
    expired = expiry.lines_expired_of(seal.community_id, whose)
    lines = db.session.execute(
        tenancy.columns(Entry, seal.community_id, *groups, points)
        .where(_on_sheet(seal, whose), Entry.kind != LineKind.DEDUCTION, Entry.line_id.in_(expired))
        .group_by(*groups)
    ).all()
    if not lines:
        return
    lots = lot_ledger.of_accounts(
        seal.community_id, {row.account_id: whose[row.account_id] for row in lines}
    )
    for row in lines:
        left_out = lots[row.account_id].left_out(row.line_id, row.points)
        if row.points and left_out:
            yield row.account_id, row.belongs_month, left_out
