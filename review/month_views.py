"""The month as the console shows it: state, steps with their acts, what is still missing."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from community import places
from kernel import personal_text, tenancy
from kernel.access import Actor
from kernel.database import db
from points import months
from points.models import AccountingMonth, MonthAct
from review import month_books, needs, sheets
from review.models import Sheet
from review.needs import Need
from review.permissions import ReviewPermission


@dataclass(frozen=True, kw_only=True)
class MonthActView:
    """One step: from, to, who, why, when."""

    id: uuid.UUID
    from_state: str | None
    to_state: str
    actor_id: uuid.UUID
    why: str | None
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SheetOfMonth:
    """The newest edition under one rulebook; ``unit``: member or household."""

    rulebook: str
    title: str
    unit: str
    number: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class MonthView:
    """A month under review. Send ``version`` with the next step; a stale one is refused.

    ``sheets`` holds one sheet for each rulebook, ``sheet_number`` and ``digest`` are of the first;
    None before the signature.
    """

    id: uuid.UUID
    month: str
    state: str
    version: int
    acts: list[MonthActView]
    needs: list[Need]
    sheet_number: int | None
    digest: str | None
    sheets: list[SheetOfMonth]


def detail(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str) -> MonthView:
    """The month for those who review it; MonthUnknown."""
    actor.require(ReviewPermission.READ_MONTH, places.place_of(community_id))
    return of(months.of(community_id, month), now)


def of(row: AccountingMonth, now: dt.datetime) -> MonthView:
    """The view of a month's row, as every step answers it."""
    found = _sheets(row)
    return MonthView(
        id=row.id,
        month=row.month,
        state=row.state,
        version=row.version,
        acts=_acts(row),
        needs=needs.needs(row.community_id, row.month, now),
        sheet_number=found[0].number if found else None,
        digest=found[0].digest if found else None,
        sheets=found,
    )


def of_sheet(sheet: Sheet, title: str) -> SheetOfMonth:
    """A sheet with the title of its rulebook."""
    return SheetOfMonth(
        rulebook=sheet.rulebook_code,
        title=title,
        unit=sheet.unit,
        number=sheet.number,
        digest=sheet.digest,
    )


def _sheets(row: AccountingMonth) -> list[SheetOfMonth]:
    found = sheets.newest_of_month(row.community_id, row.month)
    if not found:
        return []
    titles = month_books.titles(row.community_id, {sheet.rulebook_id for sheet in found})
    return [of_sheet(sheet, titles[sheet.rulebook_id]) for sheet in found]


def _acts(row: AccountingMonth) -> list[MonthActView]:
    found = db.session.scalars(
        tenancy.select(MonthAct, row.community_id)
        .where(MonthAct.month_id == row.id)
        .order_by(MonthAct.id)
    )
    return [
        MonthActView(
            id=act.id,
            from_state=act.from_state,
            to_state=act.to_state,
            actor_id=act.actor_id,
            why=personal_text.read(act.community_id, act.why_text_id),
            at_utc=act.at_utc,
        )
        for act in found
    ]
