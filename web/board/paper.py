"""The sheet on paper: rows laid out in columns that are read downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypedDict

from web.board.ranking_views import RankRow
from web.board.views import Community, Notice, RulebookLink

COLUMNS = 3
#: Rows under the red head of page 1, under a heading, on a full page; at the sizes of print.css.
ROWS_FIRST, ROWS_HEADED, ROWS_FULL = 17, 31, 32
#: Lines that a second heading on a page takes, and the fewest that are worth one.
_LINES_BETWEEN, _LEAST_ROOM = 3, 8

#: One line of a printed table: a row per column, None where a column is already empty.
Line = tuple[RankRow | None, ...]


@dataclass(frozen=True, kw_only=True)
class PrintPage:
    """``top`` and ``rest`` hold one tuple of lines per printed page.

    The rest begins on a page of its own, unless few rows of the top stand on the page before.
    """

    community: Community
    notice: Notice
    top: tuple[tuple[Line, ...], ...]
    rest: tuple[tuple[Line, ...], ...]
    rest_begins_page: bool
    top_count: int
    rest_count: int
    below_base_count: int
    rulebook: RulebookLink | None


class Layout(TypedDict):
    """The three fields of PrintPage that say what stands on which page."""

    top: tuple[tuple[Line, ...], ...]
    rest: tuple[tuple[Line, ...], ...]
    rest_begins_page: bool


def laid_out(top: Sequence[RankRow], rest: Sequence[RankRow]) -> Layout:
    """Ranked rows under the head of page 1, then the rest, without a page nearly empty."""
    pages = sheets(top, rows_first=ROWS_FIRST)
    spilled = len(pages[-1]) if len(pages) > 1 else ROWS_FULL
    room = ROWS_HEADED - spilled - _LINES_BETWEEN
    shares_page = room >= _LEAST_ROOM
    return Layout(
        top=pages,
        rest=sheets(rest, rows_first=room if shares_page else ROWS_HEADED),
        rest_begins_page=not shares_page,
    )


def sheets(
    rows: Sequence[RankRow], *, rows_first: int = ROWS_FULL, rows_full: int = ROWS_FULL
) -> tuple[tuple[Line, ...], ...]:
    """Cut ``rows`` into printed pages; the last page's columns are of equal length."""
    found: list[tuple[Line, ...]] = []
    left = list(rows)
    height = rows_first
    while left:
        page, left = left[: height * COLUMNS], left[height * COLUMNS :]
        found.append(_lines(page))
        height = rows_full
    return tuple(found)


def _lines(rows: list[RankRow]) -> tuple[Line, ...]:
    height = ceil(len(rows) / COLUMNS)
    columns = [rows[height * n : height * (n + 1)] for n in range(COLUMNS)]
    return tuple(
        tuple(column[line] if line < len(column) else None for column in columns)
        for line in range(height)
    )
