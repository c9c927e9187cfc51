"""Working days 工作日, from a calendar that each district keeps.

The published Chinese calendar (with make-up working days) seeds editable rows; years that are not
published yet must be entered by an officer. Due dates are computed once and stored when issued.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import chinese_calendar
from sqlalchemy import Boolean, Date, UniqueConstraint, Uuid, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, ReferenceRow, db
from kernel.errors import Conflict


class CalendarYearMissing(Conflict):
    code = "calendar_year_missing"
    zh = "还没有 {year} 年的放假安排，请区里先录入 {year} 年的工作日，再办这一步。"
    en = "The public holidays of {year} are not entered yet. Please ask the district to enter them."


class CalendarDay(ReferenceRow, Base):
    """Whether one date is a working day in one district."""

    __tablename__ = "calendar_day"
    __deletable__ = True
    __table_args__ = (UniqueConstraint("district_id", "day"),)

    district_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    day: Mapped[dt.date] = mapped_column(Date)
    is_working: Mapped[bool] = mapped_column(Boolean)
    #: Entered before the State Council published the year: weekends only.
    is_provisional: Mapped[bool] = mapped_column(Boolean, default=False)


def published_year(year: int) -> dict[dt.date, bool]:
    """Each date of ``year`` → is it a working day; CalendarYearMissing if not published."""
    days = _dates(year)
    try:
        return {day: chinese_calendar.is_workday(day) for day in days}
    except NotImplementedError:
        raise CalendarYearMissing(year=year) from None


def provisional_year(year: int) -> dict[dt.date, bool]:
    """Each date of ``year`` with only the weekends off; must be marked provisional."""
    return {day: day.weekday() < 5 for day in _dates(year)}


def enter_year(
    *, district_id: uuid.UUID, days: Mapping[dt.date, bool], is_provisional: bool
) -> None:
    """Write or replace the days of a district's calendar."""
    present = {
        row.day: row
        for row in db.session.scalars(
            select(CalendarDay).where(
                CalendarDay.district_id == district_id,
                CalendarDay.day.between(min(days), max(days)),
            )
        )
    }
    missing = []
    for day, is_working in days.items():
        values = {"is_working": is_working, "is_provisional": is_provisional}
        if day in present:
            for name, value in values.items():
                setattr(present[day], name, value)
        else:
            missing.append({"district_id": district_id, "day": day, **values})
    db.session.flush()
    if missing:
        # A year in one statement, without an object for each of its days.
        db.session.execute(insert(CalendarDay), missing)


def calendar(*, district_id: uuid.UUID, start: dt.date, end: dt.date) -> dict[dt.date, bool]:
    """The entered days in [start, end]."""
    rows = db.session.execute(
        select(CalendarDay.day, CalendarDay.is_working).where(
            CalendarDay.district_id == district_id, CalendarDay.day.between(start, end)
        )
    )
    return {row.day: row.is_working for row in rows}


def due_date(*, district_id: uuid.UUID, start: dt.date, working_days: int) -> dt.date:
    """The last of ``working_days`` working days after ``start`` (which does not count itself)."""
    end = start + dt.timedelta(days=working_days * 3 + 30)
    return add(calendar(district_id=district_id, start=start, end=end), start, working_days)


def add(days: Mapping[dt.date, bool], start: dt.date, working_days: int) -> dt.date:
    """Pure form of :func:`due_date` over a calendar."""
    day = start
    left = working_days
    while left > 0:
        day += dt.timedelta(days=1)
        if day not in days:
            raise CalendarYearMissing(year=day.year)
        left -= days[day]
    return day


def _dates(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
