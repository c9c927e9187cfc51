"""The rows of a month's sheet: scores of points joined with the people of community, in bulk.

Four statements at most, however many members there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from community import masking, members
from community.models import Member
from kernel import clock, tenancy
from kernel.database import db
from kernel.points_value import ZERO
from points import rulebooks, scores
from points.models import MonthlyScore, PointsAccount
from points.rules.compiled import EVERYBODY, CountsIn, Ranking, RankingUnit, Rulebook
from points.rules.periods import Period
from points.rules.ranking import places_in_top
from review.rules.disclosure import DEFAULT_TOP, Scored
from review.rules.month_steps import last_day

#: Shown instead of a code for a member who came and left within the month.
NO_CODE = "-"


@dataclass(frozen=True, kw_only=True)
class HolderRow:
    """One holder of the month. ``base``, ``bonus`` and ``deduction`` are for the staff only."""

    account_id: uuid.UUID
    member_id: uuid.UUID
    household_id: uuid.UUID | None
    household_code: str
    label: str
    grid_number: int | None
    base: Decimal
    bonus: Decimal
    deduction: Decimal

    @property
    def parts(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.base, self.bonus, self.deduction

    def scored(self) -> Scored:
        """As the disclosure rule takes it."""
        return Scored(
            key=str(self.account_id),
            household=self.household_code,
            label=self.label,
            grid=self.grid_number,
            base=self.base,
            bonus=self.bonus,
            deduction=self.deduction,
        )


@dataclass(frozen=True, kw_only=True)
class DisclosureTerms:
    """N and base of one month, from the rulebook in force on its last day."""

    top: int
    threshold: Decimal


def of_month(community_id: uuid.UUID, month: str) -> list[HolderRow]:
    """Every member with entries on the month's sheet, as the ledger stands now."""
    book = rulebooks.in_force(community_id, last_day(month))
    statement = scores.month_scores(community_id, month).join(
        PointsAccount,
        sa.and_(
            PointsAccount.community_id == MonthlyScore.community_id,
            PointsAccount.id == MonthlyScore.account_id,
        ),
    )
    found = db.session.execute(
        statement.where(
            PointsAccount.rulebook_id == book.rulebook_id, MonthlyScore.member_id.is_not(None)
        )
    ).all()
    people = _people(community_id, month, {row.member_id for row in found})
    return [
        replace(
            people[row.member_id],
            account_id=row.account_id,
            base=row.base,
            bonus=row.bonus,
            deduction=row.deduction,
        )
        for row in found
    ]


def empty_row(
    community_id: uuid.UUID, month: str, account_id: uuid.UUID, member_id: uuid.UUID
) -> HolderRow:
    """A row of nothing, for a holder who had none on a sealed sheet."""
    row = _people(community_id, month, {member_id})[member_id]
    return replace(row, account_id=account_id)


def terms(community_id: uuid.UUID, month: str, rows: int) -> DisclosureTerms:
    """N for ``rows`` ranked members, and the base everybody gets in the month."""
    compiled = rulebooks.in_force(community_id, last_day(month)).compiled
    base = sum(
        (
            each.points
            for each in compiled.base
            if each.per is Period.MONTH
            and each.audience == EVERYBODY
            and CountsIn.SCORE in each.counts_in
        ),
        ZERO,
    )
    return DisclosureTerms(
        top=top_places(compiled, RankingUnit.MEMBER, Period.MONTH, rows), threshold=base
    )


def top_places(compiled: Rulebook, unit: RankingUnit, over: Period, ranked: int) -> int:
    """How many places of this ranking are shown with their rank.

    Grids are few and no people, so all of them where the rulebook does not say.
    """
    ranking = _ranking(compiled, unit, over) or _ranking(compiled, unit, Period.MONTH)
    if ranking is None or (ranking.top_count is None and ranking.top_percent is None):
        return ranked if unit is RankingUnit.GRID else DEFAULT_TOP
    return places_in_top(ranking, ranked)


def _ranking(compiled: Rulebook, unit: RankingUnit, over: Period) -> Ranking | None:
    return next(
        (each for each in compiled.rankings if each.unit is unit and each.over is over), None
    )


def _people(
    community_id: uuid.UUID, month: str, wanted: set[uuid.UUID]
) -> Mapping[uuid.UUID, HolderRow]:
    """Who they were on the last day; on the first for those who left; else by name alone."""
    found: dict[uuid.UUID, HolderRow] = {}
    for day in (last_day(month), clock.first_day(month)):
        if wanted - found.keys():
            rows = db.session.execute(members.roster(community_id, day))
            found = {**_by_member(rows), **found}
    gone = wanted - found.keys()
    if gone:
        rows = db.session.execute(
            tenancy.columns(
                Member, community_id, Member.id.label("member_id"), Member.name, Member.public_code
            ).where(Member.id.in_(gone))
        )
        found |= _by_member(rows)
    return found


def _by_member(rows: Iterable[Any]) -> dict[uuid.UUID, HolderRow]:
    return {
        row.member_id: HolderRow(
            account_id=row.member_id,
            member_id=row.member_id,
            household_id=getattr(row, "household_id", None),
            household_code=getattr(row, "household_code", None) or row.public_code or NO_CODE,
            label=masking.label(row.name),
            grid_number=getattr(row, "grid_number", None),
            base=ZERO,
            bonus=ZERO,
            deduction=ZERO,
        )
        for row in rows
    }
