"""What the tables of rankings show: frozen values, without personal names (see views.py)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Unit = Literal["member", "household", "grid"]
UNITS: tuple[Unit, ...] = ("member", "household", "grid")


@dataclass(frozen=True, kw_only=True)
class RankRow:
    """A line of a ranking. Without ``rank`` only the household code and the score are public."""

    score: Decimal
    rank: int | None = None
    label: str | None = None
    grid_number: int | None = None
    household_code: str | None = None
    is_objected: bool = False
    is_corrected: bool = False


@dataclass(frozen=True, kw_only=True)
class SheetLink:
    """One of several sheets of a month; ``code`` selects it, None is the first."""

    code: str | None
    title: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class RankingLink:
    """A ranking that the rulebook names; ``month`` is None for the newest sealed one."""

    code: str
    name: str
    month: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The first rows of one ranking; ``listed_count`` is how long the full list is.

    ``units`` are those the sheet can be read by, its own first. ``sheets`` is empty where the
    month has one; beside another one ``below_base_count`` holds the rows hidden for its sake, too.
    """

    month: str
    unit: Unit
    rows: tuple[RankRow, ...]
    listed_count: int
    top_count: int | None
    below_base_count: int
    units: tuple[Unit, ...] = UNITS
    sheets: tuple[SheetLink, ...] = ()
    #: Of the rulebook's own rankings those about some only, such as grid workers.
    named: tuple[RankingLink, ...] = ()

    @property
    def rulebook(self) -> str | None:
        """What addresses say to stay with this sheet."""
        return next((sheet.code for sheet in self.sheets if sheet.is_chosen), None)


@dataclass(frozen=True, kw_only=True)
class Search:
    """找我的一行: what was asked, and the public rows that fit; none, or two of one surname."""

    household: str
    surname: str
    rows: tuple[RankRow, ...]
