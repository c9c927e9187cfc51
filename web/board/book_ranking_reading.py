"""The page of the rulebook's own rankings, from what review discloses; nothing is decided here."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from itertools import groupby

from kernel import clock
from kernel.errors import NotFound
from points.errors import RulebookMissing
from points.rulebooks import RulebookInForce
from points.rules.compiled import Ranking as Rule
from points.rules.periods import Period, cell_of
from points.rules.readback_header import read_back_header
from points.rules.readback_words import UNITS
from review import book_rankings, month_books, notices, sheets
from review.book_rankings import BookRow, BookTable
from review.described_rankings import BookRanking
from review.errors import RankingUnknown
from review.notices import NoticeStanding, NoticeView
from web.board import place_reading
from web.board.book_ranking_views import (
    Awaited,
    BookMeasure,
    BookRankGroup,
    BookRankingsPage,
    BookRankRow,
    BookRankTable,
    PeriodLink,
)
from web.board.ranking_views import RankingLink, SheetLink
from web.board.views import Pages
from web.language import current_language

ROWS_PER_PAGE = 100
#: Periods that stand side by side; a year of months.
PERIODS_SHOWN = 12
#: Tabs beside those of the sheet itself; the page lists every one.
NAMED_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class _Offered:
    """The rulebooks of a month, the one that is read, and its rankings."""

    books: list[RulebookInForce]
    book: RulebookInForce
    rankings: list[BookRanking]

    @property
    def public(self) -> list[BookRanking]:
        return [each for each in self.rankings if each.is_public]


def links(community_id: uuid.UUID, found: NoticeView) -> tuple[RankingLink, ...]:
    """The tabs beside 居民, 家庭, 网格: rankings about some only, such as grid workers."""
    offered = _offered(community_id, found.month, found.rulebook)
    if offered is None:
        return ()
    about = {each.code: each.audience for each in offered.book.compiled.rankings}
    month = None if found.sealed_at_utc is None else found.month
    some = [each for each in offered.public if about[each.code].any_of or about[each.code].none_of]
    return tuple(
        RankingLink(code=each.code, name=each.name, month=month) for each in some[:NAMED_SHOWN]
    )


def rankings_page(
    *,
    code: str,
    ranking: str | None,
    month: str | None,
    rulebook: str | None,
    number: int,
    now: dt.datetime,
) -> BookRankingsPage:
    """One ranking (the first, where none is named) over the period ``month`` lies in.

    Without ``month`` over the newest with a sealed month. Raises RankingUnknown, SheetUnknown.
    """
    place = place_reading.place(code)
    offered, chosen = _chosen(place.id, ranking, month, rulebook, now)
    page = BookRankingsPage(
        community=place.view,
        books=_books(offered),
        rankings=tuple(map(_link, offered.public)) if offered else (),
        chosen=_link(chosen) if chosen else None,
        withheld=_withheld(offered),
        periods=(),
        later=None,
        earlier=None,
        table=None,
        awaited=_awaited(place.id),
    )
    if offered is None or chosen is None:
        return page
    page = with_periods(page, _periods(place.id, offered.book, chosen, month))
    if page.period is None:
        return page
    return replace(page, table=_table(place.id, offered.book, page.period, chosen, number))


def _offered(community_id: uuid.UUID, month: str, rulebook: str | None) -> _Offered | None:
    """None where no rulebook is in force; SheetUnknown where none has this code."""
    try:
        books = month_books.all_of(community_id, month)
    except RulebookMissing:
        return None
    return _Offered(
        books=books,
        book=month_books.chosen(books, rulebook),
        rankings=book_rankings.listed(community_id, month, rulebook),
    )


def _chosen(
    community_id: uuid.UUID,
    ranking: str | None,
    month: str | None,
    rulebook: str | None,
    now: dt.datetime,
) -> tuple[_Offered | None, BookRanking | None]:
    """What is in force now; a ranking it has no more is found where the month's own had it."""
    in_force = clock.month_of(clock.business_date(now))
    for at in dict.fromkeys((in_force, month or in_force)):
        try:
            offered = _offered(community_id, at, rulebook)
        except NotFound:
            if at == (month or in_force):
                raise
            continue
        if offered is None:
            continue
        found = [each for each in offered.public if ranking in (None, each.code)]
        if found or ranking is None:
            return offered, found[0] if found else None
    if ranking is not None:
        raise RankingUnknown()
    return None, None


def _link(found: BookRanking) -> RankingLink:
    return RankingLink(code=found.code, name=found.name)


def _books(offered: _Offered | None) -> tuple[SheetLink, ...]:
    if offered is None or len(offered.books) == 1:
        return ()
    return tuple(
        SheetLink(
            code=None if book is offered.books[0] else book.compiled.code,
            title=book.compiled.title,
            is_chosen=book is offered.book,
        )
        for book in offered.books
    )


def _withheld(offered: _Offered | None) -> tuple[str, ...]:
    if offered is None:
        return ()
    return tuple(each.name for each in offered.rankings if not each.is_public)


def _awaited(community_id: uuid.UUID) -> Awaited | None:
    for each in notices.past(community_id, None, 1):
        if each.state is not NoticeStanding.SEALED:
            return Awaited(month=each.month, due_on=each.due_on)
    return None


def _periods(
    community_id: uuid.UUID, book: RulebookInForce, chosen: BookRanking, month: str | None
) -> list[PeriodLink]:
    """Every period of the ranking that has a sealed month, newest first; one statement."""
    over, year = Period(chosen.over), book.compiled.year_starts_month
    sealed = sheets.sealed_months(community_id, book.compiled.code)
    asked = month if month is not None else next(iter(sealed), None)
    wanted = clock.first_day(asked) if asked else dt.date.min
    found: dict[str, PeriodLink] = {}
    for each in sealed:
        cell = cell_of(clock.first_day(each), over, year)
        if cell.key in found:
            continue
        ends = cell.ends_before
        found[cell.key] = PeriodLink(
            month=each,
            first_month=clock.month_of(cell.starts_on) if ends else None,
            last_month=clock.month_of(ends - dt.timedelta(days=1)) if ends else None,
            is_chosen=cell.starts_on <= wanted and (ends is None or wanted < ends),
        )
    return list(found.values())


def with_periods(page: BookRankingsPage, found: list[PeriodLink]) -> BookRankingsPage:
    """The lot that holds the chosen period, and the way to its neighbors."""
    at = next((n for n, each in enumerate(found) if each.is_chosen), 0)
    first = at - at % PERIODS_SHOWN
    after = first + PERIODS_SHOWN
    return replace(
        page,
        periods=tuple(found[first:after]),
        later=found[first - 1].month if first else None,
        earlier=found[after].month if after < len(found) else None,
    )


def _table(
    community_id: uuid.UUID,
    book: RulebookInForce,
    period: PeriodLink,
    chosen: BookRanking,
    number: int,
) -> BookRankTable | None:
    """None where the rulebook as it stood then had no such ranking for anybody to read."""
    try:
        found = book_rankings.public(
            community_id, period.month, chosen.code, number, ROWS_PER_PAGE,
            rulebook=book.compiled.code,
        )  # fmt: skip
    except NotFound:
        return None
    then = month_books.of(community_id, period.month, book.compiled.code)
    rule = next(each for each in then.compiled.rankings if each.code == chosen.code)
    return BookRankTable(
        unit=found.ranking.unit,
        sentence=_sentence(then, rule),
        measure=_measure(found.ranking, rule),
        months=found.months,
        groups=_groups(found),
        pages=Pages(number=found.page, count=found.pages),
    )


def _sentence(book: RulebookInForce, rule: Rule) -> str:
    alone = replace(book.compiled, rankings=(rule,))
    said = next(each for each in read_back_header(alone) if each.where == f"rankings[{rule.code}]")
    return said.en if current_language() == "en" else said.zh


def _measure(found: BookRanking, rule: Rule) -> BookMeasure:
    zh, en = UNITS[found.counter_unit] if found.counter_unit else (None, None)
    return BookMeasure(
        counter=found.counter_name,
        counter_unit=en if current_language() == "en" else zh,
        is_per_head=rule.per_head,
    )


def _groups(found: BookTable) -> tuple[BookRankGroup, ...]:
    groups = []
    for grid, rows in groupby(found.rows, key=lambda row: row.group):
        of_group = [_row(row) for row in rows]
        groups.append(
            BookRankGroup(
                grid=grid,
                ranked=tuple(row for row in of_group if row.rank is not None),
                rest=tuple(row for row in of_group if row.rank is None),
            )
        )
    return tuple(groups)


def _row(row: BookRow) -> BookRankRow:
    value = row.quantity if row.score is None else row.score
    if value is None:
        raise AssertionError("a row has a score or a quantity")
    return BookRankRow(
        value=value,
        rank=row.rank,
        label=row.label,
        grid_number=row.grid_number,
        household_code=row.household_code,
        community=row.community,
    )
