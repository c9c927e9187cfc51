"""Who gets points by rank 按名次计分, from the quantities of a closed period.

The freeze of a month takes the quantities that are stored, a dry run those it works out itself;
who competes with whom, and who gets what, is decided here for both.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from community.members import current
from community.models import Membership
from kernel import tenancy
from kernel.database import db
from points import holders
from points.grants.due import last_day
from points.models import HolderKind
from points.rules.awards import RankedWithin, Ranks
from points.rules.compiled import Item, Rulebook
from points.rules.periods import cell_of
from points.rules.ranks import awards


@dataclass(frozen=True, kw_only=True)
class Closing:
    """One item by rank whose period has its last day in ``month``."""

    community_id: uuid.UUID
    rulebook: Rulebook
    item: Item
    award: Ranks
    period_start: dt.date
    month: str

    @property
    def cell(self) -> str:
        """The cell of the quantities that are compared."""
        return self.rulebook.cell(self.period_start, self.award.over)


@dataclass(frozen=True, kw_only=True)
class Winner:
    """An account with its quantity, the place it shares with equals, and the points for that."""

    account_id: uuid.UUID
    quantity: Decimal
    place: int
    points: Decimal


def closings(community_id: uuid.UUID, rulebook: Rulebook, month: str) -> Iterator[Closing]:
    """The items of the rulebook to award when ``month`` closes."""
    end = last_day(month) + dt.timedelta(days=1)
    for item in rulebook.items:
        if not isinstance(item.award, Ranks):
            continue
        cell = cell_of(last_day(month), item.award.over, rulebook.year_starts_month)
        if cell.ends_before == end:
            yield Closing(
                community_id=community_id,
                rulebook=rulebook,
                item=item,
                award=item.award,
                period_start=cell.starts_on,
                month=month,
            )


def winners(
    closing: Closing, holder_of: Mapping[uuid.UUID, uuid.UUID], totals: Mapping[uuid.UUID, Decimal]
) -> list[Winner]:
    """In the order of groups and places; two statements at most.

    ``totals`` maps each account to its quantity of the period, ``holder_of`` to its holder. Who
    is excluded on the month's last day does not compete.
    """
    rulebook, on = closing.rulebook, last_day(closing.month)
    excluded = holders.tagged(closing.community_id, rulebook.holder, rulebook.excluded_tags, on)
    competing = [each for each in totals if holder_of[each] not in excluded]
    return [
        Winner(account_id=account_id, quantity=totals[account_id], place=place, points=points)
        for group in _groups(closing, competing, holder_of)
        for account_id, (place, points) in awards(
            {each: totals[each] for each in group}, closing.award.points
        ).items()
    ]


def _groups(
    closing: Closing, competing: Collection[uuid.UUID], holder_of: Mapping[uuid.UUID, uuid.UUID]
) -> list[list[uuid.UUID]]:
    """Who competes with whom: everybody, or those of one grid on the last day."""
    if closing.award.within is RankedWithin.COMMUNITY:
        return [list(competing)]
    grids = _grids(closing)
    groups: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    for account_id in competing:
        groups[grids.get(holder_of[account_id])].append(account_id)
    return [groups[grid] for grid in sorted(groups, key=str)]


def _grids(closing: Closing) -> dict[uuid.UUID, uuid.UUID | None]:
    """Holder → grid on the last day; one statement, however many compete."""
    is_member = closing.rulebook.holder == HolderKind.MEMBER
    whose = Membership.member_id if is_member else Membership.household_id
    rows = db.session.execute(
        tenancy.columns(
            Membership, closing.community_id, whose.label("holder_id"), Membership.grid_id
        ).where(whose.is_not(None), current(Membership, last_day(closing.month)))
    )
    return {row.holder_id: row.grid_id for row in rows}
