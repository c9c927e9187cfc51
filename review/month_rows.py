"""The rows of one sheet of a month: scores of points joined with the people of community, in bulk.

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
from points import scores
from points.models import MonthlyScore, PointsAccount
from points.rulebooks import RulebookInForce
from points.rules.compiled import EVERYBODY, CountsIn, Ranking, RankingUnit, Rulebook
from points.rules.header import SCORE
from points.rules.periods import Period
from points.rules.ranking import places_in_top
from review import month_books
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
    #: The household itself is the holder, not the member who speaks for it.
    is_household: bool = False

    @property
    def who(self) -> str:
        """The holder: the same on every sheet of one unit."""
        return str(self.household_id if self.is_household else self.member_id)

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


def of_month(community_id: uuid.UUID, month: str, book: RulebookInForce) -> list[HolderRow]:
    """Every holder with entries of the month under the rulebook, as the ledger stands now.

    A household in which nobody ever lived has nobody to speak for it, and no row.
    """
    statement = scores.month_scores(community_id, month).join(
        PointsAccount,
        sa.and_(
            PointsAccount.community_id == MonthlyScore.community_id,
            PointsAccount.id == MonthlyScore.account_id,
        ),
    )
    found = db.session.execute(
        statement.add_columns(PointsAccount.holder_id).where(
            PointsAccount.rulebook_id == book.rulebook_id
        )
    ).all()
    known = _known(community_id, month, book, {row.holder_id for row in found})
    return [
        replace(
            known[row.holder_id],
            account_id=row.account_id,
            base=row.base,
            bonus=row.bonus,
            deduction=row.deduction,
        )
        for row in found
        if row.holder_id in known
    ]


def empty_row(
    community_id: uuid.UUID,
    month: str,
    book: RulebookInForce,
    account_id: uuid.UUID,
    holder_id: uuid.UUID,
) -> HolderRow:
    """A row of nothing, for a holder who had none on a sealed sheet."""
    row = _known(community_id, month, book, {holder_id})[holder_id]
    return replace(row, account_id=account_id)


def identified(
    community_id: uuid.UUID, month: str, book: RulebookInForce, holder_ids: set[uuid.UUID]
) -> Mapping[uuid.UUID, HolderRow]:
    """holder → who they were in the month, in rows of nothing; four statements at most."""
    return _known(community_id, month, book, holder_ids)


def _known(
    community_id: uuid.UUID, month: str, book: RulebookInForce, wanted: set[uuid.UUID]
) -> Mapping[uuid.UUID, HolderRow]:
    if month_books.unit_of(book) is RankingUnit.MEMBER:
        return _people(community_id, month, wanted)
    return _by_holder(month_books.speakers(community_id, wanted).values(), "household_id")


def terms(book: RulebookInForce, rows: int) -> DisclosureTerms:
    """N for ``rows`` ranked holders, and the base everybody gets in the month."""
    compiled = book.compiled
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
        top=top_places(compiled, month_books.unit_of(book), Period.MONTH, rows), threshold=base
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
    """Of the score: one by a counter has a top of its own."""
    return next(
        (
            each
            for each in compiled.rankings
            if each.unit is unit and each.over is over and each.measure == SCORE
        ),
        None,
    )


def _people(
    community_id: uuid.UUID, month: str, wanted: set[uuid.UUID]
) -> Mapping[uuid.UUID, HolderRow]:
    """Who they were on the last day; on the first for those who left; else by name alone."""
    found: dict[uuid.UUID, HolderRow] = {}
    for day in (last_day(month), clock.first_day(month)):
        if wanted - found.keys():
            rows = db.session.execute(members.roster(community_id, day))
            found = {**_by_holder(rows), **found}
    gone = wanted - found.keys()
    if gone:
        rows = db.session.execute(
            tenancy.columns(
                Member, community_id, Member.id.label("member_id"), Member.name, Member.public_code
            ).where(Member.id.in_(gone))
        )
        found |= _by_holder(rows)
    return found


def _by_holder(rows: Iterable[Any], holder: str = "member_id") -> dict[uuid.UUID, HolderRow]:
    return {
        getattr(row, holder): HolderRow(
            account_id=row.member_id,
            member_id=row.member_id,
            household_id=getattr(row, "household_id", None),
            household_code=(
                getattr(row, "household_code", None) or getattr(row, "public_code", None) or NO_CODE
            ),
            label=masking.label(row.name),
            grid_number=getattr(row, "grid_number", None),
            base=ZERO,
            bonus=ZERO,
            deduction=ZERO,
            is_household=holder == "household_id",
        )
        for row in rows
    }
