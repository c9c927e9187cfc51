"""Reading what the rules evaluate: all facts of a holder, and the lines that keep the answers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kernel import tenancy
from kernel.database import db
from points.models import Entry, Fact, LineSource, PointsLine
from points.rules import compiled as rules
from points.rules.evaluate import Evaluation, evaluation
from points.rules.facts import Fact as RuleFact

#: (fact, slice) → the line that keeps it
LineKey = tuple[uuid.UUID, int]

#: What the rules need of a fact.
FACT_COLUMNS = (
    Fact.id,
    Fact.item_code,
    Fact.account_id,
    Fact.member_id,
    Fact.household_id,
    Fact.occurred_on,
    Fact.quantity,
    Fact.level,
    Fact.decided,
    Fact.deed_id,
    Fact.tags,
    Fact.is_approved,
    Fact.is_struck,
)


def of_holder(
    *,
    community_id: uuid.UUID,
    account_id: uuid.UUID,
    versions: Collection[rules.Rulebook],
    as_of: dt.date,
) -> Evaluation:
    """What every fact of the holder is worth; the caller has locked the account."""
    rows = db.session.execute(
        tenancy.columns(Fact, community_id, *FACT_COLUMNS).where(Fact.account_id == account_id)
    )
    return evaluation(versions, [rule_fact(row) for row in rows], as_of)


def rule_fact(row: Fact | sa.Row[Any]) -> RuleFact:
    """The fact as the rules know it; the holder is the account."""
    return RuleFact(
        fact_id=row.id,
        item=row.item_code,
        holder=row.account_id,
        person=row.member_id,
        household=row.household_id,
        occurred_on=row.occurred_on,
        quantity=row.quantity,
        level=row.level,
        decided=row.decided,
        deed=row.deed_id,
        tags=frozenset(row.tags),
        approved=row.is_approved,
        struck=row.is_struck,
    )


def lines(community_id: uuid.UUID, account_id: uuid.UUID) -> dict[LineKey, PointsLine]:
    """The lines of the holder's facts."""
    statement = tenancy.select(PointsLine, community_id).where(
        PointsLine.account_id == account_id, PointsLine.source == LineSource.FACT
    )
    fresh = statement.execution_options(populate_existing=True)
    return {
        (line.fact_id, line.slice): line
        for line in db.session.scalars(fresh)
        if line.fact_id is not None
    }


def reversed_by(line: PointsLine, difference: Decimal) -> uuid.UUID | None:
    """The entry that ``difference`` takes back as a whole, if there is one: a reversal, once."""
    if difference * line.posted >= 0:
        return None
    reversal = aliased(Entry)
    already = (
        sa.select(sa.literal(1))
        .select_from(reversal)
        .where(reversal.community_id == Entry.community_id, reversal.reverses_id == Entry.id)
        .exists()
    )
    found: uuid.UUID | None = db.session.execute(
        tenancy.columns(Entry, line.community_id, Entry.id)
        .where(Entry.line_id == line.id, Entry.points == -difference, ~already)
        .order_by(Entry.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return found
