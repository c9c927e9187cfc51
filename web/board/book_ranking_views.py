"""What the page of the rulebook's own rankings 细则里的排名 shows: frozen, public values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from web.board.ranking_views import RankingLink, SheetLink
from web.board.views import Community, Pages


@dataclass(frozen=True, kw_only=True)
class BookRankRow:
    """One row; without ``rank`` only the household code and the score are public.

    ``value`` is a score, or what a counter gathered. ``community`` is told where several are
    compared.
    """

    value: Decimal
    rank: int | None
    label: str | None
    grid_number: int | None
    household_code: str | None
    community: str | None


@dataclass(frozen=True, kw_only=True)
class BookRankGroup:
    """Those who are compared with each other: a grid, or (None) everybody."""

    grid: int | None
    ranked: tuple[BookRankRow, ...]
    rest: tuple[BookRankRow, ...]


@dataclass(frozen=True, kw_only=True)
class BookMeasure:
    """What is compared: the score, or a counter with its name and the word for its unit."""

    counter: str | None
    counter_unit: str | None
    is_per_head: bool


@dataclass(frozen=True, kw_only=True)
class BookRankTable:
    """One page of one ranking; ``months`` are those that are counted, oldest first."""

    unit: str
    sentence: str
    measure: BookMeasure
    months: tuple[str, ...]
    groups: tuple[BookRankGroup, ...]
    pages: Pages


@dataclass(frozen=True, kw_only=True)
class PeriodLink:
    """A period with a sealed month: ``month`` is the newest of them, and selects it.

    From ``first_month`` to ``last_month``, both None where all months are added.
    """

    month: str
    first_month: str | None
    last_month: str | None
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """The month on notice: sealed after ``due_on``, and counted from then on."""

    month: str
    due_on: dt.date


@dataclass(frozen=True, kw_only=True)
class BookRankingsPage:
    """Every public ranking of the rulebook, and the table of the one chosen.

    ``chosen`` is None where the rulebook has none; ``table`` where nothing is sealed yet, or where
    the rulebook of that period had no such ranking. ``withheld`` names those the staff alone reads.
    """

    community: Community
    books: tuple[SheetLink, ...]
    rankings: tuple[RankingLink, ...]
    chosen: RankingLink | None
    withheld: tuple[str, ...]
    periods: tuple[PeriodLink, ...]
    #: Months that select the next later and the next earlier lot of periods.
    later: str | None
    earlier: str | None
    table: BookRankTable | None
    awaited: Awaited | None

    @property
    def period(self) -> PeriodLink | None:
        return next((each for each in self.periods if each.is_chosen), None)
