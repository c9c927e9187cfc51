"""One sheet's ranking and the own row on it, from what review discloses."""

from __future__ import annotations

import uuid

from kernel.errors import NotFound
from points.rules.compiled import RankingUnit
from review import rankings
from review.notices import NoticeView
from review.rankings import RankingRow
from web.board.ranking_views import UNITS, Ranking, RankRow, Search, SheetLink, Unit


def sheet_links(found: NoticeView) -> tuple[SheetLink, ...]:
    """The sheets of the notice, where there are several; the first needs no name."""
    if len(found.sheets) == 1:
        return ()
    return tuple(
        SheetLink(
            code=None if place == 0 else sheet.rulebook,
            title=sheet.title,
            is_chosen=sheet.rulebook == found.rulebook,
        )
        for place, sheet in enumerate(found.sheets)
    )


def own_unit(found: NoticeView) -> Unit:
    """Whom the sheet's own rows are about."""
    return "household" if found.unit == RankingUnit.HOUSEHOLD else "member"


def ranking(
    community_id: uuid.UUID, found: NoticeView, unit: Unit, number: int, limit: int
) -> tuple[Ranking, int]:
    """A page of the sheet's ranking by ``unit``, and how many pages there are."""
    units = UNITS[UNITS.index(own_unit(found)) :]
    shown = unit if unit in units else units[0]
    page = rankings.public(
        community_id, found.month, RankingUnit(shown), number, limit, rulebook=found.rulebook
    )
    is_own = shown == units[0]
    read = Ranking(
        month=found.month,
        unit=shown,
        rows=tuple(_row(row) for row in page.rows),
        listed_count=page.total,
        top_count=found.totals.ranked if is_own and found.totals.listed else None,
        below_base_count=page.below_base or 0,
        units=units,
        sheets=sheet_links(found),
    )
    return read, page.pages


def search(
    community_id: uuid.UUID, found: NoticeView | None, household: str, surname: str
) -> Search | None:
    """The public rows that fit what was asked; None where nothing was."""
    if found is None or not (household or surname):
        return None
    try:
        rows = rankings.own_row(community_id, found.month, household, surname, found.rulebook)
    except NotFound:
        rows = []
    return Search(household=household, surname=surname, rows=tuple(_row(row) for row in rows))


def _row(row: RankingRow) -> RankRow:
    return RankRow(
        rank=row.rank,
        label=row.label,
        grid_number=row.grid_number,
        household_code=row.household_code,
        score=row.score,
        is_objected=row.is_disputed,
        is_corrected=row.is_corrected,
    )
