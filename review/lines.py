"""What review needs to know about a line of points: whose it is, its month, who acted on it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from kernel.errors import NotFound
from kernel.points_value import ZERO
from points.models import (
    AccountingMonth,
    Entry,
    Fact,
    FactAct,
    LineKind,
    LineSource,
    PointsAccount,
    PointsLine,
    ScoreItem,
)
from points.models.batches import ADJUSTMENT_NAMES
from points.rules.facts import WorthReason
from review import month_books

_WAITING = (WorthReason.AWAITING_APPROVAL, WorthReason.AWAITING_DECISION)

#: account → (holder, base, bonus, deduction) posted
Differences = dict[uuid.UUID, tuple[uuid.UUID, Decimal, Decimal, Decimal]]


@dataclass(frozen=True, kw_only=True)
class LineAbout:
    """A line with what is asked about it. ``acted_on``: who recorded, approved, corrected it."""

    line_id: uuid.UUID
    member_id: uuid.UUID | None
    rulebook_id: uuid.UUID | None
    month: str
    item_name: str
    kind: str
    posted: Decimal
    occurred_on: dt.date
    acted_on: frozenset[uuid.UUID]


def about(community_id: uuid.UUID, line_id: uuid.UUID) -> LineAbout:
    """The line, or NotFound; two statements, and two more for a household's."""
    row = db.session.execute(
        tenancy.columns(
            PointsLine, community_id, PointsLine.fact_id, PointsLine.member_id,
            PointsLine.account_id, PointsLine.kind, PointsLine.posted, PointsLine.occurred_on,
            PointsLine.item_code, AccountingMonth.month, ScoreItem.name, PointsAccount.rulebook_id,
        )
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == PointsLine.community_id,
                PointsAccount.id == PointsLine.account_id,
            ),
        )
        .join(
            AccountingMonth,
            sa.and_(
                AccountingMonth.community_id == PointsLine.community_id,
                AccountingMonth.id == PointsLine.month_id,
            ),
        )
        .outerjoin(
            ScoreItem,
            sa.and_(
                ScoreItem.community_id == PointsLine.community_id,
                ScoreItem.id == PointsLine.score_item_id,
            ),
        )
        .where(PointsLine.id == line_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(field="line_id")
    return LineAbout(
        line_id=line_id,
        member_id=row.member_id or month_books.speaker_of_account(community_id, row.account_id),
        rulebook_id=row.rulebook_id,
        month=row.month,
        item_name=row.name or ADJUSTMENT_NAMES[row.item_code],
        kind=row.kind,
        posted=row.posted,
        occurred_on=row.occurred_on,
        acted_on=_acted_on(community_id, row.fact_id),
    )


def of_fact(community_id: uuid.UUID, fact_id: uuid.UUID) -> uuid.UUID:
    """The id of a fact's own line (slice 0)."""
    line_id: uuid.UUID = db.session.execute(
        tenancy.columns(PointsLine, community_id, PointsLine.id).where(
            PointsLine.fact_id == fact_id, PointsLine.slice == 0
        )
    ).scalar_one()
    return line_id


def undecided(community_id: uuid.UUID, month_id: uuid.UUID) -> int:
    """How many recorded deeds of the month wait for approval or for their points."""
    count = db.session.scalar(
        tenancy.columns(PointsLine, community_id, sa.func.count())
        .join(
            Fact,
            sa.and_(Fact.community_id == PointsLine.community_id, Fact.id == PointsLine.fact_id),
        )
        .where(
            PointsLine.month_id == month_id,
            PointsLine.source == LineSource.FACT,
            PointsLine.reason.in_(_WAITING),
            Fact.is_struck.is_(False),
        )
    )
    return count or 0


def posted_elsewhere(
    community_id: uuid.UUID, *, month: str, actor_id: uuid.UUID, now: dt.datetime
) -> dict[uuid.UUID, Differences]:
    """What one act (this actor, this instant) posted to a later month for lines of ``month``.

    rulebook → differences. That is what a corrigendum of the sealed month restates; facts that
    were merely reported late never enter it, because their entries come from other acts.
    """
    rows = db.session.execute(
        _entries_elsewhere(community_id, month).where(
            Entry.actor_id == actor_id, Entry.created_at_utc == now
        )
    )
    holders: dict[uuid.UUID, dict[uuid.UUID, uuid.UUID]] = defaultdict(dict)
    sums: dict[tuple[uuid.UUID, str], Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        holders[row.rulebook_id][row.account_id] = row.holder_id
        sums[row.account_id, row.kind] += row.points
    return {
        rulebook_id: {
            account_id: (
                holder_id,
                sums[account_id, LineKind.BASE],
                sums[account_id, LineKind.BONUS],
                -sums[account_id, LineKind.DEDUCTION],
            )
            for account_id, holder_id in accounts.items()
        }
        for rulebook_id, accounts in holders.items()
    }


def _entries_elsewhere(community_id: uuid.UUID, month: str) -> sa.Select[Any]:
    """Entries on other sheets for a line of this month, or for a deed that was missing on it."""
    joins = (
        (PointsAccount, Entry.account_id == PointsAccount.id),
        (PointsLine, Entry.line_id == PointsLine.id),
        (AccountingMonth, PointsLine.month_id == AccountingMonth.id),
    )
    statement = tenancy.columns(
        Entry, community_id, Entry.account_id, Entry.kind, Entry.points,
        PointsAccount.holder_id, PointsAccount.rulebook_id,
    )  # fmt: skip
    for table, same in joins:
        statement = statement.join(table, sa.and_(table.community_id == Entry.community_id, same))
    return statement.where(
        sa.or_(AccountingMonth.month == month, Entry.belongs_month == month),
        Entry.month != month,
        Entry.counts_in_score.is_(True),
    )


def _acted_on(community_id: uuid.UUID, fact_id: uuid.UUID | None) -> frozenset[uuid.UUID]:
    if fact_id is None:
        return frozenset()
    return frozenset(
        db.session.scalars(
            tenancy.columns(FactAct, community_id, FactAct.actor_id)
            .where(FactAct.fact_id == fact_id)
            .distinct()
        )
    )
