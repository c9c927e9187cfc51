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
from review import needs, sheets
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
class MonthView:
    """A month under review. Send ``version`` with the next step; a stale one is refused.

    ``sheet_number`` and ``digest`` are of the newest edition; None before the signature.
    """

    id: uuid.UUID
    month: str
    state: str
    version: int
    acts: list[MonthActView]
    needs: list[Need]
    sheet_number: int | None
    digest: str | None


def detail(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, month: str) -> MonthView:
    """The month for those who review it; MonthUnknown."""
    actor.require(ReviewPermission.READ_MONTH, places.place_of(community_id))
    return of(months.of(community_id, month), now)


def of(row: AccountingMonth, now: dt.datetime) -> MonthView:
    """The view of a month's row, as every step answers it."""
    sheet = sheets.newest(row.community_id, row.month)
    return MonthView(
        id=row.id,
        month=row.month,
        state=row.state,
        version=row.version,
        acts=_acts(row),
        needs=needs.needs(row.community_id, row.month, now),
        sheet_number=sheet.number if sheet else None,
        digest=sheet.digest if sheet else None,
    )


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
