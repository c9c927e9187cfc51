"""What a ranking of the rulebook compares: rows added up by member, household or grid."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa

from community.members import current
from community.models import Household, Membership
from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO
from points import holders
from points.models import HolderKind
from points.rules.compiled import Ranking, RankingUnit, Rulebook
from points.rules.ranking import per_head
from review.counter_rows import CounterMonthRow
from review.models import Sheet
from review.period_rows import PublicMonthRow
from review.rules.month_steps import last_day

Row = PublicMonthRow | CounterMonthRow


@dataclass(frozen=True)
class Key:
    """Who is compared: a member, a household or a grid of one community."""

    community_id: uuid.UUID
    who: str


@dataclass
class Sum:
    """Of one of them: the row they were seen last in, and what the rows come to."""

    latest: Row
    community: str = ""
    total: Decimal = ZERO
    heads: int = 1

    @property
    def value(self) -> Fraction:
        return per_head(self.total, self.heads)


def summed(
    compiled: Rulebook, ranking: Ranking, sheet: Sheet, rows: Sequence[Row]
) -> dict[Key, Sum]:
    """The rows of one community by whom the ranking compares; four statements at most.

    Who belongs to the audience, who is excluded and how many heads a household has is read on
    the last day of the sheet's month.
    """
    community_id, on = sheet.community_id, last_day(sheet.month)
    kind = HolderKind(sheet.unit)
    tags = holders.tags_of(community_id, kind, {row.holder_id for row in rows}, on)
    excluded = holders.tagged(community_id, kind, compiled.excluded_tags, on)
    sums: dict[Key, Sum] = {}
    people: dict[Key, set[uuid.UUID]] = defaultdict(set)
    for row in rows:
        is_meant = ranking.audience.has(tags.get(row.holder_id, frozenset()))
        who = _who(row, ranking.unit)
        if who is None or not is_meant or row.holder_id in excluded:
            continue
        key = Key(community_id, who)
        each = sums.setdefault(key, Sum(latest=row))
        each.latest = row
        each.total += row.quantity if isinstance(row, CounterMonthRow) else row.score
        people[key].add(row.member_id)
    if ranking.per_head:
        is_household = ranking.unit is RankingUnit.HOUSEHOLD
        heads = _heads(compiled, community_id, on) if is_household else {}
        for key, counted in people.items():
            sums[key].heads = max(heads.get(key.who, 0), len(counted))
    return sums


def _who(row: Row, unit: RankingUnit) -> str | None:
    if unit is RankingUnit.GRID:
        return None if row.grid_number is None else str(row.grid_number)
    if unit is RankingUnit.HOUSEHOLD:
        return row.household_code if row.has_household else None
    # Sorts the rows without a rank by household code, which is all that is shown of them.
    return f"{row.household_code}/{row.holder_id}"


def _heads(compiled: Rulebook, community_id: uuid.UUID, on: dt.date) -> dict[str, int]:
    """Household code → members on a day who are not excluded; two statements."""
    excluded = holders.tagged(community_id, HolderKind.MEMBER, compiled.excluded_tags, on)
    rows = db.session.execute(
        tenancy.columns(Membership, community_id, Household.code, Membership.member_id)
        .join(
            Household,
            sa.and_(
                Household.community_id == Membership.community_id,
                Household.id == Membership.household_id,
            ),
        )
        .where(current(Membership, on))
    )
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[row.code] += row.member_id not in excluded
    return found
