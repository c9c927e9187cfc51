"""Consultations 征求意见: opening one, taking a text back, commenting, answering."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from community import places
from kernel import audit, clock, personal_text, tenancy
from kernel.access import Actor
from kernel.audit import By
from kernel.database import db
from points import rulebook_text
from points.models import (
    AnswerOutcome,
    CommentChannel,
    Consultation,
    ConsultationAnswer,
    ConsultationComment,
    RulebookActKind,
    RulebookState,
    RulebookVersion,
)
from points.permissions import PointsPermission
from points.rulebook_life import consulted, edits, examining, steps
from points.rulebook_life.errors import (
    AnswerTooLate,
    CommentsMany,
    ConsultationDatesWrong,
    ConsultationNotOpen,
    CounterIsForStaff,
)
from points.rules.document import parse

LONGEST_DAYS = 366
#: Of one account in one consultation; at the counter staff write for many.
MOST_COMMENTS = 50


def open_consultation(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    version: int,
    starts_on: dt.date,
    last_on: dt.date,
) -> Consultation:
    """Lay a draft open from ``starts_on`` to the end of ``last_on``; its text stands still then.

    Raises IllegalRulebookStep, StaleVersion, ConsultationDatesWrong, RulebookRefused.
    """
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    row = steps.held(community_id, version_id)
    steps.seen(row, RulebookActKind.CONSULTATION_OPENED, version)
    today = clock.business_date(now)
    if not today <= starts_on <= last_on <= starts_on + dt.timedelta(days=LONGEST_DAYS):
        raise ConsultationDatesWrong(field="starts_on" if starts_on < today else "last_on")
    read = examining.read(community_id, parse(row.document), today)
    read.require_right()
    former = consulted.latest(row)
    opened = Consultation(
        community_id=community_id,
        rulebook_version_id=row.id,
        number=former.number + 1 if former else 1,
        starts_on=starts_on,
        last_on=last_on,
        document=rulebook_text.canonical(read.whole),
        sha256=row.sha256,
        opened_by=actor.account_id,
        opened_at_utc=now,
    )
    db.session.add(opened)
    steps.take(row, RulebookActKind.CONSULTATION_OPENED, By(actor=actor, now=now))
    return opened


def take_back(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    version: int,
    why: str,
) -> RulebookVersion:
    """Make the text a draft again, to work in what was said.

    Before the last day is over the consultation is broken off: the text is consulted on again
    before it can be adopted. Raises IllegalRulebookStep, StaleVersion.
    """
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    row = steps.held(community_id, version_id)
    steps.seen(row, RulebookActKind.REVISED, version)
    today = clock.business_date(now)
    running = consulted.latest(row)
    if running is not None and today <= running.last_on:
        kept = personal_text.keep(community_id=community_id, body=why, now=now)
        running.broken_off_on = today
        running.broken_off_text_id = kept.id
    steps.take(row, RulebookActKind.REVISED, By(actor=actor, now=now, why=why))
    return row


def comment(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    consultation_id: uuid.UUID,
    text: str,
    item_code: str | None = None,
    channel: CommentChannel = CommentChannel.ONLINE,
) -> ConsultationComment:
    """Say something about the text, or (``counter``) write down what somebody says at the window.

    Raises ConsultationNotOpen, ItemUnknown (item_code), CounterIsForStaff, CommentsMany.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.COMMENT_RULEBOOK, place)
    if channel is CommentChannel.COUNTER and not actor.may(PointsPermission.READ_POINTS, place):
        raise CounterIsForStaff(field="channel")
    asked = _locked(community_id, consultation_id)
    _require_open(asked, clock.business_date(now))
    if item_code is not None:
        edits.item(parse(asked.document), item_code)
    if channel is CommentChannel.ONLINE:
        _require_not_many(asked, actor)
    kept = personal_text.keep(community_id=community_id, body=text, now=now)
    last: int | None = db.session.scalar(
        tenancy.columns(
            ConsultationComment, community_id, sa.func.max(ConsultationComment.number)
        ).where(ConsultationComment.consultation_id == asked.id)
    )
    row = ConsultationComment(
        community_id=community_id,
        consultation_id=asked.id,
        number=(last or 0) + 1,
        channel=channel,
        author_id=actor.account_id,
        item_code=item_code,
        text_id=kept.id,
        at_utc=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def answer(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    comment_id: uuid.UUID,
    outcome: AnswerOutcome,
    text: str,
    public_text: str | None = None,
) -> ConsultationAnswer:
    """Answer a comment, or answer it anew; with the answer the comment becomes public.

    ``public_text`` stands in public instead of words that would name somebody; it stays when a
    later answer gives none. Raises AnswerTooLate once the version was adopted or withdrawn.
    """
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))
    said = tenancy.get(ConsultationComment, community_id, comment_id)
    asked = _locked(community_id, said.consultation_id)
    version = tenancy.get(RulebookVersion, community_id, asked.rulebook_version_id)
    if version.state not in (RulebookState.DRAFT, RulebookState.CONSULTATION):
        zh, en = steps.STATE_WORDS[RulebookState(version.state)]
        raise AnswerTooLate(state=zh, state_en=en)
    former = _newest_answer(said)
    kept = personal_text.keep(community_id=community_id, body=text, now=now)
    public_text_id = former.public_text_id if former else None
    if public_text:
        public = personal_text.keep(community_id=community_id, body=public_text, now=now)
        public_text_id = public.id
    row = ConsultationAnswer(
        community_id=community_id,
        comment_id=said.id,
        number=former.number + 1 if former else 1,
        outcome=outcome,
        text_id=kept.id,
        public_text_id=public_text_id,
        answered_by=actor.account_id,
        at_utc=now,
    )
    db.session.add(row)
    audit.record(
        actor=actor,
        now=now,
        community_id=community_id,
        act="consultation_comment.answered",
        subject_kind="consultation_comment",
        subject_id=said.id,
        outcome=outcome,
    )
    db.session.flush()
    return row


def _require_not_many(asked: Consultation, actor: Actor) -> None:
    own = tenancy.columns(
        ConsultationComment, asked.community_id, sa.func.count(ConsultationComment.id)
    ).where(
        ConsultationComment.consultation_id == asked.id,
        ConsultationComment.author_id == actor.account_id,
        ConsultationComment.channel == CommentChannel.ONLINE,
    )
    if (db.session.scalar(own) or 0) >= MOST_COMMENTS:
        raise CommentsMany(most=MOST_COMMENTS)


def _newest_answer(said: ConsultationComment) -> ConsultationAnswer | None:
    statement = tenancy.select(ConsultationAnswer, said.community_id).where(
        ConsultationAnswer.comment_id == said.id
    )
    ordered = statement.order_by(ConsultationAnswer.number.desc()).limit(1)
    return db.session.scalars(ordered).one_or_none()


def _locked(community_id: uuid.UUID, consultation_id: uuid.UUID) -> Consultation:
    """The consultation, locked: the numbers of its comments have no gaps."""
    return tenancy.locked(Consultation, community_id, consultation_id)


def _require_open(asked: Consultation, today: dt.date) -> None:
    version = tenancy.get(RulebookVersion, asked.community_id, asked.rulebook_version_id)
    is_current = version.state == RulebookState.CONSULTATION and asked.broken_off_on is None
    if not is_current or not asked.starts_on <= today <= asked.last_on:
        raise ConsultationNotOpen(starts_on=asked.starts_on, last_on=asked.last_on)
