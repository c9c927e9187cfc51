"""What a month still needs until it is sealed 归档还差什么, each with its reason and its day."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from community import places
from kernel import clock, tenancy
from kernel.database import db
from points import months
from points.models import AccountingMonth, MonthState
from review import lines, publishing
from review.models import Objection, ObjectionState, PublicNotice
from review.permissions import ReviewPermission
from review.rules.month_steps import earliest_freeze

_ORDER = {state: place for place, state in enumerate(MonthState)}


class NeedState(StrEnum):
    """✓ done, × somebody has to act, ⧗ only time has to pass."""

    DONE = "done"
    TO_DO = "to_do"
    WAITING = "waiting"


@dataclass(frozen=True, kw_only=True)
class Need:
    """One condition on the way to the seal.

    ``permission``: what whoever settles it must hold. ``blocks``: the month cannot go on without
    it; a need that does not block is told all the same. ``until``: the day it is due or over.
    """

    code: str
    state: NeedState
    blocks: bool
    zh: str
    en: str
    permission: str | None = None
    until: dt.date | None = None
    count: int | None = None


def needs(community_id: uuid.UUID, month: str, now: dt.datetime) -> list[Need]:
    """Every condition in the order of the month's steps; MonthUnknown.

    The month may take its next step when the first blocking need that is not done is that step's
    own act (its ``permission`` says whose).
    """
    row = months.of(community_id, month)
    notice = publishing.of_month(community_id, month)
    return [
        _month_over(row, now),
        _decided(row),
        _step(row, MonthState.FROZEN, ReviewPermission.FREEZE_MONTH),
        _step(row, MonthState.SIGNED, ReviewPermission.SIGN_MONTH),
        _step(row, MonthState.COUNTERSIGNED, ReviewPermission.COUNTERSIGN_MONTH),
        _notice_days(community_id, notice),
        _step(row, MonthState.ON_NOTICE, ReviewPermission.PUBLISH_MONTH),
        _notice_over(notice, now),
        _objections(notice),
        _step(row, MonthState.SEALED, ReviewPermission.SEAL_MONTH),
    ]


_STEPS = {
    MonthState.FROZEN: ("封账", "Close the month to recording"),
    MonthState.SIGNED: ("评议组签署", "The review panel signs"),
    MonthState.COUNTERSIGNED: ("监督组确认", "The supervision group countersigns"),
    MonthState.ON_NOTICE: ("发布公示", "Put on public notice"),
    MonthState.SEALED: ("归档", "Seal the month"),
}


def _step(row: AccountingMonth, to: MonthState, permission: ReviewPermission) -> Need:
    done = _ORDER[MonthState(row.state)] >= _ORDER[to]
    zh, en = _STEPS[to]
    return Need(
        code=f"step_{to}",
        state=NeedState.DONE if done else NeedState.TO_DO,
        blocks=True,
        zh=zh,
        en=en,
        permission=permission,
    )


def _month_over(row: AccountingMonth, now: dt.datetime) -> Need:
    earliest = earliest_freeze(row.month)
    over = clock.business_date(now) >= earliest or row.state != MonthState.OPEN
    return Need(
        code="month_over",
        state=NeedState.DONE if over else NeedState.WAITING,
        blocks=True,
        zh=f"这个月过完，最早 {earliest.month}月{earliest.day}日 封账",
        en=f"The month is over; it can be frozen from {earliest} on",
        until=earliest,
    )


def _decided(row: AccountingMonth) -> Need:
    """Does not block: what is undecided at the freeze moves on; silence approves nothing."""
    count = lines.undecided(row.community_id, row.id)
    settled = not count
    return Need(
        code="claims_decided",
        state=NeedState.DONE if settled else NeedState.TO_DO,
        blocks=False,
        zh="记录都已审核、评定" if settled else f"{count} 条待审核或评定，封账时移到下个月",
        en="Every record is decided" if settled else f"{count} undecided records will move on",
        count=count,
    )


def _notice_days(community_id: uuid.UUID, notice: PublicNotice | None) -> Need:
    days = notice.working_days if notice else places.community(community_id).notice_working_days
    return Need(
        code="notice_days_set",
        state=NeedState.DONE if days else NeedState.TO_DO,
        blocks=True,
        zh=f"公示 {days} 个工作日" if days else "社区还没有定公示几个工作日",
        en=f"The notice lasts {days} working days"
        if days
        else "The length of the notice is not set",
        count=days,
    )


def _notice_over(notice: PublicNotice | None, now: dt.datetime) -> Need:
    over = notice is not None and now >= notice.due_at_utc
    due_on = notice.due_on if notice else None
    day = f"，{due_on.month}月{due_on.day}日 18:00 截止" if due_on else ""
    return Need(
        code="notice_over",
        state=NeedState.DONE if over else NeedState.WAITING,
        blocks=True,
        zh=f"公示期已满{day}" if over else f"公示期未满{day}",
        en="The notice is over"
        if over
        else f"The notice runs{f' until {due_on}' if due_on else ''}",
        until=due_on,
    )


def _objections(notice: PublicNotice | None) -> Need:
    """Does not block: the month seals on time, only disputed lines stay marked."""
    count, due_on = (0, None) if notice is None else _open(notice)
    return Need(
        code="objections_answered",
        state=NeedState.DONE if not count else NeedState.TO_DO,
        blocks=False,
        zh=f"{count} 件异议待书面答复，不影响归档" if count else "没有待答复的异议",
        en=f"{count} objections wait for a reply" if count else "No objection is open",
        permission=ReviewPermission.DECIDE_OBJECTION,
        until=due_on,
        count=count,
    )


def _open(notice: PublicNotice) -> tuple[int, dt.date | None]:
    count, first_due = db.session.execute(
        tenancy.columns(
            Objection, notice.community_id, sa.func.count(), sa.func.min(Objection.due_on)
        ).where(Objection.notice_id == notice.id, Objection.state == ObjectionState.OPEN)
    ).one()
    return count, first_due
