"""Rankings 排名 as anybody reads them: members, households, grids; month, quarter, half-year, year.

Everything that joins several rows is computed from the public rows alone (rules/disclosure.py):
a household's sum, a grid's mean and a quarter's sum leave out rows below base, so that no
difference between two tables can reach one. Longer periods add up sealed sheets; a corrigendum is
never added, because what it restates stands on a later sheet.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from community import masking
from kernel import tenancy
from kernel.database import db
from kernel.points_value import ZERO, rounded
from points.rules.compiled import RankingUnit
from points.rules.periods import Period
from points.rules.ranking import competition_ranks, per_head
from review import month_books, month_rows, objection_views, period_rows, sheets
from review.errors import RowNotPublic
from review.models import Disclosure, Sheet, SheetRow
from review.period_rows import PublicMonthRow
from review.rules.disclosure import PublicRow, aggregated, public_row

#: Digits of a household code that are asked for; more may be given.
SHORTEST_CODE = 3
UNITS = tuple(RankingUnit)
PERIODS = (Period.MONTH, Period.QUARTER, Period.HALF_YEAR, Period.YEAR)


@dataclass(frozen=True, kw_only=True)
class RankingRow:
    """One public row. ``row_id`` names a member's row of one month, to object to it.

    A row without a rank is outside the top: no label either.
    """

    rank: int | None
    household_code: str | None
    label: str | None
    grid_number: int | None
    score: Decimal
    row_id: uuid.UUID | None = None
    is_disputed: bool = False
    is_corrected: bool = False


@dataclass(frozen=True, kw_only=True)
class RankingPage:
    """One page, from 1. ``below_base``: rows that are only counted (a sheet's own rows only)."""

    unit: RankingUnit
    over: Period
    months: tuple[str, ...]
    page: int
    pages: int
    total: int
    rows: list[RankingRow]
    below_base: int | None


def public(
    community_id: uuid.UUID,
    month: str,
    unit: RankingUnit | None = None,
    page: int = 1,
    limit: int = 50,
    *,
    over: Period = Period.MONTH,
    rulebook: str | None = None,
) -> RankingPage:
    """The ranking of the month (its newest public edition) or of the period it lies in.

    ``rulebook`` names another sheet of the month than the first. Its own rows are of its own unit,
    which is meant where none is named, and where members are asked for of a households' sheet.
    Grids are compared by the unrounded mean per row and shown with one decimal. Raises
    NoticeMissing before the month is on notice, SheetUnknown.
    """
    sheet = sheets.newest_public(community_id, month, rulebook)
    own = RankingUnit(sheet.unit)
    if unit is None or unit is RankingUnit.MEMBER:
        unit = own
    if unit is own and over is Period.MONTH:
        return _own_rows(sheet, page, limit)
    months, rows = period_rows.of(sheet, over)
    ranked = _grids(rows) if unit is RankingUnit.GRID else _sums(sheet, unit, over, rows)
    return RankingPage(
        unit=unit,
        over=over,
        months=months,
        page=page,
        pages=_pages(len(ranked), limit),
        total=len(ranked),
        rows=ranked[(page - 1) * limit : page * limit],
        below_base=None,
    )


def own_row(
    community_id: uuid.UUID,
    month: str,
    household_code: str,
    surname: str,
    rulebook: str | None = None,
) -> list[RankingRow]:
    """Rows of the month with this household code (or its last digits) and this surname.

    Four digits and a surname are no secret: a neighbor knows both. So this answers only with
    rows that stand in the public table anyway, and only what stands there (rank and label within
    the top, else the bare score). A row below base and a row that does not exist get the **same**
    answer, RowNotPublic, which tells to check the code, to sign in (sheets.mine shows everything
    of the own row) or to call: otherwise asking would tell who is below base. ``rulebook`` names
    another sheet of the month than the first.
    """
    sheet = sheets.newest_public(community_id, month, rulebook)
    code = household_code.strip()
    if len(code) < SHORTEST_CODE or not surname.strip():
        raise RowNotPublic()
    label = masking.label(surname.strip())
    rows = db.session.scalars(
        tenancy.select(SheetRow, community_id)
        .where(
            SheetRow.sheet_id == sheet.id,
            SheetRow.shown != Disclosure.COUNTED,
            SheetRow.household_code.endswith(code, autoescape=True),
        )
        .order_by(SheetRow.position)
    )
    found = [row for row in rows if row.label == label]
    if not found:
        raise RowNotPublic()
    return _shown(sheet, found)


def _own_rows(sheet: Sheet, page: int, limit: int) -> RankingPage:
    total = sheet.ranked + sheet.listed
    first = (page - 1) * limit
    rows = db.session.scalars(
        tenancy.select(SheetRow, sheet.community_id)
        .where(
            SheetRow.sheet_id == sheet.id,
            SheetRow.position > first,
            SheetRow.position <= first + limit,
        )
        .order_by(SheetRow.position)
    ).all()
    return RankingPage(
        unit=RankingUnit(sheet.unit),
        over=Period.MONTH,
        months=(sheet.month,),
        page=page,
        pages=_pages(total, limit),
        total=total,
        rows=_shown(sheet, rows),
        below_base=sheet.counted,
    )


def _shown(sheet: Sheet, rows: Sequence[SheetRow]) -> list[RankingRow]:
    disputed = objection_views.disputed_members(sheet)
    shown = ((row, _public(row)) for row in rows)
    return [
        RankingRow(
            rank=public.rank,
            household_code=public.household_code,
            label=public.label,
            grid_number=public.grid_number,
            score=public.score,
            row_id=row.id,
            is_disputed=row.member_id in disputed,
            is_corrected=row.is_corrected,
        )
        for row, public in shown
        if public is not None
    ]


def _public(row: SheetRow) -> PublicRow | None:
    return public_row(
        disclosure=Disclosure(row.shown),
        household_code=row.household_code,
        score=row.score,
        rank=row.rank,
        label=row.label,
        grid_number=row.grid_number,
    )


def _sums(
    sheet: Sheet,
    unit: RankingUnit,
    over: Period,
    rows: Sequence[PublicMonthRow],
) -> list[RankingRow]:
    """Households by the sum of their members, or members over several months."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    latest: dict[str, PublicMonthRow] = {}
    for row in rows:
        if unit is RankingUnit.HOUSEHOLD and not row.has_household:
            continue
        key = row.household_code if unit is RankingUnit.HOUSEHOLD else _member_key(row)
        sums[key] += row.score
        latest[key] = row
    compiled = month_books.of(sheet.community_id, sheet.month, sheet.rulebook_code).compiled
    top = month_rows.top_places(compiled, unit, over, len(sums))
    is_member = unit is RankingUnit.MEMBER
    return [
        RankingRow(
            rank=rank,
            household_code=latest[key].household_code,
            label=latest[key].label if is_member and rank is not None else None,
            grid_number=latest[key].grid_number if rank is not None else None,
            score=total,
        )
        for key, total, rank in aggregated(dict(sums), top_places=top)
    ]


def _member_key(row: PublicMonthRow) -> str:
    # Sorts the rows without a rank by household code, which is all that is shown of them.
    return f"{row.household_code}/{row.member_id}"


def _grids(rows: Sequence[PublicMonthRow]) -> list[RankingRow]:
    """Mean per member and month, added over the months of the period."""
    cells: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for row in rows:
        if row.grid_number is not None:
            cells[row.grid_number, row.month].append(row.score)
    means: dict[int, Fraction] = defaultdict(Fraction)
    for (grid, _month), scores in sorted(cells.items()):
        means[grid] += per_head(sum(scores, ZERO), len(scores))
    ranks = competition_ranks(means)
    return [
        RankingRow(
            rank=ranks[grid],
            household_code=None,
            label=None,
            grid_number=grid,
            score=rounded(Decimal(means[grid].numerator) / Decimal(means[grid].denominator)),
        )
        for grid in sorted(means, key=lambda grid: (ranks[grid], grid))
    ]


def _pages(total: int, limit: int) -> int:
    return max(1, -(-total // limit))
