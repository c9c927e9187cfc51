"""What the pages of a notice show: frozen values, made by web/board/reading.py.

Everything here is public already. Personal names never reach these types: ``label`` is masked
(张*), ``grid`` and ``household_code`` are what product.md section 4 lets anybody read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from web.board.ranking_views import Ranking, RankRow, Search, SheetLink, Unit


@dataclass(frozen=True, kw_only=True)
class Community:
    """Whose board it is, and how to reach it without a phone screen."""

    code: str
    name: str
    street: str
    district: str
    brand: str
    slogan: str
    committee: str
    telephone: str
    office: str
    opening_hours: str
    alliance: str


@dataclass(frozen=True, kw_only=True)
class DayCell:
    """One calendar day of the clock."""

    day: dt.date
    is_working: bool
    is_past: bool
    is_today: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Until when one may object; ``working_days_left`` counts today."""

    due_at_utc: dt.datetime
    working_days_left: int
    cells: tuple[DayCell, ...]


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The month in numbers; None is not disclosed."""

    members: int
    lines: int | None = None
    bonus: Decimal | None = None
    deduction: Decimal | None = None
    #: Rows of batches 批量调整, and their sum.
    adjustments: int = 0
    adjusted_points: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class DeductionCount:
    """How often one category was deducted; categories of under five households are left out."""

    category: str
    count: int


@dataclass(frozen=True, kw_only=True)
class CorrectedRow:
    """A row before and after a corrigendum; a rank is None outside the top."""

    household_code: str | None
    label: str | None
    score_before: Decimal | None
    score_after: Decimal | None
    rank_before: int | None
    rank_after: int | None


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A corrigendum 更正公告; ``hidden`` counts its rows that are not public."""

    number: int
    published_on: dt.date
    rows: tuple[CorrectedRow, ...]
    hidden: int = 0


@dataclass(frozen=True, kw_only=True)
class OpenObjections:
    """How many lines are under objection, and when the written replies are due."""

    count: int
    reply_due_on: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Proof:
    """核对真伪: the address behind the QR and the digest of the sheet."""

    url: str
    qr_svg: str
    digest: str
    #: superseded: paper printed before a corrigendum shows other numbers.
    state: Literal["as_printed", "superseded"]


@dataclass(frozen=True, kw_only=True)
class RulebookLink:
    """``code`` is None where the board shows no other rulebook."""

    title: str
    version: int
    adopted_on: dt.date | None
    adopted_at: str | None
    item_count: int
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class MerchantTeaser:
    """A shop with its first offer; ``points`` is None where nothing is offered now."""

    code: str
    name: str
    offer: str
    points: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One month on the board."""

    month: str
    document_number: str
    published_on: dt.date
    sealed_on: dt.date | None
    clock: Clock | None
    due_at_utc: dt.datetime
    notice_working_days: int
    totals: Totals
    deductions: tuple[DeductionCount, ...]
    corrections: tuple[Correction, ...]
    objections: OpenObjections
    proof: Proof
    #: Whom the rows are about.
    unit: Unit = "member"
    #: Empty where the month has one sheet.
    sheets: tuple[SheetLink, ...] = ()

    @property
    def rulebook(self) -> str | None:
        """What addresses say to stay with this sheet."""
        return next((sheet.code for sheet in self.sheets if sheet.is_chosen), None)

    @property
    def is_sealed(self) -> bool:
        return self.sealed_on is not None


@dataclass(frozen=True, kw_only=True)
class Upcoming:
    """The month that is published next: its station of six, and the first day it can close."""

    month: str
    state: str
    earliest_freeze_on: dt.date


@dataclass(frozen=True, kw_only=True)
class NoticePage:
    """A notice, or (``notice`` None) the board before its first one."""

    community: Community
    notice: Notice | None
    ranking: Ranking | None
    search: Search | None
    upcoming: Upcoming | None
    merchants: tuple[MerchantTeaser, ...]
    merchant_count: int
    rulebook: RulebookLink | None
    is_current: bool = True
    #: Since when nobody can redeem in this community; None while everybody can.
    stopped_since: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """A month in the list of notices."""

    month: str
    document_number: str
    published_on: dt.date
    is_sealed: bool
    is_corrected: bool
    due_on: dt.date


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Where in a list we are; numbers begin with 1."""

    number: int
    count: int


@dataclass(frozen=True, kw_only=True)
class NoticesPage:
    community: Community
    lines: tuple[NoticeLine, ...]
    pages: Pages


@dataclass(frozen=True, kw_only=True)
class RankingPage:
    """The full list: ranked rows first, then the rest by household code."""

    community: Community
    ranking: Ranking
    pages: Pages

    @property
    def ranked(self) -> tuple[RankRow, ...]:
        return tuple(row for row in self.ranking.rows if row.rank is not None)

    @property
    def rest(self) -> tuple[RankRow, ...]:
        return tuple(row for row in self.ranking.rows if row.rank is None)


@dataclass(frozen=True, kw_only=True)
class ObjectionPage:
    """How to object; without a notice, or one whose clock runs, the page says so."""

    community: Community
    notice: Notice | None
