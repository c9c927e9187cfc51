"""Filing and withdrawing an objection 异议: online by a member, or at the counter for somebody."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from community import members, places
from kernel import clock, personal_text, tenancy, working_days
from kernel.access import Actor
from kernel.database import db
from kernel.errors import Forbidden, NotFound
from review import lines, objection_acts, objection_views, sheets
from review.errors import (
    AlreadyObjected,
    ConflictOfInterest,
    LineAndMissing,
    LineNotOfMonth,
    NoticeClosed,
    NotOnNoticeYet,
    SubjectMissing,
)
from review.models import (
    NoticeState,
    Objection,
    ObjectionChannel,
    ObjectionKind,
    ObjectionState,
    PublicNotice,
    Sheet,
    SheetRow,
)
from review.objection_views import ObjectionView, Side
from review.permissions import ReviewPermission
from review.rules.objection_steps import ANSWER_WORKING_DAYS


@dataclass(frozen=True, kw_only=True)
class _Filing:
    """What somebody objects to, and how it came in.

    It is about one line, or a row of a public sheet, or (at the counter) a member named;
    ``rulebook`` says which sheet, where neither line nor row does.
    """

    kind: ObjectionKind
    text: str
    channel: ObjectionChannel
    objector_member_id: uuid.UUID
    account_id: uuid.UUID | None = None
    keyed_by: uuid.UUID | None = None
    line_id: uuid.UUID | None = None
    row_id: uuid.UUID | None = None
    subject_member_id: uuid.UUID | None = None
    rulebook: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """Whose row on which rulebook's sheet it is about."""

    member_id: uuid.UUID
    rulebook_id: uuid.UUID


def raise_objection(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    month: str,
    kind: ObjectionKind,
    text: str,
    line_id: uuid.UUID | None = None,
    row_id: uuid.UUID | None = None,
    rulebook: str | None = None,
) -> ObjectionView:
    """Object in one's own name: to a line (``line_id``), to a public row (``row_id``), or that
    something is missing (on the own row where no other is named, of the month's first sheet or
    that of ``rulebook``).

    Raises NotOnNoticeYet, NoticeClosed, SheetUnknown, LineNotOfMonth, LineAndMissing,
    SubjectMissing, AlreadyObjected, CalendarYearMissing.
    """
    actor.require(ReviewPermission.FILE_OBJECTION, places.place_of(community_id))
    member_id = actor.member_in(community_id)
    filing = _Filing(
        kind=kind,
        text=text,
        channel=ObjectionChannel.ONLINE,
        objector_member_id=member_id,
        account_id=actor.account_id,
        line_id=line_id,
        row_id=row_id,
        rulebook=rulebook,
    )
    row = _file(filing, _open_notice(community_id, month, now), actor=actor, now=now)
    return objection_views.view(actor, row, Side.OBJECTOR)


def key_in(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    month: str,
    kind: ObjectionKind,
    text: str,
    objector_member_id: uuid.UUID,
    line_id: uuid.UUID | None = None,
    row_id: uuid.UUID | None = None,
    subject_member_id: uuid.UUID | None = None,
    rulebook: str | None = None,
) -> ObjectionView:
    """Write down at the counter what somebody says; the same rights as with a phone.

    Raises what :func:`raise_objection` raises, and NotFound for an unknown objector.
    """
    actor.require(ReviewPermission.KEY_OBJECTION, places.place_of(community_id))
    members.get(community_id, objector_member_id)
    filing = _Filing(
        kind=kind,
        text=text,
        channel=ObjectionChannel.COUNTER,
        objector_member_id=objector_member_id,
        keyed_by=actor.account_id,
        line_id=line_id,
        row_id=row_id,
        subject_member_id=subject_member_id,
        rulebook=rulebook,
    )
    row = _file(filing, _open_notice(community_id, month, now), actor=actor, now=now)
    return objection_views.view(actor, row, Side.OBJECTOR)


def withdraw(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    objection_id: uuid.UUID,
    version: int,
) -> ObjectionView:
    """Take back one's own objection, or one that came in at the counter, at the counter.

    At the counter nobody withdraws what was said about their own acts or household. Raises NotFound
    for anybody else, ConflictOfInterest, StaleVersion, ObjectionClosed.
    """
    row = tenancy.get(Objection, community_id, objection_id)
    place = places.place_of(community_id)
    is_own = actor.members.get(community_id) == row.objector_member_id
    is_counter = row.channel == ObjectionChannel.COUNTER
    if is_own:
        actor.require(ReviewPermission.FILE_OBJECTION, place)
    elif is_counter:
        actor.require(ReviewPermission.KEY_OBJECTION, place)
        _require_clean_hands(actor, row)
    elif objection_views.side_of(actor, row) is None:
        raise NotFound()
    else:
        raise Forbidden()
    objection_acts.step(actor=actor, now=now, row=row, to=ObjectionState.WITHDRAWN, version=version)
    return objection_views.view(actor, row, Side.OBJECTOR)


def _require_clean_hands(actor: Actor, row: Objection) -> None:
    line = lines.about(row.community_id, row.line_id) if row.line_id else None
    acted_on = line.acted_on if line else frozenset()
    circle = objection_views.circle_of(actor, row.community_id)
    if actor.account_id in acted_on or row.subject_member_id in circle:
        raise ConflictOfInterest()


def _file(filing: _Filing, notice: PublicNotice, *, actor: Actor, now: dt.datetime) -> Objection:
    community_id = notice.community_id
    subject = _subject(filing, notice)
    _refuse_twice(filing, notice, subject)
    kept = personal_text.keep(community_id=community_id, body=filing.text, now=now)
    row = Objection(
        community_id=community_id,
        month=notice.month,
        notice_id=notice.id,
        number=_next_number(notice),
        kind=filing.kind,
        channel=filing.channel,
        state=ObjectionState.OPEN,
        line_id=filing.line_id,
        rulebook_id=subject.rulebook_id,
        subject_member_id=subject.member_id,
        objector_member_id=filing.objector_member_id,
        objector_account_id=filing.account_id,
        keyed_by=filing.keyed_by,
        text_id=kept.id,
        filed_at_utc=now,
        due_on=working_days.due_date(
            district_id=places.district_of(community_id).id,
            start=clock.business_date(now),
            working_days=ANSWER_WORKING_DAYS,
        ),
        version=1,
    )
    db.session.add(row)
    db.session.flush()
    objection_acts.append(row, None, actor=actor, now=now)
    return row


def _open_notice(community_id: uuid.UUID, month: str, now: dt.datetime) -> PublicNotice:
    """The running notice, locked: numbers have no gaps, and sealing waits for the filing."""
    notice = db.session.scalars(
        tenancy.select(PublicNotice, community_id)
        .where(PublicNotice.month == month)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if notice is None:
        raise NotOnNoticeYet(month=month)
    if notice.state != NoticeState.ON_NOTICE or now >= notice.due_at_utc:
        raise NoticeClosed(month=month)
    return notice


def _subject(filing: _Filing, notice: PublicNotice) -> _Subject:
    """Whose score it is about. A row must stand on an edition that is on notice now."""
    standing = sheets.newest_of_month(notice.community_id, notice.month)
    if filing.line_id is not None:
        if filing.kind is ObjectionKind.MISSING:
            raise LineAndMissing(field="line_id")
        line = lines.about(notice.community_id, filing.line_id)
        if line.month != notice.month or line.member_id is None or line.rulebook_id is None:
            raise LineNotOfMonth(field="line_id")
        return _Subject(member_id=line.member_id, rulebook_id=line.rulebook_id)
    if filing.row_id is not None:
        row = tenancy.get(SheetRow, notice.community_id, filing.row_id)
        for sheet in standing:
            if row.sheet_id == sheet.id:
                return _Subject(member_id=row.member_id, rulebook_id=sheet.rulebook_id)
        raise LineNotOfMonth(field="row_id")
    sheet = sheets.chosen(standing, filing.rulebook)
    return _Subject(member_id=_named(filing, sheet), rulebook_id=sheet.rulebook_id)


def _named(filing: _Filing, sheet: Sheet) -> uuid.UUID:
    """The member named at the counter, else who speaks for the objector's own row."""
    if filing.subject_member_id is not None:
        named = members.get(sheet.community_id, filing.subject_member_id).id
    elif filing.kind is ObjectionKind.MISSING:
        named = filing.objector_member_id
    else:
        raise SubjectMissing(field="line_id")
    row = sheets.own_row(sheet, named)
    return row.member_id if row else named


def _refuse_twice(filing: _Filing, notice: PublicNotice, subject: _Subject) -> None:
    """One open objection per objector and line (per row, where no line is named)."""
    if filing.kind is ObjectionKind.MISSING:
        return
    statement = tenancy.columns(Objection, notice.community_id, Objection.id).where(
        Objection.notice_id == notice.id,
        Objection.state == ObjectionState.OPEN,
        Objection.kind == filing.kind,
        Objection.objector_member_id == filing.objector_member_id,
        Objection.subject_member_id == subject.member_id,
        Objection.rulebook_id == subject.rulebook_id,
        Objection.line_id == filing.line_id
        if filing.line_id is not None
        else Objection.line_id.is_(None),
    )
    if db.session.execute(statement.limit(1)).first() is not None:
        raise AlreadyObjected()


def _next_number(notice: PublicNotice) -> int:
    last = db.session.scalar(
        tenancy.columns(Objection, notice.community_id, sa.func.max(Objection.number)).where(
            Objection.notice_id == notice.id
        )
    )
    return (last or 0) + 1
