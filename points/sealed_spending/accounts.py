"""The accounts of one page while their nets are applied, and the rows that keep the result."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.database import db, table_of
from kernel.points_value import Points
from points import counterparts, rulebooks, transfers
from points.models import MonthNet, PointsAccount, Transfer, TransferKind
from points.rules import compiled as rules
from points.rules import expiry
from points.rules.compiled import Deductions


@dataclass
class Account:
    """One holder while its nets are applied."""

    id: uuid.UUID
    rulebook_id: uuid.UUID
    balance: Decimal
    held: Decimal
    debt: Decimal
    next_expiry_on: dt.date | None

    def change(self, amount: Decimal) -> tuple[Decimal, Decimal]:
        """Apply a signed amount: a debt is repaid first, what is held is not touched.

        Returns the change of the balance and the change of the debt.
        """
        if amount > 0:
            repaid = min(self.debt, amount)
            moved, debt_change = amount - repaid, -repaid
        else:
            moved = -min(self.balance - self.held, -amount)
            debt_change = moved - amount
        self.balance += moved
        self.debt += debt_change
        return moved, debt_change

    def sooner(self, day: dt.date | None) -> None:
        """Something came that dies on ``day`` at the earliest."""
        if day is not None:
            self.next_expiry_on = min(day, self.next_expiry_on or day)


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


def locked(seal: Seal, ids: Sequence[uuid.UUID]) -> list[Account]:
    """The accounts of a page, locked in the order of their ids."""
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, seal.community_id, PointsAccount.id, PointsAccount.rulebook_id,
            PointsAccount.balance, PointsAccount.held, PointsAccount.debt,
            PointsAccount.next_expiry_on,
        )
        .where(PointsAccount.id.in_(ids))
        .order_by(PointsAccount.id)
        .with_for_update()
    )  # fmt: skip
    return [Account(*row) for row in rows]


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
    rows = table_of(PointsAccount)
    db.session.execute(
        sa.update(rows)
        .where(
            rows.c.community_id == sa.bindparam("p_community_id"),
            rows.c.id == sa.bindparam("p_id"),
        )
        .values(
            balance=sa.bindparam("p_balance"),
            debt=sa.bindparam("p_debt"),
            next_expiry_on=sa.bindparam("p_next"),
        ),
        [
            {
                "p_community_id": seal.community_id,
                "p_id": account.id,
                "p_balance": account.balance,
                "p_debt": account.debt,
                "p_next": account.next_expiry_on,
            }
            for account in accounts
        ],
    )


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
