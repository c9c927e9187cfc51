"""Putting a month on notice, numbering it, and posting what a new edition corrected."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy, working_days
from kernel.access import Actor
from kernel.database import db, upsert
from kernel.ids import new_id
from points.models import AccountingMonth
from review import totals
from review.editions import Change, Edition, rows_of, set_state
from review.errors import NoticeDaysMissing
from review.models import (
    Correction,
    Disclosure,
    NoticeCounter,
    NoticePart,
    NoticeState,
    PublicNotice,
    Sheet,
    SheetRow,
    SheetState,
)
from review.rules.month_steps import notice_ends
from review.totals import Totals


def publish(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    month: AccountingMonth,
    sheets: Sequence[Sheet],
) -> PublicNotice:
    """Write the notice of the countersigned sheets; its due date is stored here, once.

    Raises NoticeDaysMissing, and CalendarYearMissing where the district's calendar ends too soon.
    """
    days = places.community(community_id).notice_working_days
    if days is None:
        raise NoticeDaysMissing()
    today = clock.business_date(now)
    due_on = working_days.due_date(
        district_id=places.district_of(community_id).id, start=today, working_days=days
    )
    notice = PublicNotice(
        community_id=community_id,
        month=month.month,
        year=today.year,
        number=_next_number(community_id, today.year),
        title=title_of(month.month),
        state=NoticeState.ON_NOTICE,
        published_by=actor.account_id,
        published_at_utc=now,
        working_days=days,
        due_on=due_on,
        due_at_utc=notice_ends(due_on),
    )
    db.session.add(notice)
    db.session.flush()
    found = totals.of_sheets([(each, rows_of(each).values()) for each in sheets], month.id)
    for sheet, of_sheet in zip(sheets, found, strict=True):
        set_state(sheet, SheetState.CURRENT)
        db.session.add(_part(notice, sheet, of_sheet))
    db.session.flush()
    return notice


def title_of(month: str) -> str:
    """``2026-11`` → 2026年11月积分公示."""
    first = clock.first_day(month)
    return f"{first.year}年{first.month}月积分公示"


def correct(*, notice: PublicNotice, editions: Sequence[Edition], now: dt.datetime) -> None:
    """Make the new editions the notice's and post every row they changed as a correction.

    Each edition has its own number. A row is shown only as far as both editions show it, and never
    with what was corrected: a score that rises because something was struck could only have been
    a deduction.
    """
    last = db.session.scalar(
        tenancy.columns(Correction, notice.community_id, sa.func.max(Correction.number)).where(
            Correction.notice_id == notice.id
        )
    )
    newest = {part.rulebook_id: part for part in parts_of(notice)}
    for number, edition in enumerate(editions, start=(last or 0) + 1):
        db.session.add_all(
            _correction(notice, edition.sheet, change, number=number, now=now)
            for change in edition.changes
        )
        newest[edition.sheet.rulebook_id].sheet_id = edition.sheet.id
    db.session.flush()


def parts_of(notice: PublicNotice) -> Sequence[NoticePart]:
    """The sheets on a notice in their order; one statement."""
    statement = tenancy.select(NoticePart, notice.community_id)
    return db.session.scalars(
        statement.where(NoticePart.notice_id == notice.id).order_by(NoticePart.place)
    ).all()


def of_month(community_id: uuid.UUID, month: str) -> PublicNotice | None:
    """The notice row of a month, or None."""
    return db.session.scalars(
        tenancy.select(PublicNotice, community_id).where(PublicNotice.month == month)
    ).one_or_none()


def _part(notice: PublicNotice, sheet: Sheet, found: Totals) -> NoticePart:
    return NoticePart(
        community_id=notice.community_id,
        notice_id=notice.id,
        rulebook_id=sheet.rulebook_id,
        sheet_id=sheet.id,
        place=sheet.place,
        participants=found.participants,
        records=found.records,
        bonus=found.sums.bonus,
        deduction=found.sums.deduction,
        adjustments=found.adjustments.count,
        adjusted_points=found.adjustments.points,
        deductions=[{"category": each.category, "count": each.count} for each in found.deductions],
    )


def _correction(
    notice: PublicNotice, sheet: Sheet, change: Change, *, number: int, now: dt.datetime
) -> Correction:
    row = Correction(
        community_id=notice.community_id,
        notice_id=notice.id,
        sheet_id=sheet.id,
        number=number,
        account_id=change.account_id,
        member_id=change.member_id,
        is_public=False,
        at_utc=now,
    )
    before, after = change.before, change.after
    hidden = before is None or Disclosure.COUNTED in (before.shown, after.shown)
    if before is None or hidden or not change.is_rescored:
        return row
    row.is_public = True
    row.household_code = after.household_code
    row.score_before, row.rank_before, label_before = _shown(before)
    row.score_after, row.rank_after, label_after = _shown(after)
    row.label = label_before or label_after
    return row


def _shown(row: SheetRow) -> tuple[Decimal, int | None, str | None]:
    is_ranked = row.shown == Disclosure.RANKED
    return row.score, row.rank if is_ranked else None, row.label if is_ranked else None


def _next_number(community_id: uuid.UUID, year: int) -> int:
    """The next number of the year; one statement, so that two publishers never share one."""
    statement = (
        upsert(NoticeCounter)
        .values(community_id=community_id, id=new_id(), year=year, last=1)
        .on_conflict_do_update(
            index_elements=["community_id", "year"], set_={"last": NoticeCounter.last + 1}
        )
        .returning(NoticeCounter.last)
    )
    number: int = db.session.execute(
        statement, execution_options={"synchronize_session": False}
    ).scalar_one()
    return number
