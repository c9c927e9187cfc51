"""Reading comments of a consultation: nobody reads who said it.

In public a comment appears with its answer; staff read all of them, an account reads its own at
once.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from kernel.personal_text import PersonalText
from points.models import Consultation, ConsultationAnswer, ConsultationComment
from points.permissions import PointsPermission


@dataclass(frozen=True, kw_only=True)
class AnswerSeen:
    """One answer; the last of a comment counts."""

    number: int
    outcome: str
    text: str | None
    at_utc: dt.datetime


@dataclass(frozen=True, kw_only=True)
class CommentSeen:
    """A comment without its author. ``text`` is None once erased; ``answers`` oldest first."""

    id: uuid.UUID
    number: int
    channel: str
    item_code: str | None
    text: str | None
    at_utc: dt.datetime
    answers: Sequence[AnswerSeen]


class Who(StrEnum):
    """As whom comments are read."""

    STAFF = "staff"
    PUBLIC = "public"
    AUTHOR = "author"


def comments(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    consultation_id: uuid.UUID,
    q: str | None = None,
    with_answer: bool | None = None,
    is_own: bool = False,
    after: uuid.UUID | None = None,
    limit: int = 20,
) -> list[CommentSeen]:
    """Comments in the order they came in.

    Those who draft read all, others what is public; ``is_own`` reads what the caller said.
    """
    place = places.place_of(community_id)
    actor.require(PointsPermission.READ_RULEBOOK, place)
    tenancy.get(Consultation, community_id, consultation_id)
    may_answer = actor.may(PointsPermission.DRAFT_RULEBOOK, place)
    who = Who.AUTHOR if is_own else Who.STAFF if may_answer else Who.PUBLIC
    wanted: list[sa.ColumnElement[bool]] = [ConsultationComment.consultation_id == consultation_id]
    if is_own:
        wanted.append(ConsultationComment.author_id == actor.account_id)
    if with_answer is not None:
        answered = is_answered(community_id)
        wanted.append(answered if with_answer else ~answered)
    if after is not None:
        last = tenancy.get(ConsultationComment, community_id, after)
        wanted.append(ConsultationComment.number > last.number)
    return _comments(community_id, who, q, sa.and_(*wanted), offset=0, limit=limit)


def public_comments(
    community_id: uuid.UUID, consultation_id: uuid.UUID, *, q: str, offset: int, limit: int
) -> list[CommentSeen]:
    """Answered comments as anybody may read them, in the order they came in."""
    return _comments(
        community_id,
        Who.PUBLIC,
        q or None,
        ConsultationComment.consultation_id == consultation_id,
        offset=offset,
        limit=limit,
    )


def is_answered(community_id: uuid.UUID) -> sa.Exists:
    """Condition: some answer stands beside the comment."""
    return (
        tenancy.columns(ConsultationAnswer, community_id, ConsultationAnswer.id)
        .where(ConsultationAnswer.comment_id == ConsultationComment.id)
        .correlate(ConsultationComment)
        .exists()
    )


def _comments(
    community_id: uuid.UUID,
    who: Who,
    q: str | None,
    wanted: sa.ColumnElement[bool],
    *,
    offset: int,
    limit: int,
) -> list[CommentSeen]:
    """Two statements whatever the length."""
    words = aliased(PersonalText)
    statement = (
        tenancy.columns(ConsultationComment, community_id, ConsultationComment, words.body)
        .join(
            words,
            (words.community_id == ConsultationComment.community_id)
            & (words.id == ConsultationComment.text_id),
        )
        .where(wanted)
    )
    if who is Who.PUBLIC:
        statement = statement.where(is_answered(community_id))
    if q:
        statement = statement.where(_matches(community_id, who, q, words))
    ordered = statement.order_by(ConsultationComment.number, ConsultationComment.id)
    rows = db.session.execute(ordered.offset(offset).limit(limit)).all()
    answers = _answers(community_id, [row.ConsultationComment.id for row in rows])
    return [
        _comment(
            row.ConsultationComment, row.body, answers.get(row.ConsultationComment.id, []), who
        )
        for row in rows
    ]


def _matches(
    community_id: uuid.UUID, who: Who, q: str, words: type[PersonalText]
) -> sa.ColumnElement[bool]:
    """In what this reader sees: the newest answer, and public words instead of the comment's."""
    reply, public = aliased(PersonalText), aliased(PersonalText)
    newest = _with_texts(community_id, reply, public, ConsultationAnswer.id).where(
        ConsultationAnswer.comment_id == ConsultationComment.id, ~_replaced(community_id)
    )
    in_answer = _exists(
        newest.where(
            reply.body.contains(q, autoescape=True) | public.body.contains(q, autoescape=True)
        )
    )
    own_words = words.body.contains(q, autoescape=True)
    if who is Who.PUBLIC:
        own_words &= ~_exists(newest.where(ConsultationAnswer.public_text_id.is_not(None)))
    code = ConsultationComment.item_code.contains(q, autoescape=True)
    return own_words | in_answer | sa.func.coalesce(code, sa.false())


def _exists(statement: sa.Select[Any]) -> sa.Exists:
    return statement.correlate(ConsultationComment).exists()


def _replaced(community_id: uuid.UUID) -> sa.Exists:
    later = aliased(ConsultationAnswer)
    return (
        sa.select(later.id)
        .where(
            later.community_id == community_id,
            later.comment_id == ConsultationAnswer.comment_id,
            later.number > ConsultationAnswer.number,
        )
        .correlate(ConsultationAnswer)
        .exists()
    )


def _with_texts(
    community_id: uuid.UUID,
    reply: type[PersonalText],
    public: type[PersonalText],
    *wanted: Any,
) -> sa.Select[Any]:
    return (
        tenancy.columns(ConsultationAnswer, community_id, *wanted)
        .join(
            reply,
            (reply.community_id == ConsultationAnswer.community_id)
            & (reply.id == ConsultationAnswer.text_id),
        )
        .outerjoin(
            public,
            (public.community_id == ConsultationAnswer.community_id)
            & (public.id == ConsultationAnswer.public_text_id),
        )
    )


def _answers(
    community_id: uuid.UUID, comment_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[tuple[AnswerSeen, str | None]]]:
    """comment → its answers with the public words, oldest first."""
    if not comment_ids:
        return {}
    reply, public = aliased(PersonalText), aliased(PersonalText)
    statement = _with_texts(
        community_id, reply, public, ConsultationAnswer, reply.body, public.body.label("public")
    ).where(ConsultationAnswer.comment_id.in_(comment_ids))
    found: dict[uuid.UUID, list[tuple[AnswerSeen, str | None]]] = {}
    for row in db.session.execute(statement.order_by(ConsultationAnswer.number)):
        given: ConsultationAnswer = row.ConsultationAnswer
        seen = AnswerSeen(
            number=given.number, outcome=given.outcome, text=row.body, at_utc=given.at_utc
        )
        found.setdefault(given.comment_id, []).append((seen, row.public))
    return found


def _comment(
    row: ConsultationComment,
    body: str | None,
    answers: Sequence[tuple[AnswerSeen, str | None]],
    who: Who,
) -> CommentSeen:
    public = answers[-1][1] if answers else None
    shown = [seen for seen, _ in answers]
    return CommentSeen(
        id=row.id,
        number=row.number,
        channel=row.channel,
        item_code=row.item_code,
        text=public if who is Who.PUBLIC and public else body,
        at_utc=row.at_utc,
        answers=shown[-1:] if who is Who.PUBLIC else shown,
    )
