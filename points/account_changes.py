"""Balances of many accounts changed at once: read and locked, changed in memory, stored.

What ``points.balances`` does for one account by conditional statements, this does for a page of
accounts with two statements, however many they are.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db, table_of
from kernel.points_value import Points
from points.models import AccountKind, PointsAccount


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


def locked(community_id: uuid.UUID, ids: Collection[uuid.UUID]) -> list[Account]:
    """These holders' accounts, locked in the order of their ids."""
    rows = db.session.execute(
        tenancy.columns(
            PointsAccount, community_id, PointsAccount.id, PointsAccount.rulebook_id,
            PointsAccount.balance, PointsAccount.held, PointsAccount.debt,
            PointsAccount.next_expiry_on,
        )
        .where(PointsAccount.id.in_(ids), PointsAccount.kind == AccountKind.HOLDER)
        .order_by(PointsAccount.id)
        .with_for_update(key_share=True)
    )  # fmt: skip
    return [Account(*row) for row in rows]


def store(community_id: uuid.UUID, accounts: Sequence[Account]) -> None:
    """Write locked accounts back as they are now."""
    if not accounts:
        return
    rows = table_of(PointsAccount)
    statement = (
        sa.update(rows)
        .where(
            rows.c.community_id == sa.bindparam("p_community_id"),
            rows.c.id == sa.bindparam("p_id"),
        )
        .values(
            balance=sa.bindparam("p_balance", type_=Points()),
            debt=sa.bindparam("p_debt", type_=Points()),
            next_expiry_on=sa.bindparam("p_next"),
            evaluation_version=rows.c.evaluation_version + 1,
        )
    )
    values = [
        {
            "p_community_id": community_id,
            "p_id": account.id,
            "p_balance": account.balance,
            "p_debt": account.debt,
            "p_next": account.next_expiry_on,
        }
        for account in accounts
    ]
    db.session.execute(statement, values)
