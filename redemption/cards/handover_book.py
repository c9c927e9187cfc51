"""The hand-over book 发放登记簿: which card went to whom, who received it, who handed it over."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.orm import aliased

from community import places
from community.models import Household, Member, Membership, UserAccount
from kernel import audit, clock, tenancy, workbooks
from kernel.access import Actor
from kernel.database import db
from redemption.cards.errors import CardUnreadable
from redemption.models import CardHandover, RedemptionCard
from redemption.permissions import RedemptionPermission
from redemption.rules import card_numbers

_PAGE = 500
#: Nothing was handed over before or after; days beyond could not be counted from, either.
_FIRST, _LAST = dt.date(2000, 1, 1), dt.date(2200, 1, 1)
_COLUMNS = ("序号", "发放日期", "卡号", "户号", "姓名", "领卡人", "原卡号", "经办人", "签收")
_WIDTHS = (6, 18, 12, 12, 12, 12, 12, 14, 16)
_RECEIVER, _OLD = aliased(Member), aliased(RedemptionCard)


@dataclass(frozen=True, kw_only=True)
class HandoverView:
    """One line of the book; ``state`` and ``version`` are the card's now."""

    id: uuid.UUID
    card_id: uuid.UUID
    number: str
    state: str
    version: int
    member_id: uuid.UUID
    member_name: str
    household_code: str | None
    received_by_id: uuid.UUID
    received_by_name: str
    replaces_number: str | None
    by_name: str | None
    at_utc: dt.datetime


def listed(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    q: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[HandoverView]:
    """The book, latest first.

    ``q`` is a card number, part of a name, or the beginning of a household code; ``since`` and
    ``until`` are days, both included.
    """
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    return _views(community_id, _wanted(q, since, until, after), limit)


def one(community_id: uuid.UUID, handover_id: uuid.UUID) -> HandoverView:
    """One line; the caller has checked who asks."""
    return _views(community_id, CardHandover.id == handover_id, 1)[0]


def workbook(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    q: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> bytes:
    """The same lines as an .xlsx to print and sign; who took it along is kept."""
    actor.require(RedemptionPermission.READ_CARDS, places.place_of(community_id))
    buffer = io.BytesIO()
    lines = 0
    with workbooks.workbook(buffer) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("发放登记簿")
        sheet.set_landscape()
        sheet.repeat_rows(0)
        for column, (title, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, bold)
        for lines, each in enumerate(_all(community_id, q, since, until), start=1):
            sheet.write_number(lines, 0, lines)
            for column, text in enumerate(_cells(each), start=1):
                sheet.write_string(lines, column, text)
    audit.record(
        actor=actor, now=now, community_id=community_id, act="card_handovers.exported",
        subject_kind="community", subject_id=community_id, lines=lines,
    )  # fmt: skip
    db.session.flush()
    return buffer.getvalue()


def _cells(each: HandoverView) -> tuple[str, ...]:
    return (
        f"{each.at_utc.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
        each.number,
        each.household_code or "",
        each.member_name,
        "本人" if each.received_by_id == each.member_id else f"{each.received_by_name}（代）",
        each.replaces_number or "",
        each.by_name or "",
    )


def _all(
    community_id: uuid.UUID, q: str | None, since: dt.date | None, until: dt.date | None
) -> Iterator[HandoverView]:
    after = None
    while True:
        rows = _views(community_id, _wanted(q, since, until, after), _PAGE)
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def _wanted(
    q: str | None, since: dt.date | None, until: dt.date | None, after: uuid.UUID | None
) -> ColumnElement[bool]:
    which: ColumnElement[bool] = true()
    if q and q.strip():
        which = and_(which, matching(q.strip()))
    if since is not None:
        which = and_(which, CardHandover.at_utc >= clock.start_of_day(max(since, _FIRST)))
    if until is not None:
        ends = clock.start_of_day(min(until, _LAST) + dt.timedelta(days=1))
        which = and_(which, CardHandover.at_utc < ends)
    if after is not None:
        which = and_(which, CardHandover.id < after)
    return which


def matching(q: str) -> ColumnElement[bool]:
    """Cards of this number, or of holders whose name or household code fits."""
    try:
        number = card_numbers.read(q).number
    except CardUnreadable:
        number = None
    fits = or_(
        Member.name.contains(q, autoescape=True),
        Household.code.startswith(q.upper(), autoescape=True),
    )
    return fits if number is None else or_(fits, RedemptionCard.number == number)


def _views(community_id: uuid.UUID, which: ColumnElement[bool], limit: int) -> list[HandoverView]:
    rows = db.session.execute(
        tenancy.columns(
            CardHandover, community_id, CardHandover.id, CardHandover.card_id,
            RedemptionCard.number, RedemptionCard.state, RedemptionCard.version,
            CardHandover.member_id, Member.name.label("member_name"),
            Household.code.label("household_code"), CardHandover.received_by_id,
            _RECEIVER.name.label("received_by_name"), _OLD.number.label("replaces_number"),
            UserAccount.display_name.label("by_name"), CardHandover.at_utc,
        )
        .join(RedemptionCard, _same(RedemptionCard, CardHandover.card_id))
        .join(Member, _same(Member, CardHandover.member_id))
        .join(_RECEIVER, _same(_RECEIVER, CardHandover.received_by_id))
        .outerjoin(_OLD, _same(_OLD, CardHandover.replaces_card_id))
        .outerjoin(
            Membership,
            and_(
                Membership.community_id == CardHandover.community_id,
                Membership.member_id == CardHandover.member_id,
                Membership.valid_to.is_(None),
            ),
        )
        .outerjoin(
            Household,
            and_(
                Household.community_id == Membership.community_id,
                Household.id == Membership.household_id,
            ),
        )
        .outerjoin(UserAccount, UserAccount.id == CardHandover.actor_id)
        .where(which)
        .order_by(CardHandover.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        HandoverView(
            **{
                **row._mapping,
                "number": card_numbers.printed(row.number),
                "replaces_number": row.replaces_number
                and card_numbers.printed(row.replaces_number),
            }
        )
        for row in rows
    ]


def _same(table: type[RedemptionCard] | type[Member], column: object) -> ColumnElement[bool]:
    return and_(table.community_id == CardHandover.community_id, table.id == column)
