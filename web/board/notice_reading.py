"""The pages of notices, from what review discloses; nothing is decided here."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import TypeVar

from flask import current_app, url_for

from kernel import clock, qr
from kernel.errors import NotFound
from kernel.http import MonthInvalid
from kernel.settings import Settings
from points import months
from points.models import MonthState
from review import notices
from review.notice_corrections import CorrectionRow
from review.notices import DayState, NoticeStanding, NoticeView
from review.rules.month_steps import earliest_freeze
from web.board import book_ranking_reading, paper, place_reading, rulebook_reading
from web.board.ranking_reading import own_unit, ranking, search, sheet_links
from web.board.ranking_views import Ranking, Unit
from web.board.views import (
    Clock,
    Community,
    CorrectedRow,
    Correction,
    DayCell,
    DeductionCount,
    Notice,
    NoticeLine,
    NoticePage,
    NoticesPage,
    ObjectionPage,
    OpenObjections,
    Pages,
    Proof,
    RankingPage,
    Totals,
    Upcoming,
)

T = TypeVar("T")

ROWS_SHOWN, ROWS_PER_PAGE = 12, 100
NOTICES_PER_PAGE = 12
#: More than any community will have; the lists below are cut into pages here.
MOST_NOTICES, MOST_ROWS = 600, 100_000


def notice_page(
    *,
    code: str,
    month: str | None = None,
    rulebook: str | None = None,
    unit: Unit = "member",
    household: str = "",
    surname: str = "",
    now: dt.datetime,
) -> NoticePage:
    """The notice of ``month``, or (None) what hangs on the board now; ``rulebook``: which sheet."""
    place = place_reading.place(code)
    found = _found(place.id, month, now, rulebook)
    today = clock.business_date(now)
    shops = place_reading.shops(place.id, today)
    return NoticePage(
        community=place.view,
        notice=None if found is None else _notice(place.view, found),
        ranking=None if found is None else _ranking(place.id, found, unit, 1, ROWS_SHOWN)[0],
        search=search(place.id, found, household, surname),
        upcoming=_upcoming(place.id, found, today) if month is None else None,
        merchants=shops[: place_reading.SHOPS_SHOWN],
        merchant_count=len(shops),
        rulebook=rulebook_reading.link(place.id, today, None if found is None else found.rulebook),
        is_current=month is None,
        stopped_since=place_reading.stopped_since(place.id),
    )


def objection_page(*, code: str, now: dt.datetime) -> ObjectionPage:
    """How to object to what is on notice now."""
    place = place_reading.place(code)
    found = notices.current(place.id, now)
    return ObjectionPage(
        community=place.view, notice=None if found is None else _notice(place.view, found)
    )


def notices_page(*, code: str, number: int) -> NoticesPage:
    """All notices, the newest first."""
    place = place_reading.place(code)
    found = notices.past(place.id, None, MOST_NOTICES)
    pages, shown = cut(found, number, NOTICES_PER_PAGE)
    lines = tuple(
        NoticeLine(
            month=line.month,
            document_number=f"{place.view.name} {line.reference}",
            published_on=line.published_on,
            is_sealed=line.state is NoticeStanding.SEALED,
            is_corrected=line.state is NoticeStanding.CORRECTED,
            due_on=line.due_on,
        )
        for line in shown
    )
    return NoticesPage(community=place.view, lines=lines, pages=pages)


def ranking_page(
    *,
    code: str,
    month: str | None,
    rulebook: str | None = None,
    unit: Unit,
    number: int,
    now: dt.datetime,
) -> RankingPage:
    """The full list of a sheet; NotFound where nothing was ever published."""
    place = place_reading.place(code)
    found = _found(place.id, month, now, rulebook)
    if found is None:
        raise NotFound()
    listed, count = _ranking(place.id, found, unit, number, ROWS_PER_PAGE)
    return RankingPage(
        community=place.view, ranking=listed, pages=Pages(number=number, count=count)
    )


def print_page(
    *, code: str, month: str, rulebook: str | None = None, now: dt.datetime
) -> paper.PrintPage:
    """One sheet of the month on paper, whole."""
    place = place_reading.place(code)
    found = notices.of_month(place.id, _checked(month), now, rulebook)
    rows = ranking(place.id, found, own_unit(found), 1, MOST_ROWS)[0].rows
    top = [row for row in rows if row.rank is not None]
    rest = [row for row in rows if row.rank is None]
    return paper.PrintPage(
        community=place.view,
        notice=_notice(place.view, found),
        **paper.laid_out(top, rest),
        top_count=len(top),
        rest_count=len(rest),
        below_base_count=found.totals.below_base,
        rulebook=rulebook_reading.link(place.id, found.published_on, found.rulebook),
    )


def cut(rows: list[T], number: int, size: int) -> tuple[Pages, list[T]]:
    """One page of a list, and where it is."""
    count = max(1, -(-len(rows) // size))
    return Pages(number=number, count=count), rows[(number - 1) * size : number * size]


def _ranking(
    community_id: uuid.UUID, found: NoticeView, unit: Unit, number: int, limit: int
) -> tuple[Ranking, int]:
    """A page of the sheet's ranking with the way to the rulebook's own, and how many pages."""
    listed, count = ranking(community_id, found, unit, number, limit)
    return replace(listed, named=book_ranking_reading.links(community_id, found)), count


def _found(
    community_id: uuid.UUID, month: str | None, now: dt.datetime, rulebook: str | None
) -> NoticeView | None:
    if month is None:
        return notices.current(community_id, now, rulebook)
    return notices.of_month(community_id, _checked(month), now, rulebook)


def _checked(month: str) -> str:
    if not clock.MONTH_PATTERN.match(month):
        raise MonthInvalid(field="month")
    return month


def _notice(community: Community, found: NoticeView) -> Notice:
    totals = found.totals
    return Notice(
        month=found.month,
        document_number=f"{community.name} {found.reference}",
        published_on=found.published_on,
        sealed_on=found.sealed_at_utc and clock.business_date(found.sealed_at_utc),
        clock=_clock(found) if found.takes_objections else None,
        due_at_utc=found.due_at_utc,
        notice_working_days=found.working_days,
        totals=Totals(
            members=totals.participants,
            lines=totals.records,
            bonus=totals.bonus,
            deduction=totals.deduction,
            adjustments=totals.adjustments,
            adjusted_points=totals.adjusted_points,
        ),
        deductions=tuple(
            DeductionCount(category=str(line["category"]), count=int(str(line["count"])))
            for line in totals.deductions
        ),
        corrections=tuple(
            Correction(
                number=correction.number,
                published_on=correction.corrected_on,
                rows=tuple(_corrected(row) for row in correction.rows),
                hidden=correction.hidden,
            )
            for correction in found.corrections
        ),
        objections=OpenObjections(count=found.open_objections, reply_due_on=found.answers_due_on),
        proof=_proof(community, found),
        unit=own_unit(found),
        sheets=sheet_links(found),
    )


def _clock(found: NoticeView) -> Clock:
    """Without the day of publishing, which does not count."""
    cells = tuple(
        DayCell(
            day=cell.day,
            is_working=cell.is_working,
            is_past=cell.state is DayState.PAST,
            is_today=cell.state is DayState.TODAY,
            is_last=cell.is_last,
        )
        for cell in found.days
        if cell.day > found.published_on
    )
    left = sum(cell.is_working and not cell.is_past for cell in cells)
    return Clock(due_at_utc=found.due_at_utc, working_days_left=left, cells=cells)


def _corrected(row: CorrectionRow) -> CorrectedRow:
    return CorrectedRow(
        household_code=row.household_code,
        label=row.label,
        score_before=row.score_before,
        score_after=row.score_after,
        rank_before=row.rank_before,
        rank_after=row.rank_after,
    )


def _proof(community: Community, found: NoticeView) -> Proof:
    settings: Settings = current_app.config["LINLI"]
    chosen = next((sheet.code for sheet in sheet_links(found) if sheet.is_chosen), None)
    path = url_for(
        "board.past_notice", community=community.code, month=found.month, rulebook=chosen
    )
    url = f"{settings.public_base_url}{path}"
    return Proof(
        url=url,
        qr_svg=qr.svg(url),
        digest=found.digest,
        state="superseded" if found.corrections else "as_printed",
    )


def _upcoming(community_id: uuid.UUID, found: NoticeView | None, today: dt.date) -> Upcoming | None:
    """The month that will be published next, unless one is on notice now."""
    if found is not None and found.sealed_at_utc is None:
        return None
    month = clock.month_of(today) if found is None else clock.next_month(found.month)
    row = months.find(community_id, month)
    if row is None or row.state == MonthState.SEALED:
        return None
    return Upcoming(
        month=month, state=MonthState(row.state).value, earliest_freeze_on=earliest_freeze(month)
    )
