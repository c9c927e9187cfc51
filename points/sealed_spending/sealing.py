"""One sheet being sealed, and the rows that keep what it brought."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa

from kernel import clock
from kernel.database import db, table_of
from kernel.points_value import Points
from points import counterparts, rulebooks, transfers
from points.account_changes import Account, store
from points.models import MonthNet, Transfer, TransferKind
from points.rules import compiled as rules
from points.rules import expiry
from points.rules.compiled import Deductions


@dataclass
class Seal:
    """One sheet being sealed, and what is read once for all its pages."""

    community_id: uuid.UUID
    month: str
    now: dt.datetime
    versions: dict[uuid.UUID, list[rules.Rulebook]] = field(default_factory=dict)
    issuance: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    def read(self, rulebook_id: uuid.UUID) -> None:
        """Know the versions and the issuance account of a rulebook."""
        if rulebook_id not in self.versions:
            found = rulebooks.versions_of(self.community_id, rulebook_id)
            self.versions[rulebook_id] = [each.compiled for each in found]
            self.issuance[rulebook_id] = counterparts.issuance(self.community_id, rulebook_id)

    def has_floor(self, rulebook_id: uuid.UUID) -> bool:
        """Whether deductions stop at zero, by the version in force in the month."""
        first = clock.first_day(self.month)
        version = expiry.judging_version(self.versions[rulebook_id], first)
        balance = version.balance if version else None
        return balance is not None and balance.deductions is Deductions.TO_ZERO


@dataclass(frozen=True)
class Raised:
    """x of a sealed month after a correction of it."""

    account_id: uuid.UUID
    month: str
    before_floor: Decimal


def write(
    seal: Seal, accounts: Sequence[Account], nets: Sequence[MonthNet], raised: Sequence[Raised]
) -> None:
    """Nets, their transfers and the accounts: one statement for each table."""
    db.session.add_all(nets)
    db.session.flush()
    whose = {account.id: account.rulebook_id for account in accounts}
    moves = [_transfer(seal, net, whose[net.account_id]) for net in nets if net.moved]
    if moves:
        db.session.execute(sa.insert(Transfer), moves)
    if raised:
        _raise(seal, raised)
    store(seal.community_id, accounts)


def _transfer(seal: Seal, net: MonthNet, rulebook_id: uuid.UUID) -> dict[str, object]:
    gives = net.moved > 0
    issuance = seal.issuance[rulebook_id]
    return transfers.row(
        community_id=seal.community_id,
        kind=TransferKind.AWARD if gives else TransferKind.TAKE_BACK,
        from_account_id=issuance if gives else net.account_id,
        to_account_id=net.account_id if gives else issuance,
        points=abs(net.moved),
        now=seal.now,
        month_net_id=net.id,
    )


def _raise(seal: Seal, raised: Sequence[Raised]) -> None:
    rows = table_of(MonthNet)
    db.session.execute(
        sa.update(rows)
        .where(
            rows.c.community_id == sa.bindparam("p_community_id"),
            rows.c.account_id == sa.bindparam("p_account_id"),
            rows.c.month == sa.bindparam("p_month"),
            rows.c.belongs_month == sa.bindparam("p_month"),
        )
        .values(before_floor=sa.bindparam("p_before_floor", type_=Points())),
        [
            {
                "p_community_id": seal.community_id,
                "p_account_id": each.account_id,
                "p_month": each.month,
                "p_before_floor": each.before_floor,
            }
            for each in raised
        ],
    )
