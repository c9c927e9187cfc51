"""Months held shared: which of them takes what happened, until the commit.

Recording holds the rows of the months shared (FOR SHARE on PostgreSQL; on SQLite a unit of work
writes alone), a step of a month updates its row and so waits for every recording under way.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from kernel import clock, tenancy
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points.errors import NoOpenMonth
from points.models import AccountingMonth, MonthState


@dataclass(frozen=True, kw_only=True)
class Posting:
    """The open month that takes a line, and the month the deed belongs to."""

    month: str
    month_id: uuid.UUID
    belongs_month: str


class HeldMonth(NamedTuple):
    """One month as it stands until the commit."""

    month: str
    month_id: uuid.UUID
    state: MonthState


@dataclass(frozen=True)
class HeldMonths:
    """The months that are not sealed, held shared: no step can be taken until the commit."""

    by_id: Mapping[uuid.UUID, HeldMonth]

    def open_from(self, month: str) -> HeldMonth:
        """``month`` while it is open, else the oldest open one after it; raises NoOpenMonth."""
        for held in self.by_id.values():
            if held.state is MonthState.OPEN and held.month >= month:
                return held
        raise NoOpenMonth(month=month)


def for_posting(community_id: uuid.UUID, occurred_on: dt.date) -> Posting:
    """The month that takes a deed of ``occurred_on``, its row held shared until the commit.

    Its own month while that is open, else the oldest open one after it (a month that was never
    opened is not closed: it must be opened first). Raises NoOpenMonth.
    """
    own = clock.month_of(occurred_on)
    return posting_in(hold(community_id, own), own)


def posting_in(held: HeldMonths, own: str) -> Posting:
    """:func:`for_posting` among months that are held already."""
    if all(month.month != own for month in held.by_id.values()):
        raise NoOpenMonth(month=own)
    taken = held.open_from(own)
    return Posting(month=taken.month, month_id=taken.month_id, belongs_month=own)


def hold(community_id: uuid.UUID, own: str) -> HeldMonths:
    """Hold every month that is not sealed, and ``own`` whatever it is, in one statement."""
    rows = _HOLD(p_community_id=community_id, p_own=own)
    return HeldMonths({row.id: HeldMonth(row.month, row.id, MonthState(row.state)) for row in rows})


_HOLD = Prepared(
    lambda: (
        tenancy.columns(
            AccountingMonth,
            COMMUNITY,
            AccountingMonth.month,
            AccountingMonth.id,
            AccountingMonth.state,
        )
        .where(
            (AccountingMonth.state != MonthState.SEALED)
            | (AccountingMonth.month == sa.bindparam("p_own"))
        )
        .order_by(AccountingMonth.month)
        .with_for_update(read=True)
    )
)
