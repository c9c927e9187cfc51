"""Public notices 公示 as anybody reads them, without signing in."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy, working_days
from kernel.database import db
from points.models import Rulebook
from review import month_views, notice_corrections, publishing, sheets
from review.errors import NoticeMissing
from review.models import (
    Correction,
    NoticePart,
    NoticeState,
    Objection,
    ObjectionState,
    PublicNotice,
    Sheet,
)
from review.month_views import SheetOfMonth
from review.notice_corrections import CorrectionView


class NoticeStanding(StrEnum):
    """How the notice stands: on notice, on notice with corrections, sealed."""

    ON_NOTICE = "on_notice"
    CORRECTED = "corrected"
    SEALED = "sealed"


class DayState(StrEnum):
    PAST = "past"
    TODAY = "today"
    AHEAD = "ahead"


@dataclass(frozen=True, kw_only=True)
class DayCell:
    """One cell of the clock. ``is_last``: the notice ends on this day at 18:00."""

    day: dt.date
    state: DayState
    is_working: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class NoticeTotals:
    """Of one sheet, as published.

    Sums are None, and categories left out, that would tell on a household.
    """

    rows: int
    ranked: int
    listed: int
    below_base: int
    participants: int
    records: int
    bonus: Decimal | None
    deduction: Decimal | None
    #: Rows of batches 批量调整.
    adjustments: int
    adjusted_points: Decimal | None
    deductions: list[dict[str, object]]


@dataclass(frozen=True, kw_only=True)
class NoticeSummary:
    """A notice in a list."""

    id: uuid.UUID
    month: str
    reference: str
    title: str
    published_on: dt.date
    due_on: dt.date
    state: NoticeStanding


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """One notice, with what the board shows above and beside the ranking of one of its sheets.

    ``sheets`` are all of them, in their order; totals, digest, corrections and objections are of
    the sheet under ``rulebook``.

    ``takes_objections``: the clock still runs. ``working_days_left`` counts today,
    but not the day of publishing.
    """

    id: uuid.UUID
    month: str
    #: 公示〔2026〕11 号
    reference: str
    title: str
    state: NoticeStanding
    published_at_utc: dt.datetime
    published_on: dt.date
    due_on: dt.date
    due_at_utc: dt.datetime
    sealed_at_utc: dt.datetime | None
    takes_objections: bool
    working_days: int
    working_days_left: int
    days: list[DayCell]
    sheets: list[SheetOfMonth]
    rulebook: str
    #: Whom the rows are about: member or household.
    unit: str
    totals: NoticeTotals
    sheet_number: int
    digest: str
    corrections: list[CorrectionView]
    open_objections: int
    #: The last day on which one of the open objections is answered.
    answers_due_on: dt.date | None


def current(
    community_id: uuid.UUID, now: dt.datetime, rulebook: str | None = None
) -> NoticeView | None:
    """The notice on the board: the last one published; None where there never was one.

    ``rulebook`` names another sheet of it than the first; SheetUnknown.
    """
    row = db.session.scalars(
        tenancy.select(PublicNotice, community_id).order_by(PublicNotice.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _view(row, now, rulebook)


def of_month(
    community_id: uuid.UUID, month: str, now: dt.datetime, rulebook: str | None = None
) -> NoticeView:
    """The notice of one month, with its first sheet or the one named.

    Raises NoticeMissing, SheetUnknown.
    """
    row = publishing.of_month(community_id, month)
    if row is None:
        raise NoticeMissing()
    return _view(row, now, rulebook)


def past(community_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> list[NoticeSummary]:
    """All notices, the last published first, going on after the one named."""
    statement = tenancy.select(PublicNotice, community_id)
    if after is not None:
        statement = statement.where(PublicNotice.id < after)
    rows = list(db.session.scalars(statement.order_by(PublicNotice.id.desc()).limit(limit)))
    corrected = set(
        db.session.scalars(
            tenancy.columns(Correction, community_id, Correction.notice_id)
            .where(Correction.notice_id.in_([row.id for row in rows]))
            .distinct()
        )
    )
    return [
        NoticeSummary(
            id=row.id,
            month=row.month,
            reference=reference(row),
            title=row.title,
            published_on=clock.business_date(row.published_at_utc),
            due_on=row.due_on,
            state=_standing(row, is_corrected=row.id in corrected),
        )
        for row in rows
    ]


def reference(row: PublicNotice) -> str:
    """公示〔2026〕11 号; the page puts the community's name before it."""
    return f"公示〔{row.year}〕{row.number} 号"


def _view(row: PublicNotice, now: dt.datetime, rulebook: str | None) -> NoticeView:
    part, sheet, listed = _parts(row, rulebook)
    corrections = notice_corrections.of_part(part)
    is_open = row.state == NoticeState.ON_NOTICE and now < row.due_at_utc
    cells = _days(row, clock.business_date(now))
    published_on = clock.business_date(row.published_at_utc)
    objections, answers_due_on = _open_objections(part)
    return NoticeView(
        id=row.id,
        month=row.month,
        reference=reference(row),
        title=row.title,
        state=_standing(row, is_corrected=bool(corrections)),
        published_at_utc=row.published_at_utc,
        published_on=published_on,
        due_on=row.due_on,
        due_at_utc=row.due_at_utc,
        sealed_at_utc=row.sealed_at_utc,
        takes_objections=is_open,
        working_days=row.working_days,
        working_days_left=sum(
            1
            for cell in cells
            if is_open
            and cell.is_working
            and cell.state is not DayState.PAST
            and cell.day > published_on
        ),
        days=cells,
        sheets=listed,
        rulebook=sheet.rulebook_code,
        unit=sheet.unit,
        totals=_totals(part, sheet),
        sheet_number=sheet.number,
        digest=sheet.digest,
        corrections=corrections,
        open_objections=objections,
        answers_due_on=answers_due_on,
    )


def _parts(row: PublicNotice, rulebook: str | None) -> tuple[NoticePart, Sheet, list[SheetOfMonth]]:
    """The part that is shown with its newest edition, and all sheets of the notice."""
    joins = (
        (Sheet, NoticePart.sheet_id == Sheet.id),
        (Rulebook, NoticePart.rulebook_id == Rulebook.id),
    )
    statement = tenancy.columns(NoticePart, row.community_id, NoticePart, Sheet, Rulebook.title)
    for table, same in joins:
        statement = statement.join(
            table, sa.and_(table.community_id == NoticePart.community_id, same)
        )
    found = db.session.execute(
        statement.where(NoticePart.notice_id == row.id).order_by(NoticePart.place)
    ).all()
    chosen = sheets.chosen([each.Sheet for each in found], rulebook)
    part = next(each.NoticePart for each in found if each.Sheet is chosen)
    return part, chosen, [month_views.of_sheet(each.Sheet, each.title) for each in found]


def _totals(row: NoticePart, sheet: Sheet) -> NoticeTotals:
    return NoticeTotals(
        rows=sheet.ranked + sheet.listed + sheet.counted,
        ranked=sheet.ranked,
        listed=sheet.listed,
        below_base=sheet.counted,
        participants=row.participants,
        records=row.records,
        bonus=row.bonus,
        deduction=row.deduction,
        adjustments=row.adjustments,
        adjusted_points=row.adjusted_points,
        deductions=row.deductions,
    )


def _standing(row: PublicNotice, *, is_corrected: bool) -> NoticeStanding:
    if row.state == NoticeState.SEALED:
        return NoticeStanding.SEALED
    return NoticeStanding.CORRECTED if is_corrected else NoticeStanding.ON_NOTICE


def _days(row: PublicNotice, today: dt.date) -> list[DayCell]:
    """From the day of publishing to the last day, with the district's working days."""
    start = clock.business_date(row.published_at_utc)
    calendar = working_days.calendar(
        district_id=places.district_of(row.community_id).id, start=start, end=row.due_on
    )
    days = [start + dt.timedelta(days=n) for n in range((row.due_on - start).days + 1)]
    return [
        DayCell(
            day=day,
            state=DayState.TODAY
            if day == today
            else (DayState.PAST if day < today else DayState.AHEAD),
            is_working=calendar.get(day, day.weekday() < 5),
            is_last=day == row.due_on,
        )
        for day in days
    ]


def _open_objections(part: NoticePart) -> tuple[int, dt.date | None]:
    count, due_on = db.session.execute(
        tenancy.columns(
            Objection, part.community_id, sa.func.count(), sa.func.max(Objection.due_on)
        ).where(
            Objection.notice_id == part.notice_id,
            Objection.rulebook_id == part.rulebook_id,
            Objection.state == ObjectionState.OPEN,
        )
    ).one()
    return count, due_on
