"""Reading what the rules evaluate: all facts of holders, and the lines that keep the answers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from kernel import clock, tenancy
from kernel.database import db
from kernel.prepared import Prepared
from kernel.tenancy import COMMUNITY
from points.models import Entry, Fact, LineSource, PointsAccount, PointsLine
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
    Fact.person_id,
    Fact.household_id,
    Fact.occurred_on,
    Fact.quantity,
    Fact.level,
    Fact.decided,
    Fact.deed_id,
    Fact.activity_id,
    Fact.tags,
    Fact.is_approved,
    Fact.is_struck,
    Fact.told_on,
    Fact.corrected_on,
    Fact.promised,
)


def facts_of(community_id: uuid.UUID, account_ids: Collection[uuid.UUID]) -> list[RuleFact]:
    """Every fact of these accounts, as the rules know it; one statement."""
    rows = _FACTS_OF(p_community_id=community_id, p_account_ids=list(account_ids))
    return [rule_fact(row) for row in rows]


_ACCOUNTS: sa.BindParameter[Any] = sa.bindparam("p_account_ids", expanding=True)
_FACTS_OF = Prepared(
    lambda: tenancy.columns(Fact, COMMUNITY, *FACT_COLUMNS).where(Fact.account_id.in_(_ACCOUNTS))
)


def facts_of_month(community_id: uuid.UUID, month: str, rulebook_id: uuid.UUID) -> list[RuleFact]:
    """Every fact under the rulebook that belongs to ``month``, for a dry run."""
    rows = db.session.execute(
        tenancy.columns(Fact, community_id, *FACT_COLUMNS)
        .join(
            PointsAccount,
            sa.and_(
                PointsAccount.community_id == Fact.community_id,
                PointsAccount.id == Fact.account_id,
            ),
        )
        .where(PointsAccount.rulebook_id == rulebook_id, Fact.belongs_month == month)
    )
    return [rule_fact(row) for row in rows]


def dry(
    versions: Collection[rules.Rulebook], facts: Iterable[RuleFact], as_of: dt.date
) -> Evaluation:
    """What the facts would be worth; reads and writes nothing."""
    return evaluation(versions, facts, as_of)


def rule_fact(row: Fact | sa.Row[Any]) -> RuleFact:
    """The fact as the rules know it; the holder is the account."""
    return RuleFact(
        fact_id=row.id,
        item=row.item_code,
        holder=row.account_id,
        person=row.person_id,
        household=row.household_id,
        occurred_on=row.occurred_on,
        quantity=row.quantity,
        level=row.level,
        decided=row.decided,
        deed=row.deed_id,
        activity=row.activity_id,
        tags=frozenset(row.tags),
        approved=row.is_approved,
        struck=row.is_struck,
        told_on=row.told_on,
        corrected_on=row.corrected_on,
        promised=row.promised,
    )


def lines(community_id: uuid.UUID, account_ids: Collection[uuid.UUID]) -> dict[LineKey, PointsLine]:
    """The lines of the holders' facts."""
    of = {"p_community_id": community_id, "p_account_ids": list(account_ids)}
    return {
        (line.fact_id, line.slice): line
        for line in db.session.scalars(_LINES, of)
        if line.fact_id is not None
    }


_LINES = (
    tenancy.select(PointsLine, COMMUNITY)
    .where(PointsLine.account_id.in_(_ACCOUNTS), PointsLine.source == LineSource.FACT)
    .execution_options(populate_existing=True)
)


def as_of(today: dt.date, newest_month: str) -> dt.date:
    """The day to evaluate on: nothing unfolds into a month that was not opened yet."""
    end = clock.first_day(clock.next_month(newest_month)) - dt.timedelta(days=1)
    return min(today, end)


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
